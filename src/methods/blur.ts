/** @file Gaussian blur of a network input, as one symmetric matrix an axis. */
import type { Classifier } from "./classifier.ts";

/** Where the kernel is cut, in standard deviations. */
const REACH = 4;

/** How a picture goes on beyond its edges: mirrored, so that blurring keeps its mean, or as zeros. */
export type Edges = "mirrored" | "zero";

/** The blur of an axis with `size` pixels, [size, size]: a sampled Gaussian, normalised; `sigma` in pixels, 0 = nothing changes. */
export function blurMatrix(size: number, sigma: number, edges: Edges = "mirrored"): Float32Array {
  const radius = Math.ceil(REACH * sigma);
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    radius === 0 ? 1 : Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = kernel.reduce((s, v) => s + v, 0);
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    kernel.forEach((k, d) => {
      const at = i + d - radius;
      if (edges === "mirrored") out[i * size + mirrored(at, size)]! += k / sum;
      else if (at >= 0 && at < size) out[i * size + at]! += k / sum;
    });
  return Float32Array.from(out);
}

/** … 1 0 | 0 1 2 … n-1 | n-1 n-2 … */
const mirrored = (i: number, size: number): number => {
  const at = ((i % (2 * size)) + 2 * size) % (2 * size);
  return at < size ? at : 2 * size - 1 - at;
};

/** A whole input, every channel blurred. */
export function blurred(
  x: Float32Array,
  { channels, height, width, layout }: Pick<Classifier, "channels" | "height" | "width" | "layout">,
  sigma: number,
  edges?: Edges,
): Float32Array {
  const [row, column, channel] = layout === "nchw" ? [width, 1, height * width] : [width * channels, channels, 1];
  const across = blurredAlong(x, blurMatrix(width, sigma, edges), {
    size: width,
    step: column,
    others: [
      [height, row],
      [channels, channel],
    ],
  });
  return blurredAlong(across, blurMatrix(height, sigma, edges), {
    size: height,
    step: row,
    others: [
      [width, column],
      [channels, channel],
    ],
  });
}

interface Axis {
  readonly size: number;
  readonly step: number;
  /** Length and step of the two other axes. */
  readonly others: readonly [readonly [number, number], readonly [number, number]];
}

function blurredAlong(x: Float32Array, matrix: Float32Array, { size, step, others: [a, b] }: Axis): Float32Array {
  const out = new Float32Array(x.length);
  for (let i = 0; i < a[0]; i++)
    for (let j = 0; j < b[0]; j++) {
      const base = i * a[1] + j * b[1];
      for (let p = 0; p < size; p++) {
        let sum = 0;
        for (let q = 0; q < size; q++) sum += (matrix[p * size + q] as number) * (x[base + q * step] as number);
        out[base + p * step] = sum;
      }
    }
  return out;
}
