/** @file Between grey, RGB and RGBA, as Pillow's `convert("RGB")` and `convert("L")` do it: alpha is dropped. */

import type { ImageU8 } from "./types.ts";

/** The picture with three channels: grey is repeated, alpha dropped (not composited). An RGB picture is returned as it is. */
export function toRgb(image: ImageU8): ImageU8 {
  const { width, height, channels, data } = image;
  if (channels === 3) return image;
  const out = new Uint8Array(width * height * 3);
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  for (let from = 0, to = 0; to < out.length; from += channels, to += 3) {
    out[to] = data[from]!;
    out[to + 1] = data[from + green]!;
    out[to + 2] = data[from + blue]!;
  }
  return { width, height, channels: 3, data: out };
}

/**
 * The picture with one channel: ITU-R 601 luma in Pillow's integers, `(19595 R + 38470 G + 7471 B + 2^15) >> 16`
 * (the weights add up to 2^16, so a grey RGB picture keeps its values). Alpha is dropped.
 */
export function toGray(image: ImageU8): ImageU8 {
  const { width, height, channels, data } = image;
  if (channels === 1) return image;
  const out = new Uint8Array(width * height);
  for (let from = 0, to = 0; to < out.length; from += channels, to++) {
    out[to] = (data[from]! * 19595 + data[from + 1]! * 38470 + data[from + 2]! * 7471 + 0x8000) >> 16;
  }
  return { width, height, channels: 1, data: out };
}
