/** @file What rules need to know about the whole graph before the walk begins: roles, biases added apart, depths, first and last layers. */
import { toNumbers } from "../graph/tensor.ts";
import { consumers, producers } from "../graph/topology.ts";
import type { Fact, Graph, Node } from "../graph/types.ts";
import { rowOf } from "../ops/infer.ts";
import type { Ops } from "../ops/table.ts";
import { type Role, roleOf } from "./roles.ts";

/** A bias that stands apart from its layer: the names of the constant and of the sum. */
export interface AddedBias {
  readonly bias: string;
  readonly sum: string;
}

export interface Survey {
  /** Nodes through which the image reaches the scores, in graph order. */
  readonly nodes: readonly Node[];
  readonly role: (node: Node) => Role;
  /** First and last node with weights. */
  readonly first: Node | undefined;
  readonly last: Node | undefined;
  /** The bias that the only reader of a layer without one adds to it. */
  readonly addedBias: (node: Node) => AddedBias | undefined;
  /** The output of the Relu that is a value's only reader. */
  readonly reluOf: (value: string) => string | undefined;
  /** Does the node let what is positive through: Relu and its kin, clipping that begins at 0? */
  readonly isRectifier: (node: Node) => boolean;
  /** Layers with weights on the longest path from the image to a value. */
  readonly depth: (value: string) => number;
}

export interface Surveyed {
  readonly graph: Graph;
  readonly ops: Ops;
  /** The image input, and the value that is explained. */
  readonly from: string;
  readonly to: string;
}

const WEIGHTED: ReadonlySet<Role> = new Set(["convolution", "dense"]);

export function survey({ graph, ops, from, to }: Surveyed): Survey {
  const reached = new Map<string, number>([[from, 0]]);
  const roles = new Map<Node, Role>();
  const through: Node[] = [];
  const made = producers(graph);
  for (const node of graph.nodes) {
    const row = rowOf(ops, node);
    const data = node.inputs.filter((n) => reached.has(n));
    if (row === undefined || row.kind === "constant" || data.length === 0) continue;
    const role = roleOf(node.op, row.kind, data.length);
    const settled =
      role === "product" && row.kind === "product" && isGate(data, { made, reached, ops }) ? "gate" : role;
    roles.set(node, settled);
    through.push(node);
    const depth = Math.max(...data.map((n) => reached.get(n) as number)) + (WEIGHTED.has(settled) ? 1 : 0);
    for (const o of node.outputs) if (o !== "") reached.set(o, depth);
  }
  const nodes = towards(through, to, reached);
  const read = consumers(graph);
  const published = new Set(graph.outputs.map((p) => p.name));
  const soleReader = (value: string): Node | undefined => {
    const readers = read.get(value) ?? [];
    return readers.length === 1 && !published.has(value) ? readers[0] : undefined;
  };
  const layers = nodes.filter((n) => WEIGHTED.has(roles.get(n) as Role));
  const biases = new Map(
    layers.flatMap((node) => {
      const reader = soleReader(node.outputs[0] as string);
      const found =
        reader && !node.inputs[2]
          ? biasIn(reader, node.outputs[0] as string, { facts: graph.facts, reached })
          : undefined;
      return found ? [[node, found] as const] : [];
    }),
  );
  return {
    nodes,
    role: (node) => roles.get(node) ?? "other",
    first: layers[0],
    last: layers.at(-1),
    addedBias: (node) => biases.get(node),
    reluOf: (value) => {
      const reader = soleReader(value);
      return reader?.op === "Relu" ? reader.outputs[0] : undefined;
    },
    isRectifier: (node) =>
      RECTIFIERS.has(node.op) ||
      (node.op === "Clip" && roles.get(node) === "activation" && clipsAtZero(node, graph.facts)),
    depth: (value) => reached.get(value) ?? 0,
  };
}

const RECTIFIERS: ReadonlySet<string> = new Set(["Relu", "LeakyRelu", "PRelu", "ThresholdedRelu"]);

const clipsAtZero = (node: Node, facts: ReadonlyMap<string, Fact>): boolean => {
  const low = facts.get(node.inputs[1] ?? "")?.constant;
  return low !== undefined && toNumbers(low)[0] === 0;
};

/** Nodes of `through` on which `to` depends. */
function towards(through: readonly Node[], to: string, reached: ReadonlyMap<string, unknown>): readonly Node[] {
  const wanted = new Set([to]);
  const kept: Node[] = [];
  for (const node of through.toReversed()) {
    if (!node.outputs.some((o) => wanted.has(o))) continue;
    kept.push(node);
    for (const n of node.inputs) if (reached.has(n)) wanted.add(n);
  }
  return kept.reverse();
}

/** `layer + constant` that is no larger than the layer. */
function biasIn(
  reader: Node,
  layer: string,
  { facts, reached }: { readonly facts: ReadonlyMap<string, Fact>; readonly reached: ReadonlyMap<string, unknown> },
): AddedBias | undefined {
  if (reader.op !== "Add") return undefined;
  const bias = reader.inputs.find((n) => !reached.has(n));
  const rank = facts.get(layer)?.dims?.length;
  const biasRank = bias === undefined ? undefined : facts.get(bias)?.dims?.length;
  if (bias === undefined || rank === undefined || biasRank === undefined || biasRank > rank) return undefined;
  return { bias, sum: reader.outputs[0] as string };
}

interface Known {
  readonly made: ReadonlyMap<string, Node>;
  readonly reached: ReadonlyMap<string, number>;
  readonly ops: Ops;
}

/** Are two factors functions of one value, element by element: x·σ(x), x·(1 + erf x)? */
function isGate(data: readonly string[], known: Known): boolean {
  const [a, b] = data;
  if (a === undefined || b === undefined) return false;
  const above = elementwiseAncestors(b, known);
  return [...elementwiseAncestors(a, known)].some((n) => above.has(n));
}

const WITH_CONSTANT = new Set(["Add", "Sub", "Mul", "Div"]);

/** The value itself, and what it is an element-wise function of. */
function elementwiseAncestors(name: string, { made, reached, ops }: Known): ReadonlySet<string> {
  const seen = new Set<string>();
  for (let at: string | undefined = name; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    const node = made.get(at);
    const data = node?.inputs.filter((n) => reached.has(n)) ?? [];
    const row = node && rowOf(ops, node);
    at = row && data.length === 1 && (row.kind === "activation" || WITH_CONSTANT.has(node.op)) ? data[0] : undefined;
  }
  return seen;
}
