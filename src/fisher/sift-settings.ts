/** @file What dense SIFT descriptors are: bin sizes, spacing, windows. */

export interface SiftSettings {
  /** Sides of one of the 4 x 4 bins, in pixels, rising. */
  readonly sizes: readonly number[];
  /** Pixels between neighbouring frames, in x and y. */
  readonly step: number;
  /** Gaussian smoothing before the gradient: sigma = size / magnification. */
  readonly magnification: number;
  /** Standard deviation of the flat-window weights, in bins. */
  readonly window: number;
  /** Descriptors with a contrast below become zero vectors. */
  readonly contrast: number;
  /**
   * Whole numbers 0 … 255, rounded down, as the toolkit stores them. Without, numbers as they are (every descriptor has length 512 or 0),
   * and the pipeline has a derivative.
   */
  readonly quantised: boolean;
}

/** Numbers in a descriptor: 4 x 4 bins of 8 orientations; element `32 * row + 8 * column + orientation`. */
export const DESCRIPTOR_WIDTH = 128;

/** Of a vector of length 1, no entry is above this before it is brought to length 1 again. */
export const CLAMP = 0.2;
/** Length of a descriptor, and the largest entry of a quantised one. */
export const SCALE = 512;
export const CEILING = 255;

/**
 * The parameters of the encoding-evaluation toolkit (`vl_phow`, fast): [R] what the paper used.
 *
 * Source: Chatfield et al. 2011, "The devil is in the details"; SPEC 2.2.1.
 */
export const TOOLKIT_SIFT: SiftSettings = {
  sizes: [4, 6, 8, 10],
  step: 3,
  magnification: 6,
  window: 1.5,
  contrast: 0.005,
  quantised: true,
};
