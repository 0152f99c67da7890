/** @file MaxPool and GlobalMaxPool. Ties go to the first maximum of the window in row-major order. */
import { OnnxplainError } from "../errors.ts";
import { type Dim, elementCount } from "../graph/dim.ts";
import { poolEach } from "./_windows.ts";
import { globalDims, poolAttrs, pooledDims } from "./average-pool.ts";
import { windowAxes } from "./conv-geometry.ts";
import { defineOp, int, type Op, required } from "./define.ts";
import { maxPoolCotangent } from "./max-pool-vjp.ts";
import { type NumTensor, num } from "./num-tensor.ts";

/** Offset of the first maximum among the offsets of a window. */
function firstMax(t: NumTensor, offsets: readonly number[], base: number): number {
  let best = base + (offsets[0] as number);
  for (const o of offsets) if ((t.data[base + o] as number) > (t.data[best] as number)) best = base + o;
  return best;
}

export const MaxPool: Op = defineOp({
  kind: "pool",
  attrs: { ...poolAttrs, storage_order: int(0) },
  shape: ({ x, attrs, name, outputs }) => {
    const { dtype, dims } = required(x, 0);
    const out = pooledDims(
      dims,
      windowAxes(attrs.kernel_shape ?? [], attrs, dims?.slice(2) ?? []),
      attrs.ceil_mode,
      name,
    );
    const y = { dtype, dims: out };
    return outputs > 1 ? [y, { dtype: "int64", dims: out }] : y;
  },
  eval: ({ x, attrs, outputs }) => {
    if (attrs.storage_order !== 0 && outputs > 1)
      throw new OnnxplainError(
        "E_UNSUPPORTED_OP",
        "MaxPool with `storage_order` 1 (column-major indices) is not supported.",
      );
    const t = required(x, 0);
    const axes = windowAxes(attrs.kernel_shape ?? [], attrs, t.dims.slice(2));
    const at = poolEach(t, axes, attrs.ceil_mode, (offsets, base) => firstMax(t, offsets, base));
    const y = num(
      t.dtype,
      at.dims,
      at.data.map((i) => t.data[i] as number),
    );
    return outputs > 1 ? [y, num("int64", at.dims, at.data)] : y;
  },
  vjp: ({ g, dy, x, y, attrs, deadAtZero }) => [
    maxPoolCotangent(g, { x: required(x, 0), y, dy, attrs, deadAtZero: deadAtZero?.[0] ?? false }),
  ],
});

export const GlobalMaxPool: Op = defineOp({
  kind: "pool",
  attrs: {},
  shape: ({ x }) => ({ dtype: required(x, 0).dtype, dims: globalDims(required(x, 0).dims) }),
  eval: ({ x }) => {
    const t = required(x, 0);
    const size = elementCount(t.dims.slice(2));
    return num(
      t.dtype,
      globalDims(t.dims) as readonly number[],
      Float64Array.from({ length: t.data.length / size }, (_, p) =>
        t.data.subarray(p * size, (p + 1) * size).reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY),
      ),
    );
  },
  // ArgMax picks the first maximum of the flattened plane
  vjp: ({ g, dy, x }) => {
    const data = required(x, 0);
    const dims = data.dims as readonly Dim[];
    const spatial = dims.slice(2) as readonly number[];
    const plane = elementCount(spatial);
    const flat = g.op("Reshape", [data, g.ints([0, 0, plane])]);
    const winner = g.op("ArgMax", [flat], { axis: 2, keepdims: 1, select_last_index: 0 });
    const hot = g.op("Equal", [
      winner,
      g.op("Range", [g.scalar(0, "int64"), g.scalar(plane, "int64"), g.scalar(1, "int64")]),
    ]);
    const mask = g.op("Reshape", [g.op("Cast", [hot], { to: 1 }), g.ints([0, 0, ...spatial])]);
    return [g.op("Mul", [dy, mask])];
  },
});
