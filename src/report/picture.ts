/** @file Pictures of an explanation: the map alone, and laid over what the network saw. */
import type { Explanation } from "../explain.ts";
import { heatmap } from "../image/heatmap.ts";
import { type OverlayOptions, overlay } from "../image/overlay.ts";
import { type ChannelReducer, reduceChannels } from "../image/reduce.ts";
import type { ImageU8 } from "../image/types.ts";
import { upsampleBilinear } from "../image/upsample.ts";

/** One image's map as [height, width], channels joined. */
export interface PlaneMap {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** The map of image `index`, channels reduced; maps without channels are taken as they are. */
export function planeOf(explanation: Explanation, index = 0, reducer: ChannelReducer = explanation.reducer): PlaneMap {
  const { values, dims, space, layout } = explanation;
  const [, a = 1, b = 1, c = 1] = dims;
  const size = values.length / (dims[0] as number);
  const row = values.subarray(index * size, (index + 1) * size);
  if (space !== "input") return { values: row, height: a, width: b };
  const [channels, height, width] = layout === "nchw" ? [a, b, c] : [c, a, b];
  const planes =
    layout === "nchw"
      ? row
      : Float32Array.from(
          { length: size },
          (_, i) => row[(i % (height * width)) * channels + Math.floor(i / (height * width))] as number,
        );
  return { values: reduceChannels(planes, [channels, height, width], reducer), height, width };
}

/** A map brought to the size of the network's input by bilinear interpolation. */
export function upsampled(map: PlaneMap, to: { readonly width: number; readonly height: number }): PlaneMap {
  return {
    values: upsampleBilinear<Float32Array>({ values: map.values, width: map.width, height: map.height }, to),
    ...to,
  };
}

/** Percent of the strongest pixels that end the colour scale of maps at the input's resolution, as in Captum: single pixels would wash out the rest. */
const OUTLIERS = 2;

/** The share of magnitude, in percent, that lies beyond the ends of an explanation's colour scale. */
export const displayClip = ({ space }: Pick<Explanation, "space">): number => (space === "layer" ? 0 : OUTLIERS);

export interface PictureOptions extends Omit<OverlayOptions, "signed"> {
  readonly reducer?: ChannelReducer | undefined;
  /** Which of several maps (images or targets) is drawn; default the first. */
  readonly index?: number | undefined;
}

/** Map over picture, with a colour bar. Without a picture (a tensor was explained) the map alone is drawn. */
export function overlayPicture(explanation: Explanation, options: PictureOptions = {}): ImageU8 {
  const { reducer, index, ...rest } = options;
  const map = planeOf(explanation, index, reducer);
  const style = { clip: displayClip(explanation), ...rest, signed: explanation.signed };
  const under = explanation.picture ?? {
    width: map.width,
    height: map.height,
    channels: 1 as const,
    data: new Uint8Array(map.width * map.height),
  };
  return overlay(under, map.values, map.width, map.height, explanation.picture ? style : { ...style, style: "heat" });
}

/** The bare heat map at its own resolution: one pixel a value. */
export function heatmapPicture(explanation: Explanation, { reducer, cmap, index }: PictureOptions = {}): ImageU8 {
  const { values, width, height } = planeOf(explanation, index, reducer);
  return heatmap(values, {
    width,
    height,
    signed: explanation.signed,
    cmap,
    clip: displayClip(explanation),
  }).image;
}
