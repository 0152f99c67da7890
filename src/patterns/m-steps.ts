/** @file M steps by name: of the mixture itself, or one that believes the network, so that directions stay with their categories. */
import type { Concentration } from "./concentration.ts";
import type { Directions } from "./directions.ts";
import { maximised } from "./em.ts";

export type MStep = "mixture" | "network";

/** {pi, mu} after one step, from points `[n, d]` and P `[n, C]`. */
export const M_STEPS: Readonly<
  Record<MStep, (g: Float64Array, p: Float64Array, directions: Directions, kappa: Concentration) => Directions>
> = {
  mixture: (points, _, directions, concentration) => maximised(points, directions, concentration),
  network: networkStep,
};

/**
 * mu_y = normalise(sum_x kappa(l) P(y|x) o), pi_y = mean P(y|x): the M step with P in the place of p(y|g). A category whose sum is 0 keeps
 * its direction.
 * @param points `[n, d]`. @param probabilities `[n, C]`.
 */
function networkStep(
  points: Float64Array,
  probabilities: Float64Array,
  { categories, dimension, means: before }: Directions,
  { at }: Concentration,
): Directions {
  const count = points.length / dimension;
  const weights = new Float64Array(categories);
  const means = new Float64Array(categories * dimension);
  for (let i = 0; i < count; i++) {
    const point = points.subarray(i * dimension, (i + 1) * dimension);
    const length = Math.hypot(...point);
    const pull = length > 0 ? at(length) / length : 0;
    for (let y = 0; y < categories; y++) {
      const share = probabilities[i * categories + y] as number;
      weights[y]! += share / count;
      for (let k = 0; k < dimension; k++) means[y * dimension + k]! += pull * share * (point[k] as number);
    }
  }
  for (let y = 0; y < categories; y++) {
    const mean = means.subarray(y * dimension, (y + 1) * dimension);
    const length = Math.hypot(...mean);
    if (length > 0) for (let k = 0; k < dimension; k++) mean[k]! /= length;
    else mean.set(before.subarray(y * dimension, (y + 1) * dimension));
  }
  return { categories, dimension, weights, means };
}
