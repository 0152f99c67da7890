/**
 * @file What a metric is: a coroutine that asks for scores of images it makes, and answers with named numbers. It never sees a model:
 * whoever runs it batches the questions of many metrics, maps and images into the same forward passes, and asks no question twice.
 */
import type { ParamSpecs, Params } from "../params.ts";

/** One image to be scored: the network's input, one row in the network's own layout. Whoever asks may write over `x` once it is answered. */
export interface Query {
  readonly x: Float32Array;
  /** Two queries of one image with this key are the same question: asked once. */
  readonly key?: string;
}
/** What the network says of it, all classes. */
export interface Scored {
  readonly logits: Float32Array;
  /** Softmax of the logits (or what the network gives, where it ends in probabilities). */
  readonly probabilities: Float32Array;
}

/** Weights replaced by noise, from the top of the network downwards; for sanity checks (Adebayo et al. 2018). */
export interface Randomized {
  /** All layers down to this one (`cascading`), or this one alone (`independent`). */
  readonly mode: "cascading" | "independent";
  /** Counted from the scores: 0 = the last layer with weights. */
  readonly depth: number;
  readonly seed: number;
}
/** The same method asked again, for another image, class, or network. */
export interface MapQuery {
  readonly x: Float32Array;
  readonly target: number;
  readonly randomized?: Randomized;
  readonly key?: string;
}

export type Request =
  | { readonly ask: "scores"; readonly queries: readonly Query[] }
  /** Maps as {@link MetricImage.map}: [H*W] at the input's size; null where the method gave none (the reason is logged). */
  | { readonly ask: "maps"; readonly queries: readonly MapQuery[] };
export type Answer = readonly Scored[] | readonly (Float32Array | null)[];

/** Half-open: `x0 <= x < x1`, in pixels of the network's input. */
export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** One image and one map, as a metric sees them. */
export interface MetricImage {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly layout: "nchw" | "nhwc";
  /** The network's input, one row. */
  readonly x: Float32Array;
  /** The picture before normalisation, planar [C,H,W] in 0..1, channels in the network's order. Base images and hybrids are made of it. */
  readonly pixels: Float32Array;
  /** From pixels to the network's input: rounded to float32 as the network is fed. */
  readonly toInput: (pixels: Float32Array) => Float32Array;
  /** The class that the map explains. */
  readonly target: number;
  /** The true class, where the data has it and it joins to the model's. */
  readonly label: number | undefined;
  /** Raw and signed, [H*W] at the input's size: channels joined, layer maps up-sampled. */
  readonly map: Float32Array;
  /** What the method gave before that: one value for each input element, in the layout of `x`; undefined for maps of pixels and layers. */
  readonly attribution: Float32Array | undefined;
  /** Maps that are looked at together (agreement); `[map]` for a single method. */
  readonly maps: readonly Float32Array[];
  /** Ground truth [H*W], 1 inside, at the input's size. */
  readonly mask: Uint8Array | undefined;
  readonly boxes: readonly Box[] | undefined;
  /** Number of layers with weights, for {@link Randomized}; 0 where weights cannot be replaced. */
  readonly layers: number;
  readonly classes: number;
  /** The same for the same image, metric and run seed. */
  readonly seed: number;
}

/** A number, or why there is none. */
export type Outcome = number | { readonly excluded: string };

export interface Measured {
  /** By variant. */
  readonly values: Readonly<Record<string, Outcome>>;
  /** Curves by name: one value a step. */
  readonly curves?: Readonly<Record<string, Float32Array>>;
  /** What happened on the way: ties broken, pixels missing, dilations needed. */
  readonly counts?: Readonly<Record<string, number>>;
}

/** One of the numbers that share a name in the literature. */
export interface Variant {
  readonly id: string;
  readonly about: string;
  readonly range: readonly [number, number];
  /** Which end speaks for the map. */
  readonly better: "higher" | "lower" | "neither";
}

export interface Metric {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  /** Paper and equation. */
  readonly source: string;
  readonly params: ParamSpecs;
  readonly variants: readonly Variant[];
  /** What must be known of an image; without it the metric is excluded there with that reason. */
  readonly needs: readonly ("mask" | "boxes" | "label" | "attribution" | "layers")[];
  /** Forward images for one map, in words. */
  readonly cost: string;
  readonly run: (image: MetricImage, params: Params) => Generator<Request, Measured, Answer>;
}

/** Ask for scores from within a metric: `const [whole, base] = yield* scores([...])`. */
export function* scores(queries: readonly Query[]): Generator<Request, readonly Scored[], Answer> {
  return (yield { ask: "scores", queries }) as readonly Scored[];
}
/** Ask for maps from within a metric. */
export function* maps(queries: readonly MapQuery[]): Generator<Request, readonly (Float32Array | null)[], Answer> {
  return (yield { ask: "maps", queries }) as readonly (Float32Array | null)[];
}

/** A metric that asks nothing. */
// biome-ignore lint/correctness/useYield: it answers at once
export function* measured(result: Measured): Generator<Request, Measured, Answer> {
  return result;
}
