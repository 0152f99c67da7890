/** @file A model that begins from nothing, from what is emitted into it. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { emptyGraph, newModel } from "../graph/new-model.ts";
import type { Model } from "../graph/types.ts";
import { verify } from "../graph/verify.ts";
import { builderOn } from "./infer.ts";
import { OPS } from "./table.ts";

/** A model of what `emit` returns, outputs by name. */
export function modelOf(name: string, emit: (g: GraphBuilder) => Readonly<Record<string, Value>>): Model {
  const g = builderOn(emptyGraph(name), OPS);
  const graph = g.build(Object.entries(emit(g)).map(([output, value]) => g.alias(value, output)));
  verify(graph, name);
  return newModel(graph);
}
