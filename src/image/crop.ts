/** @file Cuts rectangles out of pictures. */

import { checkImage, checkSize } from "./check-image.ts";
import { type CropSpec, cropRect } from "./geometry.ts";
import type { ImageU8, Rect } from "./types.ts";

/** The rectangle of the picture; what lies outside is 0. `left` and `top` must be integers. Throws `E_PARAM`. */
export function crop(image: ImageU8, { left, top, width, height }: Rect): ImageU8 {
  checkImage(image);
  checkSize({ width, height }, "the crop");
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  const x0 = Math.max(left, 0);
  const x1 = Math.min(left + width, image.width);
  for (let y = Math.max(top, 0); x1 > x0 && y < Math.min(top + height, image.height); y++) {
    const row = image.data.subarray((y * image.width + x0) * channels, (y * image.width + x1) * channels);
    data.set(row, ((y - top) * width + x0 - left) * channels);
  }
  return { width, height, channels, data };
}

/** The middle of the picture, padded with zeros where the crop is larger than the picture. Throws `E_PARAM`. */
export function centerCrop(image: ImageU8, spec: CropSpec): ImageU8 {
  return crop(image, cropRect(image, spec));
}
