/** @file gamma_k(l): how much each Gaussian of a mixture answers for each descriptor, in float64. */
import type { Mixture } from "./mixture.ts";

/** Descriptors, row after row. */
export type Rows = Float64Array | Float32Array;

/** Posteriors below count as 0 in the blocks mu and sigma, in sums and shares alike, so that shares still add up. */
export const NEGLIGIBLE = 1e-12;

/** Fills `gamma` `[K]` with the posteriors of the row that begins at `at`. */
export type PosteriorOf = (rows: Rows, at: number, gamma: Float64Array) => void;

/** gamma_k(l) = pi_k N(l; mu_k, sigma_k) / sum, by log-sum-exp. */
export function posteriorOf({ components, width, weights, means, deviations }: Mixture): PosteriorOf {
  const precisions = deviations.map((sigma) => 1 / sigma);
  // log pi_k - sum_r log sigma_kr; (2 pi)^(-D/2) is common to all
  const constants = weights.map((weight, k) => {
    let constant = Math.log(weight);
    for (let r = 0; r < width; r++) constant -= Math.log(deviations[k * width + r]!);
    return constant;
  });
  return (rows, at, gamma) => {
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0, p = 0; k < components; k++) {
      let squares = 0;
      for (let r = 0; r < width; r++, p++) {
        const u = (rows[at + r]! - means[p]!) * precisions[p]!;
        squares += u * u;
      }
      const log = constants[k]! - squares / 2;
      gamma[k] = log;
      if (log > largest) largest = log;
    }
    let sum = 0;
    for (let k = 0; k < components; k++) {
      const share = Math.exp(gamma[k]! - largest);
      gamma[k] = share;
      sum += share;
    }
    for (let k = 0; k < components; k++) gamma[k]! /= sum;
  };
}

export const rowCount = (rows: Rows, { width }: Pick<Mixture, "width">): number => Math.floor(rows.length / width);

/** gamma `[n, K]`; every row sums to 1. Source: SPEC 2.2.4. */
export function posteriors(rows: Rows, mixture: Mixture): Float64Array {
  const { components, width } = mixture;
  const count = rowCount(rows, mixture);
  const all = new Float64Array(count * components);
  const of = posteriorOf(mixture);
  for (let i = 0; i < count; i++) of(rows, i * width, all.subarray(i * components, (i + 1) * components));
  return all;
}

/** The posteriors that are not {@link NEGLIGIBLE}: those of descriptor i stand at `starts[i]` … `starts[i + 1] - 1`. */
export interface ActivePosteriors {
  readonly count: number;
  readonly starts: Uint32Array;
  readonly components: Uint16Array | Uint32Array;
  readonly values: Float64Array;
}

/** {@link posteriors} without the negligible ones: of hundreds of Gaussians a few answer for a descriptor. */
export function activePosteriors(rows: Rows, mixture: Mixture): ActivePosteriors {
  const { components, width } = mixture;
  const count = rowCount(rows, mixture);
  const of = posteriorOf(mixture);
  const gamma = new Float64Array(components);
  const starts = new Uint32Array(count + 1);
  let found: Uint16Array | Uint32Array = new (components > 0xffff ? Uint32Array : Uint16Array)(4 * count + components);
  let values = new Float64Array(found.length);
  let filled = 0;
  for (let i = 0; i < count; i++) {
    of(rows, i * width, gamma);
    if (filled + components > values.length) {
      const room = 2 * values.length + components;
      found = enlarged(found, new (components > 0xffff ? Uint32Array : Uint16Array)(room));
      values = enlarged(values, new Float64Array(room));
    }
    for (let k = 0; k < components; k++) {
      if (!(gamma[k]! >= NEGLIGIBLE)) continue;
      found[filled] = k;
      values[filled++] = gamma[k]!;
    }
    starts[i + 1] = filled;
  }
  return { count, starts, components: found.subarray(0, filled), values: values.subarray(0, filled) };
}

function enlarged<T extends Float64Array | Uint16Array | Uint32Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
