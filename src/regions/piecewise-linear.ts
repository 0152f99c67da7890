/** @file Is the network behind a layer piecewise linear, so that a picture's boundary is exact in its piece? */
import type { Node } from "../graph/types.ts";
import type { Classifier } from "../methods/classifier.ts";
import { type Layer, upstream } from "../methods/layers.ts";

/** Bent in straight pieces. */
const PIECES: ReadonlySet<string> = new Set([
  "Relu",
  "LeakyRelu",
  "PRelu",
  "ThresholdedRelu",
  "Shrink",
  "HardSigmoid",
  "Clip",
  "Abs",
  "Neg",
  "Max",
  "Min",
  "AveragePool",
  "GlobalAveragePool",
  "MaxPool",
  "GlobalMaxPool",
  "ReduceSum",
  "ReduceMean",
  "ReduceMax",
  "ReduceMin",
  "ReduceL1",
]);
/** Linear in one operand while the others are constant. */
const PRODUCTS: ReadonlySet<string> = new Set([
  "Conv",
  "ConvTranspose",
  "Gemm",
  "MatMul",
  "Einsum",
  "BatchNormalization",
  "Mul",
]);
const STRAIGHT_KINDS: ReadonlySet<string> = new Set(["movement", "join"]);

/** Ops between the layer and the scores that are not piecewise linear, each once. */
export function bentOps({ model: { graph }, ops, scores }: Classifier, layer: Layer): readonly string[] {
  const needed = upstream(graph, [scores]);
  const data = new Set([layer.name]);
  const bent = new Set<string>();
  for (const node of graph.nodes) {
    const kind = ops[node.op]?.kind;
    if (kind === "constant" || !node.outputs.some((o) => needed.has(o))) continue;
    const operands = node.inputs.filter((n) => data.has(n)).length;
    if (operands === 0 || node.outputs.includes(layer.name)) continue;
    for (const o of node.outputs) data.add(o);
    if (!isStraight(node, kind, { operands, first: data.has(node.inputs[0] ?? "") })) bent.add(node.op);
  }
  return [...bent];
}

function isStraight(
  { op }: Node,
  kind: string | undefined,
  { operands, first }: { readonly operands: number; readonly first: boolean },
): boolean {
  if (PRODUCTS.has(op)) return operands === 1;
  if (op === "Div") return operands === 1 && first;
  return PIECES.has(op) || STRAIGHT_KINDS.has(kind ?? "");
}

/** What to know of boundaries behind this layer; nothing where they are exact. */
export function locality(classifier: Classifier, layer: Layer): readonly string[] {
  const bent = bentOps(classifier, layer);
  if (bent.length === 0) return [];
  return [
    `Behind \`${layer.name}\` the network is not piecewise linear (${bent.map((op) => `\`${op}\``).join(", ")}), so a boundary is the tangent where it was taken: it is local, and no piece of the true decision boundary.`,
  ];
}
