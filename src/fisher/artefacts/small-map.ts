/** @file Maps of any size brought to one grid, so that they can be compared place by place. */
import type { RelevanceMap } from "./relevance-map.ts";

/** For each cell, the first pixel that it touches and how much of each pixel from there on. */
type Cover = readonly { readonly first: number; readonly parts: readonly number[] }[];

/** Cells of equal width over `pixels` pixels. */
function coverOf(cells: number, pixels: number): Cover {
  return Array.from({ length: cells }, (_, cell) => {
    const [from, to] = [(cell * pixels) / cells, ((cell + 1) * pixels) / cells];
    const first = Math.floor(from);
    const last = Math.min(pixels, Math.ceil(to));
    const parts = Array.from({ length: last - first }, (__, i) => {
      const pixel = first + i;
      return Math.max(0, Math.min(to, pixel + 1) - Math.max(from, pixel));
    });
    return { first, parts };
  });
}

/** `[grid, grid]`: the relevance within each cell, a pixel shared among cells by area. The sum is the map's. */
export function smallMap({ width, height, values }: RelevanceMap, grid: number): Float64Array {
  const [columns, rows] = [coverOf(grid, width), coverOf(grid, height)];
  const out = new Float64Array(grid * grid);
  rows.forEach((row, y) => {
    columns.forEach((column, x) => {
      let sum = 0;
      row.parts.forEach((tall, i) => {
        const line = (row.first + i) * width + column.first;
        for (let j = 0; j < column.parts.length; j++)
          sum += tall * (column.parts[j] as number) * (values[line + j] as number);
      });
      out[y * grid + x] = sum;
    });
  });
  return out;
}
