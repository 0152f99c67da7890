/**
 * @file ScatterElements and ScatterND. Without a reduction the last of several updates of one element wins (ONNX leaves
 * the order open); their cotangents all read the element, so derivatives hold where indices do not repeat.
 */
import { OnnxplainError } from "../errors.ts";
import type { Value } from "../graph/builder.ts";
import { type Cotangents, defineOp, int, type Op, required, text, type VjpArgs } from "./define.ts";
import { elementOffsets, tupleOffsets } from "./gather-elements.ts";
import { type NumTensor, num } from "./num-tensor.ts";
import { zerosLike } from "./zeros-like.ts";

const REDUCE: Readonly<Record<string, (old: number, update: number) => number>> = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: Math.max,
  min: Math.min,
};

/** Write runs of `inner` updates at `offsets`. */
function scatter(
  { dtype, dims, data }: NumTensor,
  updates: NumTensor,
  o: { readonly offsets: Float64Array; readonly inner: number; readonly reduction: string },
): NumTensor {
  const reduce = REDUCE[o.reduction];
  if (reduce === undefined)
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `A scatter has no reduction \`${o.reduction}\` (expected none, add, mul, max or min). The file is damaged.`,
    );
  const out = Float64Array.from(data);
  o.offsets.forEach((offset, i) => {
    for (let k = 0; k < o.inner; k++)
      out[offset + k] = reduce(out[offset + k] as number, updates.data[i * o.inner + k] as number);
  });
  return num(dtype, dims, out);
}

interface Reduction {
  readonly reduction: string;
}

/** Data keeps what no update touched (everything, when added to); updates read where they wrote. */
function unscatter(
  { g, dy, x, wants, attrs }: VjpArgs<Reduction>,
  read: () => Value,
  erase: (zeros: Value) => Value,
): Cotangents {
  if (attrs.reduction !== "none" && attrs.reduction !== "add") {
    throw new OnnxplainError(
      "E_NO_DERIVATIVE",
      `A scatter with reduction \`${attrs.reduction}\` has no derivative here (only none and add have). Use a perturbation method (\`occlusion\`, \`rise\`).`,
    );
  }
  const data = wants[0] ? (attrs.reduction === "add" ? dy : erase(zerosLike(g, required(x, 2)))) : null;
  return [data, null, wants[2] ? read() : null];
}

export const ScatterElements: Op = defineOp({
  kind: "join",
  attrs: { axis: int(0), reduction: text("none") },
  shape: ({ x }) => {
    const { dtype, dims } = required(x, 0);
    return { dtype, dims };
  },
  eval: ({ x, attrs }) => {
    const data = required(x, 0);
    const offsets = elementOffsets(data.dims, required(x, 1), attrs.axis);
    return scatter(data, required(x, 2), { offsets, inner: 1, reduction: attrs.reduction });
  },
  vjp: (args) => {
    const {
      g,
      dy,
      x,
      attrs: { axis },
    } = args;
    const indices = required(x, 1);
    return unscatter(
      args,
      () => g.op("GatherElements", [dy, indices], { axis }),
      (zeros) => g.op("ScatterElements", [dy, indices, zeros], { axis }),
    );
  },
});

export const ScatterND: Op = defineOp({
  kind: "join",
  attrs: { reduction: text("none") },
  shape: ({ x }) => {
    const { dtype, dims } = required(x, 0);
    return { dtype, dims };
  },
  eval: ({ x, attrs }) => {
    const data = required(x, 0);
    const indices = required(x, 1);
    const inner = data.dims.slice(indices.dims.at(-1) ?? 0).reduce((p, d) => p * d, 1);
    return scatter(data, required(x, 2), {
      offsets: tupleOffsets(data.dims, indices, 0),
      inner,
      reduction: attrs.reduction,
    });
  },
  vjp: (args) => {
    const { g, dy, x } = args;
    const indices = required(x, 1);
    return unscatter(
      args,
      () => g.op("GatherND", [dy, indices]),
      (zeros) => g.op("ScatterND", [dy, indices, zeros]),
    );
  },
});
