/** @file Points of one class that are taken for another, and the training points that speak against the right class in most of them. */
import { extremes } from "./extremes.ts";
import type { FeatureSource } from "./features.ts";
import { type KernelOptions, kernelBlocks } from "./kernel.ts";
import { checkQuery, constantOf } from "./query.ts";
import type { Representers } from "./representers.ts";

export interface Culprit {
  readonly index: number;
  /** Of how many confused points it is among the most inhibitory. */
  readonly count: number;
  /** Mean representer value for the right class over all of them. */
  readonly value: number;
  readonly alpha: number;
}

/** Confused points taken together, so that products stay small. */
const AT_ONCE = 64;

/**
 * Training points among the `top` smallest values for class `from` of some row of `tests` `[m, width]`: those of most rows first, then the
 * smallest mean. Throws as `query`.
 */
export async function culprits(
  fitted: Representers,
  features: FeatureSource,
  tests: Float32Array,
  { from, top = 10, ...options }: KernelOptions & { readonly from: number; readonly top?: number | undefined },
): Promise<readonly Culprit[]> {
  checkQuery(fitted, features, tests);
  const { width, classes, alpha, count } = fitted;
  const constant = constantOf(fitted, false);
  const m = tests.length / width;
  const sums = new Float64Array(count);
  const counts = new Map<number, number>();
  for (let first = 0; first < m; first += AT_ONCE) {
    const part = tests.subarray(first * width, Math.min(m, first + AT_ONCE) * width);
    const own = part.length / width;
    const lowest = Array.from({ length: own }, () => extremes(Math.min(top, count)));
    for await (const block of kernelBlocks(features, part, options))
      for (let i = 0; i < block.count; i++)
        for (let t = 0; t < own; t++) {
          const at = block.first + i;
          const v = (alpha[at * classes + from] as number) * ((block.products[i * own + t] as number) + constant);
          sums[at] = (sums[at] as number) + v;
          (lowest[t] as (typeof lowest)[number]).offer(-v, at);
        }
    for (const ranked of lowest)
      for (const { index, value } of ranked.ranked()) if (value > 0) counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  return [...counts]
    .map(([index, times]) => ({
      index,
      count: times,
      value: (sums[index] as number) / m,
      alpha: alpha[index * classes + from] as number,
    }))
    .sort((a, b) => b.count - a.count || a.value - b.value);
}
