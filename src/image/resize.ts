/** @file Resizes 8-bit pictures bit for bit as Pillow's `Image.resize` does. */

import { checkImage, checkSize } from "./check-image.ts";
import { premultiply, unpremultiply } from "./premultiply.ts";
import { type ResampleWeights, resampleWeights, WEIGHT_BITS } from "./resample-weights.ts";
import type { ImageU8, Resample, Size } from "./types.ts";

/** The wanted size and the filter. */
export interface ResizeOptions extends Size {
  readonly resample: Resample;
}

type Bytes = Uint8Array | Uint8ClampedArray;

const HALF = 1 << (WEIGHT_BITS - 1);

/**
 * The picture at another size: horizontal pass, rounded to 8 bits, then vertical pass. A pass whose size does not change
 * is skipped; reducing is antialiased; RGBA is resampled premultiplied (except by "nearest").
 *
 * Source: Pillow 9.4, `Resample.c` (8-bit path) and `Geometry.c` (nearest). Throws `E_PARAM`, `E_INPUT_SHAPE`.
 */
export function resize(image: ImageU8, { width, height, resample }: ResizeOptions): ImageU8 {
  checkImage(image);
  checkSize({ width, height }, "the resized image");
  if (width === image.width && height === image.height) return image;
  const { channels } = image;
  if (resample === "nearest") return { width, height, channels, data: nearest(image, { width, height }) };
  let data: Bytes = channels === 4 ? premultiply(image.data) : image.data;
  const down = height === image.height ? undefined : resampleWeights(image.height, height, resample);
  let [first, last] = [0, image.height];
  if (width !== image.width) {
    if (down) [first, last] = [down.starts[0]!, down.starts[height - 1]! + down.counts[height - 1]!];
    const rows = data.subarray(first * image.width * channels, last * image.width * channels);
    data = horizontal(rows, { width: image.width, channels }, resampleWeights(image.width, width, resample));
  } else first = 0;
  if (down) data = vertical(data, { stride: width * channels, first }, down);
  if (channels === 4) unpremultiply(data);
  return { width, height, channels, data };
}

function clip8(sum: number): number {
  const v = sum >> WEIGHT_BITS;
  return v < 0 ? 0 : Math.min(v, 255);
}

function horizontal(
  data: Bytes,
  { width, channels }: { width: number; channels: number },
  w: ResampleWeights,
): Uint8Array {
  const rows = data.length / (width * channels);
  const outWidth = w.starts.length;
  const out = new Uint8Array(rows * outWidth * channels);
  const pass = channels === 1 ? row1 : channels === 3 ? row3 : row4;
  for (let y = 0; y < rows; y++) pass(data, y * width * channels, out, y * outWidth * channels, w);
  return out;
}

function row1(data: Bytes, from: number, out: Uint8Array, to: number, w: ResampleWeights): void {
  const { starts, counts, weights, taps } = w;
  for (let x = 0; x < starts.length; x++) {
    let a = HALF;
    let p = from + starts[x]!;
    const end = x * taps + counts[x]!;
    for (let k = x * taps; k < end; k++) a = (a + Math.imul(data[p++]!, weights[k]!)) | 0;
    out[to++] = clip8(a);
  }
}

function row3(data: Bytes, from: number, out: Uint8Array, to: number, w: ResampleWeights): void {
  const { starts, counts, weights, taps } = w;
  for (let x = 0; x < starts.length; x++) {
    let r = HALF;
    let g = HALF;
    let b = HALF;
    let p = from + starts[x]! * 3;
    const end = x * taps + counts[x]!;
    for (let k = x * taps; k < end; k++) {
      const weight = weights[k]!;
      r = (r + Math.imul(data[p]!, weight)) | 0;
      g = (g + Math.imul(data[p + 1]!, weight)) | 0;
      b = (b + Math.imul(data[p + 2]!, weight)) | 0;
      p += 3;
    }
    out[to] = clip8(r);
    out[to + 1] = clip8(g);
    out[to + 2] = clip8(b);
    to += 3;
  }
}

function row4(data: Bytes, from: number, out: Uint8Array, to: number, w: ResampleWeights): void {
  const { starts, counts, weights, taps } = w;
  for (let x = 0; x < starts.length; x++) {
    for (let c = 0; c < 4; c++) {
      let a = HALF;
      let p = from + starts[x]! * 4 + c;
      const end = x * taps + counts[x]!;
      for (let k = x * taps; k < end; k++) {
        a = (a + Math.imul(data[p]!, weights[k]!)) | 0;
        p += 4;
      }
      out[to++] = clip8(a);
    }
  }
}

/** `first` is the source row that `data` begins with. */
function vertical(data: Bytes, { stride, first }: { stride: number; first: number }, w: ResampleWeights): Uint8Array {
  const { starts, counts, weights, taps } = w;
  const out = new Uint8Array(starts.length * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < starts.length; y++) {
    sums.fill(HALF);
    for (let t = 0; t < counts[y]!; t++) {
      const weight = weights[y * taps + t]!;
      const from = (starts[y]! + t - first) * stride;
      for (let i = 0; i < stride; i++) sums[i] = sums[i]! + Math.imul(data[from + i]!, weight);
    }
    for (let i = 0; i < stride; i++) out[y * stride + i] = clip8(sums[i]!);
  }
  return out;
}

function nearest({ width, height, channels, data }: ImageU8, to: Size): Uint8Array {
  const columns = nearestIndex(width, to.width);
  const rows = nearestIndex(height, to.height);
  const out = new Uint8Array(to.width * to.height * channels);
  let o = 0;
  for (const y of rows) {
    for (const x of columns) {
      const from = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) out[o++] = data[from + c]!;
    }
  }
  return out;
}

/** Input index of each output index; the position is summed step by step, as Pillow does, rounding errors included. */
function nearestIndex(inSize: number, outSize: number): Int32Array {
  const step = inSize / outSize;
  const index = new Int32Array(outSize);
  let position = step * 0.5;
  for (let i = 0; i < outSize; i++) {
    index[i] = Math.min(Math.trunc(position), inSize - 1);
    position += step;
  }
  return index;
}
