/** @file Size and crop rules of torchvision and of Hugging Face image processors. */

import type { Rect, Size } from "./types.ts";

/**
 * How a centre crop rounds when the margin is odd: `"even"` (torchvision: half to even; padding puts the odd pixel at the
 * end) or `"floor"` (Hugging Face: toward the start; padding puts the odd pixel at the start).
 */
export type CropRounding = "even" | "floor";

/** A centre crop; larger than the picture means padding with zeros. `rounding` defaults to `"even"`. */
export interface CropSpec extends Size {
  readonly rounding?: CropRounding | undefined;
}

/** A resize rule: exact size, or the shorter side with the aspect ratio kept. */
export type ResizeSpec = { readonly shorterSide: number } | Size;

/**
 * The size after a resize rule. The longer side is `trunc(shorterSide * longer / shorter)`.
 *
 * Source: torchvision 0.14 `_compute_resized_output_size`; transformers `get_resize_output_image_size` agrees.
 */
export function resizedSize({ width, height }: Size, rule: ResizeSpec): Size {
  if (!("shorterSide" in rule)) return { width: rule.width, height: rule.height };
  const short = rule.shorterSide;
  if (width <= height) return { width: short, height: Math.trunc((short * height) / width) };
  return { width: Math.trunc((short * width) / height), height: short };
}

/**
 * Where a centre crop of `cropped` pixels begins on an axis of `size` pixels; negative when the picture must be padded.
 *
 * Source: torchvision 0.14 `center_crop` (`"even"`), transformers `image_transforms.center_crop` (`"floor"`).
 */
export function cropOffset(size: number, cropped: number, rounding: CropRounding = "even"): number {
  const half = Math.floor((size - cropped) / 2);
  if ((size - cropped) % 2 === 0 || rounding === "floor") return half;
  if (size < cropped) return half + 1;
  return half + (half % 2);
}

/** The centre crop as a rectangle of the picture it cuts. */
export function cropRect(size: Size, crop: CropSpec): Rect {
  return {
    left: cropOffset(size.width, crop.width, crop.rounding),
    top: cropOffset(size.height, crop.height, crop.rounding),
    width: crop.width,
    height: crop.height,
  };
}

/** The part of the source picture (in its own pixels, fractional) that resize and crop together show. */
export function sourceWindow(
  source: Size,
  rules: { readonly resize?: ResizeSpec | null | undefined; readonly crop?: CropSpec | null | undefined },
): Rect {
  const resized = rules.resize ? resizedSize(source, rules.resize) : source;
  const rect = rules.crop ? cropRect(resized, rules.crop) : { left: 0, top: 0, ...resized };
  const [sx, sy] = [source.width / resized.width, source.height / resized.height];
  return { left: rect.left * sx, top: rect.top * sy, width: rect.width * sx, height: rect.height * sy };
}
