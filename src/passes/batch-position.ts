/** @file Following the batch axis through a graph: where the samples lie in each value, and which node would mix them. */
import { type Dim, dimMentions, dimProduct, dimQuotient } from "../graph/dim.ts";
import type { Node } from "../graph/types.ts";
import { normalizeAxis } from "../ops/num-tensor.ts";
import { intAttr, intsAttr, textAttr } from "./attributes.ts";
import type { Rewriter } from "./rewriter.ts";

/** The free symbol of the batch. */
export const BATCH = "N";

/** Axis `axis` has size `outer · N · inner`, its index running over them in that order. */
export interface Position {
  readonly axis: number;
  readonly inner: number;
}
/** Positions of the values whose data differ from sample to sample. */
export type Positions = ReadonlyMap<string, Position>;

/** A node seen from the batch: positions and dims of its inputs, undefined where samples do not enter. */
export interface BatchView {
  readonly node: Node;
  readonly rw: Rewriter;
  readonly at: readonly (Position | undefined)[];
  readonly dims: readonly (readonly Dim[] | undefined)[];
}

/** Why the samples cannot be kept apart, or undefined when they can. */
type Judge = (view: BatchView) => string | undefined;

const MIXES = "mixes the samples of a batch";
const mixes = (when: boolean): string | undefined => (when ? MIXES : undefined);

/** Element by element: every input that carries samples has them on the same axis, counted from the right. */
const aligned: Judge = ({ at, dims }) => {
  const places = at.flatMap((p, i) => (p ? [`${(dims[i]?.length ?? 0) - p.axis}/${p.inner}`] : []));
  return mixes(new Set(places).size > 1);
};
/** Only the data input carries samples, on axis 0. */
const leading: Judge = ({ at }) => mixes(at.some((p, i) => p && (i > 0 || p.axis !== 0)));

const axisIs = (axis: number | undefined, view: BatchView, fallback: number): boolean => {
  const rank = view.dims[0]?.length ?? 0;
  return view.at[0]?.axis === normalizeAxis(axis ?? fallback, rank);
};
/** Works along one axis of the data, which must not be the samples'. */
const alongAxis =
  (fallback: number): Judge =>
  (view) =>
    aligned(view) ?? mixes(axisIs(intAttr(view.node, "axis"), view, fallback));

/** Normalises over all axes from `axis` on. */
const fromAxis: Judge = (view) => {
  const [p, ...others] = view.at;
  const first = normalizeAxis(intAttr(view.node, "axis") ?? -1, view.dims[0]?.length ?? 0);
  return mixes(others.some(Boolean) || (p !== undefined && p.axis >= first));
};

const axesOf = ({ node, rw }: BatchView, input: number): readonly Dim[] | undefined =>
  (node.inputs[input] ?? "") === "" ? intsAttr(node, "axes") : rw.fact(node.inputs[input])?.content;

const reduce: Judge = (view) => {
  const axes = axesOf(view, 1);
  const rank = view.dims[0]?.length ?? 0;
  const none = axes === undefined || axes.length === 0;
  if (none && (view.node.inputs[1] ?? "") === "" && intAttr(view.node, "noop_with_empty_axes")) return undefined;
  return mixes(none || axes.some((a) => typeof a !== "number" || normalizeAxis(a, rank) === view.at[0]?.axis));
};

/** Product over the last axis of `a` and the last but one of `b`. */
const matmul =
  (a: number, b: number): Judge =>
  ({ at, dims }) => {
    const [p, q] = [at[a], at[b]];
    const [ra, rb] = [dims[a]?.length ?? 0, dims[b]?.length ?? 0];
    if (p && q)
      return mixes(p.axis >= ra - 2 || q.axis >= rb - 2 || ra - p.axis !== rb - q.axis || p.inner !== q.inner);
    return mixes((p !== undefined && p.axis === ra - 1) || (q !== undefined && q.axis === Math.max(0, rb - 2)));
  };
const gemm: Judge = ({ node, at: [a, b, c] }) =>
  mixes(
    (a && b) !== undefined ||
      c !== undefined ||
      (a && a.axis !== (intAttr(node, "transA") ? 1 : 0)) === true ||
      (b && b.axis !== (intAttr(node, "transB") ? 0 : 1)) === true,
  );

const gather: Judge = (view) =>
  mixes(
    (view.at[0] && view.at[1]) !== undefined ||
      (view.at[0] !== undefined && axisIs(intAttr(view.node, "axis"), view, 0)),
  );
/** A Slice that keeps the size may still turn the order round. */
const slice: Judge = (view) => {
  const axes = axesOf(view, 3) ?? [...(view.dims[0] ?? []).keys()];
  const steps = view.rw.fact(view.node.inputs[4])?.content;
  const own = axes.findIndex(
    (a) => typeof a !== "number" || normalizeAxis(a, view.dims[0]?.length ?? 0) === view.at[0]?.axis,
  );
  return mixes(own >= 0 && (view.node.inputs[4] ?? "") !== "" && steps?.[own] !== 1);
};
/** Samples keep one letter from the inputs to the output. */
const einsum: Judge = ({ node, at }) => {
  const [terms = "", result] = (textAttr(node, "equation") ?? "").replaceAll(" ", "").split("->");
  const letters = new Set(at.flatMap((p, i) => (p ? [terms.split(",")[i]?.[p.axis] ?? "."] : [])));
  const [letter = "."] = letters;
  return mixes(letters.size !== 1 || terms.includes(".") || !result?.includes(letter));
};
const freely: Judge = ({ at }) => mixes(at.some((p, i) => p && i > 0));

