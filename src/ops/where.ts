/** @file Where: element by element from one of two tensors. */
import { broadcastDims, mapBroadcast } from "./broadcast.ts";
import { factWith, mapContent } from "./content.ts";
import { defineOp, type Op, required } from "./define.ts";

export const Where: Op = defineOp({
  kind: "movement",
  attrs: {},
  shape: ({ x }) => {
    const [condition, a, b] = [required(x, 0), required(x, 1), required(x, 2)];
    const content = mapContent([condition, a, b], (c, u, v) => (typeof c === "number" ? (c === 0 ? v : u) : undefined));
    return factWith({ dtype: a.dtype, dims: broadcastDims(condition.dims, a.dims, b.dims) }, content);
  },
  eval: ({ x }) => {
    const [condition, a, b] = [required(x, 0), required(x, 1), required(x, 2)];
    return mapBroadcast(a.dtype, [condition, a, b], (c, u, v) => (c === 0 ? v : u) as number);
  },
  vjp: ({ g, dy, x, wants }) => {
    const condition = required(x, 0);
    const zero = g.scalar(0, dy.dtype);
    return [
      null,
      wants[1] ? g.op("Where", [condition, dy, zero]) : null,
      wants[2] ? g.op("Where", [condition, zero, dy]) : null,
    ];
  },
});
