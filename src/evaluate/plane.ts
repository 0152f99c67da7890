/** @file A method's answer as a metric looks at it: one number for each pixel of the network's input. */
import { reduceChannels } from "../image/reduce.ts";
import { upsampleBilinear } from "../image/upsample.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { Folded, Method } from "../methods/method.ts";
import { inverted as upsideDown } from "../metrics/reference-maps.ts";

export interface Plane {
  /** [H*W]. */
  readonly map: Float32Array;
  /** One value for each input element, where the method gave that. */
  readonly attribution: Float32Array | undefined;
}

type Frame = Pick<Classifier, "layout" | "channels" | "height" | "width">;

/** Channels joined by the method's reducer; maps of layers enlarged bilinearly. */
export function planeOf(
  { values, dims }: Pick<Folded, "values" | "dims">,
  { reducer = "sum" }: Pick<Method, "reducer">,
  frame: Frame,
): Plane {
  const { channels, height, width, layout } = frame;
  if (dims.length === 3) {
    const planar = layout === "nchw" ? values : channelsFirst(values, frame);
    return { map: reduceChannels(planar, [channels, height, width], reducer), attribution: values };
  }
  const [h = 1, w = 1] = dims;
  const map =
    h === height && w === width
      ? values
      : upsampleBilinear<Float32Array>({ values, width: w, height: h }, { width, height });
  return { map, attribution: undefined };
}

/** [H,W,C] as [C,H,W]. */
function channelsFirst(values: Float32Array, { channels, height, width }: Frame): Float32Array {
  const size = height * width;
  const out = new Float32Array(values.length);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < size; i++) out[c * size + i] = values[i * channels + c] as number;
  return out;
}

/** What is least important becomes the most; lowest and highest value stay. */
export const inverted = ({ map, attribution }: Plane): Plane => ({
  map: upsideDown(map),
  attribution: attribution && upsideDown(attribution),
});

/**
 * Where maps agree: the lowest of a pixel's ranks, a rank being the share of pixels that are smaller. Its strongest pixels are
 * those that are strong in every map.
 */
export function agreed(maps: readonly Float32Array[]): Float32Array {
  const ranks = maps.map(ranksOf);
  return (ranks[0] as Float32Array).map((_, i) => Math.min(...ranks.map((r) => r[i] as number)));
}

function ranksOf(map: Float32Array): Float32Array {
  const sorted = map.toSorted();
  const below = new Map<number, number>();
  for (const [i, v] of sorted.entries()) if (!below.has(v)) below.set(v, i / map.length);
  return map.map((v) => below.get(v) as number);
}
