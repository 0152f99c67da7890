/** @file A polytope as a heat map: for each boundary the features weighted by its normal's channel means, then their mean. */

import type { Size } from "../image/types.ts";
import { upsampleBilinear } from "../image/upsample.ts";
import { featuresOf, LAYER, weighted } from "../methods/layer-features.ts";
import type { Layer } from "../methods/layers.ts";
import { type Boundaries, normalOf } from "./boundary.ts";
import { isPositive } from "./projections.ts";

/** Weights of channels, one array for each boundary: an interpretation that can be laid over any picture's features. */
export type ChannelWeights = readonly ArrayLike<number>[];

/** Mean of a value of the layer's shape over its positions, `[channels]`. */
export function channelMeans(value: Float32Array, layer: Layer): Float64Array {
  const features = featuresOf({ [LAYER]: value }, layer);
  const positions = features.length / layer.channels;
  return Float64Array.from({ length: layer.channels }, (_, c) => {
    let sum = 0;
    for (let p = c * positions; p < (c + 1) * positions; p++) sum += features[p]!;
    return sum / positions;
  });
}

/**
 * alpha_k of each boundary of `order`, turned so that the picture with these `values` lies on the positive side: alpha_k is the mean of
 * W^k over positions (Lam et al. 2021, eq. 5).
 */
export function channelWeights(
  boundaries: Boundaries,
  layer: Layer,
  { order, values }: { readonly order: readonly number[]; readonly values: ArrayLike<number> },
): ChannelWeights {
  return order.map((h) => {
    const means = channelMeans(normalOf(boundaries, h), layer);
    return isPositive(values[h] as number) ? means : means.map((v) => 0 - v);
  });
}

/** ReLU(sum_k alpha_k psi^k) at the layer's resolution, `[h * w]`. `psi` has the layer's shape. */
export function rawMap(psi: Float32Array, weights: ArrayLike<number>, layer: Layer): Float64Array {
  return weighted(featuresOf({ [LAYER]: psi }, layer), weights).map((v) => Math.max(0, v));
}

/** Linear to 0..1; a constant map becomes 0 everywhere. */
export function minMax(map: Float64Array): Float64Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of map) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  const span = high - low;
  return span > 0 ? map.map((v) => (v - low) / span) : new Float64Array(map.length);
}

/** The map of each boundary at the picture's size, 0..1, `[height * width]`. */
export function boundaryMaps(
  psi: Float32Array,
  weights: ChannelWeights,
  { layer, size }: { readonly layer: Layer; readonly size: Size },
): readonly Float64Array[] {
  const [height, width] = layer.grid;
  return weights.map((w) => minMax(upsampleBilinear({ values: rawMap(psi, w, layer), width, height }, size)));
}

/**
 * The mean of {@link boundaryMaps}: 0..1, `[height * width]`. `psi` is of the picture that is looked at, the weights of the one that is
 * explained. Zeros where there are no weights.
 */
export function heatMap(
  psi: Float32Array,
  weights: ChannelWeights,
  on: { readonly layer: Layer; readonly size: Size },
): Float64Array {
  const sum = new Float64Array(on.size.width * on.size.height);
  for (const map of boundaryMaps(psi, weights, on)) for (let i = 0; i < sum.length; i++) sum[i]! += map[i]!;
  return sum.map((v) => v / Math.max(1, weights.length));
}
