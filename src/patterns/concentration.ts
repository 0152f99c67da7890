/** @file How sure a feature of some strength is of its direction: kappa as a function of length. */

export interface Concentration {
  /** d. */
  readonly dimension: number;
  /** kappa(l), l >= 0; rising, 0 at 0. */
  readonly at: (strength: number) => number;
  /** d kappa / d l. */
  readonly slope: (strength: number) => number;
}
