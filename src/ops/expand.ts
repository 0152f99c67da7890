/** @file Expand and Tile: copies along axes. */
import type { Value } from "../graph/builder.ts";
import { type Dim, dimProduct, unknownDim } from "../graph/dim.ts";
import type { Fact } from "../graph/types.ts";
import { broadcastDims, mapBroadcast, reshapeTo } from "./broadcast.ts";
import { CONTENT_LIMIT, factWith, numbersOf } from "./content.ts";
import { defineOp, type Op, required, type VjpArgs } from "./define.ts";
import { eachIndex, num, stridesOf, zeros } from "./num-tensor.ts";
import { scatterBack } from "./scatter-back.ts";

export const Expand: Op = defineOp({
  kind: "movement",
  attrs: {},
  shape: ({ x, name }) => {
    const { dtype, dims, content } = required(x, 0);
    const target = required(x, 1);
    const wanted = target.content ?? numbersOf(target);
    if (!wanted) {
      const length = target.dims?.[0];
      const rank = typeof length === "number" && dims ? Math.max(length, dims.length) : undefined;
      return {
        dtype,
        dims: rank === undefined ? undefined : Array.from({ length: rank }, (_, i) => unknownDim(name, i)),
      };
    }
    const out: Fact = { dtype, dims: broadcastDims(dims, wanted) };
    const count = out.dims?.length === 1 ? out.dims[0] : undefined;
    const copies =
      content?.length === 1 && typeof count === "number" && count <= CONTENT_LIMIT
        ? new Array<Dim>(count).fill(content[0] as Dim)
        : content;
    return factWith(out, typeof count === "number" || out.dims?.length === 0 ? copies : undefined);
  },
  eval: ({ x }) => {
    const data = required(x, 0);
    return mapBroadcast(data.dtype, [data, zeros(data.dtype, Array.from(required(x, 1).data))], (v) => v);
  },
  // The walk sums over broadcast axes.
  vjp: ({ dy }) => [dy],
});

/** Sum over the copies: fold every repeated axis into (repeats, size), and reduce. */
function sumCopies({ g, dy, x }: VjpArgs<object>): readonly (Value | null)[] {
  const data = required(x, 0);
  const repeats = required(x, 1);
  const times = numbersOf(repeats);
  const { dims } = data;
  if (
    !times ||
    !dims ||
    dims.filter((d) => typeof d === "string").length > 1 ||
    dims.includes(0) ||
    times.includes(0)
  ) {
    return [scatterBack(g, dy, { x: data, move: (p) => g.op("Tile", [p, repeats]) })];
  }
  const axes: number[] = [];
  const folded = dims.flatMap((d, i) => {
    const n = times[i] as number;
    if (n === 1) return [d];
    axes.push(i + axes.length);
    return [n, d];
  });
  if (axes.length === 0) return [dy];
  const split = reshapeTo(g, dy, folded, () => {
    throw new Error("internal: several free dims");
  });
  return [g.op("ReduceSum", [split, g.ints(axes)], { keepdims: 0 })];
}

export const Tile: Op = defineOp({
  kind: "movement",
  attrs: {},
  shape: ({ x, name }) => {
    const { dtype, dims } = required(x, 0);
    const repeats = required(x, 1);
    const times = repeats.content ?? numbersOf(repeats);
    return { dtype, dims: dims?.map((d, i) => (times ? dimProduct([d, times[i] ?? 1]) : unknownDim(name, i))) };
  },
  eval: ({ x }) => {
    const { dtype, dims, data } = required(x, 0);
    const outDims = dims.map((d, i) => d * (required(x, 1).data[i] as number));
    const strides = stridesOf(dims);
    const out = zeros(dtype, outDims);
    eachIndex(outDims, (index, at) => {
      const offset = index.reduce((sum, i, axis) => sum + (i % (dims[axis] as number)) * (strides[axis] as number), 0);
      out.data[at] = data[offset] as number;
    });
    return num(dtype, outDims, out.data);
  },
  vjp: sumCopies,
});
