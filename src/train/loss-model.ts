/** @file A loss by itself, as a graph: scores and targets in, one number out. */

import { close, type Ops } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import { emptyGraph, newModel } from "../graph/new-model.ts";
import type { Model } from "../graph/types.ts";
import { builderOn } from "../ops/infer.ts";
import { readParams } from "../params.ts";
import type { Loss } from "./losses.ts";

const EMPTY = emptyGraph("loss");

/** Inputs `scores` and `targets` `[N, classes]`, output `loss`. Throws `E_PARAM` for a loss that reads a layer, or bad parameters. */
export function lossModel(
  loss: Loss,
  { classes, params = {} }: { readonly classes: number; readonly params?: Readonly<Record<string, unknown>> },
  ops: Ops,
): Model {
  const g = builderOn(EMPTY, ops);
  const value = loss.emit({
    g,
    scores: g.input("scores", "float32", ["N", classes]),
    targets: g.input("targets", "float32", ["N", classes]),
    classes,
    params: readParams(loss.id, loss.params, params),
    layer: () => {
      throw new OnnxplainError(
        "E_PARAM",
        `Loss \`${loss.id}\` reads a layer of the network; it is none of scores alone.`,
      );
    },
  });
  return close(newModel(EMPTY), g, [g.alias(value, "loss")]);
}
