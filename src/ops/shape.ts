/** @file Shape, Size, ConstantOfShape and EyeLike: tensors that depend on shapes alone. */
import { type Dim, dimProduct, elementCount, isStatic, unknownDim } from "../graph/dim.ts";
import { dtypeName } from "../graph/dtype-code.ts";
import { isFloat, toNumbers } from "../graph/tensor.ts";
import { CONTENT_LIMIT, factWith, numbersOf } from "./content.ts";
import { type Cotangents, defineOp, int, type Op, optionalInt, required, tensorAttr } from "./define.ts";
import { eachIndex, num, zeros } from "./num-tensor.ts";

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
    return factWith(
      { dtype, dims },
      value !== undefined && count <= CONTENT_LIMIT ? new Array<Dim>(count).fill(value) : undefined,
    );
  },
  eval: ({ x, attrs }) => {
    const out = zeros(attrs.value?.dtype ?? "float32", Array.from(required(x, 0).data));
    return num(out.dtype, out.dims, out.data.fill(attrs.value ? (toNumbers(attrs.value)[0] ?? 0) : 0));
  },
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
    eachIndex(dims, ([row = 0, column = 0], at) => {
      out.data[at] = column === row + attrs.k ? 1 : 0;
    });
    return out;
  },
  vjp: nothing,
});
