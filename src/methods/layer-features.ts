/** @file The activation of a layer on the host: fetched by a run of the network up to the layer, combined into maps. */
import { close, extend } from "../diff/emit.ts";
import type { Model } from "../graph/types.ts";
import { positions } from "./cam.ts";
import type { Classifier } from "./classifier.ts";
import type { Layer } from "./layers.ts";
import type { Probe, RowResult } from "./method.ts";

/** Output that holds a layer as [N, C, P], P positions of its grid. */
export const FEATURES = "x/features";

/** The network up to the layer, with {@link FEATURES} and further values of the network under names of their own. */
export function featureModel(
  classifier: Classifier,
  layer: Layer,
  beside: Readonly<Record<string, string>> = {},
): Model {
  const g = extend(classifier.model, classifier.ops);
  const features = g.alias(positions(g, g.value(layer.name), layer), FEATURES);
  const others = Object.entries(beside).map(([name, value]) => g.alias(g.value(value), name));
  return close(classifier.model, g, [features, ...others]);
}

/** One run of {@link featureModel}. */
export function featureProbe(
  classifier: Classifier,
  layer: Layer,
  beside: Readonly<Record<string, string>> = {},
): Probe {
  return {
    model: featureModel(classifier, layer, beside),
    outputs: [FEATURES, ...Object.keys(beside)],
    row: ({ x }) => ({ [classifier.input.name]: x }),
  };
}

/** Channel `c` of what the probe found: its P values. */
export const channelOf = (found: RowResult, { grid: [h, w] }: Layer, c: number): Float32Array =>
  (found[FEATURES] as Float32Array).subarray(c * h * w, (c + 1) * h * w);

/** sum_c weights[c] A_c [P]; channels of weight 0 do not count, whatever they hold. */
export function weighted(found: RowResult, layer: Layer, weights: ArrayLike<number>): Float64Array {
  const map = new Float64Array(layer.grid[0] * layer.grid[1]);
  for (let c = 0; c < layer.channels; c++) {
    const weight = weights[c] as number;
    if (weight === 0) continue;
    const channel = channelOf(found, layer, c);
    for (let p = 0; p < map.length; p++) map[p]! += weight * (channel[p] as number);
  }
  return map;
}

/** A map as a result holds it. */
export const finished = (map: ArrayLike<number>, relu: boolean): Float32Array =>
  Float32Array.from(map, (v) => (relu ? Math.max(0, v) : v));
