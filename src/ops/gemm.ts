/** @file Gemm: y = alpha A' B' + beta C. */
import type { Value } from "../graph/builder.ts";
import { float } from "../graph/types.ts";
import { mapBroadcast } from "./broadcast.ts";
import { defineOp, flag, type Op, real, required } from "./define.ts";
import { type NumTensor, num, zeros } from "./num-tensor.ts";

function product(a: NumTensor, b: NumTensor, transA: boolean, transB: boolean): NumTensor {
  const [m, k] = (transA ? [...a.dims].reverse() : a.dims) as [number, number];
  const n = b.dims[transB ? 0 : 1] as number;
  const y = zeros(a.dtype, [m, n]);
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const v = a.data[transA ? p * m + i : i * k + p] as number;
      for (let j = 0; j < n; j++) y.data[i * n + j]! += v * (b.data[transB ? j * k + p : p * n + j] as number);
    }
  }
  return y;
}

export const Gemm: Op = defineOp({
  kind: "linear",
  attrs: { alpha: real(1), beta: real(1), transA: flag(), transB: flag() },
  shape: ({ x, attrs }) => {
    const a = required(x, 0);
    const b = required(x, 1);
    const rows = a.dims?.[attrs.transA ? 1 : 0];
    const cols = b.dims?.[attrs.transB ? 0 : 1];
    return { dtype: a.dtype, dims: rows === undefined || cols === undefined ? undefined : [rows, cols] };
  },
  eval: ({ x, attrs }) => {
    const ab = product(required(x, 0), required(x, 1), attrs.transA, attrs.transB);
    const scaled = num(
      ab.dtype,
      ab.dims,
      ab.data.map((v) => v * attrs.alpha),
    );
    const c = x[2];
    return c ? mapBroadcast(ab.dtype, [scaled, c], (u, v) => u + attrs.beta * v) : scaled;
  },
  vjp: ({ g, dy, x, attrs, wants }) => {
    const { alpha, transA, transB } = attrs;
    const gemm = (p: Value, q: Value, transP: boolean, transQ: boolean): Value =>
      g.op("Gemm", [p, q], { alpha: float(alpha), transA: Number(transP), transB: Number(transQ) });
    const a = required(x, 0);
    const b = required(x, 1);
    const da = !wants[0] ? null : transA ? gemm(b, dy, transB, true) : gemm(dy, b, false, !transB);
    const db = !wants[1] ? null : transB ? gemm(dy, a, true, transA) : gemm(a, dy, !transA, false);
    const dc = wants[2] && x[2] ? (attrs.beta === 1 ? dy : g.op("Mul", [dy, g.scalar(attrs.beta)])) : null;
    return [da, db, dc];
  },
});
