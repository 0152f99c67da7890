/** @file Relu. The subgradient at 0 is 0, as in every toolkit we are compared with. */
import { defineOp, required } from "./define.ts";
import { num } from "./num-tensor.ts";

/** 1 where `v > 0`, else 0, in the dtype of `v`: the mask of ReLU-like rules. */
export const Relu = defineOp({
  kind: "activation",
  attrs: {},
  shape: ({ x }) => { const { dtype, dims } = required(x, 0); return { dtype, dims }; },
  eval: ({ x }) => { const { dtype, dims, data } = required(x, 0); return num(dtype, dims, data.map((v) => (v > 0 ? v : v === v ? 0 : v))); },
  vjp: ({ g, dy, y }) => [g.op("Mul", [dy, g.op("Cast", [g.op("Greater", [y, g.scalar(0, y.dtype)])], { to: 1 })])],
});
