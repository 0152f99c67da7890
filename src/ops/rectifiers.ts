/** @file Piecewise linear activations with fixed thresholds. Masks read the output where its sign tells the piece. */
import type { Value } from "../graph/builder.ts";
import { type Op, real } from "./define.ts";
import { elementwise, unary } from "./elementwise.ts";
import type { Formula } from "./formula.ts";

/** Slope 1 above 0 and α below; at 0 it is α, as in PyTorch. */
export const LeakyRelu: Op = elementwise({
  attrs: { alpha: real(0.01) },
  f:
    ({ alpha }) =>
    (v) =>
      v < 0 ? alpha * v : v,
  dx: ({ m, dy, x, y, attrs: { alpha } }) => {
    const above = m.mask(m.greater(alpha > 0 ? y : x, 0));
    // for α in [0, 1] clipping the mask from below is the cheapest exact form
    const slope = alpha >= 0 && alpha <= 1 ? m.atLeast(above, alpha) : m.add(m.mul(above, 1 - alpha), alpha);
    return m.mul(dy, slope);
  },
});

/** x above α, else 0. At α the slope is 0. */
export const ThresholdedRelu: Op = elementwise({
  attrs: { alpha: real(1) },
  f:
    ({ alpha }) =>
    (v) =>
      v > alpha ? v : 0,
  dx: ({ m, dy, x, y, attrs: { alpha } }) => m.mul(dy, m.mask(alpha >= 0 ? m.greater(y, 0) : m.greater(x, alpha))),
});

/** 1 strictly between two bounds, else 0. */
export const between = (m: Formula, v: Value, [low, high]: readonly [Value | number, Value | number]): Value =>
  m.mask(m.and(m.greater(v, low), m.less(v, high)));

/** Steeper than this it is a step that serves as a mask, whose slope counts as 0. */
const STEP = 2 ** 64;

/** αx + β held to [0, 1]. At both kinks the slope is 0, as in PyTorch. */
export const HardSigmoid: Op = elementwise({
  attrs: { alpha: real(0.2), beta: real(0.5) },
  f:
    ({ alpha, beta }) =>
    (v) =>
      Math.max(0, Math.min(1, alpha * v + beta)),
  dx: ({ m, dy, y, attrs: { alpha } }) =>
    Math.abs(alpha) >= STEP ? null : m.mul(m.mul(dy, alpha), between(m, y, [0, 1])),
});

const hardSigmoid = (v: number): number => Math.max(0, Math.min(1, v / 6 + 0.5));
/** x h(x) with h = HardSigmoid(1/6, 1/2). At the kinks -3 and 3 the outer slopes count: 0 and 1, as in PyTorch. */
export const HardSwish: Op = unary(
  (v) => v * hardSigmoid(v),
  ({ g, m, dy, x }) => {
    const h = g.op("HardSigmoid", [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
    const inside = m.mask(m.less(m.abs(x), 3));
    return m.mul(dy, m.add(h, m.mul(m.mul(x, inside), 1 / 6)));
  },
);

/** 0 within [-λ, λ], moved towards 0 by `bias` outside. At ±λ the slope is 0. */
export const Shrink: Op = elementwise({
  attrs: { bias: real(0), lambd: real(0.5) },
  f:
    ({ bias, lambd }) =>
    (v) =>
      v < -lambd ? v + bias : v > lambd ? v - bias : 0,
  dx: ({ m, dy, x, attrs: { lambd } }) => m.mul(dy, m.mask(m.greater(m.abs(x), lambd))),
});
