/** @file Areas under curves of equal steps. */

/** Trapezoid rule with steps of 1: `sum - first/2 - last/2`; 0 for a single point. */
export function trapezoid(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 1; i < values.length; i++) sum += ((values[i - 1] as number) + (values[i] as number)) / 2;
  return sum;
}

/** Mean height between the first and the last point, 0 … 1 for probabilities. */
export const normalisedArea = (values: ArrayLike<number>): number => trapezoid(values) / (values.length - 1);

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
};
