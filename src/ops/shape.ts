/** @file Tensors that carry no data of the input: Shape, Size, ConstantOfShape, Constant, EyeLike, Range, OneHot, NonZero. */
import { OnnxplainError } from "../errors.ts";
import { type Dim, dimProduct, elementCount, isStatic, unknownDim } from "../graph/dim.ts";
import { dtypeName } from "../graph/dtype-code.ts";
import { factOf, isFloat, tensor, toNumbers } from "../graph/tensor.ts";
import type { DType, Fact, Tensor } from "../graph/types.ts";
import { factWith, numbersOf } from "./content.ts";
import { type Cotangents, defineOp, int, ints, type Op, optionalInt, optionalReal, optionalText, reals, required, tensorAttr } from "./define.ts";
import { eachIndex, type NumTensor, normalizeAxis, num, numOf, zeros } from "./num-tensor.ts";

/** The result depends on shapes alone: the derivative is exactly zero. */
const nothing = (): Cotangents => [];

export const Shape: Op = defineOp({
  kind: "constant",
  attrs: { start: int(0), end: optionalInt() },
  shape: ({ x, attrs, name }) => {
    const { dims } = required(x, 0);
    if (dims === undefined) return { dtype: "int64", dims: [unknownDim(name, 0)] };
    const content = dims.slice(attrs.start, attrs.end);
    return factWith({ dtype: "int64", dims: [content.length] }, content);
  },
  eval: ({ x, attrs }) => {
    const content = required(x, 0).dims.slice(attrs.start, attrs.end);
    return num("int64", [content.length], content);
  },
  vjp: nothing,
});

export const Size: Op = defineOp({
  kind: "constant",
  attrs: {},
  shape: ({ x }) => {
    const { dims } = required(x, 0);
    return factWith({ dtype: "int64", dims: [] }, dims && [dimProduct(dims)]);
  },
  eval: ({ x }) => num("int64", [], [required(x, 0).data.length]),
  vjp: nothing,
});

export const ConstantOfShape: Op = defineOp({
  kind: "constant",
  attrs: { value: tensorAttr() },
  shape: ({ x, attrs, name }) => {
    const target = required(x, 0);
    const dtype = attrs.value?.dtype ?? "float32";
    const length = target.dims?.[0];
    const blank = typeof length === "number" ? Array.from({ length }, (_, i) => unknownDim(name, i)) : undefined;
    const dims = target.content ?? numbersOf(target) ?? blank;
    const value = attrs.value && !isFloat(dtype) ? (toNumbers(attrs.value)[0] ?? 0) : undefined;
    const count = isStatic(dims) ? elementCount(dims) : Number.POSITIVE_INFINITY;
    return factWith({ dtype, dims }, value !== undefined && count <= 64 ? new Array<Dim>(count).fill(value) : undefined);
  },
  eval: ({ x, attrs }) => {
    const out = zeros(attrs.value?.dtype ?? "float32", Array.from(required(x, 0).data));
    return num(out.dtype, out.dims, out.data.fill(attrs.value ? (toNumbers(attrs.value)[0] ?? 0) : 0));
  },
  vjp: nothing,
});

interface ConstantAttrs {
  readonly value: Tensor | undefined;
  readonly value_float: number | undefined;
  readonly value_floats: readonly number[] | undefined;
  readonly value_int: number | undefined;
  readonly value_ints: readonly number[] | undefined;
  readonly value_string: string | undefined;
  readonly value_strings: readonly string[] | undefined;
}

/** Whichever form the node uses; sparse values are refused. */
function constantOf(a: ConstantAttrs): Tensor {
  if (a.value) return a.value;
  if (a.value_float !== undefined) return tensor("float32", [], [a.value_float]);
  if (a.value_floats) return tensor("float32", [a.value_floats.length], a.value_floats);
  if (a.value_int !== undefined) return tensor("int64", [], [a.value_int]);
  if (a.value_ints) return tensor("int64", [a.value_ints.length], a.value_ints);
  if (a.value_string !== undefined) return { dtype: "string", dims: [], data: [a.value_string] };
  if (a.value_strings) return { dtype: "string", dims: [a.value_strings.length], data: a.value_strings };
  throw new OnnxplainError("E_UNSUPPORTED_OP", "`Constant` holds a sparse tensor, which is not supported. Export the model with dense constants.");
}

export const Constant: Op = defineOp({
  kind: "constant",
  attrs: {
    value: tensorAttr(), value_float: optionalReal(), value_floats: reals(), value_int: optionalInt(), value_ints: ints(),
    value_string: optionalText(), value_strings: strings(),
  },
  shape: ({ attrs }) => factOf(constantOf(attrs)),
  eval: ({ attrs }) => numOf(constantOf(attrs)),
  vjp: nothing,
});

