/** @file Making an emitted graph faster without changing a value: rewrites run in turn, then what nobody needs is dropped. */
import type { GraphBuilder, Value } from "../../graph/builder.ts";
import { neededFor, sortNodes } from "../../graph/topology.ts";
import type { Graph, Node } from "../../graph/types.ts";
import { cancelMasks } from "./cancel-masks.ts";
import { draftOf, type Rewrite } from "./draft.ts";
import { keepBlocked } from "./keep-blocked.ts";
import { lateCrops } from "./late-crops.ts";
import { narrowClasses } from "./narrow-classes.ts";
import { sinkSplits } from "./sink-splits.ts";

/** Order matters: masks are recognised by the splits they follow. */
export const REWRITES = { cancelMasks, sinkSplits, lateCrops, narrowClasses, keepBlocked } as const satisfies Readonly<
  Record<string, Rewrite>
>;

/** The graph of `outputs` on this builder, rewritten. Outputs keep their names. */
export function optimize(
  g: GraphBuilder,
  outputs: readonly Value[],
  rewrites: readonly Rewrite[] = Object.values(REWRITES),
): Graph {
  const kept = new Set(outputs.map((o) => o.name));
  const replaced = new Map<string, string>();
  let graph = settled(g.build(outputs), replaced, kept);
  for (const rewrite of rewrites) {
    for (const [from, to] of rewrite(draftOf(g, graph))) if (!kept.has(from)) replaced.set(from, to.name);
    graph = settled(g.build(outputs), replaced, kept);
  }
  return graph;
}

/** Replacements carried out, dead nodes dropped, the rest in order. */
function settled(graph: Graph, replaced: ReadonlyMap<string, string>, kept: ReadonlySet<string>): Graph {
  const final = (name: string): string => {
    let now = name;
    for (let next = replaced.get(now); next !== undefined; next = replaced.get(now)) now = next;
    return now;
  };
  const renamed = replaced.size === 0 ? graph.nodes : graph.nodes.map((node) => withInputs(node, final));
  const sorted = sortNodes(renamed, [...graph.inputs.map((p) => p.name), ...graph.constants.keys()]);
  const { nodes, values } = neededFor({ ...graph, nodes: sorted }, [...kept]);
  return {
    ...graph,
    nodes,
    constants: new Map([...graph.constants].filter(([name]) => values.has(name))),
    inputs: graph.inputs.filter((p) => values.has(p.name)),
  };
}

const withInputs = (node: Node, final: (name: string) => string): Node =>
  node.inputs.some((n) => final(n) !== n) ? { ...node, inputs: node.inputs.map(final) } : node;
