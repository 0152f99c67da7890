/** @file Which values of a network are feature maps a CAM can weigh, and which of them is the natural choice. */

import type { Ops } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import { type Dim, formatDims } from "../graph/dim.ts";
import { producers } from "../graph/topology.ts";
import type { Graph, Node } from "../graph/types.ts";
import type { Classifier } from "./classifier.ts";

/** A feature map: values on a grid of positions. */
export interface Layer {
  /** Name of the value. */
  readonly name: string;
  readonly node: string;
  readonly op: string;
  readonly dims: readonly Dim[];
  /** [N,C,h,w], [N,h,w,C], or tokens [N,T,C] of which the last h*w lie on the grid. */
  readonly layout: "nchw" | "nhwc" | "tokens";
  /** Rows and columns of the grid. */
  readonly grid: readonly [number, number];
  readonly channels: number;
}

/** Kinds through which a spatial map stays a spatial map of the same layout. */
const TRANSPARENT = new Set(["activation", "pool", "join", "normalize", "product"]);
/** Movements that keep the rank, and what scales each channel by itself. */
const IN_PLACE = new Set([
  "BatchNormalization",
  "Concat",
  "Split",
  "Slice",
  "Pad",
  "Identity",
  "Dropout",
  "Resize",
  "DepthToSpace",
  "SpaceToDepth",
  "Cast",
]);
const SOURCES = new Set(["Conv", "ConvTranspose"]);

type Layout = Layer["layout"];

/** Layout of every value that is a feature map, in graph order. */
function layouts(graph: Graph, ops: Ops): ReadonlyMap<string, Layout> {
  const found = new Map<string, Layout>();
  const grids = new Set<string>();
  for (const node of graph.nodes) {
    const layout = layoutOf(graph, ops, node, found);
    if (!layout || (layout === "nhwc" && !isGrid(graph, node, grids))) continue;
    for (const o of node.outputs) if (o !== "") found.set(o, layout);
    const dims = graph.facts.get(node.outputs[0] ?? "")?.dims;
    if (layout !== "tokens") grids.add(String(layout === "nchw" ? dims?.slice(2) : dims?.slice(1, 3)));
  }
  return found;
}

/** Is [N,a,b,C] a grid like one before it, or half as large? Windows of tokens [N, windows, tokens, C] are none. */
function isGrid(graph: Graph, node: Node, grids: ReadonlySet<string>): boolean {
  const [, a, b] = graph.facts.get(node.outputs[0] ?? "")?.dims ?? [];
  if (grids.size === 0 || typeof a !== "number" || typeof b !== "number") return true;
  const whole = [2 * a, 2 * a - 1].flatMap((h) => [2 * b, 2 * b - 1].map((w) => `${h},${w}`));
  return [`${a},${b}`, ...whole].some((grid) => grids.has(grid));
}

function layoutOf(graph: Graph, ops: Ops, node: Node, found: ReadonlyMap<string, Layout>): Layout | undefined {
  const dims = graph.facts.get(node.outputs[0] ?? "")?.dims;
  if (!dims) return undefined;
  if (SOURCES.has(node.op) || /^QLinear(Conv)$/.test(node.op)) return dims.length === 4 ? "nchw" : undefined;
  if (node.op === "LayerNormalization" || node.op === "RMSNormalization")
    return dims.length === 4 ? "nhwc" : dims.length === 3 ? "tokens" : undefined;
  const kind = Object.hasOwn(ops, node.op) ? ops[node.op]?.kind : undefined;
  const passes = (kind !== undefined && TRANSPARENT.has(kind)) || IN_PLACE.has(node.op);
  if (!passes) return undefined;
  const from = node.inputs.find((n) => found.has(n) && graph.facts.get(n)?.dims?.length === dims.length);
  return from === undefined ? undefined : found.get(from);
}

function describe(graph: Graph, name: string, node: Node | undefined, layout: Layout): Layer | undefined {
  const dims = graph.facts.get(name)?.dims;
  if (!dims) return undefined;
  const numbers = dims.slice(1).every((d) => typeof d === "number");
  if (!numbers) return undefined;
  const [, a, b, c] = dims as readonly number[];
  const common = { name, node: node?.name ?? "(input)", op: node?.op ?? "input", dims, layout };
  if (layout === "tokens") {
    const side = Math.floor(Math.sqrt(a as number));
    return side < 2 ? undefined : { ...common, grid: [side, side], channels: b as number };
  }
  const [h, w, channels] = layout === "nchw" ? [b, c, a] : [a, b, c];
  return { ...common, grid: [h as number, w as number], channels: channels as number };
}

/** Every feature map with more than one position, in graph order. */
export function candidateLayers(classifier: Classifier): readonly Layer[] {
  const { graph } = classifier.model;
  const made = producers(graph);
  const ancestors = upstream(graph, [classifier.scores]);
  const out: Layer[] = [];
  for (const [name, layout] of layouts(graph, classifier.ops)) {
    if (!ancestors.has(name)) continue;
    const layer = describe(graph, name, made.get(name), layout);
    if (layer && layer.grid[0] * layer.grid[1] > 1) out.push(layer);
  }
  return out;
}

