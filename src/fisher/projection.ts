/** @file Principal components of descriptors, as they are applied. */

export interface Projection {
  /** Numbers in, numbers out. */
  readonly from: number;
  readonly width: number;
  /** What is subtracted first, `[from]`; zeros where nothing is ([R]: the toolkit subtracts nothing). */
  readonly mean: Float64Array;
  /** `[from, width]`, orthonormal columns by falling variance. */
  readonly axes: Float64Array;
  /** Variances along the axes, `[width]`. */
  readonly variances: Float64Array;
}
