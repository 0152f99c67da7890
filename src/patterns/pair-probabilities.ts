/** @file P(x2|x1): how near the network takes two pictures to be; what regional features are made to mimic. */
import { OnnxplainError } from "../errors.ts";

/** How P(x2|x1) is made: `product` of class probabilities (default), or `cosine` of sample features. */
export type PairTarget = "product" | "cosine";

/** Vectors of pictures, `[n, width]`, C order. */
export interface PictureVectors {
  readonly width: number;
  readonly values: ArrayLike<number>;
}

type Likeness = (a: number, b: number) => number;

const rowDot = ({ width, values }: PictureVectors, i: number, j: number): number => {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += (values[i * width + k] as number) * (values[j * width + k] as number);
  return sum;
};

/** Each row of `[n, n]` divided by its sum over x2 != x1; a row of zeros is uniform. */
function normalised(count: number, likeness: Likeness): Float64Array {
  const out = new Float64Array(count * count);
  for (let a = 0; a < count; a++) {
    let sum = 0;
    for (let b = 0; b < count; b++) {
      if (a === b) continue;
      const s = likeness(a, b);
      out[a * count + b] = s;
      sum += s;
    }
    for (let b = 0; b < count; b++)
      if (a !== b) out[a * count + b] = sum > 0 ? (out[a * count + b] as number) / sum : 1 / (count - 1);
  }
  return out;
}

/** P(x2|x1) = s(x1,x2) / sum_{x' != x1} s(x1,x'), s = sum_c P(c|x1) P(c|x2): `[n, n]`, diagonal 0; uniform where every s is 0. */
export const productProbabilities = (probabilities: PictureVectors): Float64Array =>
  normalised(rowsOf(probabilities), (a, b) => rowDot(probabilities, a, b));

/** P(x2|x1) proportional to exp(kappa cos(f_1, f_2)); the cosine with a zero feature is 0. */
export function cosineProbabilities(features: PictureVectors, kappa = 10): Float64Array {
  const count = rowsOf(features);
  const lengths = Float64Array.from({ length: count }, (_, i) => Math.sqrt(rowDot(features, i, i)));
  return normalised(count, (a, b) => {
    const length = (lengths[a] as number) * (lengths[b] as number);
    const cosine = length > 0 ? rowDot(features, a, b) / length : 0;
    return Math.exp(kappa * (cosine - 1));
  });
}

function rowsOf({ width, values }: PictureVectors): number {
  const count = values.length / width;
  if (Number.isInteger(count)) return count;
  throw new OnnxplainError("E_INPUT_SHAPE", `Expected rows of ${width} numbers, got ${values.length} numbers.`);
}

/** Vectors of the pictures at some places. */
export function pickedVectors(
  { width, values }: PictureVectors,
  places: ArrayLike<number>,
): PictureVectors & { readonly values: Float64Array } {
  const out = new Float64Array(places.length * width);
  for (let i = 0; i < places.length; i++)
    for (let k = 0; k < width; k++) out[i * width + k] = values[(places[i] as number) * width + k] as number;
  return { width, values: out };
}
