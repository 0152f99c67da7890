/** @file Gaussian blur of planes with a fixed number of taps, as OpenCV and RISE blur. */
import type { MetricImage } from "./metric.ts";

export interface Blur {
  /** Odd number of samples of the Gaussian, normalised to sum 1. */
  readonly taps: number;
  /** Standard deviation in pixels. */
  readonly sigma: number;
  /** Beyond the edge: 3 2 1 | 0 1 2 3 (`reflect-101`), or nothing. */
  readonly edges: "reflect-101" | "zero";
}

/** Planes [C,H,W] blurred one by one; sums in double. */
export function blurred(
  planes: Float32Array,
  { width, height }: Pick<MetricImage, "width" | "height">,
  { taps, sigma, edges }: Blur,
): Float32Array {
  const radius = taps >> 1;
  const raw = Array.from({ length: taps }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)));
  const total = raw.reduce((a, b) => a + b, 0);
  const kernel = raw.map((v) => v / total);
  const source = (i: number, size: number): number =>
    edges === "zero" ? (i >= 0 && i < size ? i : -1) : reflected(i, size);
  const out = new Float32Array(planes.length);
  const wide = new Float64Array(width * height);
  for (let plane = 0; plane < planes.length; plane += width * height) {
    for (let x = 0; x < width; x++) {
      const from = kernel.map((_, k) => source(x + k - radius, width));
      for (let row = 0; row < wide.length; row += width) {
        let sum = 0;
        for (let k = 0; k < taps; k++)
          if ((from[k] as number) >= 0)
            sum += (kernel[k] as number) * (planes[plane + row + (from[k] as number)] as number);
        wide[row + x] = sum;
      }
    }
    for (let y = 0; y < height; y++) {
      const from = kernel.map((_, k) => source(y + k - radius, height) * width);
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let k = 0; k < taps; k++)
          if ((from[k] as number) >= 0) sum += (kernel[k] as number) * (wide[(from[k] as number) + x] as number);
        out[plane + y * width + x] = sum;
      }
    }
  }
  return out;
}

/** Mirrored at the centre of the first and last pixel. */
function reflected(i: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const at = ((i % period) + period) % period;
  return at < size ? at : period - at;
}
