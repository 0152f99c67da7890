/** @file What one may ask of watched metrics, and what is told and answered. */
import type { RunOptions } from "../explain/options.ts";
import type { ImageU8 } from "../image/types.ts";
import type { Measured, Metric, Scored } from "../metrics/metric.ts";
import type { MetricAsk } from "./ask.ts";
import type { WatchedMap } from "./watched-map.ts";

/** An image that a metric made, and what the network says of it. */
export interface Asked {
  /** {@link WatchedMap.name}. */
  readonly map: string;
  /** The metric as results name it. */
  readonly metric: string;
  /** Counted from 0 for each metric on each map. */
  readonly step: number;
  /** What the image is, where the metric has a name for it: `image`, `base:blur`, `hybrid:blur:…`. */
  readonly key: string | undefined;
  readonly scored: Scored;
  /** The class explained, and its probability. */
  readonly target: number;
  readonly probability: number;
  /** What the metric looks at, each [h*w] at the network's input's size: one map, or those of an agreement. */
  readonly maps: readonly Float32Array[];
  /** The image as a person sees it, normalisation undone, in RGB. To be called while one is told: the memory is used again. */
  readonly picture: () => ImageU8;
}

/** What a metric says of a map. */
export interface Watched extends Measured {
  readonly map: string;
  readonly metric: string;
  readonly target: number;
  /** As in {@link Asked}. */
  readonly maps: readonly Float32Array[];
  /** The one that they make: [h*w]; of an agreement each pixel's lowest rank. */
  readonly plane: Float32Array;
}

/** What a picture is called that has no name. */
export const PICTURE = "picture";

interface Common extends Omit<RunOptions, "onProgress"> {
  /** Class for maps that state none (of one's own, baselines); default: that of the explanations, else the predicted one. */
  readonly target?: number | undefined;
  /** The picture's name in a data set: seeds of stochastic metrics depend on it. Default {@link PICTURE}. */
  readonly id?: string | undefined;
  /** The true class, for metrics that need it. */
  readonly label?: number | undefined;
  /** Ground truth [h,w] as large as the picture, 0 outside, for metrics that need it. */
  readonly mask?: ImageU8 | undefined;
  readonly onAsked?: ((asked: Asked) => void) | undefined;
  /** Told as each metric on each map ends. */
  readonly onMeasured?: ((watched: Watched) => void) | undefined;
}

export interface WatchOptions extends Common {
  readonly metric: string | Metric;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}
export interface WatchAllOptions extends Common {
  readonly maps: readonly WatchedMap[];
  readonly metrics: readonly (string | MetricAsk)[];
}

/** A path or URL, encoded bytes, or a decoded picture. */
export type WatchedPicture = string | Uint8Array | ImageU8;
