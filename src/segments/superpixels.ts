/** @file Superpixels: SLIC (Achanta et al. 2012), k-means in colour and position around a grid, as scikit-image defines it. */
import { OnnxplainError } from "../errors.ts";
import { toLab } from "./lab.ts";
import { connectRegions } from "./superpixel-regions.ts";

export interface SlicOptions {
  /** About how many superpixels. Default 100. */
  readonly n_segments?: number;
  /** How much position weighs against colour: larger = squarer. Default 10. */
  readonly compactness?: number;
  /** Standard deviation in pixels of the smoothing before. Default 0. */
  readonly sigma?: number;
}

/** Planes of equal size, row by row. */
export interface Planes {
  readonly planes: readonly ArrayLike<number>[];
  readonly height: number;
  readonly width: number;
}

/** A label 0..count-1 for each pixel [H*W]; every label occurs. */
export interface Superpixels {
  readonly labels: Int32Array;
  readonly count: number;
}

const ITERATIONS = 10;
/** Regions smaller than this share of the mean join a neighbour; larger than {@link LARGEST} means are cut. */
const SMALLEST = 0.5;
const LARGEST = 3;

/** First centre and distance between centres along one axis. */
interface Spacing {
  readonly start: number;
  readonly step: number;
}

/** Python's round: halves go to the even number. */
const roundEven = (v: number): number => (v % 1 === 0.5 ? 2 * Math.round(v / 2) : Math.round(v));

/** Rows and columns of a square grid of about `n` points; an axis shorter than the step gets every position. */
function gridOf(height: number, width: number, n: number): readonly [Spacing, Spacing] {
  const every: Spacing = { start: 0, step: 1 };
  if (height * width <= n) return [every, every];
  const spaced = (step: number): Spacing => ({ start: Math.floor(step / 2), step: roundEven(step) });
  const square = Math.sqrt((height * width) / n);
  const [short, long] = height <= width ? [height, width] : [width, height];
  if (short >= square) return [spaced(square), spaced(square)];
  const [along, across] = [spaced(long / n), spaced(short)];
  return height <= width ? [across, along] : [along, across];
}

const positions = ({ start, step }: Spacing, size: number): readonly number[] =>
  Array.from({ length: Math.max(0, Math.ceil((size - start) / step)) }, (_, i) => start + i * step);

/** Smallest region and number of centres of a size, whatever the picture. */
function regionSizes(height: number, width: number, n: number): { readonly centres: number; readonly mean: number } {
  const [rows, columns] = gridOf(height, width, n);
  const centres = positions(rows, height).length * positions(columns, width).length;
  return { centres, mean: (height * width) / centres };
}

/** No picture of this size has more superpixels. */
export function mostSuperpixels(height: number, width: number, n_segments: number): number {
  const { mean } = regionSizes(height, width, n_segments);
  return Math.floor((height * width) / Math.max(1, Math.floor(SMALLEST * mean))) + 1;
}

/**
 * Values are scaled to 0..1 over the whole picture; one plane is grey, three are R, G, B (both go to CIELAB), any other
 * number is taken as it is. Deterministic. Throws `E_PARAM` for a picture that holds NaN or infinities.
 */
export function slic(picture: Planes, options: SlicOptions = {}): Superpixels {
  const { n_segments = 100, compactness = 10, sigma = 0 } = options;
  const { height, width } = picture;
  const colours = smoothed(perceived(unitRange(picture.planes)), { height, width, sigma });
  const labels = cluster(interleaved(colours, compactness), { height, width, n: n_segments });
  const { mean } = regionSizes(height, width, n_segments);
  return connectRegions(labels, {
    height,
    width,
    smallest: Math.floor(SMALLEST * mean),
    largest: Math.floor(LARGEST * mean),
  });
}

function unitRange(planes: readonly ArrayLike<number>[]): readonly Float64Array[] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const plane of planes)
    for (let i = 0; i < plane.length; i++) {
      low = Math.min(low, plane[i] as number);
      high = Math.max(high, plane[i] as number);
    }
  if (!Number.isFinite(high - low))
    throw new OnnxplainError(
      "E_PARAM",
      "The picture holds values that are not finite, so it has no superpixels. Check the preprocessing, or give `segments`.",
    );
  const span = high > low ? high - low : 1;
  return planes.map((plane) => Float64Array.from(plane, (v) => (v - low) / span));
}

function perceived(planes: readonly Float64Array[]): readonly Float64Array[] {
  const [first] = planes;
  if (planes.length === 3) return toLab(planes);
  return planes.length === 1 ? toLab([first, first, first] as Float64Array[]).slice(0, 1) : planes;
}

interface Size {
  readonly height: number;
  readonly width: number;
}

/** Gaussian smoothing to 4 standard deviations, mirrored at the border. */
function smoothed(
  planes: readonly Float64Array[],
  { height, width, sigma }: Size & { readonly sigma: number },
): readonly Float64Array[] {
  if (sigma <= 0) return planes;
  const radius = Math.floor(4 * sigma + 0.5);
  const raw = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)));
  const total = raw.reduce((s, v) => s + v, 0);
  const kernel = raw.map((v) => v / total);
  return planes.map((plane) => {
    const down = along(plane, kernel, { count: height, stride: width, others: width, otherStride: 1 });
    return along(down, kernel, { count: width, stride: 1, others: height, otherStride: width });
  });
}

