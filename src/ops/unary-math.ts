/** @file Mathematical functions of one value: signs and rounding, powers and logarithms, trigonometry. */
import { erf } from "./_erf.ts";
import { roundHalfEven } from "./_round.ts";
import type { Op } from "./define.ts";
import { unary } from "./elementwise.ts";

export const Neg: Op = unary(
  (v) => -v,
  ({ m, dy }) => m.neg(dy),
);
/** Subgradient 0 at 0. */
export const Abs: Op = unary(Math.abs, ({ m, dy, x }) => m.mul(dy, m.sign(x)));

/** Piecewise constant, like Floor, Ceil and Round: the derivative is zero wherever it exists, so nothing flows back. */
export const Sign: Op = unary(Math.sign, () => null);
export const Floor: Op = unary(Math.floor, () => null);
export const Ceil: Op = unary(Math.ceil, () => null);
/** Halves go to the even neighbour. */
export const Round: Op = unary(roundHalfEven, () => null);

export const Exp: Op = unary(Math.exp, ({ m, dy, y }) => m.mul(dy, y));
export const Log: Op = unary(Math.log, ({ m, dy, x }) => m.div(dy, x));
/** The slope at 0 is infinite. */
export const Sqrt: Op = unary(Math.sqrt, ({ m, dy, y }) => m.div(m.mul(dy, 0.5), y));
export const Reciprocal: Op = unary(
  (v) => 1 / v,
  ({ m, dy, y }) => m.mul(m.neg(dy), m.mul(y, y)),
);
// erf′ = 2/√π · e^(-x²)
export const Erf: Op = unary(erf, ({ m, dy, x }) =>
  m.mul(m.mul(dy, 2 / Math.sqrt(Math.PI)), m.exp(m.neg(m.mul(x, x)))),
);

export const Sin: Op = unary(Math.sin, ({ g, m, dy, x }) => m.mul(dy, g.op("Cos", [x])));
export const Cos: Op = unary(Math.cos, ({ g, m, dy, x }) => m.neg(m.mul(dy, g.op("Sin", [x]))));
export const Tan: Op = unary(Math.tan, ({ m, dy, y }) => m.mul(dy, m.add(m.mul(y, y), 1)));
export const Asin: Op = unary(Math.asin, ({ m, dy, x }) => m.div(dy, m.sqrt(m.sub(1, m.mul(x, x)))));
export const Acos: Op = unary(Math.acos, ({ m, dy, x }) => m.neg(m.div(dy, m.sqrt(m.sub(1, m.mul(x, x))))));
export const Atan: Op = unary(Math.atan, ({ m, dy, x }) => m.div(dy, m.add(m.mul(x, x), 1)));

export const Sinh: Op = unary(Math.sinh, ({ g, m, dy, x }) => m.mul(dy, g.op("Cosh", [x])));
export const Cosh: Op = unary(Math.cosh, ({ g, m, dy, x }) => m.mul(dy, g.op("Sinh", [x])));
export const Asinh: Op = unary(Math.asinh, ({ m, dy, x }) => m.div(dy, m.sqrt(m.add(m.mul(x, x), 1))));
export const Acosh: Op = unary(Math.acosh, ({ m, dy, x }) => m.div(dy, m.sqrt(m.sub(m.mul(x, x), 1))));
export const Atanh: Op = unary(Math.atanh, ({ m, dy, x }) => m.div(dy, m.sub(1, m.mul(x, x))));