/** Is it the map of class scores itself? One channel a class, and no weights between it and the scores. */
export function classMaps({ model: { graph }, ops, scores, classes }: Classifier): (l: Layer) => boolean {
  const ancestors = upstream(graph, [scores]);
  const mixing = graph.nodes.filter(
    (n) => ancestors.has(n.outputs[0] ?? "") && ops[n.op]?.kind === "linear" && !IN_PLACE.has(n.op),
  );
  const mixed = upstream(
    graph,
    mixing.map((n) => n.inputs[0] ?? ""),
  );
  return (l) => l.channels === classes && !mixed.has(l.name);
}

/**
 * The last spatial feature map before the head: not a pool, not a mere movement, not the map of class scores itself.
 * For token models: the input of the last attention (the normalised tokens of the last block), the last place where
 * every patch still reaches the class token.
 */
export function defaultLayer(classifier: Classifier): Layer {
  const { graph } = classifier.model;
  const made = producers(graph);
  const layers = candidateLayers(classifier);
  const isClassMap = classMaps(classifier);
  const features = layers.filter((l) => {
    const kind = classifier.ops[l.op]?.kind;
    return l.layout !== "tokens" && !isClassMap(l) && (l.op === "Concat" || (kind !== "pool" && kind !== "movement"));
  });
  const spatial = features.at(-1) ?? layers.filter((l) => l.layout !== "tokens").at(-1);
  const attention = lastAttentionInput(graph, layers, classifier.scores);
  const order = new Map(graph.nodes.map((n, i) => [n, i]));
  const position = (l: Layer | undefined): number => (l ? (order.get(made.get(l.name) as Node) ?? -1) : -1);
  const chosen = position(attention) > position(spatial) ? attention : spatial;
  if (chosen === undefined) {
    throw new OnnxplainError(
      "E_LAYER_UNSUITABLE",
      "This model has no feature map with a grid of positions (no convolution, no tokens), so a CAM has nothing to weigh. Use `gradient` or `occlusion`.",
    );
  }
  return chosen;
}

function lastAttentionInput(graph: Graph, layers: readonly Layer[], scores: string): Layer | undefined {
  const before = upstream(graph, [scores]);
  const softmax = graph.nodes
    .filter((n) => n.op === "Softmax" && n.outputs[0] !== scores && before.has(n.outputs[0] ?? ""))
    .at(-1);
  if (softmax === undefined) return undefined;
  const above = upstream(graph, softmax.inputs);
  return layers.filter((l) => l.layout === "tokens" && above.has(l.name)).at(-1);
}

/** All values that the named ones depend on, themselves included. */
export function upstream(graph: Graph, names: readonly string[]): ReadonlySet<string> {
  const seen = new Set(names);
  for (const node of graph.nodes.toReversed())
    if (node.outputs.some((o) => seen.has(o))) for (const i of node.inputs) seen.add(i);
  return seen;
}

/** A layer by value or node name. Throws `E_LAYER_UNKNOWN` with near names, or `E_LAYER_UNSUITABLE` with the reason. */
export function namedLayer(classifier: Classifier, wanted: string): Layer {
  const { graph } = classifier.model;
  const node = graph.nodes.find((n) => n.name === wanted || n.outputs.includes(wanted));
  const name = graph.facts.has(wanted) ? wanted : node?.outputs[0];
  if (name === undefined) throw unknownLayer(graph, wanted);
  const dims = graph.facts.get(name)?.dims;
  const layout =
    layouts(graph, classifier.ops).get(name) ??
    (dims?.length === 4 ? "nchw" : dims?.length === 3 ? "tokens" : undefined);
  const layer = layout && describe(graph, name, node, layout);
  if (!layer)
    throw new OnnxplainError(
      "E_LAYER_UNSUITABLE",
      `Layer \`${name}\` has shape ${formatDims(dims)}: it has no grid of positions. \`onnxplain inspect\` lists the layers that have one.`,
    );
  return layer;
}

function unknownLayer(graph: Graph, wanted: string): OnnxplainError {
  const names = [...graph.nodes.flatMap((n) => [n.name, ...n.outputs])];
  const lower = wanted.toLowerCase();
  const near = [
    ...new Set(names.filter((n) => n.toLowerCase().includes(lower) || lower.includes(n.toLowerCase()))),
  ].slice(0, 5);
  return new OnnxplainError(
    "E_LAYER_UNKNOWN",
    `The model has no value or node named \`${wanted}\`.${near.length ? ` Near it: ${near.map((n) => `\`${n}\``).join(", ")}.` : ""} \`onnxplain inspect MODEL\` lists the layers.`,
  );
}
