/** @file Gather: elements along one axis, by index. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { type Dim, isStatic } from "../graph/dim.ts";
import { factWith, numbersOf } from "./content.ts";
import { defineOp, int, type Op, required } from "./define.ts";
import { type NumTensor, normalizeAxis, num } from "./num-tensor.ts";
import { scatterBack } from "./scatter-back.ts";
import { zerosLike } from "./zeros-like.ts";

function gather(data: NumTensor, indices: NumTensor, axis: number): NumTensor {
  const { dtype, dims } = data;
  const at = normalizeAxis(axis, dims.length);
  const size = dims[at] as number;
  const rows = dims.slice(0, at).reduce((p, d) => p * d, 1);
  const inner = dims.slice(at + 1).reduce((p, d) => p * d, 1);
  const out = new Float64Array(rows * indices.data.length * inner);
  let position = 0;
  for (let row = 0; row < rows; row++) {
    for (const index of indices.data) {
      const begin = (row * size + normalizeAxis(index, size)) * inner;
      out.set(data.data.subarray(begin, begin + inner), position);
      position += inner;
    }
  }
  return num(dtype, [...dims.slice(0, at), ...indices.dims, ...dims.slice(at + 1)], out);
}

/** More gathers than this for one cotangent cost more than a scatter. */
const MANY = 4;

/**
 * Cotangent along an axis of known size, from known indices: a Pad where they are a run `i, i+1, …`; else one slot of
 * zeros is added and gathered back from, once for every time that an index repeats.
 */
function fromIndices(
  g: GraphBuilder,
  dy: Value,
  o: { readonly axis: number; readonly rank: number; readonly size: number; readonly indices: readonly number[] },
): Value | undefined {
  const { axis, rank, size, indices } = o;
  const padded = (begin: number, end: number): Value => {
    const pads = new Array<number>(2 * rank).fill(0);
    pads[axis] = begin;
    pads[axis + rank] = end;
    return pads.every((p) => p === 0) ? dy : g.op("Pad", [dy, g.ints(pads)]);
  };
  const first = indices[0] as number;
  if (indices.every((index, k) => index === first + k)) return padded(first, size - first - indices.length);
  const readers = Array.from({ length: size }, (_, i) => indices.flatMap((index, k) => (index === i ? [k] : [])));
  const rounds = Math.max(...readers.map((r) => r.length));
  if (rounds > MANY) return undefined;
  const slotted = padded(0, 1);
  const round = (k: number): Value =>
    g.op("Gather", [slotted, g.ints(readers.map((r) => r[k] ?? indices.length))], { axis });
  let out = round(0);
  for (let k = 1; k < rounds; k++) out = g.op("Add", [out, round(k)]);
  return out;
}

/** Cotangent of the data: known indices, else rows of axis 0 scattered, else positions gathered along. */
function ungather(
  g: GraphBuilder,
  dy: Value,
  o: { readonly data: Value; readonly indices: Value; readonly axis: number },
): Value {
  const { data, indices, axis } = o;
  const dims = data.dims;
  const at = normalizeAxis(axis, dims?.length ?? 0);
  const size = dims?.[at];
  const known = numbersOf(indices);
  if (dims && typeof size === "number" && known && indices.dims && indices.dims.length <= 1) {
    if (known.length === 0) return zerosLike(g, data);
    const along = indices.dims.length === 0 ? g.op("Unsqueeze", [dy, g.ints([at])]) : dy;
    const placed = fromIndices(g, along, {
      axis: at,
      rank: dims.length,
      size,
      indices: known.map((i) => normalizeAxis(i, size)),
    });
    if (placed) return placed;
  }
  if (dims && at === 0)
    return g.op("ScatterND", [zerosLike(g, data), g.op("Unsqueeze", [indices, g.ints([-1])]), dy], {
      reduction: "add",
    });
  return scatterBack(g, dy, { x: data, move: (p) => g.op("Gather", [p, indices], { axis }) });
}

export const Gather: Op = defineOp({
  kind: "movement",
  attrs: { axis: int(0) },
  shape: ({ x, attrs }) => {
    const { dtype, dims, content } = required(x, 0);
    const indices = required(x, 1);
    if (!dims || !indices.dims) return { dtype, dims: undefined };
    const at = normalizeAxis(attrs.axis, dims.length);
    const picks = isStatic(indices.content) ? indices.content : undefined;
    const picked = content && picks?.map((i) => content[normalizeAxis(i, content.length)] as Dim);
    return factWith({ dtype, dims: [...dims.slice(0, at), ...indices.dims, ...dims.slice(at + 1)] }, picked);
  },
  eval: ({ x, attrs }) => gather(required(x, 0), required(x, 1), attrs.axis),
  vjp: ({ g, dy, x, attrs }) => [ungather(g, dy, { data: required(x, 0), indices: required(x, 1), axis: attrs.axis })],
});
