/** @file Nodes that pass their input on unchanged disappear, so that patterns need not look through them. */
import { dtypeCode } from "../graph/dtype-code.ts";
import type { Node } from "../graph/types.ts";
import type { Pass } from "./pass.ts";
import { type Rewriter, rewrite } from "./rewriter.ts";

function isCopy(node: Node, rw: Rewriter): boolean {
  if (node.domain !== "") return false;
  if (node.op === "Identity") return true;
  const fact = rw.fact(node.inputs[0]);
  return node.op === "Cast" && fact !== undefined && fact.dims !== undefined && dtypeCode(fact.dtype) === node.attrs.to;
}

/** Kept names and graph outputs keep their node. */
export const dropIdentities: Pass = {
  name: "drop-identities",
  run: (model, { keep }) => {
    const graph = rewrite(model.graph, (node, rw) => {
      const [out = ""] = node.outputs;
      if (!isCopy(node, rw) || keep.has(out) || !rw.alias(out, node.inputs[0] ?? "")) rw.emit(node);
    });
    return { model: { ...model, graph }, notes: [] };
  },
};
