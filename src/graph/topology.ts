/** @file Order and reachability: who makes a value, who uses it. */
import { OnnxplainError } from "../errors.ts";
import type { Graph, GraphAttr, Node } from "./types.ts";

const isGraphAttr = (a: unknown): a is GraphAttr => typeof a === "object" && a !== null && "captures" in a;

/** Every name a node reads: its inputs and what its subgraphs capture. */
export function uses(node: Node): readonly string[] {
  const captured = Object.values(node.attrs).flatMap((a) => (isGraphAttr(a) ? a.captures : []));
  return captured.length === 0
    ? node.inputs.filter((n) => n !== "")
    : [...node.inputs.filter((n) => n !== ""), ...captured];
}

/** The node that makes each value. */
export function producers(graph: Graph): ReadonlyMap<string, Node> {
  return new Map(graph.nodes.flatMap((node) => node.outputs.filter((o) => o !== "").map((o) => [o, node] as const)));
}

/** The nodes that read each value, in order. */
export function consumers(graph: Graph): ReadonlyMap<string, readonly Node[]> {
  const out = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const name of new Set(uses(node))) {
      const list = out.get(name);
      if (list) list.push(node);
      else out.set(name, [node]);
    }
  }
  return out;
}

/**
 * Stable topological order (Kahn). `given` are names known from outside.
 * @throws OnnxplainError `E_MODEL_INVALID` on a duplicate definition, an undefined name, or a cycle.
 */
export function sortNodes(nodes: readonly Node[], given: readonly string[]): readonly Node[] {
  const made = new Map<string, Node>();
  const known = new Set(given);
  for (const node of nodes) {
    for (const output of node.outputs) {
      if (output === "") continue;
      if (made.has(output) || known.has(output))
        throw new OnnxplainError(
          "E_MODEL_INVALID",
          `\`${output}\` is defined twice (second time by node "${node.name}"). The file is damaged.`,
          { node: node.name },
        );
      made.set(output, node);
    }
  }
  for (const node of nodes) {
    const missing = uses(node).find((n) => !made.has(n) && !known.has(n));
    if (missing !== undefined)
      throw new OnnxplainError(
        "E_MODEL_INVALID",
        `Node "${node.name}" (${node.op}) reads \`${missing}\`, which nothing defines. The file is damaged.`,
        { node: node.name, op: node.op },
      );
  }
  if (isSorted(nodes, known)) return nodes;
  return kahn(nodes, made);
}

function isSorted(nodes: readonly Node[], given: ReadonlySet<string>): boolean {
  const seen = new Set(given);
  return nodes.every((node) => {
    const ready = uses(node).every((n) => seen.has(n));
    for (const o of node.outputs) seen.add(o);
    return ready;
  });
}

function kahn(nodes: readonly Node[], made: ReadonlyMap<string, Node>): readonly Node[] {
  const waiting = new Map<Node, number>();
  const dependents = new Map<Node, Node[]>();
  for (const node of nodes) {
    const parents = new Set(
      uses(node)
        .map((n) => made.get(n))
        .filter((p): p is Node => p !== undefined),
    );
    waiting.set(node, parents.size);
    for (const p of parents) dependents.set(p, [...(dependents.get(p) ?? []), node]);
  }
  const ready = nodes.filter((n) => waiting.get(n) === 0);
  for (let i = 0; i < ready.length; i++) {
    for (const next of dependents.get(ready[i] as Node) ?? []) {
      const left = (waiting.get(next) as number) - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  if (ready.length !== nodes.length) {
    const stuck = nodes.find((n) => (waiting.get(n) ?? 0) > 0) as Node;
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `The graph has a cycle through node "${stuck.name}" (${stuck.op}). The file is damaged.`,
      { node: stuck.name, op: stuck.op },
    );
  }
  return ready;
}

/** Nodes and constants that the named values need, in order. */
export function neededFor(
  graph: Graph,
  names: readonly string[],
): { readonly nodes: readonly Node[]; readonly values: ReadonlySet<string> } {
  const values = new Set(names);
  const kept: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((o) => values.has(o))) continue;
    kept.push(node);
    for (const n of uses(node)) values.add(n);
  }
  return { nodes: kept.reverse(), values };
}
