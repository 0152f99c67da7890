/** @file What does not depend on any input is computed now, in float64, and stored. */
import { IMPURE } from "../graph/builder.ts";
import { elementCount, isStatic } from "../graph/dim.ts";
import { BYTES_PER_ELEMENT, tensor } from "../graph/tensor.ts";
import type { Fact, Node, Tensor } from "../graph/types.ts";
import type { Op } from "../ops/define.ts";
import { inferWith, rowOf } from "../ops/infer.ts";
import { numOf, tensorOf } from "../ops/num-tensor.ts";
import type { Pass, PassContext } from "./pass.ts";
import { type Rewriter, rewrite } from "./rewriter.ts";

/** Nothing larger is stored: runtimes fold it as they load, and the file stays the size of the model. */
const LARGEST_BYTES = 16 * 2 ** 20;
/** Below this size, a result may outgrow its inputs (an Expand of a scalar). */
const FREE_BYTES = 2 ** 20;
/** … and above it, by this factor (a Cast of bytes to floats). */
const MAY_GROW = 4;

/**
 * Random ops, and DequantizeLinear: runtimes recognise integer weights by it, and ONNX Runtime would quantise folded
 * weights anew, per tensor, between quantised activations.
 */
const NEVER = new Set(["DequantizeLinear", ...IMPURE]);

const bytesOf = (t: Tensor): number =>
  t.dtype === "string" ? Number.POSITIVE_INFINITY : t.data.length * BYTES_PER_ELEMENT[t.dtype];

/** Is the outcome small enough to be worth storing? Judged from its facts, before anything is computed. */
function affordable(facts: readonly Fact[], inputs: readonly (Tensor | undefined)[]): boolean {
  const given = inputs.reduce((sum, t) => sum + (t ? bytesOf(t) : 0), 0);
  return facts.every(({ dtype, dims }) => {
    if (dtype === "string" || !isStatic(dims)) return false;
    const bytes = elementCount(dims) * BYTES_PER_ELEMENT[dtype];
    return bytes <= LARGEST_BYTES && bytes <= Math.max(FREE_BYTES, MAY_GROW * given) && given <= 4 * LARGEST_BYTES;
  });
}

function evaluate(
  row: Op,
  node: Node,
  inputs: readonly (Tensor | undefined)[],
  facts: readonly Fact[],
): readonly Tensor[] | undefined {
  try {
    const results = row.eval({ x: inputs.map((t) => t && numOf(t)), attrs: node.attrs, outputs: node.outputs.length });
    const tensors = node.outputs.map((_, i) => tensorOf(results[i] as Parameters<typeof tensorOf>[0]));
    const sound = tensors.every((t, i) => t.dtype === facts[i]?.dtype && t.data.length === elementCount(t.dims));
    return sound ? tensors : undefined;
  } catch {
    return undefined; // what cannot be evaluated here stays in the graph, for the runtime to judge
  }
}

/** The results of a node whose inputs are all constants. */
function folded(node: Node, rw: Rewriter, row: Op, facts: readonly Fact[]): readonly Tensor[] | undefined {
  const inputs = node.inputs.map((name) => rw.constantOf(name));
  const known = inputs.every((t, i) => (t === undefined ? node.inputs[i] === "" : t.dtype !== "string"));
  if (node.inputs.length === 0 || !known || NEVER.has(node.op)) return undefined;
  return affordable(facts, inputs) ? evaluate(row, node, inputs, facts) : undefined;
}

/** A small integer value whose elements inference knows, though the data they come from is not constant. */
function knownContent({ content, dims, dtype }: Fact): Tensor | undefined {
  if (content === undefined || dims === undefined || dtype === "string" || !isStatic(content)) return undefined;
  return isStatic(dims) && elementCount(dims) === content.length ? tensor(dtype, dims, content) : undefined;
}

/** Put constants in the place of a node's outputs, if they are known; says whether it did. */
export function foldNode(node: Node, rw: Rewriter, { ops, keep }: PassContext): boolean {
  const row = rowOf(ops, node);
  if (row === undefined || node.outputs.some((o) => o === "" || keep.has(o) || rw.isOutput(o))) return false;
  const facts = inferWith(ops)(
    node,
    node.inputs.map((name) => rw.fact(name)),
  );
  const content = facts.length === 1 ? knownContent(facts[0] as Fact) : undefined;
  const results = content ? [content] : folded(node, rw, row, facts);
  node.outputs.forEach((name, i) => {
    if (results) rw.defineConstant(name, results[i] as Tensor);
  });
  return results !== undefined;
}

/** Values that the graph returns or that somebody asked for are left as nodes. */
export const foldConstants: Pass = {
  name: "fold-constants",
  run: (model, context) => {
    const visit = (node: Node, rw: Rewriter): void => {
      if (!foldNode(node, rw, context)) rw.emit(node);
    };
    return { model: { ...model, graph: rewrite(model.graph, visit, inferWith(context.ops)) }, notes: [] };
  },
};
