/** @file Relevance of pixels (R1): each descriptor's relevance, spread evenly over its area. */
import { OnnxplainError } from "../errors.ts";
import type { Size } from "../image/types.ts";
import { type Area, spans } from "./areas.ts";
import { type FrameGrid, frameCount } from "./frames.ts";

/**
 * R1_p = sum over l with p in area(l) of R2_l / |area(l)|, `[height, width]`; areas are counted after clipping, so that R1 sums to R2.
 * One difference array: four numbers a descriptor, then running sums.
 *
 * Source: Bach et al. 2016, eq. 10 of the supplement. Throws `E_PARAM`.
 */
export function pixelRelevance(
  values: Float64Array,
  grids: readonly FrameGrid[],
  { width, height }: Size,
  area: Area = "4s",
): Float64Array {
  if (values.length !== frameCount(grids))
    throw new OnnxplainError(
      "E_PARAM",
      `There are ${values.length} relevances for ${frameCount(grids)} frames; expected one for each. They belong to another picture or other descriptors.`,
    );
  const stride = width + 1;
  const steps = new Float64Array(stride * (height + 1));
  let at = 0;
  for (const grid of grids) {
    const xs = spans(grid, grid.columns, width, area);
    for (const [top, bottom] of spans(grid, grid.rows, height, area))
      for (const [left, right] of xs) {
        const each = values[at++]! / ((right - left) * (bottom - top));
        steps[top * stride + left]! += each;
        steps[top * stride + right]! -= each;
        steps[bottom * stride + left]! -= each;
        steps[bottom * stride + right]! += each;
      }
  }
  const map = new Float64Array(width * height);
  const column = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    let run = 0;
    for (let x = 0; x < width; x++) {
      run += steps[y * stride + x]!;
      column[x]! += run;
      map[y * width + x] = column[x]!;
    }
  }
  return map;
}
