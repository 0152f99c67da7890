/** @file How the positions of one picture answer a position of another: the largest cosine, that of the same position, the mean. */
import { nearestUnits } from "./nearest-units.ts";
import type { Regions } from "./regions.ts";

/** S(x1, r, x2) of the pictures of a batch. */
export interface Answers {
  /** `[B, HW, B]`; the cosine with a zero feature is 0. */
  readonly values: Float64Array;
  /** Adds what flows from S to the directions o: `cotangent [B, HW, B]` to `into [B, HW, d]`. */
  readonly back: (cotangent: Float64Array, into: Float64Array) => void;
}

/** `max` over r' of cos(h_1^r, h_2^r') (default); its gradient flows to the first of the largest alone. */
function largest(regions: Regions, asks?: ArrayLike<number>): Answers {
  const { pictures, positions, dimension, units } = regions;
  const { values, places } = nearestUnits(regions, asks);
  return {
    values,
    back: (cotangent, into) => {
      for (let at = 0; at < cotangent.length; at++) {
        const [flow, place] = [cotangent[at] as number, places[at] as number];
        if (flow === 0 || place < 0) continue;
        const one = Math.floor(at / pictures) * dimension;
        const two = ((at % pictures) * positions + place) * dimension;
        for (let k = 0; k < dimension; k++) {
          into[one + k]! += flow * (units[two + k] as number);
          into[two + k]! += flow * (units[one + k] as number);
        }
      }
    },
  };
}

/** cos(h_1^r, h_2^r). */
function same({ pictures, positions, dimension, units }: Regions): Answers {
  const stride = positions * dimension;
  const other = (at: number): number => (at % pictures) * stride + (Math.floor(at / pictures) % positions) * dimension;
  const values = new Float64Array(pictures * positions * pictures);
  for (let at = 0; at < values.length; at++) {
    const [one, two] = [Math.floor(at / pictures) * dimension, other(at)];
    let sum = 0;
    for (let k = 0; k < dimension; k++) sum += (units[one + k] as number) * (units[two + k] as number);
    values[at] = sum;
  }
  return {
    values,
    back: (cotangent, into) => {
      for (let at = 0; at < cotangent.length; at++) {
        const [flow, one, two] = [cotangent[at] as number, Math.floor(at / pictures) * dimension, other(at)];
        for (let k = 0; k < dimension; k++) {
          into[one + k]! += flow * (units[two + k] as number);
          into[two + k]! += flow * (units[one + k] as number);
        }
      }
    },
  };
}

/** mean over r' of cos(h_1^r, h_2^r') = o_1^r . mean o_2. */
function mean({ pictures, positions, dimension, units }: Regions): Answers {
  const centres = new Float64Array(pictures * dimension);
  for (let at = 0; at < units.length; at++)
    centres[Math.floor(at / (positions * dimension)) * dimension + (at % dimension)]! +=
      (units[at] as number) / positions;
  const values = new Float64Array(pictures * positions * pictures);
  for (let at = 0; at < values.length; at++) {
    const [one, two] = [Math.floor(at / pictures) * dimension, (at % pictures) * dimension];
    let sum = 0;
    for (let k = 0; k < dimension; k++) sum += (units[one + k] as number) * (centres[two + k] as number);
    values[at] = sum;
  }
  return {
    values,
    back: (cotangent, into) => {
      const flows = new Float64Array(centres.length);
      for (let at = 0; at < cotangent.length; at++) {
        const [flow, one] = [cotangent[at] as number, Math.floor(at / pictures) * dimension];
        const two = (at % pictures) * dimension;
        for (let k = 0; k < dimension; k++) {
          into[one + k]! += flow * (centres[two + k] as number);
          flows[two + k]! += flow * (units[one + k] as number);
        }
      }
      for (let at = 0; at < into.length; at++)
        into[at]! +=
          (flows[Math.floor(at / (positions * dimension)) * dimension + (at % dimension)] as number) / positions;
    },
  };
}

export type AnswerMode = "max" | "same" | "mean";

/** [R]: which r' of x2 a position r of x1 is compared with. Positions that do not ask, `asks [B, HW]` 0, may be left at 0. */
export const ANSWERS: Readonly<Record<AnswerMode, (regions: Regions, asks?: ArrayLike<number>) => Answers>> = {
  max: largest,
  same,
  mean,
};
