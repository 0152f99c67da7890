/** @file The forward nodes a second time, on a reference input: what every value would be there. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Node } from "../graph/types.ts";

/** The value that stands for `name` when the network is fed the reference. Values that no image reaches stand for themselves. */
export type Reference = (name: string) => Value;

export interface ReferencePass {
  readonly g: GraphBuilder;
  /** The forward nodes, in topological order. */
  readonly nodes: readonly Node[];
  /** The image input, and what takes its place: the same dims, a batch axis of 1 stands for all rows. */
  readonly input: string;
  readonly reference: Value;
}

/**
 * Twins of the forward nodes, emitted as they are asked for. On a constant reference they are constant:
 * the runtime folds them when it loads the graph.
 */
export function referencePass({ g, nodes, input, reference }: ReferencePass): Reference {
  const twins = new Map<string, Value>([[input, reference]]);
  const reached = new Set([input]);
  const through = nodes.filter((node) => {
    const is = node.inputs.some((n) => reached.has(n));
    if (is) for (const o of node.outputs) reached.add(o);
    return is;
  });
  const order = new Map(through.flatMap((node, i) => node.outputs.map((o) => [o, i] as const)));
  return (name) => {
    const last = order.get(name);
    if (!twins.has(name) && last !== undefined)
      for (const node of neededFor(name, through.slice(0, last + 1), twins)) emitTwin(g, node, twins);
    return twins.get(name) ?? g.value(name);
  };
}

/** Nodes still without a twin that `name` depends on, in order. */
function neededFor(name: string, nodes: readonly Node[], twins: ReadonlyMap<string, Value>): readonly Node[] {
  const wanted = new Set([name]);
  const kept: Node[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((o) => wanted.has(o) && !twins.has(o))) continue;
    kept.push(node);
    for (const n of node.inputs) wanted.add(n);
  }
  return kept.reverse();
}

function emitTwin(g: GraphBuilder, node: Node, twins: Map<string, Value>): void {
  const { op, domain, attrs } = node;
  if (domain !== "" || Object.values(attrs).some((a) => typeof a === "object" && "graph" in a))
    throw new OnnxplainError(
      "E_UNSUPPORTED_OP",
      `\`${op}\` (node "${node.name}") cannot be computed a second time, on the baseline: it is not an op of the default domain without subgraphs.`,
      { node: node.name, op },
    );
  const inputs = node.inputs.map((n) => (n === "" ? null : (twins.get(n) ?? g.value(n))));
  const made = g.ops(op, inputs, { attrs, outputs: node.outputs.length, hint: "reference" });
  node.outputs.forEach((o, i) => {
    if (o !== "") twins.set(o, made[i] as Value);
  });
}
