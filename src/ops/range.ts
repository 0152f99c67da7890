/** @file Range, OneHot and NonZero: indices made and read. */
import { unknownDim } from "../graph/dim.ts";
import { isFloat } from "../graph/tensor.ts";
import type { Fact } from "../graph/types.ts";
import { CONTENT_LIMIT, factWith, numbersOf } from "./content.ts";
import { defineOp, int, type Op, required } from "./define.ts";
import { eachIndex, type NumTensor, normalizeAxis, num, zeros } from "./num-tensor.ts";

const rangeLength = (start: number, limit: number, delta: number): number =>
  Math.max(0, Math.ceil((limit - start) / delta));

/** Length of a Range: known from numbers, and from `0 … N` in steps of 1. */
function rangeFact(facts: readonly Fact[], name: string): Fact {
  const [start, limit, delta] = facts.map((f) => f.content?.[0] ?? numbersOf(f)?.[0]);
  const dtype = facts[0]?.dtype ?? "int64";
  if (typeof start === "number" && typeof limit === "number" && typeof delta === "number") {
    const length = rangeLength(start, limit, delta);
    const content =
      !isFloat(dtype) && length <= CONTENT_LIMIT ? Array.from({ length }, (_, i) => start + i * delta) : undefined;
    return factWith({ dtype, dims: [length] }, content);
  }
  return { dtype, dims: [start === 0 && delta === 1 && limit !== undefined ? limit : unknownDim(name, 0)] };
}

export const Range: Op = defineOp({
  kind: "constant",
  attrs: {},
  shape: ({ x, name }) =>
    rangeFact(
      [0, 1, 2].map((i) => required(x, i)),
      name,
    ),
  eval: ({ x }) => {
    const [start = 0, limit = 0, delta = 1] = [0, 1, 2].map((i) => required(x, i).data[0]);
    const length = rangeLength(start, limit, delta);
    return num(
      required(x, 0).dtype,
      [length],
      Array.from({ length }, (_, i) => start + i * delta),
    );
  },
  vjp: { none: "the length of a range is not differentiable" },
});

function oneHot(
  indices: NumTensor,
  values: NumTensor,
  { depth, axis }: { readonly depth: number; readonly axis: number },
): NumTensor {
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
    return {
      dtype: required(x, 2).dtype,
      dims: dims && [...dims.slice(0, at), depth ?? unknownDim(name, at), ...dims.slice(at)],
    };
  },
  eval: ({ x, attrs }) =>
    oneHot(required(x, 0), required(x, 2), { depth: required(x, 1).data[0] as number, axis: attrs.axis }),
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
    eachIndex(dims, (index, at) => {
      if (data[at] !== 0) found.push([...index]);
    });
    return num(
      "int64",
      [dims.length, found.length],
      dims.flatMap((_, axis) => found.map((index) => index[axis] as number)),
    );
  },
  vjp: { none: "the number of results depends on the data" },
});
