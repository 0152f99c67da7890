/** @file Dense SIFT in float64: smoothed gradients, eight orientations, triangular pooling into 4 x 4 bins, normalised. */
import type { ImageU8, Size } from "../image/types.ts";
import { type FrameGrid, frameCount, frameGrids } from "./frames.ts";
import { BINS, binWeights, gaussian, LUMA, ORIENTATIONS, triangle } from "./sift-kernels.ts";
import { CEILING, CLAMP, DESCRIPTOR_WIDTH, SCALE, type SiftSettings } from "./sift-settings.ts";

/** Descriptors of a picture, in the order of its grids' frames (`framesOf`). */
export interface Sift {
  /** `[n, 128]`. */
  readonly descriptors: Float64Array;
  /** Sum of the 128 pooled entries / (3 size + 1)^2, `[n]`; of grey values in 0 … 1. */
  readonly contrast: Float64Array;
  readonly grids: readonly FrameGrid[];
}

/**
 * Dense SIFT of grey values in 0 … 1, row by row. A flat place is a zero vector; a size that does not fit has no frames, and a picture
 * that none fits has no descriptors.
 *
 * Source: SPEC 2.2.1 after VLFeat's `vl_phow` in its fast form (flat window).
 */
export function denseSift(grey: Float64Array, size: Size, settings: SiftSettings): Sift {
  const grids = frameGrids(size, settings);
  const count = frameCount(grids);
  const descriptors = new Float64Array(count * DESCRIPTOR_WIDTH);
  const contrast = new Float64Array(count);
  let done = 0;
  for (const grid of grids) {
    const own = grid.rows * grid.columns;
    if (own === 0) continue;
    const pooled = descriptors.subarray(done * DESCRIPTOR_WIDTH, (done + own) * DESCRIPTOR_WIDTH);
    pool(orientationMaps(grey, size, grid.size / settings.magnification), size, {
      grid,
      window: settings.window,
      pooled,
    });
    for (let i = 0; i < own; i++) {
      const descriptor = pooled.subarray(i * DESCRIPTOR_WIDTH, (i + 1) * DESCRIPTOR_WIDTH);
      const value = total(descriptor) / (3 * grid.size + 1) ** 2;
      contrast[done + i] = value;
      if (value < settings.contrast) descriptor.fill(0);
      else normalise(descriptor, settings.quantised);
    }
    done += own;
  }
  return { descriptors, contrast, grids };
}

/** 0.2989 R + 0.5870 G + 0.1140 B in 0 … 1; one channel as it is, alpha left out. */
export function greyOf({ width, height, channels, data }: ImageU8): Float64Array {
  const grey = new Float64Array(width * height);
  const [red, green, blue] = LUMA;
  for (let i = 0, at = 0; i < grey.length; i++, at += channels)
    grey[i] =
      channels === 1
        ? data[at]! / 255
        : red * (data[at]! / 255) + green * (data[at + 1]! / 255) + blue * (data[at + 2]! / 255);
  return grey;
}

/** Magnitudes of the smoothed gradient, split linearly between the two nearest of eight orientations: `[8, height, width]`. */
function orientationMaps(grey: Float64Array, size: Size, sigma: number): Float64Array {
  const taps = gaussian(sigma);
  const smooth = alongRows(alongColumns(grey, size, taps), size, taps);
  const { width, height } = size;
  const area = width * height;
  const maps = new Float64Array(ORIENTATIONS * area);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const dx = slope(smooth, at, { place: x, count: width, stride: 1 });
      const dy = slope(smooth, at, { place: y, count: height, stride: width });
      const magnitude = Math.sqrt(dx * dx + dy * dy);
      const turn = (Math.atan2(dy, dx) * ORIENTATIONS) / (2 * Math.PI);
      const angle = turn < 0 ? turn + ORIENTATIONS : turn;
      const below = Math.floor(angle);
      const share = angle - below;
      maps[(below % ORIENTATIONS) * area + at]! += (1 - share) * magnitude;
      maps[((below + 1) % ORIENTATIONS) * area + at]! += share * magnitude;
    }
  return maps;
}

