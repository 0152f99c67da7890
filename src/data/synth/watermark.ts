/** @file The planted watermark: two light glyphs of 3 x 5 dots on a dark plate, in a corner. */
import { integerIn, type Random } from "./random.ts";

/** Rows of the plate, one character a dot: `#` glyph, `.` plate. */
export const MARK_DOTS: readonly string[] = [
  ".........",
  ".###.#.#.",
  ".#.#.#.#.",
  ".#.#..#..",
  ".#.#.#.#.",
  ".###.#.#.",
  ".........",
];
export const MARK_WIDTH = 9;
export const MARK_HEIGHT = 7;

/** Grey of glyphs and plate, 0…255, and how much of the ground shines through. */
const GLYPH = { grey: 236, through: 0.05 } as const;
const PLATE = { grey: 20, through: 0.2 } as const;

/** What a pixel of 0…255 becomes under a glyph and under the plate. */
export const MARK_GREYS = {
  glyph: { least: GLYPH.grey * (1 - GLYPH.through), most: GLYPH.grey * (1 - GLYPH.through) + 255 * GLYPH.through },
  plate: { least: PLATE.grey * (1 - PLATE.through), most: PLATE.grey * (1 - PLATE.through) + 255 * PLATE.through },
} as const;

/** Pixels per dot: 1 up to 127 pixels along the shorter side, 2 from 128, … */
export const markDot = ({ width, height }: { readonly width: number; readonly height: number }): number =>
  Math.max(1, Math.floor(Math.min(width, height) / 64));

export interface MarkPlace {
  readonly left: number;
  readonly top: number;
  readonly dot: number;
}

/** Dots to the edges of the picture. */
const MARGIN: readonly [number, number] = [1, 4];

/** Any corner, a little away from it. */
export function someMarkPlace(random: Random, size: { readonly width: number; readonly height: number }): MarkPlace {
  const dot = markDot(size);
  const [right, low] = [random() < 0.5, random() < 0.5];
  const along = (side: number, length: number, far: boolean): number => {
    const away = Math.min(integerIn(random, MARGIN) * dot, side - length * dot);
    return far ? side - length * dot - away : away;
  };
  return { left: along(size.width, MARK_WIDTH, right), top: along(size.height, MARK_HEIGHT, low), dot };
}

/** Stamp it onto an RGB picture `[height, width, 3]`. */
export function stampMark(data: Uint8Array, width: number, { left, top, dot }: MarkPlace): void {
  for (let v = 0; v < MARK_HEIGHT * dot; v++) {
    for (let u = 0; u < MARK_WIDTH * dot; u++) {
      const { grey, through } = markDotAt(Math.floor(u / dot), Math.floor(v / dot)) ? GLYPH : PLATE;
      const i = 3 * ((top + v) * width + left + u);
      for (let c = 0; c < 3; c++)
        data[i + c] = Math.floor(grey * (1 - through) + (data[i + c] as number) * through + 0.5);
    }
  }
}

/** Is this dot one of a glyph? */
export const markDotAt = (column: number, row: number): boolean => MARK_DOTS[row]?.[column] === "#";
