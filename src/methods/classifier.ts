/** @file A classifier: a canonical model of which we know the image input and the class scores. */

import type { Ops } from "../diff/emit.ts";
import type { Model, Port } from "../graph/types.ts";

/** Which score is explained: the logit (default), or the probability the model ends in. */
export type ScoreKind = "logits" | "probability";

/** A model that methods can explain. Made by `prepare`; never mutated. */
export interface Classifier {
  /** Canonical opset; dead code kept, original outputs included. */
  readonly model: Model;
  readonly ops: Ops;
  /** The image input: [N,C,H,W] or [N,H,W,C], N free where the model allows it. */
  readonly input: Port;
  readonly layout: "nchw" | "nhwc";
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Value of shape [N, classes] that is explained. */
  readonly scores: string;
  readonly scoreKind: ScoreKind;
  /** How `scores` become probabilities: a softmax the model had (or was cut off), or nothing known. */
  readonly classes: number;
  /** False when the graph only takes the batch size it was exported with (1). */
  readonly freeBatch: boolean;
  /** Lowest and highest value of each input channel, where the preprocessing tells. */
  readonly range?: { readonly low: readonly number[]; readonly high: readonly number[] };
  readonly notes: readonly string[];
}
