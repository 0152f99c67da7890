/** @file ArgMax, ArgMin and TopK: where the extrema are. Equal elements come in the order of their indices. */
import { type Dim, unknownDim } from "../graph/dim.ts";
import { groupsOf, reducedDims } from "./_reduction.ts";
import { numbersOf } from "./content.ts";
import { defineOp, flag, int, type Op, required } from "./define.ts";
import { eachIndex, type NumTensor, normalizeAxis, num, stridesOf, zeros } from "./num-tensor.ts";
import { zerosLike } from "./zeros-like.ts";

/** `sign` 1 finds the largest, -1 the smallest. */
const arg = (sign: number): Op =>
  defineOp({
    kind: "constant",
    attrs: { axis: int(0), keepdims: flag(true), select_last_index: flag() },
    shape: ({ x, attrs }) => {
      const { dims } = required(x, 0);
      return {
        dtype: "int64",
        dims: dims && reducedDims(dims, [normalizeAxis(attrs.axis, dims.length)], attrs.keepdims),
      };
    },
    eval: ({ x, attrs }) => {
      const data = required(x, 0);
      const axes = [normalizeAxis(attrs.axis, data.dims.length)];
      const beats = (a: number, b: number): boolean => sign * a > sign * b || (attrs.select_last_index && a === b);
      const best = groupsOf(data, axes).map((values) =>
        values.reduce((at, v, i) => (i > 0 && beats(v, values[at] as number) ? i : at), 0),
      );
      return num("int64", reducedDims(data.dims, axes, attrs.keepdims) as readonly number[], best);
    },
    vjp: { none: "the position of an extremum is an index" },
  });

export const ArgMax: Op = arg(1);
export const ArgMin: Op = arg(-1);

function topK(
  { dtype, dims, data }: NumTensor,
  o: { readonly k: number; readonly axis: number; readonly largest: boolean },
): readonly NumTensor[] {
  const axis = normalizeAxis(o.axis, dims.length);
  const outDims = dims.map((d, i) => (i === axis ? o.k : d));
  const values = zeros(dtype, outDims);
  const indices = zeros("int64", outDims);
  const from = stridesOf(dims);
  const to = stridesOf(outDims);
  const sign = o.largest ? -1 : 1;
  eachIndex(
    dims.map((d, i) => (i === axis ? 1 : d)),
    (index) => {
      const base = index.reduce((s, i, a) => s + i * (from[a] as number), 0);
      const at = (i: number): number => data[base + i * (from[axis] as number)] as number;
      const order = Array.from({ length: dims[axis] as number }, (_, i) => i).sort(
        (a, b) => sign * (at(a) - at(b)) || a - b,
      );
      const start = index.reduce((s, i, a) => s + i * (to[a] as number), 0);
      order.slice(0, o.k).forEach((i, rank) => {
        values.data[start + rank * (to[axis] as number)] = at(i);
        indices.data[start + rank * (to[axis] as number)] = i;
      });
    },
  );
  return [values, indices];
}

/** Evaluation sorts even where `sorted` = 0 leaves the order open. */
export const TopK: Op = defineOp({
  kind: "movement",
  attrs: { axis: int(-1), largest: flag(true), sorted: flag(true) },
  shape: ({ x, attrs, name }) => {
    const { dtype, dims } = required(x, 0);
    const k: Dim | undefined = required(x, 1).content?.[0] ?? numbersOf(x[1])?.[0];
    const axis = dims && normalizeAxis(attrs.axis, dims.length);
    const out = dims?.map((d, i) => (i === axis ? (k ?? unknownDim(name, i)) : d));
    return [
      { dtype, dims: out },
      { dtype: "int64", dims: out },
    ];
  },
  eval: ({ x, attrs }) => topK(required(x, 0), { ...attrs, k: required(x, 1).data[0] as number }),
  vjp: ({ g, dys, x, ys, attrs }) => {
    const dy = dys[0];
    return dy
      ? [g.op("ScatterElements", [zerosLike(g, required(x, 0)), required(ys, 1), dy], { axis: attrs.axis })]
      : [];
  },
});
