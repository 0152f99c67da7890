/** @file The baselines' maps: chance, the centre of the picture, its edges, and a map upside down. */
import { scattered, uniforms } from "../random.ts";
import type { Blind } from "./baselines.ts";
import { strides } from "./input-layout.ts";
import type { MetricImage } from "./metric.ts";

/** What a map without a model may look at. */
export type BlindImage = Pick<MetricImage, "x" | "layout" | "channels" | "height" | "width" | "seed">;

/** Every pixel uniform in [0, 1), by the seed alone. */
export function randomMap({ width, height, seed }: Pick<BlindImage, "width" | "height" | "seed">): Float32Array {
  const random = uniforms(scattered(seed));
  return Float32Array.from({ length: width * height }, random);
}

/** Standard deviation of the blob as a share of each side. */
const SPREAD = 0.25;

/** A Gaussian of height 1 around the middle of the picture, a quarter of each side wide (one standard deviation). */
export function centreMap({ width, height }: Pick<BlindImage, "width" | "height">): Float32Array {
  const falls = (size: number): Float64Array =>
    Float64Array.from({ length: size }, (_, i) => Math.exp(-(((i - (size - 1) / 2) / (SPREAD * size)) ** 2) / 2));
  const [across, down] = [falls(width), falls(height)];
  return Float32Array.from({ length: width * height }, (_, i) => across[i % width]! * down[Math.floor(i / width)]!);
}

/** Magnitude of Sobel's gradient of the input's mean over channels; beyond the edge the picture repeats its last pixel. */
export function edgesMap(image: Omit<BlindImage, "seed">): Float32Array {
  const { width, height, channels, x } = image;
  const [step, plane] = strides(image);
  const grey = Float64Array.from({ length: width * height }, (_, p) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += x[p * step + c * plane]!;
    return sum / channels;
  });
  const clamp = (v: number, size: number): number => Math.min(size - 1, Math.max(0, v));
  return Float32Array.from(grey, (_, p) => {
    const [column, row] = [p % width, Math.floor(p / width)];
    const at = (dx: number, dy: number): number => grey[clamp(row + dy, height) * width + clamp(column + dx, width)]!;
    const right = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1);
    const down = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1);
    return Math.hypot(right, down);
  });
}

/** The order of pixels reversed, lowest and highest value kept: max + min - map. What has only positive values keeps only positive ones. */
export function inverted(map: Float32Array): Float32Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of map) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return map.map((v) => high + low - v);
}

export const BLIND_MAPS: Readonly<Record<Blind, (image: BlindImage) => Float32Array>> = {
  random: randomMap,
  centre: centreMap,
  edges: edgesMap,
};
