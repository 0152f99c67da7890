/** @file The baselines' maps: chance, the centre of the picture, its edges, and a map upside down. */
import { scattered, uniforms } from "../random.ts";
import type { Blind } from "./baselines.ts";

/** What a map without a model may look at: as in `MetricImage`. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Planar [C,H,W] in 0..1. */
  readonly pixels: Float32Array;
  readonly seed: number;
}

/** Every pixel uniform in [0, 1), by the seed alone. */
export function randomMap({ width, height, seed }: Picture): Float32Array {
  const random = uniforms(scattered(seed));
  return Float32Array.from({ length: width * height }, random);
}

/** Standard deviation of the blob as a share of each side. */
const SPREAD = 0.25;

/** A Gaussian of height 1 around the middle of the picture, a quarter of each side wide (one standard deviation). */
export function centreMap({ width, height }: Picture): Float32Array {
  const falls = (size: number): Float64Array =>
    Float64Array.from({ length: size }, (_, i) => Math.exp(-(((i - (size - 1) / 2) / (SPREAD * size)) ** 2) / 2));
  const [across, down] = [falls(width), falls(height)];
  return Float32Array.from({ length: width * height }, (_, i) => across[i % width]! * down[Math.floor(i / width)]!);
}

/** Magnitude of Sobel's gradient of the mean over channels; beyond the edge the picture repeats its last pixel. */
export function edgesMap({ width, height, pixels }: Picture): Float32Array {
  const plane = width * height;
  const channels = pixels.length / plane;
  const grey = Float64Array.from({ length: plane }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += pixels[c * plane + i]!;
    return sum / channels;
  });
  const at = (x: number, y: number): number =>
    grey[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))]!;
  const slope = (x: number, y: number, dx: number, dy: number): number =>
    [-1, 0, 1].reduce((sum, k) => {
      const [u, v] = [x + k * dy, y + k * dx];
      return sum + (k === 0 ? 2 : 1) * (at(u + dx, v + dy) - at(u - dx, v - dy));
    }, 0);
  return Float32Array.from({ length: plane }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return Math.hypot(slope(x, y, 1, 0), slope(x, y, 0, 1));
  });
}

/** The order of pixels reversed, lowest and highest value kept: max + min - map. */
export function inverted(map: Float32Array): Float32Array {
  const [low, high] = map.reduce(([l, h], v) => [Math.min(l, v), Math.max(h, v)] as const, [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ] as readonly [number, number]);
  return map.map((v) => high + low - v);
}

export const BLIND_MAPS: Readonly<Record<Blind, (picture: Picture) => Float32Array>> = {
  random: randomMap,
  centre: centreMap,
  edges: edgesMap,
};
