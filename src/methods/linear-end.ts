/** @file The last linear layer of a network: scores = W f + b, with the features f that it reads. */
import { extend, type Ops } from "../diff/emit.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { type Dim, elementCount, isStatic } from "../graph/dim.ts";
import { producers } from "../graph/topology.ts";
import type { Attr, Graph, Model, Node, Tensor } from "../graph/types.ts";

/** Where a network can be cut so that what follows is one matrix. */
export interface LinearEnd {
  /** Value that the layer reads: `[N, d]`, or `[N, d, …]` with positions. */
  readonly features: string;
  /** Features are the mean over the positions of that value. */
  readonly pooled: boolean;
  /** d. */
  readonly width: number;
  /** `[classes, d]`, C order. */
  readonly weight: Float32Array;
  /** `[classes]`; zeros where the layer has none. */
  readonly bias: Float32Array;
}

/** Ops that leave the numbers of a row as they are. */
const SHAPES: ReadonlySet<string> = new Set(["Flatten", "Reshape", "Squeeze", "Unsqueeze", "Identity", "Dropout"]);
const MEANS: ReadonlySet<string> = new Set(["GlobalAveragePool", "ReduceMean"]);

/** The linear layer that makes `scores` `[N, classes]`; undefined when something else comes last. */
export function linearEnd({ graph }: Model, scores: string): LinearEnd | undefined {
  const made = producers(graph);
  const classes = graph.facts.get(scores)?.dims?.[1];
  if (typeof classes !== "number") return undefined;
  let [name, pooled] = [scores, false];
  for (;;) {
    const node = made.get(name);
    if (node === undefined) return undefined;
    const found = pooled ? pointwise(graph, node, classes) : layerAt(graph, node, { classes, made });
    if (found) return { ...found, pooled };
    const rows = (v: string): number | undefined => {
      const dims = graph.facts.get(v)?.dims?.slice(1);
      return isStatic(dims) ? elementCount(dims) : undefined;
    };
    const [from = ""] = node.inputs;
    if (MEANS.has(node.op) && !pooled && overPositions(graph, node)) pooled = true;
    else if (!SHAPES.has(node.op) || rows(from) !== rows(name)) return undefined;
    name = from;
  }
}

function overPositions({ facts, constants }: Graph, { op, inputs }: Node): boolean {
  if (facts.get(inputs[0] ?? "")?.dims?.length !== 4) return false;
  if (op === "GlobalAveragePool") return true;
  const axes = Array.from(constants.get(inputs[1] ?? "")?.data ?? [], Number).map((a) => (a < 0 ? a + 4 : a));
  return axes.length === 2 && axes.includes(2) && axes.includes(3);
}

type Layer = Omit<LinearEnd, "pooled">;

function layerAt(
  graph: Graph,
  node: Node,
  { classes, made }: { readonly classes: number; readonly made: ReadonlyMap<string, Node> },
): Layer | undefined {
  if (node.op === "Gemm") return gemm(graph, node, classes);
  if (node.op === "MatMul") return product(graph, node, { classes });
  if (node.op === "Conv") return plane(graph, node) === 1 ? pointwise(graph, node, classes) : undefined;
  if (node.op !== "Add") return undefined;
  const bias = node.inputs.find((n) => graph.constants.has(n));
  const inner = made.get(node.inputs.find((n) => n !== bias) ?? "");
  const values = bias === undefined ? undefined : floats(graph, bias);
  return inner?.op === "MatMul" && values?.length === classes
    ? product(graph, inner, { classes, bias: values })
    : undefined;
}

const floats = ({ constants }: Graph, name: string | undefined): Float32Array | undefined => {
  const t = constants.get(name ?? "");
  return t?.dtype === "float32" ? (t.data as Float32Array) : undefined;
};
const isOne = (a: Attr | undefined): boolean =>
  a === undefined || (typeof a === "object" && "float" in a && a.float === 1);

function gemm(graph: Graph, { inputs, attrs }: Node, classes: number): Layer | undefined {
  const [features = "", weight, bias] = inputs;
  const t = graph.constants.get(weight ?? "");
  const data = floats(graph, weight);
  if (!t || !data || attrs.transA === 1 || !isOne(attrs.alpha) || !isOne(attrs.beta)) return undefined;
  const added = bias === undefined || bias === "" ? new Float32Array(classes) : floats(graph, bias);
  if (added?.length !== classes) return undefined;
  const rows = attrs.transB === 1 ? data : transposed(t, data);
  return { features, width: data.length / classes, weight: rows, bias: added };
}

function product(
  graph: Graph,
  { inputs: [features = "", weight] }: Node,
  { classes, bias = new Float32Array(classes) }: { readonly classes: number; readonly bias?: Float32Array },
): Layer | undefined {
  const t = graph.constants.get(weight ?? "");
  const data = floats(graph, weight);
  if (!t || !data || t.dims.length !== 2 || t.dims[1] !== classes) return undefined;
  return { features, width: data.length / classes, weight: transposed(t, data), bias };
}

/** A convolution that reads one position at a time, from all channels. */
function pointwise(graph: Graph, { op, inputs, attrs }: Node, classes: number): Layer | undefined {
  const [features = "", weight, bias] = inputs;
  const t = graph.constants.get(weight ?? "");
  const data = floats(graph, weight);
  if (op !== "Conv" || !t || !data || t.dims[0] !== classes || (attrs.group ?? 1) !== 1) return undefined;
  if (
    t.dims.slice(2).some((k) => k !== 1) ||
    ((attrs.strides as readonly number[] | undefined) ?? []).some((s) => s !== 1)
  )
    return undefined;
  const added = bias === undefined || bias === "" ? new Float32Array(classes) : floats(graph, bias);
  return added && { features, width: data.length / classes, weight: data, bias: added };
}

/** Positions of what a convolution reads. */
const plane = ({ facts }: Graph, { inputs }: Node): Dim | undefined => {
  const size = facts.get(inputs[0] ?? "")?.dims?.slice(2);
  return isStatic(size) ? elementCount(size) : undefined;
};

/** `[d, classes]` -> `[classes, d]`. */
function transposed({ dims }: Tensor, data: Float32Array): Float32Array {
  const [rows = 0, columns = 0] = dims;
  const out = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c] as number;
  return out;
}

/** Features as rows, `[N, d]`: pooled over positions or flattened. */
export function featureRows(g: GraphBuilder, features: Value, pooled: boolean): Value {
  const rank = features.dims?.length ?? 0;
  if (rank === 2) return features;
  if (!pooled) return g.op("Flatten", [features], { axis: 1 });
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 2);
  return g.op("ReduceMean", [features, g.ints(axes)], { keepdims: 0 });
}

/** What the last convolution reads, for networks that end in no linear layer: its mean over positions describes a picture. */
export function lastConvolutionInput({ graph }: Model): string | undefined {
  return graph.nodes.findLast((n) => n.op === "Conv" && graph.facts.get(n.inputs[0] ?? "")?.dims?.length === 4)
    ?.inputs[0];
}

/** A builder on the model; the value that {@link LinearEnd.features} names as rows. */
export function cutAt(
  model: Model,
  end: Pick<LinearEnd, "features" | "pooled">,
  ops: Ops,
): { g: GraphBuilder; rows: Value } {
  const g = extend(model, ops);
  return { g, rows: featureRows(g, g.value(end.features), end.pooled) };
}
