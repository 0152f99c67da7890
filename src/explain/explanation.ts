/** @file What an explanation holds: the map, and all that was decided on the way to it. */
import type { OnnxplainError } from "../errors.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { ImageU8 } from "../image/types.ts";
import type { Layer } from "../methods/layers.ts";
import type { Checks } from "../methods/method.ts";
import type { Target } from "../methods/target.ts";
import type { Params } from "../params.ts";
import type { Ledger } from "../rules/ledger.ts";

/** Time spent, in ms. Methods that shared a graph each report the times of that graph. */
export interface Timings {
  readonly compileMs: number;
  readonly sessionMs: number;
  readonly runMs: number;
}

export interface Explanation {
  readonly method: string;
  /** Raw and signed; what {@link dims} says. */
  readonly values: Float32Array;
  /** [N,C,H,W] in the input's own layout for input methods, [N,H,W] for pixel methods, [N,h,w] for layer methods. */
  readonly dims: readonly number[];
  readonly signed: boolean;
  readonly space: "input" | "pixel" | "layer";
  /** How pictures join the channels of an input map. */
  readonly reducer: "sum" | "mean";
  readonly layout: "nchw" | "nhwc";
  readonly layer: Layer | undefined;
  /** Of the first image: the class explained, and its score. */
  readonly target: number;
  readonly score: number;
  readonly targets: readonly Target[];
  /** How many images there were: each has `targets.length / images` targets, and so many maps. */
  readonly images: number;
  /** Scores of all classes, one row an image. */
  readonly scores: readonly Float32Array[];
  readonly scoreKind: "logits" | "probability";
  readonly params: Params;
  readonly seed: number;
  readonly checks: readonly Checks[];
  /** One ledger a map, where `ledger: true` asked for it; otherwise empty. */
  readonly ledgers: readonly Ledger[];
  readonly notes: readonly string[];
  readonly timings: Timings;
  readonly device: string;
  readonly preprocessing: Preprocessing | undefined;
  /** What the network saw, for overlays; undefined when a tensor was given. */
  readonly picture: ImageU8 | undefined;
}

/** A method of a list that could not explain, and why. */
export interface MethodFailure {
  readonly method: string;
  readonly error: OnnxplainError;
}

/** Several methods on one input. */
export interface Explanations {
  /** In the order of the methods asked for, without those that failed; each for the same targets. At least one. */
  readonly explanations: readonly Explanation[];
  readonly failures: readonly MethodFailure[];
}
