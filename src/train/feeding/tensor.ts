/** @file Pictures of eight bits into rows of a tensor, by a table of 256 values a channel. */
import { type Preprocessing, preprocess } from "../../image/preprocess.ts";
import type { ImageU8 } from "../../image/types.ts";

/** Writes a picture of the network's size at an offset, `[C, H, W]`, bit for bit as `preprocess` has it. */
export type TensorWriter = (picture: ImageU8, out: Float32Array, at: number) => void;

export function tensorWriter(spec: Preprocessing): TensorWriter {
  const levels = levelsOf(spec);
  const [low, green, high] = [levels.subarray(0, 256), levels.subarray(256, 512), levels.subarray(512)];
  const [red, blue] = spec.channelOrder === "BGR" ? [high, low] : [low, high];
  const swap = spec.channelOrder === "BGR" ? 1 : 0;
  return ({ width, height, channels, data }, out, at) => {
    const pixels = width * height;
    if (channels === 1) {
      for (let i = 0; i < pixels; i++) out[at + i] = low[data[i]!]!;
      return;
    }
    let r = at + 2 * pixels * swap;
    let g = at + pixels;
    let b = at + 2 * pixels * (1 - swap);
    for (let i = 0; i < 3 * pixels; i += 3) {
      out[r++] = red[data[i]!]!;
      out[g++] = green[data[i + 1]!]!;
      out[b++] = blue[data[i + 2]!]!;
    }
  };
}

/** `[C, 256]`: what each sample value becomes in each channel of the tensor. */
const levelsOf = (spec: Preprocessing): Float32Array =>
  preprocess(
    { width: 256, height: 1, channels: 1, data: Uint8Array.from({ length: 256 }, (_, u) => u) },
    { ...spec, resize: null, crop: null, layout: "nchw" },
  ).data;
