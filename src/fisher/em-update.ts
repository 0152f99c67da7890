/** @file The mixture that a round's sums make. */
import type { Sums } from "./em-step.ts";
import type { Mixture } from "./mixture.ts";
import type { Spread } from "./spread.ts";

/** What an update obeys. */
export interface Limits {
  /** What sums are counted from, `[width]`. */
  readonly centre: Float64Array;
  /** Least variances, `[width]`. */
  readonly floor: Float64Array;
  /** Rows that are added to each N_k before weights are made of them. */
  readonly prior: number;
}

/** Least variance of a component: this share of the sample's, and never below. Source: the encoding toolkit. */
const [SHARE, LEAST] = [0.01, 1e-9];

/** `[width]`. */
export const varianceFloor = ({ variance }: Pick<Spread, "variance">): Float64Array =>
  variance.map((v) => Math.max(SHARE * v, LEAST));

/** A component with fewer rows than this, all in all, is empty; and what it counts as, so that its weight stays positive. */
export const EMPTY = 1e-6;

/**
 * pi = N_k / n, mu = S1 / N_k, sigma² = S2 / N_k - mu² around the new mu and not below the floor. An empty component stays as it was in
 * `before`, with the least weight.
 */
export function maximised(
  { counts, first, second }: Pick<Sums, "counts" | "first" | "second">,
  before: Mixture,
  { centre, floor, prior }: Limits,
): Mixture {
  const { components, width } = before;
  const [means, deviations] = [before.means.slice(), before.deviations.slice()];
  for (let k = 0; k < components; k++) {
    const n = counts[k] as number;
    if (n < EMPTY) continue;
    for (let d = 0; d < width; d++) {
      const at = k * width + d;
      const off = (first[at] as number) / n;
      means[at] = (centre[d] as number) + off;
      deviations[at] = Math.sqrt(Math.max((second[at] as number) / n - off * off, floor[d] as number));
    }
  }
  const shares = counts.map((n) => Math.max(n, EMPTY) + prior);
  const all = shares.reduce((a, b) => a + b, 0);
  return { components, width, weights: shares.map((s) => s / all), means, deviations };
}

/** How many components are empty, and how many variances lie at the floor. */
export function edges({ counts }: Sums, { deviations, width }: Mixture, { floor }: Limits) {
  return {
    empty: counts.reduce((sum, n) => sum + (n < EMPTY ? 1 : 0), 0),
    floored: deviations.reduce((sum, s, at) => sum + (s <= Math.sqrt(floor[at % width] as number) ? 1 : 0), 0),
  };
}
