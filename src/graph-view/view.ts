/** @file The graph of a model as something to draw: nodes, edges and nested groups, as plain JSON, without weights. */
import { OnnxplainError } from "../errors.ts";
import type { ClassifierOptions, Explainer } from "../explainer.ts";
import type { Dim } from "../graph/dim.ts";
import { uses } from "../graph/topology.ts";
import type { Graph, Node } from "../graph/types.ts";
import type { Classifier } from "../methods/classifier.ts";
import { candidateLayers, defaultLayer } from "../methods/layers.ts";
import { attributesText, shapeText } from "./attributes.ts";
import { groupsOf, type Tree } from "./groups.ts";
import { togetherOrder } from "./order.ts";
import { namePaths } from "./paths.ts";

/** How data flows through a node's op; `input` for the model's inputs, `unknown` for an op that is not in the table. */
export type GraphKind =
  | "input"
  | "linear"
  | "activation"
  | "pool"
  | "join"
  | "movement"
  | "product"
  | "normalize"
  | "constant"
  | "unknown";

export interface GraphNode {
  /** Unique among nodes and groups of this view; the same for the same model. */
  readonly id: string;
  /** The model's own name for it. */
  readonly name: string;
  readonly op: string;
  readonly kind: GraphKind;
  /** Names of the values it makes. */
  readonly outputs: readonly string[];
  /** Shape of its first output without the batch, `64 x 28 x 28`; `""` where the rank is unknown. */
  readonly shape: string;
  /** Its attributes and the shapes of its weights, in one line. */
  readonly attributes: string;
  /** Id of the innermost group that holds it. */
  readonly group: string | null;
  /** Those of its outputs that are feature maps: what `layer` options take. */
  readonly layers: readonly string[];
  /** Is one of them the layer that methods take by default? */
  readonly isDefault: boolean;
  /** Does it make the class scores that are explained? */
  readonly isScores: boolean;
}

/** A value on its way from the node that makes it to one that reads it. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly value: string;
  readonly shape: string;
}

/** Nodes next to one another in graph order, so that a graph of groups has no cycles either. */
export interface GraphGroup {
  readonly id: string;
  readonly label: string;
  readonly parent: string | null;
  /** Nodes inside, those of inner groups included. */
  readonly size: number;
  /** What is inside: `3 Conv, 3 Relu, Add`. */
  readonly summary: string;
  /** Shape of what its last node makes. */
  readonly shape: string;
}

/** Nodes and groups in graph order, an outer group before its inner ones. */
export interface GraphView {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly groups: readonly GraphGroup[];
  /** The layer that methods take by default, by the name of its value; null where nothing is a feature map. */
  readonly defaultLayer: string | null;
}

/**
 * The graph that methods see (the canonical one, whose names `layer` options and ledgers use), to be drawn.
 * Groups follow the names of nodes or values where these are paths (`fire2/squeeze`, `layer1.0.conv1`), else the shape of the
 * graph: runs between points that a single value crosses. Throws `E_MODEL_INVALID` when it is no image classifier.
 */
export function graphView(model: Explainer, options: ClassifierOptions = {}): GraphView {
  return viewOf(model.classifier(options));
}

export function viewOf(classifier: Classifier): GraphView {
  const given = classifier.model.graph;
  const nodes = togetherOrder(given, namePaths(given.nodes));
  const graph = { ...given, nodes };
  const kinds = nodes.map((n) => kindOf(classifier, n));
  const tree = groupsOf({ graph, paths: namePaths(nodes), kinds });
  const { groups, home } = flatten(tree, graph);
  const layers = new Set(candidateLayers(classifier).map((l) => l.name));
  const byDefault = chosenLayer(classifier);
  const shape = (value: string): string => shapeText(graph.facts.get(value)?.dims);

  const inputs = graph.inputs.map(
    (port, i): GraphNode => ({
      id: `i${i}`,
      name: port.name,
      op: "Input",
      kind: "input",
      outputs: [port.name],
      shape: shapeText(port.dims),
      attributes: port.dtype,
      group: null,
      layers: [],
      isDefault: false,
      isScores: false,
    }),
  );
  const drawn = nodes.map((node, i): GraphNode => {
    const outputs = node.outputs.filter((o) => o !== "");
    return {
      id: nodeId(i),
      name: node.name,
      op: node.op,
      kind: kinds[i] as GraphKind,
      outputs,
      shape: shape(outputs[0] ?? ""),
      attributes: attributesText(graph, node),
      group: home.get(i) ?? null,
      layers: outputs.filter((o) => layers.has(o)),
      isDefault: byDefault !== null && outputs.includes(byDefault),
      isScores: outputs.includes(classifier.scores),
    };
  });
  const all = [...inputs, ...drawn];
  const maker = new Map(all.flatMap((n) => n.outputs.map((o) => [o, n.id] as const)));
  const edges = nodes.flatMap((node, i) =>
    [...new Set(uses(node))].flatMap((value): readonly GraphEdge[] => {
      const from = maker.get(value);
      return from === undefined ? [] : [{ from, to: nodeId(i), value, shape: shape(value) }];
    }),
  );
  return { nodes: all, edges, groups, defaultLayer: byDefault };
}

const nodeId = (index: number): string => `n${index}`;

function kindOf({ ops }: Classifier, { op, domain }: Node): GraphKind {
  return domain === "" && Object.hasOwn(ops, op) ? (ops[op]?.kind ?? "unknown") : "unknown";
}

function chosenLayer(classifier: Classifier): string | null {
  try {
    return defaultLayer(classifier).name;
  } catch (error) {
    if (error instanceof OnnxplainError) return null;
    throw error;
  }
}

/** The tree's groups as a list, and the innermost group of every node by its index. */
function flatten(
  tree: Tree,
  graph: Graph,
): { readonly groups: readonly GraphGroup[]; readonly home: ReadonlyMap<number, string> } {
  const groups: GraphGroup[] = [];
  const home = new Map<number, string>();
  const visit = (inner: Tree, parent: string | null): void => {
    const id = `g${groups.length}`;
    const members = leaves(inner).map((i) => graph.nodes[i] as Node);
    const last: readonly Dim[] | undefined = graph.facts.get(members.at(-1)?.outputs[0] ?? "")?.dims;
    groups.push({
      id,
      label: inner.label,
      parent,
      size: members.length,
      summary: countText(members.map((n) => n.op)),
      shape: shapeText(last),
    });
    place(inner, id);
  };
  const place = (inner: Tree, id: string | null): void => {
    for (const item of inner.items) {
      if (typeof item !== "number") visit(item, id);
      else if (id !== null) home.set(item, id);
    }
  };
  place(tree, null);
  return { groups, home };
}

const leaves = (tree: Tree): readonly number[] =>
  tree.items.flatMap((item) => (typeof item === "number" ? [item] : leaves(item)));

function countText(ops: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const op of ops) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts].map(([op, n]) => (n === 1 ? op : `${n} ${op}`)).join(", ");
}
