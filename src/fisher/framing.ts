/** @file A picture as the pipeline sees it: in its own size unless it is too tall, or in one size for all. */
import { toRgb } from "../image/channels.ts";
import { resize } from "../image/resize.ts";
import type { ImageU8, Size } from "../image/types.ts";

/** `tallest`: pictures above this height are shrunk to it, in proportion. `size`: every picture is resized to it. */
export type Framing = { readonly tallest: number } | { readonly size: Size };

/** Source: the encoding-evaluation toolkit. */
export const TOOLKIT_FRAMING: Framing = { tallest: 480 };

/** The size of a picture of this size. */
export function framedSize({ width, height }: Size, framing: Framing): Size {
  if ("size" in framing) return framing.size;
  const { tallest } = framing;
  if (height <= tallest) return { width, height };
  return { width: Math.max(1, Math.round((width * tallest) / height)), height: tallest };
}

/** R, G, B. */
export const framed = (image: ImageU8, framing: Framing): ImageU8 =>
  resize(toRgb(image), { ...framedSize(image, framing), resample: "bicubic" });

/** `[3, height, width]`, 0 … 1. */
export function planesOf({ width, height, data }: ImageU8): Float32Array {
  const area = width * height;
  const planes = new Float32Array(3 * area);
  for (let i = 0; i < area; i++) for (let c = 0; c < 3; c++) planes[c * area + i] = (data[3 * i + c] as number) / 255;
  return planes;
}
