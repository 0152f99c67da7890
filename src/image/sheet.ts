/** @file Several rows of pictures on one sheet. */
import { blank, paste } from "./canvas.ts";
import { sideBySide } from "./side-by-side.ts";
import type { ImageU8 } from "./types.ts";

/** Rows from top to bottom on white, each aligned at the left, `gap` pixels apart (default 8). Throws `E_PARAM` for none. */
export function sheet(rows: readonly (readonly ImageU8[])[], { gap = 8 }: { readonly gap?: number } = {}): ImageU8 {
  const lines = rows.map((row) => sideBySide(row, { gap }));
  const height = lines.reduce((sum, line) => sum + line.height, gap * (lines.length - 1));
  const canvas = blank({ width: Math.max(...lines.map((line) => line.width)), height });
  let top = 0;
  for (const line of lines) {
    paste(canvas, line, { left: 0, top });
    top += line.height + gap;
  }
  return canvas;
}
