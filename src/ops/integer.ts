/** @file Bitwise ops, in the width of their integer type. */
import type { DType } from "../graph/types.ts";
import { broadcastDims, mapBroadcast } from "./broadcast.ts";
import { type AttrSpec, type AttrsOf, defineOp, type Op, required, text } from "./define.ts";
import { num } from "./num-tensor.ts";

/** Back into the range of the type, as overflow does. */
function wrap(dtype: DType, v: bigint): number {
  const bits = Number(dtype.replace(/\D/g, "")) || 64;
  return Number(dtype.startsWith("uint") ? BigInt.asUintN(bits, v) : BigInt.asIntN(bits, v));
}

const bitwise = <const S extends AttrSpec>(attrs: S, f: (a: bigint, b: bigint, attrs: AttrsOf<S>) => bigint): Op =>
  defineOp({
    kind: "constant",
    attrs,
    shape: ({ x }) => ({ dtype: required(x, 0).dtype, dims: broadcastDims(required(x, 0).dims, required(x, 1).dims) }),
    eval: ({ x, attrs: a }) => {
      const left = required(x, 0);
      return mapBroadcast(left.dtype, [left, required(x, 1)], (u, v) =>
        wrap(left.dtype, f(BigInt(u as number), BigInt(v as number), a)),
      );
    },
    vjp: { none: "integer arithmetic" },
  });

export const BitwiseAnd: Op = bitwise({}, (a, b) => a & b);
export const BitwiseOr: Op = bitwise({}, (a, b) => a | b);
export const BitwiseXor: Op = bitwise({}, (a, b) => a ^ b);
export const BitShift: Op = bitwise({ direction: text("LEFT") }, (a, b, { direction }) =>
  direction === "LEFT" ? a << b : a >> b,
);

export const BitwiseNot: Op = defineOp({
  kind: "constant",
  attrs: {},
  shape: ({ x }) => {
    const { dtype, dims } = required(x, 0);
    return { dtype, dims };
  },
  eval: ({ x }) => {
    const { dtype, dims, data } = required(x, 0);
    return num(
      dtype,
      dims,
      data.map((v) => wrap(dtype, ~BigInt(v))),
    );
  },
  vjp: { none: "integer arithmetic" },
});
