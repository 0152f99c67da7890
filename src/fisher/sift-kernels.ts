/** @file One-dimensional kernels of dense SIFT: Gaussian, triangle, and the flat window's weight of each bin; the weights of grey. */

/** Bins along one axis of a descriptor. */
export const BINS = 4;
export const ORIENTATIONS = 8;

/** Taps -ceil(4 sigma) … ceil(4 sigma), sum 1. */
export function gaussian(sigma: number): Float64Array {
  const radius = Math.ceil(4 * sigma);
  const taps = Float64Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-0.5 * ((i - radius) / sigma) ** 2));
  const sum = taps.reduce((a, b) => a + b, 0);
  return taps.map((t) => t / sum);
}

/** 1 - |x| / size for |x| < size: `2 size - 1` taps, 1 in the middle. */
export const triangle = (size: number): Float64Array =>
  Float64Array.from({ length: 2 * size - 1 }, (_, i) => 1 - Math.abs(i - (size - 1)) / size);

/** wbar_i = mean over |x| < size of exp(-((x - size (i - 1.5)) / (window size))^2 / 2), for the bins i = 0 … 3. */
export const binWeights = (size: number, window: number): Float64Array =>
  Float64Array.from({ length: BINS }, (_, i) => {
    let sum = 0;
    for (let x = 1 - size; x < size; x++) sum += Math.exp(-0.5 * ((x - size * (i - 1.5)) / (window * size)) ** 2);
    return sum / (2 * size - 1);
  });

/** Shares of red, green and blue in grey (ITU-R BT.601, as MATLAB's `rgb2gray` rounds them). */
export const LUMA = [0.2989, 0.587, 0.114] as const;
