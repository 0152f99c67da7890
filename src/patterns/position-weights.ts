/** @file How much each position of a picture counts, w(r): given (Grad-CAM), all alike, by strength of the feature, or learned. */
import { OnnxplainError } from "../errors.ts";
import type { Features } from "./wide-products.ts";

/** [R]. `given` are those of `importanceModel`, Grad-CAM of the predicted class. */
export type ImportanceName = "given" | "uniform" | "norm" | "learned";

/** Rows of a batch that weights are wanted for. */
export interface Weighed {
  /** f `[B, HW, K]`. */
  readonly rows: Features;
  readonly positions: number;
  /** Places of its pictures in the set. */
  readonly places: ArrayLike<number>;
}

/** Every row divided by its sum; a row of zeros is uniform. Throws `E_NUMERIC` for weights below 0 or not finite. */
export function normalisedRows(weights: ArrayLike<number>, positions: number): Float64Array {
  const out = Float64Array.from(weights);
  for (let first = 0; first < out.length; first += positions) {
    const row = out.subarray(first, first + positions);
    let sum = 0;
    for (const w of row) {
      if (!(w >= 0 && Number.isFinite(w)))
        throw new OnnxplainError(
          "E_NUMERIC",
          `Expected weights of positions to be numbers of at least 0, got ${w} for picture ${first / positions}. Make them with \`importanceModel\`.`,
        );
      sum += w;
    }
    for (let r = 0; r < positions; r++) row[r] = sum > 0 ? (row[r] as number) / sum : 1 / positions;
  }
  return out;
}

/** w of given weights `[n, HW]`, those of a batch. */
export function givenWeights(weights: ArrayLike<number>, { positions, places }: Weighed): Float64Array {
  const out = new Float64Array(places.length * positions);
  for (let i = 0; i < places.length; i++)
    for (let r = 0; r < positions; r++)
      out[i * positions + r] = weights[(places[i] as number) * positions + r] as number;
  return normalisedRows(out, positions);
}

export const uniformWeights = ({ positions, places }: Weighed): Float64Array =>
  new Float64Array(places.length * positions).fill(1 / positions);

/** w proportional to |f^(r)|. */
export function normWeights({ rows, positions, places }: Weighed): Float64Array {
  const count = places.length * positions;
  const channels = rows.length / count;
  const lengths = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let square = 0;
    for (let c = i * channels; c < (i + 1) * channels; c++) square += (rows[c] as number) ** 2;
    lengths[i] = Math.sqrt(square);
  }
  return normalisedRows(lengths, positions);
}

/** w of free logits `[HW]`, one a position, shared by all pictures: their softmax. */
export function softmaxOf(logits: ArrayLike<number>): Float64Array {
  const top = Array.from(logits).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const out = Float64Array.from(logits, (z) => Math.exp(z - top));
  const sum = out.reduce((a, b) => a + b, 0);
  return out.map((e) => e / sum);
}

/** dL/dz_r = w_r (G_r - sum_r' w_r' G_r'), G_r the sum over pictures of dL/dw(x, r): `[HW]` from `[B, HW]`. */
export function throughSoftmax(weights: Float64Array, gradient: Float64Array): Float64Array {
  const positions = weights.length;
  const sums = new Float64Array(positions);
  for (let i = 0; i < gradient.length; i++) sums[i % positions]! += gradient[i] as number;
  const mean = sums.reduce((s, g, r) => s + g * (weights[r] as number), 0);
  return sums.map((g, r) => (weights[r] as number) * (g - mean));
}

/** w `[B, HW]` of a batch, by name; of the weights given for the whole set, or of free logits. */
export const WEIGHTS: Readonly<
  Record<ImportanceName, (weighed: Weighed, given: ArrayLike<number>, logits: Float64Array) => Float64Array>
> = {
  given: (weighed, given) => givenWeights(given, weighed),
  uniform: (weighed) => uniformWeights(weighed),
  norm: (weighed) => normWeights(weighed),
  learned: ({ places, positions }, _, logits) => {
    const out = new Float64Array(places.length * positions);
    const own = softmaxOf(logits);
    for (let i = 0; i < places.length; i++) out.set(own, i * positions);
    return out;
  },
};
