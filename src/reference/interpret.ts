/** @file The oracle: a graph evaluated node by node in float64, by the `eval` of its ops' rows. */
import { OnnxplainError } from "../errors.ts";
import type { Graph, Node } from "../graph/types.ts";
import { rowOf } from "../ops/infer.ts";
import { type NumTensor, numOf } from "../ops/num-tensor.ts";
import type { Ops } from "../ops/table.ts";

/**
 * Evaluate a graph in float64, whatever float type it declares. Integers and booleans are exact.
 *
 * @param feeds the graph's inputs, by name
 * @param wanted values to return, the graph's outputs by default; everything else is let go after its last use
 * @throws OnnxplainError `E_UNSUPPORTED_OP` when a node has no row; `E_INPUT_SHAPE` when a value is neither fed nor made.
 */
export function interpret(
  graph: Graph,
  feeds: ReadonlyMap<string, NumTensor>,
  ops: Ops,
  wanted?: readonly string[],
): Map<string, NumTensor> {
  const results = wanted ?? graph.outputs.map((p) => p.name);
  const values = new Map(feeds);
  const take = (name: string): NumTensor => {
    const known = values.get(name);
    if (known) return known;
    const constant = graph.constants.get(name);
    if (constant === undefined)
      throw new OnnxplainError(
        "E_INPUT_SHAPE",
        `No tensor was given for \`${name}\`. Feed every input of the graph (${graph.inputs.map((p) => p.name).join(", ")}).`,
      );
    const made = numOf(constant);
    values.set(name, made);
    return made;
  };
  const lastUse = lastUses(graph.nodes, results);
  graph.nodes.forEach((node, at) => {
    evaluate(node, ops, take).forEach((value, i) => {
      const name = node.outputs[i];
      if (name) values.set(name, value);
    });
    for (const name of [...node.inputs, ...node.outputs]) if (lastUse.get(name) === at) values.delete(name);
  });
  return new Map(results.map((name) => [name, take(name)]));
}

function evaluate(node: Node, ops: Ops, take: (name: string) => NumTensor): readonly NumTensor[] {
  const row = rowOf(ops, node);
  if (row === undefined) {
    const title = node.domain === "" ? node.op : `${node.domain}.${node.op}`;
    throw new OnnxplainError(
      "E_UNSUPPORTED_OP",
      `\`${title}\` (node "${node.name}") has no reference evaluation. Pass a row for it: \`ops: { ...OPS, ${node.op} }\`.`,
      { node: node.name, op: node.op },
    );
  }
  return row.eval({
    x: node.inputs.map((n) => (n === "" ? undefined : take(n))),
    attrs: node.attrs,
    outputs: node.outputs.length,
  });
}

/** The node after which each value may go: its last reader, or its maker when nobody reads it. */
function lastUses(nodes: readonly Node[], kept: readonly string[]): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  nodes.forEach((node, at) => {
    for (const name of [...node.outputs, ...node.inputs]) last.set(name, at);
  });
  for (const name of kept) last.delete(name);
  return last;
}
