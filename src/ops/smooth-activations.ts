/** @file Activations without a hard threshold. Slopes are written on the output wherever that is possible. */

import type { Value } from "../graph/builder.ts";
import { erf } from "./_erf.ts";
import { type Op, real, text } from "./define.ts";
import { elementwise, type SlopeArgs, unary } from "./elementwise.ts";

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
const softplus = (v: number): number => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));

export const Tanh: Op = unary(Math.tanh, ({ m, dy, y }) => m.mul(dy, m.sub(1, m.mul(y, y))));
export const Sigmoid: Op = unary(sigmoid, ({ m, dy, y }) => m.mul(m.mul(dy, y), m.sub(1, y)));
export const Softplus: Op = unary(softplus, ({ g, m, dy, x }) => m.mul(dy, g.op("Sigmoid", [x])));
// x / (1 + |x|) has slope (1 - |y|)²
export const Softsign: Op = unary(
  (v) => v / (1 + Math.abs(v)),
  ({ m, dy, y }) => {
    const root = m.sub(1, m.abs(y));
    return m.mul(dy, m.mul(root, root));
  },
);

/** √(2/π) and the cubic coefficient of the tanh approximation. */
const [SCALE, CUBIC] = [Math.sqrt(2 / Math.PI), 0.044715];

/** x Φ(x), or its `tanh` approximation. */
export const Gelu: Op = elementwise({
  attrs: { approximate: text("none") },
  f: ({ approximate }) =>
    approximate === "tanh"
      ? (v) => 0.5 * v * (1 + Math.tanh(SCALE * (v + CUBIC * v ** 3)))
      : (v) => 0.5 * v * (1 + erf(v / Math.SQRT2)),
  dx: (args) => args.m.mul(args.dy, args.attrs.approximate === "tanh" ? geluTanhSlope(args) : geluSlope(args)),
});

/** Φ(x) + x φ(x); with u = x/√2 that is ½ + ½ erf u + (u/√π) e^(-u²). */
function geluSlope({ g, m, x }: SlopeArgs<object>): Value {
  const u = m.mul(x, Math.SQRT1_2);
  const bell = m.mul(m.mul(u, 1 / Math.sqrt(Math.PI)), m.exp(m.neg(m.mul(u, u))));
  return m.add(m.add(m.mul(g.op("Erf", [u]), 0.5), 0.5), bell);
}

/** With t = tanh(s (x + c x³)): ½ (1 + t) + ½ x (1 - t²) s (1 + 3 c x²). */
function geluTanhSlope({ g, m, x }: SlopeArgs<object>): Value {
  const square = m.mul(x, x);
  const inner = m.mul(x, m.add(m.mul(square, SCALE * CUBIC), SCALE));
  const t = g.op("Tanh", [inner]);
  const growth = m.mul(x, m.add(m.mul(square, 1.5 * SCALE * CUBIC), 0.5 * SCALE));
  return m.add(m.add(m.mul(t, 0.5), 0.5), m.mul(m.sub(1, m.mul(t, t)), growth));
}

/** α (e^x - 1) below 0, whose slope is y + α; at 0 the lower branch counts. */
export const Elu: Op = elementwise({
  attrs: { alpha: real(1) },
  f:
    ({ alpha }) =>
    (v) =>
      v > 0 ? v : alpha * Math.expm1(v),
  dx: ({ m, dy, x, y, attrs: { alpha } }) =>
    m.mul(dy, alpha === 1 ? m.add(m.atMost(y, 0), 1) : m.where(m.greater(x, 0), 1, m.add(y, alpha))),
});
/** γ x above 0, γ α (e^x - 1) below, whose slope is y + γα; at 0 the lower branch counts. */
export const Selu: Op = elementwise({
  attrs: { alpha: real(1.6732631921768188), gamma: real(1.0507010221481323) },
  f:
    ({ alpha, gamma }) =>
    (v) =>
      gamma * (v > 0 ? v : alpha * Math.expm1(v)),
  dx: ({ m, dy, x, y, attrs: { alpha, gamma } }) => m.mul(dy, m.where(m.greater(x, 0), gamma, m.add(y, gamma * alpha))),
});
/** α (e^(x/α) - 1) below 0, whose slope y/α + 1 meets the upper branch: no kink. α is positive. */
export const Celu: Op = elementwise({
  attrs: { alpha: real(1) },
  f:
    ({ alpha }) =>
    (v) =>
      Math.max(v, 0) + Math.min(0, alpha * Math.expm1(v / alpha)),
  dx: ({ m, dy, y, attrs: { alpha } }) => {
    const below = m.atMost(y, 0);
    return m.mul(dy, m.add(alpha === 1 ? below : m.mul(below, 1 / alpha), 1));
  },
});

/** x σ(αx); with s = σ(αx) the slope is s + α y (1 - s). */
export const Swish: Op = elementwise({
  attrs: { alpha: real(1) },
  f:
    ({ alpha }) =>
    (v) =>
      v * sigmoid(alpha * v),
  dx: ({ g, m, dy, x, y, attrs: { alpha } }) => {
    const s = g.op("Sigmoid", [alpha === 1 ? x : m.mul(x, alpha)]);
    const bend = m.mul(y, m.sub(1, s));
    return m.mul(dy, m.add(s, alpha === 1 ? bend : m.mul(bend, alpha)));
  },
});
/** x t with t = tanh(softplus x); the slope is t + x σ(x) (1 - t²). */
export const Mish: Op = unary(
  (v) => v * Math.tanh(softplus(v)),
  ({ g, m, dy, x }) => {
    const t = g.op("Tanh", [g.op("Softplus", [x])]);
    const bend = m.mul(m.mul(x, g.op("Sigmoid", [x])), m.sub(1, m.mul(t, t)));
    return m.mul(dy, m.add(t, bend));
  },
);
