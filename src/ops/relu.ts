/** @file Relu. The subgradient at 0 is 0, as in every toolkit we are compared with. */
import { defineOp, type Op, required } from "./define.ts";
import { wherePositive } from "./masks.ts";
import { num } from "./num-tensor.ts";

export const Relu: Op = defineOp({
  kind: "activation",
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
      data.map((v) => (v > 0 || Number.isNaN(v) ? v : 0)),
    );
  },
  vjp: ({ g, dy, y }) => [wherePositive(g, dy, y)],
});
