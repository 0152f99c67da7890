/** @file Psi(l) of a descriptor without its constant part, where a Gaussian answers for it: what changes when descriptors change places. */
import { blocksOf, inverseRoots } from "./fisher-vector.ts";
import type { Encoding } from "./pipeline.ts";
import { type ActivePosteriors, NEGLIGIBLE, posteriorOf, type Rows } from "./posteriors.ts";

/** A descriptor, and the Gaussians that answer for it. */
export interface Answered {
  readonly rows: Rows;
  /** Where its row begins. */
  readonly at: number;
  readonly components: ArrayLike<number>;
  readonly gammas: ArrayLike<number>;
  /** Its part of `components` and `gammas`. */
  readonly from: number;
  readonly to: number;
}

/**
 * `into[base …] += scale * (Psi(l) + sqrt(pi))`, one cell; the constant sqrt(pi_k) of the block pi cancels where one descriptor stands in for
 * another.
 */
export type AddAnswered = (into: Float64Array, base: number, descriptor: Answered, scale: number) => void;

export function addAnswered({ mixture, zeroth }: Pick<Encoding, "mixture" | "zeroth">): AddAnswered {
  const { width, means, deviations } = mixture;
  const { mu, sigma } = blocksOf({ mixture, zeroth });
  const roots = inverseRoots(mixture);
  const precisions = deviations.map((d) => 1 / d);
  return (into, base, { rows, at, components, gammas, from, to }, scale) => {
    for (let a = from; a < to; a++) {
      const k = components[a]!;
      const first = scale * roots[k]! * gammas[a]!;
      const second = first * Math.SQRT1_2;
      if (zeroth) into[base + k]! += first;
      for (let r = 0, p = k * width; r < width; r++, p++) {
        const u = (rows[at + r]! - means[p]!) * precisions[p]!;
        into[base + mu + p]! += first * u;
        into[base + sigma + p]! += second * (u * u - 1);
      }
    }
  };
}

/** Descriptor i of rows whose posteriors are known. */
export const answeredOf = (
  rows: Rows,
  width: number,
  { starts, components, values }: ActivePosteriors,
  i: number,
): Answered => ({
  rows,
  at: i * width,
  components,
  gammas: values,
  from: starts[i]!,
  to: starts[i + 1]!,
});

/** The Gaussians that answer for one row `[D]`; valid until it is asked again. */
export function answerFor(mixture: Encoding["mixture"]): (row: Float64Array) => Answered {
  const of = posteriorOf(mixture);
  const gamma = new Float64Array(mixture.components);
  const components = new Uint32Array(mixture.components);
  const gammas = new Float64Array(mixture.components);
  return (row) => {
    of(row, 0, gamma);
    let to = 0;
    for (let k = 0; k < mixture.components; k++) {
      if (!(gamma[k]! >= NEGLIGIBLE)) continue;
      components[to] = k;
      gammas[to++] = gamma[k]!;
    }
    return { rows: row, at: 0, components, gammas, from: 0, to };
  };
}
