/** @file Location and spread of a sample: mean, standard error, quantiles, trimmed mean. */

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
};

/** Sample standard deviation over the root of n; undefined below two values. */
export function standardError(values: ArrayLike<number>): number | undefined {
  const n = values.length;
  if (n < 2) return undefined;
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((values[i] as number) - centre) ** 2;
  return Math.sqrt(squares / (n - 1) / n);
}

export const sorted = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).sort();

/**
 * The `p` quantile of values in ascending order, linear between order statistics.
 *
 * Source: Hyndman & Fan 1996, definition 7 (the default of NumPy and R).
 */
export function quantile(ascending: ArrayLike<number>, p: number): number {
  const at = (ascending.length - 1) * p;
  const below = Math.floor(at);
  const low = ascending[below] as number;
  const high = ascending[Math.min(below + 1, ascending.length - 1)] as number;
  return low + (at - below) * (high - low);
}

/** Mean of values in ascending order without `floor(cut * n)` at either end. */
export function trimmedMean(ascending: Float64Array, cut: number): number {
  const drop = Math.floor(cut * ascending.length);
  return mean(ascending.subarray(drop, ascending.length - drop));
}
