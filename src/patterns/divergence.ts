/** @file KL(P || Q) of a mixture's posteriors at points, and its closed gradient by them. */
import { OnnxplainError } from "../errors.ts";
import type { Concentration } from "./concentration.ts";
import type { Directions } from "./directions.ts";

export interface Divergence {
  /** Mean over points, in nats. */
  readonly mean: number;
  /** dL_x / dg_x of every point's own divergence, `[n, d]`; not divided by n. */
  readonly gradient: Float64Array;
}

/**
 * L_x = sum_y P(y|x) log(P(y|x) / Q(y|g_x)),  Q(y|g) ~ pi_y exp(kappa(l) cos(g, mu_y)),  l = |g|, o = g / l, E = Q - P, c_y = cos(o, mu_y):
 *
 *     dL_x/dg = [ kappa'(l) sum_y E_y c_y ] o + (kappa(l) / l) sum_y E_y (mu_y - c_y o)
 *
 * and at g = 0 its limit, kappa'(0) sum_y E_y mu_y. Rows of P sum to 1; 0 log 0 = 0. A pi_y that has underflowed to 0 counts as the smallest
 * positive number, so that the divergence stays finite.
 *
 * @param points `[n, d]`.
 * @param probabilities P `[n, C]`, or of more rows with `places`, which says the row of each point.
 * @param gradient Where the gradient goes, `[n, d]` at least.
 * Source: Li, Wang and Zhang 2021; gradient derived. Throws `E_NUMERIC` for points that are not finite.
 */
export function divergenceOf(
  points: Float64Array,
  probabilities: Float64Array,
  { categories, dimension, weights, means }: Directions,
  { at, slope }: Concentration,
  {
    places,
    gradient = new Float64Array(points.length),
  }: { readonly places?: Int32Array | undefined; readonly gradient?: Float64Array | undefined } = {},
): Divergence {
  const count = points.length / dimension;
  const logWeights = weights.map((w) => Math.log(Math.max(w, Number.MIN_VALUE)));
  const [cosines, scores] = [new Float64Array(categories), new Float64Array(categories)];
  const direction = new Float64Array(dimension);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const g = i * dimension;
    const p = (places === undefined ? i : places[i]!) * categories;
    let square = 0;
    for (let k = 0; k < dimension; k++) square += points[g + k]! ** 2;
    const length = Math.sqrt(square);
    if (!(length < Number.POSITIVE_INFINITY))
      throw new OnnxplainError(
        "E_NUMERIC",
        `Expected points of finite length, got ${length} at place ${i}. Take a smaller rate, or scale the features down.`,
      );
    const still = length < TINY;
    for (let k = 0; k < dimension; k++) direction[k] = still ? 0 : points[g + k]! / length;
    const kappa = still ? 0 : at(length);
    let top = Number.NEGATIVE_INFINITY;
    for (let y = 0; y < categories; y++) {
      let cosine = 0;
      for (let k = 0; k < dimension; k++) cosine += direction[k]! * means[y * dimension + k]!;
      cosines[y] = cosine;
      const score = logWeights[y]! + kappa * cosine;
      scores[y] = score;
      if (score > top) top = score;
    }
    let sum = 0;
    for (let y = 0; y < categories; y++) sum += Math.exp(scores[y]! - top);
    const norm = top + Math.log(sum);
    // along o, and sum_y E_y mu_y
    let along = 0;
    for (let k = 0; k < dimension; k++) gradient[g + k] = 0;
    for (let y = 0; y < categories; y++) {
      const logQ = scores[y]! - norm;
      const wanted = probabilities[p + y]!;
      if (wanted > 0) total += wanted * (Math.log(wanted) - logQ);
      const error = Math.exp(logQ) - wanted;
      along += error * cosines[y]!;
      for (let k = 0; k < dimension; k++) gradient[g + k]! += error * means[y * dimension + k]!;
    }
    const across = still ? slope(0) : kappa / length;
    const rest = still ? 0 : along * (slope(length) - across);
    for (let k = 0; k < dimension; k++) gradient[g + k] = across * gradient[g + k]! + rest * direction[k]!;
  }
  return { mean: total / count, gradient };
}

/** Below this a length's square underflows, and kappa(l) / l is kappa'(0) to the last digit. */
const TINY = 1e-150;