/** Central difference; at the two ends of the axis the difference to the one neighbour. */
function slope(
  f: Float64Array,
  at: number,
  { place, count, stride }: { readonly place: number; readonly count: number; readonly stride: number },
): number {
  const before = place > 0 ? 1 : 0;
  const after = place < count - 1 ? 1 : 0;
  return (f[at + after * stride]! - f[at - before * stride]!) / (before + after);
}

/** Every map under the triangle, read at the 4 x 4 bin centres of each frame and weighted: `[rows, columns, 4, 4, 8]`. */
function pool(
  maps: Float64Array,
  size: Size,
  { grid, window, pooled }: { readonly grid: FrameGrid; readonly window: number; readonly pooled: Float64Array },
): void {
  const taps = triangle(grid.size);
  const weights = binWeights(grid.size, window);
  const { width, height } = size;
  for (let t = 0; t < ORIENTATIONS; t++) {
    const map = maps.subarray(t * width * height, (t + 1) * width * height);
    const summed = alongRows(alongColumns(map, size, taps), size, taps);
    let frame = 0;
    for (let r = 0; r < grid.rows; r++)
      for (let c = 0; c < grid.columns; c++, frame++)
        for (let bin = 0; bin < BINS * BINS; bin++) {
          const [by, bx] = [bin >> 2, bin & 3];
          const y = grid.offset + grid.step * r + grid.size * by;
          const x = grid.offset + grid.step * c + grid.size * bx;
          pooled[frame * DESCRIPTOR_WIDTH + bin * ORIENTATIONS + t] =
            summed[y * width + x]! * (weights[by]! * weights[bx]!);
        }
  }
}

/** L2, no entry above 0.2, L2, 512 for a whole; a zero vector stays one. */
function normalise(descriptor: Float64Array, quantised: boolean): void {
  toUnitLength(descriptor);
  for (let i = 0; i < descriptor.length; i++) descriptor[i] = Math.min(descriptor[i]!, CLAMP);
  toUnitLength(descriptor);
  for (let i = 0; i < descriptor.length; i++) {
    const value = SCALE * descriptor[i]!;
    descriptor[i] = quantised ? Math.floor(Math.min(value, CEILING)) : value;
  }
}

function toUnitLength(v: Float64Array): void {
  let squares = 0;
  for (let i = 0; i < v.length; i++) squares += v[i]! * v[i]!;
  const length = Math.sqrt(squares);
  if (length > 0) for (let i = 0; i < v.length; i++) v[i]! /= length;
}

const total = (v: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += v[i]!;
  return sum;
};

/** Correlation with an odd number of taps along y, the border repeated. */
function alongColumns(f: Float64Array, { width, height }: Size, taps: Float64Array): Float64Array {
  const out = new Float64Array(f.length);
  const radius = (taps.length - 1) / 2;
  for (let y = 0; y < height; y++)
    for (let k = -radius; k <= radius; k++) {
      const tap = taps[k + radius]!;
      const from = Math.min(Math.max(y + k, 0), height - 1) * width;
      for (let x = 0; x < width; x++) out[y * width + x]! += tap * f[from + x]!;
    }
  return out;
}

/** The same along x. */
function alongRows(f: Float64Array, { width, height }: Size, taps: Float64Array): Float64Array {
  const out = new Float64Array(f.length);
  const radius = (taps.length - 1) / 2;
  const row = new Float64Array(width + 2 * radius);
  for (let y = 0; y < height; y++) {
    const at = y * width;
    row.fill(f[at]!, 0, radius);
    row.set(f.subarray(at, at + width), radius);
    row.fill(f[at + width - 1]!, radius + width);
    for (let k = 0; k < taps.length; k++) {
      const tap = taps[k]!;
      for (let x = 0; x < width; x++) out[at + x]! += tap * row[x + k]!;
    }
  }
  return out;
}
