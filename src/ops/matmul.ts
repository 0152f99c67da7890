/** @file MatMul, batched, with NumPy's rules for vectors. Either side may be data. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { alignedStrides, broadcastDims } from "./broadcast.ts";
import { defineOp, type Op, required } from "./define.ts";
import { eachIndex, num, offsetOf, zeros } from "./num-tensor.ts";

function matmulDims(a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): readonly Dim[] | undefined {
  if (!a || !b) return undefined;
  const batch = broadcastDims(a.slice(0, -2), b.slice(0, -2)) ?? [];
  return [...batch, ...(a.length > 1 ? [a.at(-2) as Dim] : []), ...(b.length > 1 ? [b.at(-1) as Dim] : [])];
}

/** Swap the last two axes. */
export function transposed(g: GraphBuilder, v: Value): Value {
  const rank = (v.dims as readonly Dim[]).length;
  const perm = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  return g.op("Transpose", [v], { perm });
}

export const MatMul: Op = defineOp({
  kind: "linear",
  attrs: {},
  shape: ({ x }) => ({ dtype: required(x, 0).dtype, dims: matmulDims(required(x, 0).dims, required(x, 1).dims) }),
  eval: ({ x }) => {
    const a0 = required(x, 0);
    const b0 = required(x, 1);
    const a = a0.dims.length === 1 ? num(a0.dtype, [1, ...a0.dims], a0.data) : a0;
    const b = b0.dims.length === 1 ? num(b0.dtype, [...b0.dims, 1], b0.data) : b0;
    const dims = matmulDims(a.dims, b.dims) as readonly number[];
    const [m, n] = dims.slice(-2) as [number, number];
    const k = a.dims.at(-1) as number;
    const batch = dims.slice(0, -2);
    const y = zeros(a.dtype, dims);
    const sa = alignedStrides(a.dims, dims.length);
    const sb = alignedStrides(b.dims, dims.length);
    eachIndex(batch, (index, at) => {
      const pa = offsetOf(index, sa);
      const pb = offsetOf(index, sb);
      for (let i = 0; i < m; i++) {
        for (let p = 0; p < k; p++) {
          const v = a.data[pa + i * k + p] as number;
          if (v === 0) continue;
          for (let j = 0; j < n; j++) y.data[(at * m + i) * n + j]! += v * (b.data[pb + p * n + j] as number);
        }
      }
    });
    return num(a.dtype, matmulDims(a0.dims, b0.dims) as readonly number[], y.data);
  },
  // dA = dY Bᵀ, dB = Aᵀ dY; a vector is a matrix with one row (left) or one column (right)
  vjp: ({ g, dy, x, wants }) => {
    const a = required(x, 0);
    const b = required(x, 1);
    const aVector = a.dims?.length === 1;
    const bVector = b.dims?.length === 1;
    const at = (axis: number): Value => g.ints([axis]);
    const a2 = aVector ? g.op("Unsqueeze", [a, at(0)]) : a;
    const b2 = bVector ? g.op("Unsqueeze", [b, at(1)]) : b;
    const rows = aVector ? g.op("Unsqueeze", [dy, at(bVector ? -1 : -2)]) : dy;
    const d2 = bVector ? g.op("Unsqueeze", [rows, at(-1)]) : rows;
    const da = wants[0] ? g.op("MatMul", [d2, transposed(g, b2)]) : null;
    const db = wants[1] ? g.op("MatMul", [transposed(g, a2), d2]) : null;
    return [da && aVector ? g.op("Squeeze", [da, at(-2)]) : da, db && bVector ? g.op("Squeeze", [db, at(-1)]) : db];
  },
});
