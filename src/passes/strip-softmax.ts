/** @file Finding the logits behind a final Softmax, and putting them first among the outputs. */
import type { Dim } from "../graph/dim.ts";
import { producers } from "../graph/topology.ts";
import type { Graph, Node, Port } from "../graph/types.ts";
import { inferWith } from "../ops/infer.ts";
import type { Pass } from "./pass.ts";
import { Rewriter } from "./rewriter.ts";

/** What a graph's first output is: the logits themselves, or what a Softmax made of them. */
export interface Head {
  readonly logits: string;
  readonly probabilities?: string | undefined;
  readonly kind: "softmax" | "log-softmax" | "none";
}

/** Ops that only rearrange the scores of one sample. */
const LOOKED_THROUGH = new Set(["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze"]);

/** Look behind an output (the first one, unless named) for a Softmax or LogSoftmax. */
export function findLogits(graph: Graph, output: string = graph.outputs[0]?.name ?? ""): Head {
  const made = producers(graph);
  let node: Node | undefined = made.get(output);
  while (node && node.domain === "" && LOOKED_THROUGH.has(node.op)) node = made.get(node.inputs[0] ?? "");
  if (node?.domain !== "" || (node.op !== "Softmax" && node.op !== "LogSoftmax"))
    return { logits: output, kind: "none" };
  return {
    logits: node.inputs[0] ?? output,
    probabilities: output,
    kind: node.op === "Softmax" ? "softmax" : "log-softmax",
  };
}

/** `[N,C,1,1]` holds one score a class, as `[N,C]` does. */
const hasTrailingOnes = (dims: readonly Dim[] | undefined): boolean =>
  dims !== undefined && dims.length > 2 && dims.slice(2).every((d) => d === 1);

/**
 * The logits become the first output, as `[N,C]` (a Flatten `x/flat` follows logits of shape `[N,C,1,1]`);
 * the original outputs come after them, under their own names.
 */
export const stripSoftmax: Pass = {
  name: "strip-softmax",
  run: (model, { ops }) => {
    const { graph } = model;
    const { logits, probabilities, kind } = findLogits(graph);
    const fact = graph.facts.get(logits);
    if (fact === undefined || (kind === "none" && !hasTrailingOnes(fact.dims))) return { model, notes: [] };
    const rw = new Rewriter(graph, inferWith(ops)).walk((node, r) => r.emit(node));
    const maker = producers(graph).get(logits);
    const flat =
      maker && hasTrailingOnes(fact.dims)
        ? rw.op("Flatten", maker, { inputs: [logits], attrs: { axis: 1 }, outputs: [rw.fresh(`${logits}/flat`)] })
        : logits;
    const first: Port = { name: flat, dtype: fact.dtype, dims: rw.dims(flat) };
    const outputs = [first, ...graph.outputs.filter((p) => p.name !== flat)];
    const name = kind === "softmax" ? "a Softmax" : "a LogSoftmax";
    const notes =
      kind === "none"
        ? []
        : [
            `Output \`${probabilities}\` is ${name}; logits \`${logits}\` are explained instead (\`--output probability\` keeps it).`,
          ];
    return { model: { ...model, graph: { ...rw.graph(), outputs } }, notes };
  },
};
