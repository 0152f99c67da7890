/** @file A map of numbers as colours. */

import { OnnxplainError } from "../errors.ts";
import { type ColormapName, colormapTable } from "./colormap.ts";
import { type DisplayRange, displayRange, type RangeOptions } from "./display-range.ts";
import type { ImageU8 } from "./types.ts";

/** How to colour a map. */
export interface HeatmapOptions extends RangeOptions {
  /** Default: `"blue-red"` for a signed map, `"viridis"` else. */
  readonly cmap?: ColormapName | undefined;
}

/** A coloured map, with the scale that its colours stand for. */
export interface Heatmap {
  readonly image: ImageU8;
  readonly range: DisplayRange;
  readonly cmap: ColormapName;
}

/**
 * The map as an RGB picture of the same size, scaled for display only (see {@link RangeOptions}). A map of zeros is drawn in
 * the neutral or lowest colour. Throws `E_NUMERIC`, `E_PARAM`, `E_INPUT_SHAPE`.
 */
export function renderHeatmap(
  values: Float32Array,
  width: number,
  height: number,
  options: HeatmapOptions = {},
): ImageU8 {
  return heatmap(values, { ...options, width, height }).image;
}

/** As {@link renderHeatmap}, returning the scale too. */
export function heatmap(
  values: Float32Array,
  { width, height, ...options }: HeatmapOptions & { readonly width: number; readonly height: number },
): Heatmap {
  if (values.length !== width * height || values.length === 0) {
    throw new OnnxplainError("E_INPUT_SHAPE", `Expected a map of ${width} x ${height} values, got ${values.length}.`);
  }
  const range = displayRange(values, options);
  const cmap = options.cmap ?? (range.signed ? "blue-red" : "viridis");
  const table = colormapTable(cmap);
  const data = new Uint8Array(values.length * 3);
  for (let i = 0; i < values.length; i++) {
    const color = Math.round(position(values[i]!, range) * 255) * 3;
    data[i * 3] = table[color]!;
    data[i * 3 + 1] = table[color + 1]!;
    data[i * 3 + 2] = table[color + 2]!;
  }
  return { image: { width, height, channels: 3, data }, range, cmap };
}

/** Where a value lies on the scale, 0…1; values beyond the ends stop there. */
export function position(value: number, { low, high, signed }: DisplayRange): number {
  if (low === high) return signed ? 0.5 : 0;
  return Math.min(Math.max((value - low) / (high - low), 0), 1);
}
