/** @file The activation of a layer on the host: fetched by a run of the network up to the layer, combined into maps. */
import { close, extend } from "../diff/emit.ts";
import type { Model } from "../graph/types.ts";
import type { Classifier } from "./classifier.ts";
import type { Layer } from "./layers.ts";
import type { Probe, RowResult } from "./method.ts";

/** Output that holds a layer's own value. */
export const LAYER = "x/layer";

/** The network up to the layer: {@link LAYER}, and further values of the network under names of their own. */
export function layerModel(
  { model, ops }: Classifier,
  layer: Layer,
  beside: Readonly<Record<string, string>> = {},
): Model {
  const g = extend(model, ops);
  const outputs = Object.entries({ [LAYER]: layer.name, ...beside });
  return close(
    model,
    g,
    outputs.map(([name, value]) => g.alias(g.value(value), name)),
  );
}

/** One run of {@link layerModel}. */
export function layerProbe(classifier: Classifier, layer: Layer, beside: Readonly<Record<string, string>> = {}): Probe {
  return {
    model: layerModel(classifier, layer, beside),
    outputs: [LAYER, ...Object.keys(beside)],
    row: ({ x }) => ({ [classifier.input.name]: x }),
  };
}

/** The layer channel by channel, P values each, P positions of its grid; tokens that lie on no grid are left out. */
export function featuresOf(found: RowResult, { layout, channels, grid: [h, w] }: Layer): Float32Array {
  const value = found[LAYER] as Float32Array;
  if (layout === "nchw") return value;
  const count = h * w;
  const first = value.length - count * channels;
  const features = new Float32Array(count * channels);
  for (let p = 0; p < count; p++)
    for (let c = 0; c < channels; c++) features[c * count + p] = value[first + p * channels + c] as number;
  return features;
}

/** sum_c weights[c] A_c [P], A channel by channel. */
export function weighted(features: Float32Array, weights: ArrayLike<number>): Float64Array {
  const count = features.length / weights.length;
  const map = new Float64Array(count);
  for (let c = 0; c < weights.length; c++) {
    const weight = weights[c] as number;
    if (weight === 0) continue;
    for (let p = 0; p < count; p++) map[p]! += weight * (features[c * count + p] as number);
  }
  return map;
}

/** A map as a result holds it. */
export const finished = (map: ArrayLike<number>, relu: boolean): Float32Array =>
  Float32Array.from(map, (v) => (relu ? Math.max(0, v) : v));