export const EyeLike: Op = defineOp({
  kind: "constant",
  attrs: { dtype: optionalInt(), k: int(0) },
  shape: ({ x, attrs }) => {
    const { dtype, dims } = required(x, 0);
    return { dtype: attrs.dtype === undefined ? dtype : (dtypeName(attrs.dtype) ?? dtype), dims };
  },
  eval: ({ x, attrs }) => {
    const { dtype, dims } = required(x, 0);
    const out = zeros(attrs.dtype === undefined ? dtype : (dtypeName(attrs.dtype) ?? dtype), dims);
    eachIndex(dims, ([row = 0, column = 0], at) => { out.data[at] = column === row + attrs.k ? 1 : 0; });
    return out;
  },
  vjp: nothing,
});

const rangeLength = (start: number, limit: number, delta: number): number => Math.max(0, Math.ceil((limit - start) / delta));

/** Length of a Range: known from numbers, and from `0 … N` in steps of 1. */
function rangeFact(facts: readonly Fact[], name: string): Fact {
  const [start, limit, delta] = facts.map((f) => f.content?.[0] ?? numbersOf(f)?.[0]);
  const dtype = facts[0]?.dtype ?? "int64";
  if (typeof start === "number" && typeof limit === "number" && typeof delta === "number") {
    const length = rangeLength(start, limit, delta);
    const content = !isFloat(dtype) && length <= 64 ? Array.from({ length }, (_, i) => start + i * delta) : undefined;
    return factWith({ dtype, dims: [length] }, content);
  }
  return { dtype, dims: [start === 0 && delta === 1 && limit !== undefined ? limit : unknownDim(name, 0)] };
}

export const Range: Op = defineOp({
  kind: "constant",
  attrs: {},
  shape: ({ x, name }) => rangeFact([0, 1, 2].map((i) => required(x, i)), name),
  eval: ({ x }) => {
    const [start = 0, limit = 0, delta = 1] = [0, 1, 2].map((i) => required(x, i).data[0]);
    const length = rangeLength(start, limit, delta);
    return num(required(x, 0).dtype, [length], Array.from({ length }, (_, i) => start + i * delta));
  },
  vjp: { none: "the length of a range is not differentiable" },
});

function oneHot(indices: NumTensor, values: NumTensor, { depth, axis }: { readonly depth: number; readonly axis: number }): NumTensor {
  const at = normalizeAxis(axis, indices.dims.length + 1);
  const inner = indices.dims.slice(at).reduce((p, d) => p * d, 1);
  const [off = 0, on = 1] = values.data;
  const out = zeros(values.dtype, [...indices.dims.slice(0, at), depth, ...indices.dims.slice(at)]);
  out.data.fill(off);
  indices.data.forEach((index, position) => {
    const hot = normalizeAxis(Math.trunc(index), depth);
    if (hot < 0 || hot >= depth) return;
    out.data[Math.floor(position / inner) * depth * inner + hot * inner + (position % inner)] = on;
  });
  return out;
}

export const OneHot: Op = defineOp({
  kind: "constant",
  attrs: { axis: int(-1) },
  shape: ({ x, attrs, name }) => {
    const { dims } = required(x, 0);
    const depth = x[1]?.content?.[0] ?? numbersOf(x[1])?.[0];
    const at = normalizeAxis(attrs.axis, (dims?.length ?? 0) + 1);
    return { dtype: required(x, 2).dtype satisfies DType, dims: dims && [...dims.slice(0, at), depth ?? unknownDim(name, at), ...dims.slice(at)] };
  },
  eval: ({ x, attrs }) => oneHot(required(x, 0), required(x, 2), { depth: required(x, 1).data[0] as number, axis: attrs.axis }),
  vjp: { none: "a one-hot code does not vary smoothly with its index" },
});

export const NonZero: Op = defineOp({
  kind: "constant",
  attrs: {},
  shape: ({ x, name }) => {
    const { dims } = required(x, 0);
    return { dtype: "int64", dims: dims && [dims.length, unknownDim(name, 1)] };
  },
  eval: ({ x }) => {
    const { dims, data } = required(x, 0);
    const found: number[][] = [];
    eachIndex(dims, (index, at) => { if (data[at] !== 0) found.push([...index]); });
    return num("int64", [dims.length, found.length], dims.flatMap((_, axis) => found.map((index) => index[axis] as number)));
  },
  vjp: { none: "the number of results depends on the data" },
});
