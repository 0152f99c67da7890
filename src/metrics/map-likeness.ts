/** @file How alike two maps are, by the measures that sanity checks use. */
import { cosine, spearman, ssim } from "./correlations.ts";
import type { MetricImage } from "./metric.ts";

type Size = Pick<MetricImage, "width" | "height">;
type Likeness = (a: Float32Array, b: Float32Array, size: Size) => number;

/** Magnitudes with the largest at 1. */
function scaled(map: Float32Array): Float64Array {
  const top = map.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  return Float64Array.from(map, (v) => Math.abs(v) / top);
}

/** By name: what, and its value in [-1, 1] with 1 = the same map; NaN where a map is constant. */
export const LIKENESS: Readonly<Record<string, { readonly about: string; readonly of: Likeness }>> = {
  spearman: { about: "Spearman's correlation of raw values", of: (a, b) => spearman(a, b) },
  "spearman-absolute": {
    about: "Spearman's correlation of magnitudes",
    of: (a, b) => spearman(a.map(Math.abs), b.map(Math.abs)),
  },
  ssim: {
    about: "structural similarity of magnitudes, each map with its largest at 1 (7x7 windows)",
    of: (a, b, size) => ssim(scaled(a), scaled(b), size, 1),
  },
  cosine: { about: "cosine of the angle between the raw maps", of: (a, b) => cosine(a, b) },
};
export const LIKENESSES = Object.keys(LIKENESS);
