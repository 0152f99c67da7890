/** @file Named preprocessings, and how to fit one to a network's input. */

import { OnnxplainError } from "../errors.ts";
import { checkSize } from "./check-image.ts";
import type { Preprocessing } from "./preprocess.ts";
import type { Size } from "./types.ts";

/** Mean and standard deviation of ImageNet in 0…1, R, G, B. */
export const IMAGENET_MEAN: readonly number[] = [0.485, 0.456, 0.406];
export const IMAGENET_STD: readonly number[] = [0.229, 0.224, 0.225];

/** A name of the table. */
export type PresetName =
  | "torchvision"
  | "keras-tf"
  | "keras-caffe"
  | "keras-torch"
  | "caffe"
  | "unit"
  | "raw"
  | "signed";

const plain: Preprocessing = {
  resize: null,
  crop: null,
  resample: "bilinear",
  channelOrder: "RGB",
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  layout: "nchw",
};

const keras: Preprocessing = { ...plain, resize: { width: 224, height: 224 }, resample: "nearest", layout: "nhwc" };

/**
 * The preprocessings in real use. `raw` (0…255), `unit` (0…1) and `signed` (-1…1) only scale. Keras resizes by
 * `load_img(path, target_size)`, whose filter is "nearest"; its networks are NHWC.
 *
 * Sources: torchvision classification weights `IMAGENET1K_V1`; `keras.applications.imagenet_utils.preprocess_input` modes
 * tf, caffe, torch; the `mean_value` entries of Caffe's reference prototxts (B, G, R).
 */
export const PRESETS: Readonly<Record<PresetName, Preprocessing>> = {
  torchvision: {
    ...plain,
    resize: { shorterSide: 256 },
    crop: { width: 224, height: 224 },
    scale: 1 / 255,
    mean: IMAGENET_MEAN,
    std: IMAGENET_STD,
  },
  "keras-tf": { ...keras, scale: 1 / 127.5, mean: [1, 1, 1] },
  "keras-caffe": { ...keras, channelOrder: "BGR", mean: [103.939, 116.779, 123.68] },
  "keras-torch": { ...keras, scale: 1 / 255, mean: IMAGENET_MEAN, std: IMAGENET_STD },
  caffe: {
    ...plain,
    resize: { shorterSide: 256 },
    crop: { width: 224, height: 224 },
    channelOrder: "BGR",
    mean: [104, 117, 123],
  },
  unit: { ...plain, scale: 1 / 255 },
  raw: plain,
  signed: { ...plain, scale: 1 / 127.5, mean: [1, 1, 1] },
};

/** The preset of that name; throws `E_PARAM` and lists the known ones. */
export function preset(name: string): Preprocessing {
  if (Object.hasOwn(PRESETS, name)) return PRESETS[name as PresetName];
  throw new OnnxplainError("E_PARAM", `Unknown preset \`${name}\`. Known: ${Object.keys(PRESETS).join(", ")}.`);
}

/**
 * The same preprocessing for a network with another input size. With a crop, the shorter side grows in the same proportion
 * (torchvision's 256/224, truncated); without one, the picture is resized to exactly `size`.
 */
export function withInputSize(spec: Preprocessing, size: Size): Preprocessing {
  checkSize(size, "the input size");
  const { width, height } = size;
  if (!spec.crop) return { ...spec, resize: { width, height } };
  const rounding = spec.crop.rounding === undefined ? {} : { rounding: spec.crop.rounding };
  const crop = { width, height, ...rounding };
  if (!spec.resize) return { ...spec, crop };
  if ("shorterSide" in spec.resize) {
    const before = Math.min(spec.crop.width, spec.crop.height);
    return {
      ...spec,
      crop,
      resize: { shorterSide: proportional(spec.resize.shorterSide, before, Math.min(width, height)) },
    };
  }
  const resize = {
    width: proportional(spec.resize.width, spec.crop.width, width),
    height: proportional(spec.resize.height, spec.crop.height, height),
  };
  return { ...spec, crop, resize };
}

function proportional(resized: number, before: number, after: number): number {
  return Math.trunc((resized * after) / before);
}
