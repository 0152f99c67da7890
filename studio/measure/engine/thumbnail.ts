/** @file Small pictures for the page: many of them are on the screen at once. */
import type { ImageU8 } from "../../../src/index.ts";
import { bitmapOf } from "../../engine/calls/pictures.ts";

/** Longest side in pixels. */
const SIDE = 128;

export async function thumbnail(image: ImageU8): Promise<ImageBitmap> {
  const { width, height } = image;
  const scale = SIDE / Math.max(width, height);
  if (scale >= 1) return bitmapOf(image);
  const full = await bitmapOf(image);
  const small = await createImageBitmap(full, {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
    resizeQuality: "high",
  });
  full.close();
  return small;
}

/** White where the mask is 1. */
export const maskPicture = (mask: Uint8Array, width: number): ImageU8 => ({
  width,
  height: mask.length / width,
  channels: 1,
  data: mask.map((v) => v * 255),
});
