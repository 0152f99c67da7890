/** @file Constant nodes become initializers; copies of initializers become the initializers themselves. */
import { tensor } from "../graph/tensor.ts";
import type { Node, Tensor } from "../graph/types.ts";
import { intAttr, intsAttr, realAttr, realsAttr, tensorAttr, textAttr } from "./attributes.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewriter.ts";

/** What a Constant node holds; undefined for sparse values. */
export function constantValue(node: Node): Tensor | undefined {
  const { attrs } = node;
  if ("value" in attrs) return tensorAttr(node, "value");
  if ("value_float" in attrs) return tensor("float32", [], [realAttr(node, "value_float") ?? 0]);
  if ("value_int" in attrs) return tensor("int64", [], [intAttr(node, "value_int") ?? 0]);
  if ("value_string" in attrs) return { dtype: "string", dims: [], data: [textAttr(node, "value_string") ?? ""] };
  if ("value_floats" in attrs) {
    const values = realsAttr(node, "value_floats") ?? [];
    return tensor("float32", [values.length], values);
  }
  if ("value_ints" in attrs) {
    const values = intsAttr(node, "value_ints") ?? [];
    return tensor("int64", [values.length], values);
  }
  return undefined;
}

/** A value that the graph returns or that somebody asked for keeps the node that makes it. */
export const constantsToInitializers: Pass = {
  name: "constants-to-initializers",
  run: (model, { keep }) => {
    const graph = rewrite(model.graph, (node, rw) => {
      const [out = ""] = node.outputs;
      const pinned = node.domain !== "" || keep.has(out) || rw.isOutput(out);
      const value = pinned || node.op !== "Constant" ? undefined : constantValue(node);
      if (value) rw.defineConstant(out, value);
      else if (
        pinned ||
        node.op !== "Identity" ||
        !rw.constantOf(node.inputs[0]) ||
        !rw.alias(out, node.inputs[0] ?? "")
      )
        rw.emit(node);
    });
    return { model: { ...model, graph }, notes: [] };
  },
};
