/** @file What does not depend on any input is computed now, in float64, and stored. */
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
/** Dequantising int8 weights makes four bytes of one. */
const MAY_GROW = 4;

const RANDOM = new Set([
  "RandomNormal",
  "RandomUniform",
  "RandomNormalLike",
  "RandomUniformLike",
  "Multinomial",
  "Bernoulli",
  "Dropout",
]);

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
function folded(node: Node, rw: Rewriter, { ops }: PassContext): readonly Tensor[] | undefined {
  const row = rowOf(ops, node);
  if (row === undefined || RANDOM.has(node.op) || node.outputs.includes("")) return undefined;
  const inputs = node.inputs.map((name) => rw.constantOf(name));
  if (
    node.inputs.length === 0 ||
    inputs.some((t, i) => (t === undefined && node.inputs[i] !== "") || t?.dtype === "string")
  )
    return undefined;
  const facts = inferWith(ops)(
    node,
    node.inputs.map((name) => rw.fact(name)),
  );
  return affordable(facts, inputs) ? evaluate(row, node, inputs, facts) : undefined;
}

/** A small integer value whose elements inference knows, though the data they come from is not constant. */
function knownContent(fact: Fact | undefined): Tensor | undefined {
  const { content, dims } = fact ?? {};
  if (
    fact === undefined ||
    content === undefined ||
    fact.dtype === "string" ||
    !content.every((c) => typeof c === "number")
  )
    return undefined;
  const shape = dims ?? undefined;
  if (!isStatic(shape) || elementCount(shape) !== content.length) return undefined;
  return tensor(fact.dtype, shape, content);
}

/** Values that the graph returns or that somebody asked for are left as nodes. */
export const foldConstants: Pass = {
  name: "fold-constants",
  run: (model, context) => {
    const infer = inferWith(context.ops);
    const graph = rewrite(
      model.graph,
      (node, rw) => {
        if (node.outputs.some((o) => context.keep.has(o) || rw.isOutput(o))) return rw.emit(node);
        const results = folded(node, rw, context) ?? inferredContent(node, rw, infer);
        if (results === undefined) rw.emit(node);
        else
          node.outputs.forEach((name, i) => {
            rw.defineConstant(name, results[i] as Tensor);
          });
      },
      infer,
    );
    return { model: { ...model, graph }, notes: [] };
  },
};

function inferredContent(node: Node, rw: Rewriter, infer: ReturnType<typeof inferWith>): readonly Tensor[] | undefined {
  if (node.outputs.length !== 1 || node.outputs[0] === "") return undefined;
  const value = knownContent(
    infer(
      node,
      node.inputs.map((name) => rw.fact(name)),
    )[0],
  );
  return value && [value];
}
