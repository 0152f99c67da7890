/** @file How like the picture a covered reference is, as the polytope's own boundaries see it. */
import { placesIn } from "./bits.ts";
import { type Boundaries, normalOf } from "./boundary.ts";
import type { Cover } from "./cover.ts";
import { type Projections, valuesOf } from "./projections.ts";

export interface DistanceOptions {
  /** Lengths of the normals `[boundaries]`, to divide by: distances in feature space. Default 1 each, as in the paper. */
  readonly lengths?: ArrayLike<number> | undefined;
}

/** |W_h| of every boundary: what `normalise_normals` divides by; 1 where it is 0. */
export function normalLengths(boundaries: Boundaries): Float64Array {
  return Float64Array.from({ length: boundaries.count }, (_, h) => {
    let sum = 0;
    for (const v of normalOf(boundaries, h)) sum += v * v;
    return Math.sqrt(sum) || 1;
  });
}

/** sum_h |<W_h, psi(x)> - <W_h, psi(x')>| over the boundaries of `order`, from their values (Lam et al. 2021, eq. 6). */
export function distance(
  order: readonly number[],
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { lengths }: DistanceOptions = {},
): number {
  let sum = 0;
  for (const h of order) sum += Math.abs((a[h] as number) - (b[h] as number)) / (lengths?.[h] ?? 1);
  return sum;
}

export interface Ranked {
  /** Place among the references. */
  readonly index: number;
  readonly distance: number;
}

/** Covered references, nearest first; at equal distance the lower index. `x` are the picture's values. */
export function rankedCovered(
  { order, covered }: Pick<Cover, "order" | "covered">,
  references: Projections,
  x: ArrayLike<number>,
  options: DistanceOptions = {},
): readonly Ranked[] {
  return Array.from(placesIn(covered), (index) => ({
    index,
    distance: distance(order, x, valuesOf(references, index), options),
  })).sort((a, b) => a.distance - b.distance || a.index - b.index);
}
