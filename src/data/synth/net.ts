/** @file What constructed networks have in common. */
import { newModel } from "../../graph/new-model.ts";
import type { Attrs, Graph, Model, Node, Tensor } from "../../graph/types.ts";
import type { Size } from "../../image/types.ts";
import { inferGraph } from "../../ops/infer.ts";
import { OPS } from "../../ops/table.ts";

/** A node that makes one value, named like it. */
export const node = (op: string, inputs: readonly string[], output: string, attrs: Attrs = {}): Node => ({
  op,
  domain: "",
  name: output,
  inputs,
  outputs: [output],
  attrs,
});

export interface Construction {
  readonly name: string;
  readonly size: Size;
  readonly labels: readonly string[];
  readonly constants: Graph["constants"] & ReadonlyMap<string, Tensor>;
  /** From `input` to `probabilities`. */
  readonly nodes: readonly Node[];
}

/** A model from `input` `[N,3,H,W]` to `probabilities` `[N,labels]`, opset 17. */
export function constructed({ name, size, labels, constants, nodes }: Construction): Model {
  const graph = inferGraph(
    {
      name,
      nodes,
      constants,
      facts: new Map(),
      inputs: [{ name: "input", dtype: "float32", dims: ["N", 3, size.height, size.width] }],
      outputs: [{ name: "probabilities", dtype: "float32", dims: ["N", labels.length] }],
    },
    OPS,
  );
  return newModel(graph, { opset: 17, irVersion: 8, metadata: new Map([["labels", JSON.stringify(labels)]]) });
}