const each = (judge: Judge, names: string): Record<string, Judge> =>
  Object.fromEntries(names.split(" ").map((op) => [op, judge]));

/** Ops through which samples can be followed; any other stops the search. */
const JUDGES: Readonly<Record<string, Judge>> = {
  ...each(
    aligned,
    "Abs Acos Acosh Add And Asin Asinh Atan Atanh Cast CastLike Ceil Celu Clip Cos Cosh DequantizeLinear Div Elu Equal Erf Exp Expand Floor",
  ),
  ...each(
    aligned,
    "Gelu Greater GreaterOrEqual HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Less LessOrEqual Log Max Mean Min Mish Mod Mul Neg Not Or PRelu Pow",
  ),
  ...each(
    aligned,
    "QuantizeLinear Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Sub Sum Swish Tan Tanh ThresholdedRelu Where Xor Dropout",
  ),
  ...each(
    leading,
    "Conv ConvTranspose ConvInteger QLinearConv MaxPool AveragePool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool BatchNormalization",
  ),
  ...each(leading, "InstanceNormalization GroupNormalization LRN Resize DepthToSpace SpaceToDepth"),
  ...each(alongAxis(-1), "Softmax LogSoftmax Hardmax LpNormalization TopK"),
  ...each(alongAxis(0), "ArgMax ArgMin Concat Split"),
  ...each(fromAxis, "LayerNormalization RMSNormalization SimplifiedLayerNormalization"),
  ...each(
    reduce,
    "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare",
  ),
  ...each(freely, "Transpose Reshape Flatten Squeeze Unsqueeze Pad Tile"),
  Einsum: einsum,
  MatMul: matmul(0, 1),
  QLinearMatMul: matmul(0, 3),
  MatMulInteger: matmul(0, 1),
  Gemm: gemm,
  Gather: gather,
  Slice: slice,
};
const RESHAPES = new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze"]);
/** Values that count the samples rather than repeat something for each. */
const COUNTS = new Set([
  "Range",
  "NonZero",
  "CumSum",
  "EyeLike",
  "RandomNormalLike",
  "RandomUniformLike",
  "RandomNormal",
  "RandomUniform",
]);

/** Elements that lie between one sample's index and the next. */
export const blockOf = (dims: readonly Dim[], { axis, inner }: Position): Dim =>
  dimProduct([inner, ...dims.slice(axis + 1)]);

function located(dims: readonly Dim[], view: BatchView): Position | string {
  const axes = [...dims.keys()].filter((axis) => dimMentions(dims[axis] as Dim, BATCH));
  const axis = axes[0];
  const factor = axis === undefined ? undefined : dimQuotient(dims[axis] as Dim, BATCH);
  if (axes.length !== 1 || axis === undefined || typeof factor !== "number") return MIXES;
  const from = view.at.findIndex(Boolean);
  const source = view.at[from] as Position;
  const sourceDims = view.dims[from] as readonly Dim[];
  if (!RESHAPES.has(view.node.op))
    return dims[axis] === sourceDims[source.axis] ? { axis, inner: source.inner } : MIXES;
  const inner = dimQuotient(blockOf(sourceDims, source), dimProduct(dims.slice(axis + 1)));
  return typeof inner === "number" && inner > 0 && factor % inner === 0 ? { axis, inner } : MIXES;
}

/** Where the samples lie in the outputs of an emitted node, or why that cannot be said. */
export function follow(node: Node, rw: Rewriter, known: Positions): ReadonlyMap<string, Position> | string {
  const view: BatchView = {
    node,
    rw,
    at: node.inputs.map((n) => known.get(n)),
    dims: node.inputs.map((n) => rw.dims(n)),
  };
  const outputs = node.outputs.filter((name) => name !== "" && rw.isUsed(name));
  if (!view.at.some(Boolean)) {
    return COUNTS.has(node.op) && outputs.some((o) => rw.dims(o)?.some((d) => dimMentions(d, BATCH)))
      ? "numbers the samples of a batch"
      : new Map();
  }
  if (node.domain === "" && (node.op === "Shape" || node.op === "Size")) return new Map();
  const judge = node.domain === "" && Object.hasOwn(JUDGES, node.op) ? JUDGES[node.op] : undefined;
  const reason = judge ? judge(view) : "cannot be followed sample by sample";
  if (reason !== undefined) return reason;
  const found = new Map<string, Position>();
  for (const name of outputs) {
    const dims = rw.dims(name);
    const position = dims ? located(dims, view) : "has an output of unknown shape";
    if (typeof position === "string") return position;
    found.set(name, position);
  }
  return found;
}
