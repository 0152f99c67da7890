/** @file From a picture to the tensor that a network was trained on. */

import { OnnxplainError } from "../errors.ts";
import { toGray, toRgb } from "./channels.ts";
import { checkImage } from "./check-image.ts";
import { centerCrop } from "./crop.ts";
import { type CropSpec, type ResizeSpec, resizedSize, sourceWindow } from "./geometry.ts";
import { resize } from "./resize.ts";
import type { ImageU8, Rect, Resample } from "./types.ts";

/** The channels of the tensor, in order. */
export type ChannelOrder = "RGB" | "BGR" | "GRAY";

/**
 * Everything that happens to a picture before the network: convert, resize, centre-crop, then `(u * scale - mean) / std`
 * for every sample `u` in 0…255. `mean` and `std` are per channel in `channelOrder`, in units of `u * scale`.
 */
export interface Preprocessing {
  readonly resize?: ResizeSpec | null | undefined;
  readonly crop?: CropSpec | null | undefined;
  readonly resample: Resample;
  readonly channelOrder: ChannelOrder;
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly layout: "nchw" | "nhwc";
}

/** The tensor and what it shows. */
export interface Preprocessed {
  /** `[1, C, H, W]` or `[1, H, W, C]`. */
  readonly dims: readonly number[];
  readonly data: Float32Array;
  /** The picture the network saw, in RGB; overlays are drawn on it. */
  readonly cropped: ImageU8;
  /** Where that picture lies in the source picture, in source pixels. */
  readonly window: Rect;
}

/**
 * The tensor of one picture. Alpha is dropped, grey is repeated, RGB becomes grey by Pillow's "L" formula, all before
 * resizing. Arithmetic is float32, step by step: `fround(fround(fround(u * scale) - fround(mean)) / fround(std))`, bit for
 * bit what torchvision's `ToTensor` and `Normalize` give.
 *
 * Throws `E_PARAM` for an inconsistent spec, `E_INPUT_SHAPE` for a broken picture.
 */
export function preprocess(image: ImageU8, spec: Preprocessing): Preprocessed {
  checkImage(image);
  checkPreprocessing(spec);
  const picture = networkPicture(image, spec);
  const { width, height, channels } = picture;
  const dims = spec.layout === "nchw" ? [1, channels, height, width] : [1, height, width, channels];
  return { dims, data: samples(picture, spec), cropped: toRgb(picture), window: sourceWindow(image, spec) };
}

/** The picture before arithmetic: one channel for `GRAY`, else R, G, B; resized and cropped. */
export function networkPicture(
  image: ImageU8,
  spec: Omit<Preprocessing, "scale" | "mean" | "std" | "layout">,
): ImageU8 {
  let picture = spec.channelOrder === "GRAY" ? toGray(image) : toRgb(image);
  if (spec.resize) picture = resize(picture, { ...resizedSize(image, spec.resize), resample: spec.resample });
  return spec.crop ? centerCrop(picture, spec.crop) : picture;
}

/** The lowest and highest value that each channel of the tensor can have: black and white pixels. */
export function pixelRange({ scale, mean, std }: Pick<Preprocessing, "scale" | "mean" | "std">): {
  readonly low: readonly number[];
  readonly high: readonly number[];
} {
  const ends = mean.map((m, c) => [0, 255].map((u) => (u * scale - m) / (std[c] as number)).sort((a, b) => a - b));
  return { low: ends.map(([low]) => low as number), high: ends.map(([, high]) => high as number) };
}

/** Throws `E_PARAM` unless mean and std have one finite number per channel and std and scale are not zero. */
export function checkPreprocessing({ channelOrder, scale, mean, std }: Preprocessing): void {
  const channels = channelOrder === "GRAY" ? 1 : 3;
  for (const [name, values] of [["mean", mean] as const, ["std", std] as const]) {
    if (values.length === channels && values.every((v) => Number.isFinite(v) && (name === "mean" || v !== 0))) continue;
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`${name}\` to hold ${channels} finite${name === "std" ? ", non-zero" : ""} numbers for channel order ` +
        `${channelOrder}, got [${values.join(", ")}].`,
    );
  }
  if (Number.isFinite(scale) && scale !== 0) return;
  throw new OnnxplainError("E_PARAM", `Expected \`scale\` to be a finite, non-zero number, got ${scale}.`);
}

function samples({ width, height, channels, data }: ImageU8, spec: Preprocessing): Float32Array {
  const out = new Float32Array(data.length);
  const pixels = width * height;
  for (let c = 0; c < channels; c++) {
    const values = levels(spec, c);
    const from = spec.channelOrder === "BGR" ? 2 - c : c;
    const [to, step] = spec.layout === "nchw" ? [c * pixels, 1] : [c, channels];
    for (let i = 0; i < pixels; i++) out[to + i * step] = values[data[i * channels + from]!]!;
  }
  return out;
}

/** What each of the 256 sample values becomes in tensor channel `c`. */
function levels({ scale, mean, std }: Preprocessing, c: number): Float32Array {
  const m = Math.fround(mean[c]!);
  const s = Math.fround(std[c]!);
  return Float32Array.from({ length: 256 }, (_, u) => Math.fround(Math.fround(Math.fround(u * scale) - m) / s));
}
