/** @file The training points whose features lie nearest to a test point's, by Euclid. */
import { extremes } from "./extremes.ts";
import type { FeatureSource } from "./features.ts";

export interface Neighbour {
  readonly index: number;
  readonly distance: number;
}

/** Nearest first, `top` for each row of `tests` `[m, width]`; the features are read once. */
export async function nearest(
  features: FeatureSource,
  tests: Float32Array,
  top: number,
): Promise<readonly (readonly Neighbour[])[]> {
  const { width } = features;
  const found = Array.from({ length: tests.length / width }, () => extremes(Math.min(top, features.count)));
  for await (const { first, count, rows } of features.blocks())
    for (const [t, own] of found.entries())
      for (let i = 0; i < count; i++) {
        let sum = 0;
        for (let k = 0; k < width; k++) sum += (rows[i * width + k]! - tests[t * width + k]!) ** 2;
        if (-sum > own.bar()) own.offer(-sum, first + i);
      }
  return found.map((own) => own.ranked().map(({ index, value }) => ({ index, distance: Math.sqrt(-value) })));
}
