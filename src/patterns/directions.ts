/** @file A mixture of directions: how often each category is, and where it points. */

/** {pi_y, mu_y}, in float64. */
export interface Directions {
  /** C. */
  readonly categories: number;
  /** d. */
  readonly dimension: number;
  /** pi `[C]`, sum 1. */
  readonly weights: Float64Array;
  /** mu `[C, d]`, rows of length 1. */
  readonly means: Float64Array;
}
