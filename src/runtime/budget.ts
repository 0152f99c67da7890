/** @file How many rows fit into a memory budget: an upper bound from the shapes of a graph's values. */
import type { Graph } from "../graph/types.ts";

/** Bytes that all values of one row take, if none of them shared memory. */
export function bytesPerRow(graph: Graph): number {
  let elements = 0;
  for (const node of graph.nodes) {
    for (const name of node.outputs) {
      const dims = graph.facts.get(name)?.dims;
      if (dims && typeof dims[0] === "string")
        elements += dims.slice(1).reduce<number>((p, d) => p * (typeof d === "number" ? d : 1), 1);
    }
  }
  return elements * 4;
}

/** Rows that fit; at least 1. `maxMemory` in bytes. */
export const rowsWithin = (graph: Graph, maxMemory: number): number =>
  Math.max(1, Math.floor(maxMemory / Math.max(1, bytesPerRow(graph))));
