/** @file Reads Hugging Face's `preprocessor_config.json`. */

import type { CropSpec, ResizeSpec } from "./geometry.ts";
import { type HfFamily, hfFamily } from "./hf-families.ts";
import {
  booleanField,
  channelsField,
  fieldError,
  isObject,
  type JsonObject,
  positiveField,
  resampleField,
  sizeField,
} from "./hf-fields.ts";
import type { Preprocessing } from "./preprocess.ts";
import type { Size } from "./types.ts";

type HfSize = { readonly shortest: number } | Size;

/**
 * The preprocessing that a parsed `preprocessor_config.json` describes. Missing fields take the defaults of the processor
 * named by `image_processor_type` (or `feature_extractor_type`), those of `ViTImageProcessor` when it is unknown.
 * The layout is NCHW; centre crops round as transformers does (`"floor"`). A single-channel `image_mean` means grey input.
 *
 * Source: transformers 4.x `image_processing_*.py`. Throws `E_PARAM` naming the field.
 *
 * @example fromPreprocessorConfig({ size: 224, image_mean: [0.5, 0.5, 0.5] }).resize // { height: 224, width: 224 }
 */
export function fromPreprocessorConfig(json: unknown): Preprocessing {
  if (!isObject(json)) throw fieldError("(the file)", "a JSON object", json);
  const family = hfFamily(processorType(json));
  const geometry = booleanField(json, "do_resize", true) ? resizing(json, family) : { resize: null, crop: null };
  const crop = family.rule === "convnext" ? geometry.crop : cropping(json, family);
  return {
    resize: geometry.resize,
    crop,
    resample: resampleField(json, family.resample),
    ...values(json, family),
    layout: "nchw",
  };
}

function processorType(json: JsonObject): string | undefined {
  const field = json.image_processor_type === undefined ? "feature_extractor_type" : "image_processor_type";
  const type = json[field] ?? undefined;
  if (type === undefined || typeof type === "string") return type;
  throw fieldError(field, "a string", type);
}

/** The resize rule, and for ConvNeXT below 384 pixels the crop that belongs to it. */
function resizing(json: JsonObject, family: HfFamily): { readonly resize: ResizeSpec; readonly crop: CropSpec | null } {
  const size = sizeOf(json, family);
  if (family.rule === "convnext") return convnext(size, positiveField(json, "crop_pct", family.cropPct ?? 1));
  if (family.rule === "levit" && "shortest" in size) {
    return { resize: { shorterSide: Math.trunc((256 / 224) * size.shortest) }, crop: null };
  }
  const enlarges = family.rule === "poolformer" && !("crop_pct" in json && json.crop_pct === null);
  const percent = enlarges ? positiveField(json, "crop_pct", family.cropPct ?? 1) : 1;
  const grown = (side: number): number => Math.trunc(side / percent);
  if ("shortest" in size) return { resize: { shorterSide: grown(size.shortest) }, crop: null };
  if (enlarges && size.width === size.height) return { resize: { shorterSide: grown(size.width) }, crop: null };
  return { resize: { height: grown(size.height), width: grown(size.width) }, crop: null };
}

function convnext(size: HfSize, percent: number): { readonly resize: ResizeSpec; readonly crop: CropSpec | null } {
  if (!("shortest" in size) && size.width !== size.height) throw fieldError("size", "{shortest_edge}", size);
  const side = "shortest" in size ? size.shortest : size.width;
  const square = { height: side, width: side };
  if (side >= 384) return { resize: square, crop: null };
  return { resize: { shorterSide: Math.trunc(side / percent) }, crop: { ...square, rounding: "floor" } };
}

function sizeOf(json: JsonObject, family: HfFamily): HfSize {
  const given = sizeField(json, "size");
  if (typeof given === "object") return given;
  if (given !== undefined) return family.square ? { height: given, width: given } : { shortest: given };
  if (typeof family.size === "number") return { shortest: family.size };
  return { height: family.size[0], width: family.size[1] };
}

function cropping(json: JsonObject, family: HfFamily): CropSpec | null {
  if (!booleanField(json, "do_center_crop", family.doCrop)) return null;
  const given = sizeField(json, "crop_size") ?? family.crop;
  if (typeof given === "number") return { height: given, width: given, rounding: "floor" };
  if ("shortest" in given) throw fieldError("crop_size", "a positive integer or {height, width}", json.crop_size);
  return { ...given, rounding: "floor" };
}

function values(json: JsonObject, family: HfFamily): Pick<Preprocessing, "channelOrder" | "scale" | "mean" | "std"> {
  const scale = booleanField(json, "do_rescale", true) ? positiveField(json, "rescale_factor", 1 / 255) : 1;
  const normalize = booleanField(json, "do_normalize", family.doNormalize);
  const flip = booleanField(json, "do_flip_channel_order", family.flip ?? false);
  let mean: readonly number[] = normalize ? channelsField(json, "image_mean", family.mean) : [0, 0, 0];
  let std: readonly number[] = normalize ? channelsField(json, "image_std", family.std) : [1, 1, 1];
  if (mean.length !== std.length)
    throw fieldError("image_std", `${mean.length} number(s), as image_mean has`, json.image_std);
  if (std.includes(0)) throw fieldError("image_std", "numbers other than 0", json.image_std);
  if (booleanField(json, "rescale_offset", false)) mean = mean.map((m) => m + 1);
  if (normalize && booleanField(json, "include_top", family.includeTop ?? false)) std = std.map((s) => s * s);
  if (mean.length === 1) return { channelOrder: "GRAY", scale, mean, std };
  return { channelOrder: flip ? "BGR" : "RGB", scale, mean, std };
}
