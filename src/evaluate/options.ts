/** @file What one may ask of a run over a data set, and what comes back. */
import type { DataLabel } from "../data/dataset.ts";
import type { OnnxplainError } from "../errors.ts";
import type { RunOptions } from "../explain/options.ts";
import type { TargetRequest } from "../methods/target.ts";
import type { CurveRow, ResultRow } from "../metrics/result-row.ts";
import type { MethodAsk, MetricAsk } from "./ask.ts";
import type { Shared } from "./scheduler.ts";

export interface EvaluateOptions extends Omit<RunOptions, "onProgress"> {
  readonly methods: readonly (string | MethodAsk)[];
  readonly metrics: readonly (string | MetricAsk)[];
  /** Parameters for every method that knows them; `"METHOD.name"` for one method alone. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** Sets of methods whose maps are looked at together, by name. */
  readonly agreements?: readonly (readonly string[])[] | undefined;
  /** Measure the maps that know no model, and each method inverted, beside. Default true. */
  readonly baselines?: boolean | undefined;
  /** `"predicted"` (default), `"label"`, a class index, or a label. */
  readonly target?: TargetRequest | undefined;
  /** WordNet ids of the model's classes, where labels of the data carry such ids. */
  readonly wnids?: readonly (string | undefined)[] | undefined;
  /** The model's class that a label of the data stands for; default: what `joinLabels` finds. */
  readonly classOf?: ((label: DataLabel | undefined) => number | undefined) | undefined;
  /** Images in flight: what is held in memory, and what is lost when a run is killed. Default 16. */
  readonly window?: number | undefined;
  /** Whole windows that are done already: their images are passed over without being read. */
  readonly skip?: number | undefined;
  /** Images of the data that are looked at, at most. */
  readonly limit?: number | undefined;
}

/** Something that could not be done; the rest went on. */
export interface ImageFailure {
  readonly image: string;
  /** The method concerned; null = the whole image is missing. */
  readonly method: string | null;
  readonly code: OnnxplainError["code"];
  readonly message: string;
}

/** What a metric counted on the way: ties broken, dilations needed. */
export interface CountRow {
  readonly image: string;
  readonly method: string;
  readonly metric: string;
  readonly count: string;
  readonly value: number;
}

/** Work done, in forward images and maps. */
export interface WorkCounts {
  /** Images measured, and images that could not be. */
  readonly images: number;
  readonly failed: number;
  /** Forward images for the predictions. */
  readonly predictions: number;
  /** Scores that metrics asked for; those that a question before had answered; those run. */
  readonly scores: Shared;
  /** Maps that metrics asked for, likewise. */
  readonly maps: Shared;
  /** By metric: maps measured, and forward images and maps asked for. */
  readonly metrics: Readonly<Record<string, MetricCounts>>;
}
export interface MetricCounts {
  readonly measured: number;
  /** Of those, maps for which anything was asked. */
  readonly asking: number;
  readonly scores: number;
  readonly maps: number;
}

/** One window of images, measured. */
export interface EvaluatedWindow {
  /** Counted from 0 over the whole data set. */
  readonly index: number;
  /** Ids of its images in the data's order, those that failed included. */
  readonly images: readonly string[];
  /** By image, then method, metric and variant. */
  readonly rows: readonly ResultRow[];
  readonly curves: readonly CurveRow[];
  readonly tallies: readonly CountRow[];
  readonly failures: readonly ImageFailure[];
  readonly work: WorkCounts;
  /** Wall time in ms, by stage. */
  readonly timings: Readonly<Record<"load" | "predict" | "explain" | "measure", number>>;
}
