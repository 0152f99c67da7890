/** @file What Hugging Face image processors assume for the fields that a `preprocessor_config.json` leaves out. */

import { IMAGENET_MEAN, IMAGENET_STD } from "./presets.ts";
import type { Resample } from "./types.ts";

/** One family of image processors. */
export interface HfFamily {
  /** Default `size`: a number is the shorter side, a pair is `[height, width]`. */
  readonly size: number | readonly [height: number, width: number];
  /** Whether a bare integer `size` means a square (else the shorter side). */
  readonly square: boolean;
  readonly resample: Resample;
  /** Default `crop_size`, and whether the crop is on when `do_center_crop` is absent. */
  readonly crop: number;
  readonly doCrop: boolean;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly doNormalize: boolean;
  /** How `size` and `crop_pct` lead to the resized size. */
  readonly rule: "plain" | "convnext" | "poolformer" | "levit";
  readonly cropPct?: number;
  /** MobileViT flips RGB to BGR; EfficientNet divides by std twice. */
  readonly flip?: boolean;
  readonly includeTop?: boolean;
}

const HALF = [0.5, 0.5, 0.5] as const;

const vit: HfFamily = {
  size: [224, 224],
  square: true,
  resample: "bilinear",
  crop: 224,
  doCrop: false,
  mean: HALF,
  std: HALF,
  doNormalize: true,
  rule: "plain",
};

const beit: HfFamily = { ...vit, size: [256, 256], resample: "bicubic", doCrop: true };

const clip: HfFamily = {
  ...vit,
  size: 224,
  square: false,
  resample: "bicubic",
  doCrop: true,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

const mobilenet: HfFamily = { ...vit, size: 256, square: false, doCrop: true };

/** Keyed by the processor's name without `ImageProcessor`, `FeatureExtractor` or `Fast`; unknown names read as `ViT`. */
const HF_FAMILIES: Readonly<Record<string, HfFamily>> = {
  ViT: vit,
  BeiT: beit,
  Beit: beit,
  DeiT: beit,
  Deit: beit,
  Bit: clip,
  CLIP: clip,
  ConvNext: { ...vit, size: 384, square: false, resample: "bicubic", rule: "convnext", cropPct: 224 / 256 },
  EfficientNet: { ...vit, size: [346, 346], resample: "nearest", crop: 289, includeTop: true },
  Levit: { ...clip, rule: "levit", mean: IMAGENET_MEAN, std: IMAGENET_STD },
  MobileNetV1: mobilenet,
  MobileNetV2: mobilenet,
  MobileViT: { ...mobilenet, size: 224, crop: 256, doNormalize: false, flip: true },
  PoolFormer: { ...clip, rule: "poolformer", cropPct: 0.9, mean: IMAGENET_MEAN, std: IMAGENET_STD },
  Segformer: { ...vit, size: [512, 512], mean: IMAGENET_MEAN, std: IMAGENET_STD },
  Siglip: { ...vit, resample: "bicubic" },
};

/** The family of an `image_processor_type` or `feature_extractor_type`. */
export function hfFamily(processor: string | undefined): HfFamily {
  const name = (processor ?? "ViT").replace(/(ImageProcessor|FeatureExtractor)(Fast)?$/, "");
  return (Object.hasOwn(HF_FAMILIES, name) && HF_FAMILIES[name]) || vit;
}
