/** @file Where descriptors are taken: a grid of frames for each bin size. */
import type { Size } from "../image/types.ts";
import type { SiftSettings } from "./sift-settings.ts";

/** Frames of one bin size, row by row: rows outer, columns inner. */
export interface FrameGrid {
  /** Side of a bin, in pixels. */
  readonly size: number;
  /** The upper left bin centre of the first frame, in pixels from the first pixel's centre, in x and y. */
  readonly offset: number;
  readonly step: number;
  readonly columns: number;
  readonly rows: number;
}

/** Grids of a picture, in the order of sizes; a size that does not fit has none of rows or columns. */
export function frameGrids({ width, height }: Size, { sizes, step }: SiftSettings): readonly FrameGrid[] {
  const largest = Math.max(...sizes);
  return sizes.map((size) => {
    const offset = Math.floor(1 + 1.5 * (largest - size)) - 1;
    // the last start s has s + 3 size <= side - 1
    const along = (side: number): number => Math.max(0, Math.floor((side - 1 - 3 * size - offset) / step) + 1);
    return { size, offset, step, columns: along(width), rows: along(height) };
  });
}

export const frameCount = (grids: readonly FrameGrid[]): number =>
  grids.reduce((sum, { rows, columns }) => sum + rows * columns, 0);

/** Centre x, centre y (pixels, 0 at the first pixel's centre) and bin size of every frame, `[n, 3]`, in the order of descriptors. */
export function framesOf(grids: readonly FrameGrid[]): Float32Array {
  const frames = new Float32Array(3 * frameCount(grids));
  let at = 0;
  for (const { size, offset, step, columns, rows } of grids)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) {
        frames[at++] = offset + step * x + 1.5 * size;
        frames[at++] = offset + step * y + 1.5 * size;
        frames[at++] = size;
      }
  return frames;
}
