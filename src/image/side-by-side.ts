/** @file Several pictures in one row. */

import { OnnxplainError } from "../errors.ts";
import { blank, paste } from "./canvas.ts";
import { toRgb } from "./channels.ts";
import { checkImage } from "./check-image.ts";
import type { ImageU8 } from "./types.ts";

/** The pictures from left to right on white, aligned at the top, `gap` pixels apart (default 8). Throws `E_PARAM` for none. */
export function sideBySide(images: readonly ImageU8[], { gap = 8 }: { readonly gap?: number } = {}): ImageU8 {
  if (images.length === 0)
    throw new OnnxplainError("E_PARAM", "Expected at least one picture to set side by side, got none.");
  for (const image of images) checkImage(image);
  const width = images.reduce((sum, image) => sum + image.width, gap * (images.length - 1));
  const canvas = blank({ width, height: Math.max(...images.map((image) => image.height)) });
  let left = 0;
  for (const image of images) {
    paste(canvas, toRgb(image), { left, top: 0 });
    left += image.width + gap;
  }
  return canvas;
}
