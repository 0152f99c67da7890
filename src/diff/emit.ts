/** @file Opening a model for emission, and closing it again: what methods use instead of the op table. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Model } from "../graph/types.ts";
import { verify } from "../graph/verify.ts";
import { builderOn } from "../ops/infer.ts";
import type { Ops } from "../ops/table.ts";
import { optimize } from "./optimize/optimize.ts";

export type { Ops } from "../ops/table.ts";
export { derivative, type Reversed, type Rule, reverse, type Site } from "./reverse.ts";

/** A builder on top of a model's graph; the model itself stays as it is. */
export const extend = (model: Model, ops: Ops): GraphBuilder => builderOn(model.graph, ops);

/** The model that computes exactly `outputs`, with nothing left in it that they do not need. */
export function close(
  model: Model,
  g: GraphBuilder,
  outputs: readonly Value[],
  metadata: ReadonlyMap<string, string> = new Map(),
): Model {
  const kept = optimize(g, outputs);
  verify(kept, "emission");
  return { ...model, graph: kept, metadata: new Map([...model.metadata, ...metadata]) };
}