interface Axis {
  readonly count: number;
  readonly stride: number;
  readonly others: number;
  readonly otherStride: number;
}

function along(
  plane: Float64Array,
  kernel: readonly number[],
  { count, stride, others, otherStride }: Axis,
): Float64Array {
  const radius = kernel.length >> 1;
  const out = new Float64Array(plane.length);
  for (let other = 0; other < others; other++) {
    const base = other * otherStride;
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k++)
        sum += (kernel[k] as number) * (plane[base + mirrored(i + k - radius, count) * stride] as number);
      out[base + i * stride] = sum;
    }
  }
  return out;
}

/** … 1 0 | 0 1 2 … n-1 | n-1 n-2 … */
function mirrored(i: number, count: number): number {
  const period = 2 * count;
  const at = ((i % period) + period) % period;
  return at < count ? at : period - 1 - at;
}

/** Colours of all pixels, a pixel's values side by side. */
interface Colours {
  readonly values: Float64Array;
  readonly channels: number;
}

function interleaved(planes: readonly Float64Array[], divisor: number): Colours {
  const channels = planes.length;
  const values = new Float64Array(channels * (planes[0]?.length ?? 0));
  planes.forEach((plane, c) => {
    plane.forEach((v, i) => {
      values[i * channels + c] = v / divisor;
    });
  });
  return { values, channels };
}

interface Centres {
  readonly y: Float64Array;
  readonly x: Float64Array;
  /** Interleaved as {@link Colours}. */
  readonly colour: Float64Array;
}

/**
 * k-means with D² = |colour - centre|² / compactness² + |position - centre|² / step² (Achanta et al. 2012, eq. 3), each centre
 * seeking within two steps. Centres begin without colour, so that the first assignment is by position alone. Of equally
 * near centres the first wins.
 */
function cluster(colours: Colours, { height, width, n }: Size & { readonly n: number }): Int32Array {
  const [rows, columns] = gridOf(height, width, n);
  const grid = positions(rows, height).flatMap((y) => positions(columns, width).map((x) => [y, x] as const));
  const centres: Centres = {
    y: Float64Array.from(grid, ([y]) => y),
    x: Float64Array.from(grid, ([, x]) => x),
    colour: new Float64Array(grid.length * colours.channels),
  };
  const reach = gridOf(height, width, grid.length);
  const weight = 1 / Math.max(rows.step, columns.step) ** 2;
  const labels = new Int32Array(height * width);
  for (let i = 0; i < ITERATIONS; i++) {
    const moved = assign(labels, centres, { colours, height, width, weight, reach });
    if (!moved) break;
    recentre(centres, labels, { colours, width });
  }
  return labels;
}

interface Assigning extends Size {
  readonly colours: Colours;
  readonly weight: number;
  readonly reach: readonly [Spacing, Spacing];
}

/** Every pixel to its nearest centre; true when a label changed. */
function assign(labels: Int32Array, centres: Centres, { colours, height, width, weight, reach }: Assigning): boolean {
  const { values, channels } = colours;
  const nearest = new Float64Array(labels.length).fill(Number.MAX_VALUE);
  const [down, across] = reach;
  let moved = false;
  for (let k = 0; k < centres.y.length; k++) {
    const [cy, cx] = [centres.y[k] as number, centres.x[k] as number];
    const colour = centres.colour.subarray(k * channels, (k + 1) * channels);
    const [y0, y1] = [
      Math.floor(Math.max(cy - 2 * down.step, 0)),
      Math.floor(Math.min(cy + 2 * down.step + 1, height)),
    ];
    const [x0, x1] = [
      Math.floor(Math.max(cx - 2 * across.step, 0)),
      Math.floor(Math.min(cx + 2 * across.step + 1, width)),
    ];
    for (let y = y0; y < y1; y++) {
      const dy = (cy - y) * (cy - y);
      for (let x = x0; x < x1; x++) {
        const at = y * width + x;
        const best = nearest[at] as number;
        let distance = (dy + (cx - x) * (cx - x)) * weight;
        for (let c = 0; c < channels && distance < best; c++) {
          const d = (values[at * channels + c] as number) - (colour[c] as number);
          distance += d * d;
        }
        if (distance < best) {
          nearest[at] = distance;
          if (labels[at] !== k) moved = true;
          labels[at] = k;
        }
      }
    }
  }
  return moved;
}

/** Each centre to the mean of its pixels. A centre that lost them all (0/0) is out of reach of every pixel. */
function recentre(
  centres: Centres,
  labels: Int32Array,
  { colours: { values, channels }, width }: { readonly colours: Colours; readonly width: number },
): void {
  const { y, x, colour } = centres;
  const counts = new Float64Array(y.length);
  for (const field of [y, x, colour]) field.fill(0);
  for (let at = 0; at < labels.length; at++) {
    const k = labels[at] as number;
    counts[k]! += 1;
    y[k]! += Math.floor(at / width);
    x[k]! += at % width;
    for (let c = 0; c < channels; c++) colour[k * channels + c]! += values[at * channels + c] as number;
  }
  for (let k = 0; k < y.length; k++) {
    const count = counts[k] as number;
    y[k]! /= count;
    x[k]! /= count;
    for (let c = 0; c < channels; c++) colour[k * channels + c]! /= count;
  }
}
