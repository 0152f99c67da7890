/** @file Softmax, LogSoftmax and Hardmax along one axis. */
import { mapLanes, total } from "./_lanes.ts";
import { defineOp, int, type NoVjp, type Op, required, type Vjp } from "./define.ts";
import { formula } from "./formula.ts";

interface AlongAxis {
  readonly lane: (lane: Float64Array) => Float64Array;
  readonly vjp: Vjp<{ readonly axis: number }> | NoVjp;
}

const alongAxis = ({ lane, vjp }: AlongAxis): Op =>
  defineOp({
    kind: "normalize",
    attrs: { axis: int(-1) },
    shape: ({ x }) => ({ dtype: required(x, 0).dtype, dims: required(x, 0).dims }),
    eval: ({ x, attrs }) => mapLanes(required(x, 0), attrs.axis, lane),
    vjp,
  });

const largest = (lane: Float64Array): number => lane.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);

function softmax(lane: Float64Array): Float64Array {
  const top = largest(lane);
  const e = lane.map((v) => Math.exp(v - top));
  const sum = total(e);
  return e.map((v) => v / sum);
}
function logSoftmax(lane: Float64Array): Float64Array {
  const top = largest(lane);
  const log = top + Math.log(total(lane.map((v) => Math.exp(v - top))));
  return lane.map((v) => v - log);
}

// dx = y (dy - Σ dy y)
export const Softmax: Op = alongAxis({
  lane: softmax,
  vjp: ({ g, dy, y, attrs: { axis } }) => {
    const m = formula(g, y.dtype);
    return [m.mul(y, m.sub(dy, m.sum(m.mul(dy, y), [axis])))];
  },
});
// dx = dy - e^y Σ dy
export const LogSoftmax: Op = alongAxis({
  lane: logSoftmax,
  vjp: ({ g, dy, y, attrs: { axis } }) => {
    const m = formula(g, y.dtype);
    return [m.sub(dy, m.mul(m.exp(y), m.sum(dy, [axis])))];
  },
});
/** One-hot of the first maximum. */
export const Hardmax: Op = alongAxis({
  lane: (lane) => {
    const at = lane.indexOf(largest(lane));
    return lane.map((_, i) => (i === at ? 1 : 0));
  },
  vjp: { none: "a one-hot of the maximum is piecewise constant" },
});
