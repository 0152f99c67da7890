/** @file A picture as it looks, from the numbers that the network takes: the arithmetic of preprocessing undone. */
import { toRgb } from "../image/channels.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { ImageU8, Size } from "../image/types.ts";

/** u = round((x std + mean) / scale), 0…255: exact for what `preprocess` made; in RGB, of the network's size. */
export function seenPixels(row: ArrayLike<number>, spec: Preprocessing, { width, height }: Size): ImageU8 {
  const { scale, mean, std, channelOrder, layout } = spec;
  const [channels, pixels] = [mean.length, width * height];
  const data = new Uint8Array(channels * pixels);
  for (let c = 0; c < channels; c++) {
    const to = channelOrder === "BGR" ? 2 - c : c;
    const [from, step] = layout === "nchw" ? [c * pixels, 1] : [c, channels];
    for (let i = 0; i < pixels; i++) {
      const u = Math.round(((row[from + i * step] as number) * (std[c] as number) + (mean[c] as number)) / scale);
      data[i * channels + to] = Math.max(0, Math.min(255, u));
    }
  }
  return toRgb({ width, height, channels: channels === 1 ? 1 : 3, data });
}
