/** @file The demo network once more, in float64 by plain loops: shares nothing with the library but the weights. */
import type { Tensor } from "../../src/graph/types.ts";
import type { ImageU8 } from "../../src/image/types.ts";

/** Channels of a square map, `data[(c * side + y) * side + x]`. */
export interface Planes {
  readonly channels: number;
  readonly side: number;
  readonly data: Float64Array;
}

/** Grad-CAM of a class by its closed form `[24,24]`: the sum of the class's two channels of the last map. */
export function expectedCam(last: Planes, classIndex: number): Float64Array {
  const positions = last.side ** 2;
  return Float64Array.from(
    { length: positions },
    (_, p) => last.data[2 * classIndex * positions + p]! + last.data[(2 * classIndex + 1) * positions + p]!,
  );
}

/** The last map `[32,24,24]` of a picture of 96 x 96. */
export function lastMap(image: ImageU8, weights: ReadonlyMap<string, Tensor>): Planes {
  const bank = (name: string): { readonly weight: Tensor; readonly bias: Tensor } => ({
    weight: weights.get(`${name}.weight`)!,
    bias: weights.get(`${name}.bias`)!,
  });
  const colors = convolveRelu(planesOf(image), bank("colors"));
  const edges = convolveRelu(colors, bank("edges"));
  const found = convolveRelu(maxPool(edges), bank("templates"));
  return convolveRelu(found, bank("spread"));
}

function planesOf({ width, height, data }: ImageU8): Planes {
  const out = new Float64Array(3 * width * height);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 3; c++) out[c * width * height + i] = data[3 * i + c]! / 255;
  return { channels: 3, side: width, data: out };
}

/** Convolution that keeps the size, then ReLU; groups are what the weight's shape says. Input by input, as most of them are 0. */
function convolveRelu(x: Planes, { weight, bias }: { readonly weight: Tensor; readonly bias: Tensor }): Planes {
  const [out, perGroup, kernel] = weight.dims as readonly [number, number, number];
  const w = weight.data as Float32Array;
  const { side } = x;
  const radius = (kernel - 1) / 2;
  const outPerGroup = out / (x.channels / perGroup);
  const y = new Float64Array(out * side * side);
  for (let o = 0; o < out; o++) y.fill((bias.data as Float32Array)[o]!, o * side * side, (o + 1) * side * side);
  for (let c = 0; c < x.channels; c++) {
    const first = Math.floor(c / perGroup) * outPerGroup;
    for (let i = 0; i < side * side; i++) {
      const value = x.data[c * side * side + i]!;
      if (value === 0) continue;
      const [row, column] = [Math.floor(i / side), i % side];
      for (let dy = Math.max(-radius, row - side + 1); dy <= Math.min(radius, row); dy++) {
        for (let dx = Math.max(-radius, column - side + 1); dx <= Math.min(radius, column); dx++) {
          for (let o = first; o < first + outPerGroup; o++) {
            const at = ((o * perGroup + (c % perGroup)) * kernel + dy + radius) * kernel + dx + radius;
            y[(o * side + row - dy) * side + column - dx]! += w[at]! * value;
          }
        }
      }
    }
  }
  return { channels: out, side, data: y.map((v) => Math.max(v, 0)) };
}

/** Windows of 6 x 6, one every 4 pixels, the first one beginning at -1. */
function maxPool({ channels, side, data }: Planes): Planes {
  const small = side / 4;
  const out = new Float64Array(channels * small * small);
  for (let i = 0; i < out.length; i++) {
    const [c, row, column] = [Math.floor(i / small ** 2), Math.floor(i / small) % small, i % small];
    for (let y = Math.max(0, 4 * row - 1); y <= Math.min(side - 1, 4 * row + 4); y++)
      for (let x = Math.max(0, 4 * column - 1); x <= Math.min(side - 1, 4 * column + 4); x++)
        out[i] = Math.max(out[i]!, data[(c * side + y) * side + x]!);
  }
  return { channels, side: small, data: out };
}

/** Is a point within `reach` pixels of a pixel of the mask? */
export function near(mask: Uint8Array, at: { readonly x: number; readonly y: number }, reach: number): boolean {
  const side = Math.sqrt(mask.length);
  for (let y = Math.max(0, Math.ceil(at.y - reach)); y <= Math.min(side - 1, at.y + reach); y++)
    for (let x = Math.max(0, Math.ceil(at.x - reach)); x <= Math.min(side - 1, at.x + reach); x++)
      if (mask[y * side + x] === 1 && (x - at.x) ** 2 + (y - at.y) ** 2 <= reach ** 2) return true;
  return false;
}
