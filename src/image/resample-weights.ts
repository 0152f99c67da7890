/** @file The fixed-point weights of Pillow's antialiased resampling along one axis. */

import type { Resample } from "./types.ts";

/** Weights carry 22 fractional bits, so that an 8-bit sample times a weight stays within int32. */
export const WEIGHT_BITS = 22;

/** Filters that weigh neighbours; "nearest" only picks one. */
export type WeightedResample = Exclude<Resample, "nearest">;

/** One row per output index: `weights[i * taps + t]` multiplies input `starts[i] + t`, for `t < counts[i]`; the rest is 0. */
export interface ResampleWeights {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly taps: number;
  readonly weights: Int32Array;
}

interface Filter {
  /** Radius in input pixels at scale 1. */
  readonly radius: number;
  readonly at: (x: number) => number;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

const FILTERS: Readonly<Record<WeightedResample, Filter>> = {
  box: { radius: 0.5, at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { radius: 1, at: (x) => Math.max(1 - Math.abs(x), 0) },
  hamming: { radius: 1, at: (x) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(x * Math.PI))) },
  bicubic: { radius: 2, at: (x) => keys(Math.abs(x)) },
  lanczos: { radius: 3, at: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Keys' cubic with a = -0.5, for x >= 0. */
function keys(x: number): number {
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/**
 * Weights that take `inSize` samples to `outSize`. Reducing widens the filter by the scale (antialiasing), enlarging does not.
 *
 * Source: Pillow 9.4, `Resample.c`, `precompute_coeffs` and `normalize_coeffs_8bpc`.
 */
export function resampleWeights(inSize: number, outSize: number, resample: WeightedResample): ResampleWeights {
  const filter = FILTERS[resample];
  const scale = inSize / outSize;
  const widen = Math.max(scale, 1);
  const support = filter.radius * widen;
  const rows: number[][] = [];
  const starts = new Int32Array(outSize);
  const counts = new Int32Array(outSize);
  for (let i = 0; i < outSize; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(inSize, Math.trunc(center + support + 0.5));
    const row: number[] = [];
    for (let x = start; x < end; x++) row.push(filter.at((x - center + 0.5) * (1 / widen)));
    starts[i] = start;
    counts[i] = row.length;
    rows.push(fixedPoint(row));
  }
  const taps = counts.reduce((most, count) => Math.max(most, count), 1);
  const weights = new Int32Array(outSize * taps);
  for (const [i, row] of rows.entries()) weights.set(row, i * taps);
  return { starts, counts, taps, weights };
}

/** The row divided by its sum, times 2^22, rounded half away from zero. */
function fixedPoint(row: readonly number[]): number[] {
  let sum = 0;
  for (const w of row) sum += w;
  return row.map((w) => {
    const k = (sum === 0 ? w : w / sum) * 2 ** WEIGHT_BITS;
    return Math.trunc(k < 0 ? k - 0.5 : k + 0.5);
  });
}
