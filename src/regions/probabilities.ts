/** @file Probabilities from scores, in float64. */

/** Softmax. */
export function softmaxOf(scores: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(scores);
  const top = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = values.map((s) => Math.exp(s - top));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((p) => p / total);
}
