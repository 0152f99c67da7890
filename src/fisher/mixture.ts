/** @file A mixture of Gaussians with diagonal covariances. */

/** lambda = {(pi_k, mu_k, sigma_k)}, in float64. */
export interface Mixture {
  /** K. */
  readonly components: number;
  /** D. */
  readonly width: number;
  /** pi `[K]`, positive, sum 1. */
  readonly weights: Float64Array;
  /** mu `[K, D]`. */
  readonly means: Float64Array;
  /** sigma `[K, D]`: standard deviations, positive. */
  readonly deviations: Float64Array;
}
