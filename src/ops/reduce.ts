/**
 * @file The ReduceX family, table-driven. Conventions of the derivatives: ReduceMax and ReduceMin send the whole
 * cotangent to the first extremum in row-major order over the reduced axes; ReduceL1 has derivative 0 at 0, and so has
 * ReduceL2 where the norm is 0; ReduceProd is exact with zeros among the factors.
 */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { type Dim, elementProduct, isStatic, unknownDim } from "../graph/dim.ts";
import { isFloat } from "../graph/tensor.ts";
import { groupsOf, reducedAxes, reducedDims, restoreAxes } from "./_reduction.ts";
import { castTo } from "./cast.ts";
import { factWith } from "./content.ts";
import { defineOp, flag, type Op, required } from "./define.ts";
import { extremumBack } from "./extremum-back.ts";
import { num } from "./num-tensor.ts";

/** What a derivative works with: cotangent and result with the reduced axes back in place as 1. */
interface Back {
  readonly g: GraphBuilder;
  readonly dy: Value;
  readonly x: Value;
  readonly y: Value;
  readonly axes: readonly number[];
}

interface Reduction {
  /** Of all elements of a group, row-major. */
  readonly of: (values: Float64Array) => number;
  readonly back: (args: Back) => Value;
}

const sumOver = (g: GraphBuilder, v: Value, axes: readonly number[]): Value =>
  g.op("ReduceSum", [v, g.ints(axes)], { keepdims: 1 });

/** Each element has a share of 1 / count; the count is a constant where the sizes are. */
function meanBack({ g, dy, x, axes }: Back): Value {
  const sizes: readonly Dim[] = axes.map((a) => x.dims?.[a] as Dim);
  if (isStatic(sizes))
    return g.op("Div", [
      dy,
      g.scalar(
        sizes.reduce((p, d) => p * d, 1),
        dy.dtype,
      ),
    ]);
  const count = g.op("ReduceProd", [g.op("Gather", [g.op("Shape", [x]), g.ints(axes)])], { keepdims: 0 });
  return g.op("Div", [dy, castTo(g, count, dy.dtype)]);
}

/** Product of the other factors: with one zero in a group only that zero receives, with two nothing does. */
function prodBack({ g, dy, x, axes }: Back): Value {
  const zero = g.op("Equal", [x, g.scalar(0, x.dtype)]);
  const isZero = castTo(g, zero, x.dtype);
  const nonzero = g.op("Where", [zero, g.scalar(1, x.dtype), x]);
  const product = g.op("ReduceProd", [nonzero, g.ints(axes)], { keepdims: 1 });
  const alone = castTo(g, g.op("Equal", [sumOver(g, isZero, axes), isZero]), x.dtype);
  return g.op("Mul", [g.op("Div", [g.op("Mul", [dy, product]), nonzero]), alone]);
}

/** Softmax over the axes, shifted by the maximum: `exp(x - y)` would lose digits where `y` is large. */
function softmaxBack({ g, dy, x, axes }: Back): Value {
  const top = g.op("ReduceMax", [x, g.ints(axes)], { keepdims: 1 });
  const e = g.op("Exp", [g.op("Sub", [x, top])]);
  return g.op("Mul", [g.op("Div", [dy, sumOver(g, e, axes)]), e]);
}

/** x / ‖x‖, and 0 where the norm is. */
function l2Back({ g, dy, x, y }: Back): Value {
  const safe = g.op("Where", [g.op("Equal", [y, g.scalar(0, y.dtype)]), g.scalar(1, y.dtype), y]);
  return g.op("Mul", [x, g.op("Div", [dy, safe])]);
}

const sum = (values: Float64Array): number => values.reduce((s, v) => s + v, 0);
const squares = (values: Float64Array): number => values.reduce((s, v) => s + v * v, 0);
const largest = (values: Float64Array): number => values.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);

function logSumExp(values: Float64Array): number {
  const top = largest(values);
  return Number.isFinite(top) ? top + Math.log(values.reduce((s, v) => s + Math.exp(v - top), 0)) : top;
}

