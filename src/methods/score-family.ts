/** @file Score-CAM and its relatives: a channel weighs as much as the class scores on the image seen through that channel. */

import { oneOf, type ParamSpecs, type Params } from "../params.ts";
import { normals } from "../random.ts";
import { RELU } from "./cam.ts";
import { featuresOf, finished, layerProbe, weighted } from "./layer-features.ts";
import type { Layer } from "./layers.ts";
import type { Fold, Method, PlanContext, RowsPlan } from "./method.ts";
import { COTANGENT } from "./one-pass.ts";
import { IMAGE, perturbed } from "./perturbed.ts";
import { SCORE, scoreModel } from "./target-score.ts";
import { type Alignment, type Upsampling, upsampling } from "./upsampling.ts";

/** The masks [h, w] that are enlarged and laid over the image for one channel. */
export interface Masks {
  readonly count: number;
  /** `map`: the channel, scaled so that it goes from 0 to 1 when enlarged. `draw`: standard normal numbers. */
  readonly of: (map: Float32Array, draw: () => number) => Iterable<Float32Array>;
}

interface Relative extends Pick<Method, "id" | "aliases" | "title" | "source" | "cost"> {
  readonly variant: "original" | "softmax";
  readonly params: ParamSpecs;
  readonly masks: (params: Params) => Masks;
}

interface Variant {
  readonly alignment: Alignment;
  readonly score: "score" | "probability";
  /** Divides by max - min + epsilon. */
  readonly epsilon: number;
  /** A channel that is constant says nothing: left out, or a mask of zeros like any other. */
  readonly skipsConstant: boolean;
  /** From the mean score of each channel to its weight. */
  readonly weigh: (scores: Float64Array) => Float64Array;
}

function softmax(scores: Float64Array): Float64Array {
  const top = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = scores.map((s) => Math.exp(s - top));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((p) => p / total);
}

const VARIANTS: Readonly<Record<Relative["variant"], Variant>> = {
  original: {
    alignment: "centres",
    score: "probability",
    epsilon: 0,
    skipsConstant: true,
    weigh: (scores) => scores,
  },
  softmax: { alignment: "corners", score: "score", epsilon: 1e-8, skipsConstant: false, weigh: softmax },
};

const ABOUT_VARIANT =
  "weights of the channels. original: softmax probability of the class behind each mask, constant channels left out, masks enlarged with pixel centres aligned (authors' code); " +
  "softmax: softmax over channels of the class score, corners aligned (pytorch-grad-cam; subtracting the score of a baseline, as in the paper and TorchCAM, changes nothing under this softmax)";

/** Channels that are masks, each with its scaled map. */
function* scaledChannels(
  features: Float32Array,
  { channels, grid: [h, w] }: Layer,
  { extremes }: Upsampling,
  { epsilon, skipsConstant }: Variant,
): Generator<readonly [channel: number, map: Float32Array]> {
  for (let c = 0; c < channels; c++) {
    const map = features.subarray(c * h * w, (c + 1) * h * w);
    const [min, max] = extremes(map);
    if (skipsConstant && min === max) continue;
    const span = max - min + epsilon;
    yield [c, map.map((v) => (v - min) / span)];
  }
}

const MASK = "x/mask";

function plan(relative: Relative, { classifier, params, layer: chosen, seed }: PlanContext): RowsPlan {
  const layer = chosen as Layer;
  const variant = VARIANTS[params.variant as Relative["variant"]];
  const masks = relative.masks(params);
  const up = upsampling(layer.grid, [classifier.height, classifier.width], variant.alignment);
  const masked = perturbed(classifier, ({ g, image, batch }) => {
    const mask = up.emit(g, g.input(MASK, "float32", [batch, ...layer.grid]));
    return g.op("Mul", [image, g.op("Unsqueeze", [mask, g.ints([classifier.layout === "nchw" ? 1 : 3])])]);
  });
  return {
    model: scoreModel(masked, variant.score),
    outputs: [SCORE],
    probe: layerProbe(classifier, layer),
    count: layer.channels * masks.count,
    notes: [],
    shared: ({ x, cotangent }) => ({ [IMAGE]: x, [COTANGENT]: cotangent }),
    rows: function* (_, found) {
      const draw = normals(seed);
      for (const [, map] of scaledChannels(featuresOf(found, layer), layer, up, variant))
        for (const mask of masks.of(map, draw)) yield { [MASK]: mask };
    },
    fold: (_, found) => {
      const features = featuresOf(found, layer);
      const channels = Array.from(scaledChannels(features, layer, up, variant), ([c]) => c);
      return foldScores({ features, layer, channels, variant, count: masks.count, relu: params.relu === true });
    },
  };
}

function foldScores({
  features,
  layer,
  channels,
  variant,
  count,
  relu,
}: {
  readonly features: Float32Array;
  readonly layer: Layer;
  readonly channels: readonly number[];
  readonly variant: Variant;
  readonly count: number;
  readonly relu: boolean;
}): Fold {
  const means = new Float64Array(channels.length);
  let next = 0;
  return {
    add: (result) => {
      means[Math.floor(next++ / count)]! += (result[SCORE]?.[0] as number) / count;
    },
    done: () => {
      const weights = new Float64Array(layer.channels);
      variant.weigh(means).forEach((w, i) => {
        weights[channels[i] as number] = w;
      });
      return { values: finished(weighted(features, weights), relu), dims: layer.grid, checks: {} };
    },
  };
}

/** A method that weighs channels by scores behind masks. The map is [h,w], at the layer's resolution. */
export function scoreMethod(relative: Relative): Method {
  const { id, aliases, title, source, cost, variant, params } = relative;
  return {
    id,
    aliases,
    title,
    source,
    cost,
    params: { variant: oneOf(variant, Object.keys(VARIANTS), ABOUT_VARIANT), ...params, relu: RELU },
    space: "layer",
    signed: (given) => given.relu !== true,
    gradients: false,
    emit: { none: "it needs one pass for each channel of the layer" },
    plan: (context) => plan(relative, context),
  };
}
