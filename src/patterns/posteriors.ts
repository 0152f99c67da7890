/** @file The E step: which category a vector speaks for, p(y | g) = pi_y exp(kappa(l) cos(o, mu_y)) / its sum over y, l = ||g||, o = g / l. */
import { OnnxplainError } from "../errors.ts";
import type { Concentration } from "./concentration.ts";
import type { Directions } from "./directions.ts";
import { logPeak } from "./von-mises-fisher.ts";

/** One vector as the mixture sees it; the arrays are valid until the next one. */
export interface Seen {
  /** o `[d]`; 0 for the zero vector. */
  readonly orientation: Float64Array;
  /** kappa(l); 0 for the zero vector. */
  readonly kappa: number;
  /** p(y | g) `[C]`. */
  readonly posterior: Float64Array;
  /** log sum_y pi_y exp(kappa (cos(o, mu_y) - 1)). */
  readonly logShare: number;
}

/**
 * Calls `visit` for every row of `points [n, d]`. Exponents are differences from the nearest direction's: no overflow at any strength. The
 * zero vector has the weights for its posterior.
 *
 * Throws `E_INPUT_SHAPE`, `E_NUMERIC` for points that are not finite.
 */
export function eachSeen(
  points: Float64Array,
  { dimension: d, categories, weights, means }: Directions,
  concentration: Concentration,
  visit: (seen: Seen, place: number) => void,
): void {
  refuseOther(points, d, concentration);
  const logs = weights.map(Math.log);
  const orientation = new Float64Array(d);
  const posterior = new Float64Array(categories);
  for (let at = 0, place = 0; at < points.length; at += d, place++) {
    const strength = lengthOf(points, at, d);
    if (!Number.isFinite(strength))
      throw new OnnxplainError(
        "E_NUMERIC",
        `Expected points of finite length, got ${strength} at place ${place}. Leave such points out, or scale them down.`,
      );
    if (strength === 0) {
      orientation.fill(0);
      posterior.set(weights);
      visit({ orientation, kappa: 0, posterior, logShare: 0 }, place);
      continue;
    }
    for (let j = 0; j < d; j++) orientation[j] = (points[at + j] as number) / strength;
    const kappa = concentration.at(strength);
    const logShare = share(orientation, kappa, means, logs, posterior);
    visit({ orientation, kappa, posterior, logShare }, place);
  }
}

/** Fills the posterior and returns log sum_y pi_y exp(kappa (cos_y - 1)). */
function share(
  orientation: Float64Array,
  kappa: number,
  means: Float64Array,
  logs: Float64Array,
  posterior: Float64Array,
): number {
  const d = orientation.length;
  let nearest = Number.NEGATIVE_INFINITY;
  for (let y = 0; y < posterior.length; y++) {
    let cosine = 0;
    for (let j = 0; j < d; j++) cosine += (orientation[j] as number) * (means[y * d + j] as number);
    posterior[y] = cosine;
    if (cosine > nearest && logs[y] !== Number.NEGATIVE_INFINITY) nearest = cosine;
  }
  let top = Number.NEGATIVE_INFINITY;
  for (let y = 0; y < posterior.length; y++) {
    const exponent = (logs[y] as number) + kappa * ((posterior[y] as number) - nearest);
    posterior[y] = exponent;
    if (exponent > top) top = exponent;
  }
  let sum = 0;
  for (let y = 0; y < posterior.length; y++) {
    const raised = Math.exp((posterior[y] as number) - top);
    posterior[y] = raised;
    sum += raised;
  }
  for (let y = 0; y < posterior.length; y++) posterior[y]! /= sum;
  return top + Math.log(sum) + kappa * (nearest - 1);
}

/** Its length, also where squares leave the range of float64. */
function lengthOf(points: Float64Array, at: number, d: number): number {
  let square = 0;
  for (let j = 0; j < d; j++) square += (points[at + j] as number) ** 2;
  return square > 1e-290 && square < Infinity ? Math.sqrt(square) : Math.hypot(...points.subarray(at, at + d));
}

/** p(y | g) for points `[n, d]`: `[n, C]`, rows of sum 1. Throws as {@link eachSeen}. */
export function posteriorsOf(points: Float64Array, directions: Directions, concentration: Concentration): Float64Array {
  const { categories, dimension } = directions;
  const out = new Float64Array((points.length / dimension) * categories);
  eachSeen(points, directions, concentration, ({ posterior }, place) => out.set(posterior, place * categories));
  return out;
}

/** sum over points of log sum_y pi_y p_vMF(o | mu_y, kappa(l)), in nats; without log p(l), which no parameter moves. Throws as {@link eachSeen}. */
export function logLikelihood(points: Float64Array, directions: Directions, concentration: Concentration): number {
  let sum = 0;
  eachSeen(points, directions, concentration, ({ kappa, logShare }) => {
    sum += logPeak(directions.dimension, kappa) + logShare;
  });
  return sum;
}

function refuseOther(points: Float64Array, dimension: number, concentration: Concentration): void {
  if (points.length % dimension !== 0 || concentration.dimension !== dimension)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected points and a concentration of dimension ${dimension} as the directions have, got ${points.length} numbers and ${concentration.dimension}.`,
    );
}
