/** @file Maps that know nothing of the model, at the input's size. */

import type { Blind } from "../metrics/baselines.ts";
import type { MetricImage } from "../metrics/metric.ts";
import { uniforms } from "../random.ts";

export type BlindImage = Pick<MetricImage, "x" | "layout" | "channels" | "height" | "width" | "seed">;

/** Standard deviation of the blob, as a share of each side. */
const SPREAD = 0.25;

/** Independent uniform numbers, fixed by the seed. */
const random = ({ height, width, seed }: BlindImage): Float32Array => {
  const next = uniforms(seed);
  return Float32Array.from({ length: height * width }, () => next());
};

/** A Gaussian in the middle. */
const centre = ({ height, width }: BlindImage): Float32Array => {
  const along = (size: number): Float64Array =>
    Float64Array.from({ length: size }, (_, i) => Math.exp(-0.5 * ((i + 0.5 - size / 2) / (SPREAD * size)) ** 2));
  const [rows, columns] = [along(height), along(width)];
  return Float32Array.from(
    { length: height * width },
    (_, i) => (rows[Math.floor(i / width)] as number) * (columns[i % width] as number),
  );
};

/** Magnitude of Sobel's gradient of the input, summed over channels; edges of the picture repeated outwards. */
const edges = ({ x, layout, channels, height, width }: BlindImage): Float32Array => {
  const out = new Float32Array(height * width);
  const clamp = (v: number, size: number): number => Math.min(Math.max(v, 0), size - 1);
  const [pixelStep, channelStep] = layout === "nchw" ? [1, height * width] : [channels, 1];
  for (let c = 0; c < channels; c++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const at = (dy: number, dx: number): number =>
          x[c * channelStep + (clamp(row + dy, height) * width + clamp(column + dx, width)) * pixelStep] as number;
        const right = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1);
        const down = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1);
        const i = row * width + column;
        out[i] = (out[i] as number) + Math.hypot(right, down);
      }
  return out;
};

export const BLIND_MAPS: Readonly<Record<Blind, (image: BlindImage) => Float32Array>> = { random, centre, edges };
