/** @file Maps that no metric can judge, and the words for it. */
import type { Measured, Outcome, Variant } from "./metric.ts";

export const NOT_FINITE = "the map holds NaN or infinity";
export const CONSTANT = "the map is constant: no pixel stands out";

/** Why a map cannot be judged; undefined where it can. A constant map never scores. */
export function unusable(map: ArrayLike<number>): string | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < map.length; i++) {
    const v = map[i]!;
    if (!Number.isFinite(v)) return NOT_FINITE;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return low < high ? undefined : CONSTANT;
}

/** No variant has a number, for one reason. */
export const excludedAll = (variants: readonly Variant[], reason: string): Measured => ({
  values: Object.fromEntries(variants.map((v) => [v.id, { excluded: reason }])),
});

/** A ratio, or why there is none: `reason` where the denominator is not greater than 0. */
export const ratio = (numerator: number, denominator: number, reason: string): Outcome =>
  denominator > 0 ? numerator / denominator : { excluded: reason };

/** A number, or `reason` where it is not one. */
export const finite = (value: number, reason: string): Outcome =>
  Number.isFinite(value) ? value : { excluded: reason };
