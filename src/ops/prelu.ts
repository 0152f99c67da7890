/** @file PRelu: a leaky ReLU whose slope is learnt. */
import type { Value } from "../graph/builder.ts";
import { toNumbers } from "../graph/tensor.ts";
import { mapBroadcast } from "./broadcast.ts";
import { defineOp, type Op, required } from "./define.ts";
import { type Formula, formula } from "./formula.ts";

/** dy times the slope of each element. Where all learnt slopes lie in [0, 1] a maximum says it in fewer passes. */
function dataCotangent(
  m: Formula,
  { dy, x, slope, larger }: Record<"dy" | "x" | "slope", Value> & { readonly larger: (a: Value, b: Value) => Value },
): Value {
  const above = m.greater(x, 0);
  const gentle = slope.constant && Array.from(toNumbers(slope.constant)).every((v) => v >= 0 && v <= 1);
  return gentle ? m.mul(dy, larger(m.mask(above), slope)) : m.where(above, dy, m.mul(dy, slope));
}

/** At 0 the learnt slope counts, as in PyTorch. The slope is broadcast to the data, never the other way. */
export const PRelu: Op = defineOp({
  kind: "activation",
  attrs: {},
  shape: ({ x }) => ({ dtype: required(x, 0).dtype, dims: required(x, 0).dims }),
  eval: ({ x }) => {
    const data = required(x, 0);
    return mapBroadcast(data.dtype, [data, required(x, 1)], (v, slope) => (v < 0 ? slope * v : v));
  },
  vjp: ({ g, dy, x, wants }) => {
    const [data, slope] = [required(x, 0), required(x, 1)];
    const m = formula(g, data.dtype);
    return [
      wants[0] ? dataCotangent(m, { dy, x: data, slope, larger: (a, b) => g.op("Max", [a, b]) }) : null,
      wants[1] ? m.mul(dy, m.atMost(data, 0)) : null,
    ];
  },
});
