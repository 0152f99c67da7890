/** @file CumSum; its transpose runs the other way. */
import { defineOp, flag, type Op, required } from "./define.ts";
import { eachIndex, normalizeAxis, offsetOf, stridesOf, zeros } from "./num-tensor.ts";

export const CumSum: Op = defineOp({
  kind: "join",
  attrs: { exclusive: flag(), reverse: flag() },
  shape: ({ x }) => {
    const { dtype, dims } = required(x, 0);
    return { dtype, dims };
  },
  eval: ({ x, attrs }) => {
    const { dtype, dims, data } = required(x, 0);
    const axis = normalizeAxis(required(x, 1).data[0] as number, dims.length);
    const size = dims[axis] as number;
    const strides = stridesOf(dims);
    const out = zeros(dtype, dims);
    eachIndex(
      dims.map((d, i) => (i === axis ? Math.min(1, d) : d)),
      (index) => {
        let sum = 0;
        for (let k = 0; k < size; k++) {
          const at = offsetOf(index, strides) + (attrs.reverse ? size - 1 - k : k) * (strides[axis] as number);
          const next = sum + (data[at] as number);
          out.data[at] = attrs.exclusive ? sum : next;
          sum = next;
        }
      },
    );
    return out;
  },
  vjp: ({ g, dy, x, attrs }) => [
    g.op("CumSum", [dy, required(x, 1)], { exclusive: Number(attrs.exclusive), reverse: Number(!attrs.reverse) }),
  ],
});
