/** @file A white sheet to draw on: copy, fill, write. */

import { GLYPH_WIDTH, glyph } from "./font.ts";
import type { ImageU8, Rect, Size } from "./types.ts";

/** A picture that may be drawn on, RGB. */
export interface Canvas extends ImageU8 {
  readonly channels: 3;
  readonly data: Uint8Array;
}

/** A white sheet. */
export function blank({ width, height }: Size): Canvas {
  return { width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(255) };
}

/** Copies an RGB picture to `(left, top)`; it must fit. */
export function paste(canvas: Canvas, image: ImageU8, { left, top }: Pick<Rect, "left" | "top">): void {
  const row = image.width * 3;
  for (let y = 0; y < image.height; y++) {
    canvas.data.set(image.data.subarray(y * row, (y + 1) * row), ((top + y) * canvas.width + left) * 3);
  }
}

/** Fills a rectangle, cut at the edges of the sheet. */
export function fillRect(canvas: Canvas, { left, top, width, height }: Rect, color: ArrayLike<number>): void {
  for (let y = Math.max(top, 0); y < Math.min(top + height, canvas.height); y++) {
    for (let x = Math.max(left, 0); x < Math.min(left + width, canvas.width); x++) {
      for (let c = 0; c < 3; c++) canvas.data[(y * canvas.width + x) * 3 + c] = color[c]!;
    }
  }
}

const BLACK: readonly number[] = [0, 0, 0];

/** Where and how large to write: the upper left corner in pixels, and pixels per dot of the font. */
export interface TextPlace {
  readonly left: number;
  readonly top: number;
  readonly dot: number;
  /** RGB; default black. */
  readonly color?: ArrayLike<number> | undefined;
}

/** Writes one line of printable ASCII. */
export function drawText(canvas: Canvas, text: string, { left, top, dot, color = BLACK }: TextPlace): void {
  for (const [i, character] of Array.from(text).entries()) {
    for (const [y, bits] of glyph(character).entries()) {
      for (let x = 0; x < GLYPH_WIDTH; x++) {
        if (((bits >> (GLYPH_WIDTH - 1 - x)) & 1) === 0) continue;
        const column = left + (i * (GLYPH_WIDTH + 1) + x) * dot;
        fillRect(canvas, { left: column, top: top + y * dot, width: dot, height: dot }, color);
      }
    }
  }
}

/** The picture with every pixel repeated `factor` times both ways. */
export function enlarge({ width, height, channels, data }: ImageU8, factor: number): ImageU8 {
  if (factor === 1) return { width, height, channels, data };
  const out = new Uint8Array(width * height * channels * factor * factor);
  const row = width * factor * channels;
  for (let y = 0; y < height; y++) {
    const start = y * factor * row;
    for (let x = 0, o = start; x < width * factor; x++) {
      const from = (y * width + Math.trunc(x / factor)) * channels;
      for (let c = 0; c < channels; c++) out[o++] = data[from + c]!;
    }
    for (let k = 1; k < factor; k++) out.copyWithin(start + k * row, start, start + row);
  }
  return { width: width * factor, height: height * factor, channels, data: out };
}