/** The product also follows shapes: `N*3*4` is a content. */
function contentOf(content: readonly Dim[] | undefined, { of }: Reduction): readonly Dim[] | undefined {
  if (!content) return undefined;
  const whole = isStatic(content)
    ? of(Float64Array.from(content))
    : of === product
      ? elementProduct(content)
      : undefined;
  return whole === undefined ? undefined : [whole];
}
const product = (values: Float64Array): number => values.reduce((p, v) => p * v, 1);

const reduction = (def: Reduction): Op =>
  defineOp({
    kind: "pool",
    attrs: { keepdims: flag(true), noop_with_empty_axes: flag() },
    shape: ({ x, attrs, name }) => {
      const { dtype, dims, content } = required(x, 0);
      if (dims === undefined) return { dtype, dims };
      const axes = reducedAxes(x[1], dims.length, attrs.noop_with_empty_axes);
      if (axes === undefined)
        return { dtype, dims: attrs.keepdims ? dims.map((_, i) => unknownDim(name, i)) : undefined };
      const whole = dims.length === 1 && axes.length === 1 && dtype === "int64";
      return factWith(
        { dtype, dims: reducedDims(dims, axes, attrs.keepdims) },
        whole ? contentOf(content, def) : undefined,
      );
    },
    eval: ({ x, attrs }) => {
      const data = required(x, 0);
      const named = x[1] && { dtype: x[1].dtype, dims: x[1].dims, content: Array.from(x[1].data) };
      const axes = reducedAxes(named, data.dims.length, attrs.noop_with_empty_axes) ?? [];
      if (axes.length === 0 && attrs.noop_with_empty_axes) return data;
      const values = groupsOf(data, axes).map(def.of);
      const dims = reducedDims(data.dims, axes, attrs.keepdims) as readonly number[];
      return num(data.dtype, dims, isFloat(data.dtype) ? values : values.map(Math.trunc));
    },
    vjp: ({ g, dy, x, y, attrs }) => {
      const data = required(x, 0);
      const axes = data.dims && reducedAxes(x[1], data.dims.length, attrs.noop_with_empty_axes);
      if (axes === undefined)
        throw new OnnxplainError(
          "E_SHAPE",
          `The axes or the rank of a reduction of \`${data.name}\` are known only at run time, so its gradient cannot be laid out. Fix the model's input size (\`--size\`).`,
        );
      if (axes.length === 0) return [attrs.noop_with_empty_axes ? dy : def.back({ g, dy, x: data, y, axes })];
      const restore = (v: Value): Value => restoreAxes(g, v, axes, attrs.keepdims);
      return [def.back({ g, dy: restore(dy), x: data, y: restore(y), axes })];
    },
  });

export const ReduceSum: Op = reduction({ of: sum, back: ({ dy }) => dy });
export const ReduceMean: Op = reduction({ of: (values) => sum(values) / values.length, back: meanBack });
export const ReduceMax: Op = reduction({
  of: largest,
  back: ({ g, dy, x, axes }) => extremumBack(g, { x, dy, axes, op: "ArgMax" }),
});
export const ReduceMin: Op = reduction({
  of: (values) => -largest(values.map((v) => -v)),
  back: ({ g, dy, x, axes }) => extremumBack(g, { x, dy, axes, op: "ArgMin" }),
});
export const ReduceProd: Op = reduction({ of: product, back: prodBack });
export const ReduceL1: Op = reduction({
  of: (values) => sum(values.map(Math.abs)),
  back: ({ g, dy, x }) => g.op("Mul", [dy, g.op("Sign", [x])]),
});
export const ReduceL2: Op = reduction({ of: (values) => Math.sqrt(squares(values)), back: l2Back });
export const ReduceSumSquare: Op = reduction({
  of: squares,
  back: ({ g, dy, x }) => g.op("Mul", [g.op("Mul", [dy, g.scalar(2, x.dtype)]), x]),
});
export const ReduceLogSum: Op = reduction({
  of: (values) => Math.log(sum(values)),
  back: ({ g, dy, x, axes }) => g.op("Div", [dy, sumOver(g, x, axes)]),
});
export const ReduceLogSumExp: Op = reduction({ of: logSumExp, back: softmaxBack });
