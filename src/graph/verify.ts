/** @file The laws of a graph, checked after every pass: names unique, everything defined before use, outputs present. */

import { uses } from "./topology.ts";
import type { Graph } from "./types.ts";

/** Problems found; an empty list means that the graph is sound. */
export function problems(graph: Graph): readonly string[] {
  const found: string[] = [];
  const defined = new Set<string>();
  const define = (name: string, by: string): void => {
    if (defined.has(name)) found.push(`${by} defines ${name} again`);
    defined.add(name);
  };
  for (const name of graph.constants.keys()) define(name, "a constant");
  for (const port of graph.inputs) define(port.name, "an input");
  for (const node of graph.nodes) {
    for (const name of uses(node))
      if (!defined.has(name)) found.push(`node ${node.name} (${node.op}) reads ${name} before it is defined`);
    for (const name of node.outputs) if (name !== "") define(name, `node ${node.name}`);
  }
  for (const port of graph.outputs) if (!defined.has(port.name)) found.push(`output ${port.name} is not defined`);
  return found;
}

/** Throws `internal:` with every problem; `after` names the step that is to blame. */
export function verify(graph: Graph, after: string): void {
  const found = problems(graph);
  if (found.length > 0)
    throw new Error(`internal: after ${after} the graph is not sound: ${found.slice(0, 10).join("; ")}`);
}
