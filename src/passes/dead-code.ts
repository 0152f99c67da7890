/** @file What no output and no kept value needs is dropped: nodes, constants, facts. Inputs stay. */
import { neededFor } from "../graph/topology.ts";
import type { Graph } from "../graph/types.ts";
import type { Pass } from "./pass.ts";

/** The part of a graph that the named values need. */
export function prune(graph: Graph, names: readonly string[]): Graph {
  const { nodes, values } = neededFor(graph, names);
  const made = new Set([...values, ...nodes.flatMap((n) => n.outputs), ...graph.inputs.map((p) => p.name)]);
  return {
    ...graph,
    nodes,
    constants: new Map([...graph.constants].filter(([name]) => values.has(name))),
    facts: new Map([...graph.facts].filter(([name]) => made.has(name))),
  };
}

export const deadCode: Pass = {
  name: "dead-code",
  run: (model, { keep }) => {
    const graph = prune(model.graph, [...model.graph.outputs.map((p) => p.name), ...keep]);
    return { model: { ...model, graph }, notes: [] };
  },
};
