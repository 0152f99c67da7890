/** @file Heads of global average pooling and affine layers only: is a network built so, and what does it pool? */
import { isStatic } from "../graph/dim.ts";
import { toNumbers } from "../graph/tensor.ts";
import { producers, uses } from "../graph/topology.ts";
import type { Graph, Node } from "../graph/types.ts";
import type { Classifier } from "./classifier.ts";
import { candidateLayers, type Layer } from "./layers.ts";

/** The axes of a grid. */
const GRID_AXES: Readonly<Record<Layer["layout"], readonly number[]>> = { nchw: [2, 3], nhwc: [1, 2], tokens: [1] };
const AFFINE_KINDS = new Set(["linear", "movement", "join"]);
/** Affine but for rounding. */
const ROUNDING = new Set(["QuantizeLinear", "DequantizeLinear"]);
/** Element types of data, quantised or not; others are shapes and indices. */
const DATA = new Set(["float32", "int8", "uint8"]);

/** The layer whose mean over all positions an affine head turns into scores; or why there is none. */
export function pooledLayer(classifier: Classifier): Layer | string {
  const { model, ops, scores, input } = classifier;
  const { graph } = model;
  const made = producers(graph);
  const ofImage = imageData(graph, input.name);
  const layers = new Map(candidateLayers(classifier).map((l) => [l.name, l]));
  for (let name = scores; ; ) {
    const node = made.get(name);
    const data = [...new Set(node?.inputs)].filter((n) => ofImage.has(n));
    const [only] = data;
    if (node === undefined || only === undefined) return "no global average pooling lies before the scores";
    const layer = layers.get(only);
    if (layer && averagesAll(graph, node, layer)) return layer;
    const scales = node.op === "Mul" || (node.op === "Div" && node.inputs[0] === only);
    const row = node.domain === "" ? ops[node.op] : undefined;
    if (typeof row?.vjp === "object") return `\`${node.op}\` (node "${node.name}") has no derivative: ${row.vjp.none}`;
    if (data.length > 1 || !(scales || ROUNDING.has(node.op) || AFFINE_KINDS.has(row?.kind ?? "")))
      return `its head is not global average pooling followed by affine layers: \`${node.op}\` (node "${node.name}") lies between`;
    name = only;
  }
}

/** Data that depends on the image. */
function imageData({ nodes, facts }: Graph, input: string): ReadonlySet<string> {
  const found = new Set([input]);
  for (const node of nodes)
    if (uses(node).some((n) => found.has(n)))
      for (const o of node.outputs) if (DATA.has(facts.get(o)?.dtype ?? "")) found.add(o);
  return found;
}

/** Does the node average every position of the layer, and nothing else? */
function averagesAll(graph: Graph, { op, inputs, attrs, outputs }: Node, { layout, grid, dims }: Layer): boolean {
  if (op === "GlobalAveragePool") return layout === "nchw";
  if (op === "AveragePool") {
    const whole = isStatic(grid) && String(attrs.kernel_shape) === String(grid);
    const unpadded = attrs.pads === undefined || (attrs.pads as readonly number[]).every((p) => p === 0);
    const out = graph.facts.get(outputs[0] ?? "")?.dims;
    return layout === "nchw" && whole && unpadded && out?.[2] === 1 && out[3] === 1;
  }
  if (op !== "ReduceMean" || (layout === "tokens" && dims[1] !== grid[0] * grid[1])) return false;
  const axes = graph.constants.get(inputs[1] ?? "");
  const rank = dims.length;
  const given = axes ? Array.from(toNumbers(axes), (a) => (a < 0 ? a + rank : a)).sort() : [];
  return String(given) === String(GRID_AXES[layout]);
}
