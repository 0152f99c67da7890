/** @file Gaussian blur of 8-bit pictures, mirrored at the edges. */
import { checkImage } from "./check-image.ts";
import { premultiply, unpremultiply } from "./premultiply.ts";
import type { ImageU8 } from "./types.ts";

/** Where the kernel is cut, in standard deviations. */
const REACH = 4;

/** Pixels to either side that a pixel is made of. */
export const blurReach = (sigma: number): number => Math.ceil(REACH * sigma);

/**
 * The picture under a sampled Gaussian of `sigma` pixels (0: as it is), each side mirrored at its outermost pixels' edges. Sums in double,
 * rounded once; RGBA is blurred premultiplied.
 */
export function blurImage(image: ImageU8, sigma: number): ImageU8 {
  checkImage(image);
  if (sigma === 0) return image;
  const { width, height, channels, data } = image;
  const wide = along(channels === 4 ? premultiply(data) : data, sigma, { size: width, step: channels, channels });
  const tall = along(wide, sigma, { size: height, step: width * channels, channels: width * channels });
  const out = Uint8Array.from(tall, (v) => Math.round(v));
  if (channels === 4) unpremultiply(out);
  return { width, height, channels, data: out };
}

interface Axis {
  readonly size: number;
  /** From a sample to the next of its line. */
  readonly step: number;
  /** Lines that lie side by side. */
  readonly channels: number;
}

function along(values: ArrayLike<number>, sigma: number, { size, step, channels }: Axis): Float64Array {
  const radius = blurReach(sigma);
  const raw = Float64Array.from({ length: 2 * radius + 1 }, (_, k) =>
    Math.exp(-((k - radius) ** 2) / (2 * sigma ** 2)),
  );
  const total = raw.reduce((a, b) => a + b, 0);
  const out = new Float64Array(values.length);
  for (let block = 0; block < values.length; block += size * step)
    for (let i = 0; i < size; i++)
      for (let k = 0; k <= 2 * radius; k++) {
        const weight = (raw[k] as number) / total;
        const from = block + mirrored(i + k - radius, size) * step;
        const to = block + i * step;
        for (let c = 0; c < channels; c++) out[to + c]! += weight * (values[from + c] as number);
      }
  return out;
}

/** … 1 0 | 0 1 2 … n-1 | n-1 n-2 … */
function mirrored(i: number, size: number): number {
  const at = ((i % (2 * size)) + 2 * size) % (2 * size);
  return at < size ? at : 2 * size - 1 - at;
}
