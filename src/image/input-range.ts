/** @file What a preprocessing makes of black and white, and the way back from a tensor to a picture. */

import { OnnxplainError } from "../errors.ts";
import { checkPreprocessing, type Preprocessing } from "./preprocess.ts";
import type { ImageU8 } from "./types.ts";

/** The least and greatest tensor value of each channel, in `channelOrder`; the bounds of the z^B rule of LRP. */
export function inputRange({ scale, mean, std }: Preprocessing): { readonly low: number[]; readonly high: number[] } {
  const at = (u: number): number[] => mean.map((m, c) => (u * scale - m) / std[c]!);
  const [black, white] = [at(0), at(255)];
  return { low: black.map((v, c) => Math.min(v, white[c]!)), high: black.map((v, c) => Math.max(v, white[c]!)) };
}

/**
 * The 8-bit picture that a preprocessed tensor shows: `u = round((x * std + mean) / scale)`, clipped to 0…255. The result
 * has one channel for `"GRAY"`, else three in RGB order. `dims` is one item: `[C,H,W]`, `[1,C,H,W]` or the NHWC forms.
 *
 * Throws `E_INPUT_SHAPE` when dims and spec disagree.
 */
export function tensorPicture(
  tensor: { readonly dims: readonly number[]; readonly data: Float32Array },
  spec: Preprocessing,
): ImageU8 {
  checkPreprocessing(spec);
  const channels = spec.channelOrder === "GRAY" ? 1 : 3;
  const item = tensor.dims.length === 4 ? tensor.dims.slice(1) : tensor.dims;
  const [c0 = 0, height = 0, width = 0] = spec.layout === "nchw" ? item : [item[2] ?? 0, item[0] ?? 0, item[1] ?? 0];
  const pixels = width * height;
  const single = item.length === 3 && (tensor.dims.length === 3 || tensor.dims[0] === 1);
  if (!single || c0 !== channels || pixels === 0 || tensor.data.length !== pixels * channels) {
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected one ${spec.layout} tensor with ${channels} channel(s) for channel order ${spec.channelOrder}, ` +
        `got dims [${tensor.dims.join(", ")}] and ${tensor.data.length} values.`,
    );
  }
  const data = new Uint8ClampedArray(pixels * channels);
  for (let c = 0; c < channels; c++) {
    const [from, step] = spec.layout === "nchw" ? [c * pixels, 1] : [c, channels];
    const to = spec.channelOrder === "BGR" ? 2 - c : c;
    for (let i = 0; i < pixels; i++) {
      data[i * channels + to] = Math.round((tensor.data[from + i * step]! * spec.std[c]! + spec.mean[c]!) / spec.scale);
    }
  }
  return { width, height, channels, data };
}
