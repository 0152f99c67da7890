/** @file A MaxPool of joined channels whose parts are pooled one by one as well: join the pooled parts instead. */
import type { Value } from "../../graph/builder.ts";
import { joinedChannels, type Rewrite } from "./draft.ts";

/** `MaxPool(Concat(a, b))` is `Concat(MaxPool(a), MaxPool(b))`; done where the backward pass needs those anyway. */
export const splitPools: Rewrite = (draft) => {
  const { g, graph } = draft;
  const out = new Map<string, Value>();
  const pooled = new Set(graph.nodes.filter((n) => n.op === "MaxPool" && n.domain === "").map((n) => n.inputs[0] as string));
  for (const node of graph.nodes) {
    if (node.op !== "MaxPool" || node.domain !== "" || node.outputs.length !== 1) continue;
    const parts = joinedChannels(draft, draft.maker(node.inputs[0] as string));
    if (!parts?.every((p) => pooled.has(p.name))) continue;
    const { attrs } = node;
    out.set(node.outputs[0] as string, g.op("Concat", parts.map((p) => g.op("MaxPool", [g.value(p.name)], attrs)), { axis: 1 }));
  }
  return out;
};
