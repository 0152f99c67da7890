/** @file What a pass is: model in, model out, and notes for the reader of the result. Never in place. */
import type { Model } from "../graph/types.ts";
import type { Ops } from "../ops/table.ts";

export interface PassContext {
  readonly ops: Ops;
  /** Values that must survive under their own name (a layer that somebody asked for, the outputs). */
  readonly keep: ReadonlySet<string>;
}

export interface PassResult {
  readonly model: Model;
  /** What a user should know: a Softmax that was cut off, a batch size that could not be freed, … */
  readonly notes: readonly string[];
}

export interface Pass {
  /** Kebab-case; `--dump after:<name>` and `--stop-at` use it. */
  readonly name: string;
  readonly run: (model: Model, context: PassContext) => PassResult;
}
