/** @file Modified Bessel functions of the first kind in log space: a series for small arguments, else an expansion for high order and down from there. */
import { logGamma } from "../metrics/student.ts";

/** The lowest order at which the expansion in 1 / order reaches float64. */
const HIGH = 32;
/** Its terms after the first. */
const TERMS = 11;
/** Recurrences from a start as close as {@link ratioBound} until the ratio at an order >= its argument is exact. */
const SETTLE = 24;

/** A polynomial, constant first. */
type Polynomial = readonly number[];
const times = (a: Polynomial, b: Polynomial): Polynomial =>
  Array.from({ length: a.length + b.length - 1 }, (_, n) => a.reduce((s, c, i) => s + c * (b[n - i] ?? 0), 0));
const plus = (a: Polynomial, b: Polynomial): Polynomial =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, n) => (a[n] ?? 0) + (b[n] ?? 0));
const derived = (a: Polynomial): Polynomial => a.slice(1).map((c, i) => c * (i + 1));
const integrated = (a: Polynomial): Polynomial => [0, ...a.map((c, i) => c / (i + 1))];

/** U_k and V_k for k = 0 … TERMS (DLMF 10.41.9 to 10.41.11), each as p^k times the polynomial in p^2 that is kept. */
const [U, V] = debye();
function debye(): readonly [readonly Polynomial[], readonly Polynomial[]] {
  const u: Polynomial[] = [[1]];
  const v: Polynomial[] = [[1]];
  for (let k = 0; k < TERMS; k++) {
    const last = u[k] as Polynomial;
    const next = plus(times([0, 0, 0.5, 0, -0.5], derived(last)), integrated(times([1 / 8, 0, -5 / 8], last)));
    u.push(next);
    v.push(plus(next, plus(times([0, -0.5, 0, 0.5], last), times([0, 0, -1, 0, 1], derived(last)))));
  }
  const inSquares = (p: Polynomial, k: number): Polynomial => p.filter((_, n) => n >= k && (n - k) % 2 === 0);
  return [u.map(inSquares), v.map(inSquares)];
}

/** sum_k P_k(p) / order^k */
function series(terms: readonly Polynomial[], p: number, order: number): number {
  const [square, step] = [p * p, p / order];
  let sum = 0;
  for (let k = TERMS; k >= 0; k--) {
    const term = terms[k] as Polynomial;
    let value = 0;
    for (let n = term.length - 1; n >= 0; n--) value = value * square + (term[n] as number);
    sum = sum * step + value;
  }
  return sum;
}

/** Where the power series is short. */
export const isSmall = (v: number, x: number): boolean => x <= 20 || x * x <= 4 * (v + 1);

/** log(Gamma(v + 1) (2 / x)^v I_v(x)) = log 0F1(; v + 1; x^2 / 4) where {@link isSmall}: 0 at x = 0 (DLMF 10.25.2). */
export function logSmall(v: number, x: number): number {
  const q = (x * x) / 4;
  let [term, above] = [1, 0];
  for (let k = 1; term > 1e-17 * (1 + above); k++) {
    term *= q / (k * (v + k));
    above += term;
  }
  return Math.log1p(above);
}

/** log(e^-x I_v(x)) for v >= HIGH (DLMF 10.41.3). */
function logHigh(v: number, x: number): number {
  const root = Math.hypot(v, x);
  return (
    (v * v) / (root + x) - v * Math.asinh(v / x) - 0.5 * Math.log(2 * Math.PI * root) + Math.log(series(U, v / root, v))
  );
}

/** x / (v + 1/2 + sqrt((v + 3/2)^2 + x^2)) <= I_{v+1}(x) / I_v(x) (Amos 1974). */
const ratioBound = (v: number, x: number): number => x / (v + 0.5 + Math.hypot(v + 1.5, x));

/** I_{v+1}(x) / I_v(x) for v >= HIGH. */
function ratioHigh(v: number, x: number): number {
  if (x > v) {
    const root = Math.hypot(v, x);
    const p = v / root;
    // I'_v / I_v - v / x (DLMF 10.41.3, 10.41.5)
    return (root * (series(V, p, v) / series(U, p, v)) - v) / x;
  }
  let ratio = ratioBound(v + SETTLE, x);
  for (let order = v + SETTLE; order > v; order--) ratio = 1 / (ratio + (2 * order) / x);
  return ratio;
}

const stepsUp = (v: number): number => Math.max(0, Math.ceil(HIGH - v));

/**
 * log(e^-x I_v(x)), order v >= 0, x >= 0; finite for every x > 0. Relative error 1e-14 at most, or absolute where the value is below 1
 * (measured for v <= 511, x <= 1e8).
 *
 * Source: NIST DLMF 10.41 (uniform expansion for large order), 10.29.1 (recurrence, stable downwards).
 */
export function logBesselScaled(v: number, x: number): number {
  if (isSmall(v, x)) return (v === 0 ? 0 : v * Math.log(x / 2) - logGamma(v + 1)) + logSmall(v, x) - x;
  const steps = stepsUp(v);
  let log = logHigh(v + steps, x);
  if (steps === 0) return log;
  let ratio = ratioHigh(v + steps, x);
  for (let order = v + steps; order > v; order--) {
    const up = ratio + (2 * order) / x;
    log += Math.log(up);
    ratio = 1 / up;
  }
  return log;
}

/** I_{v+1}(x) / I_v(x), order v >= 0, x >= 0: rises from 0 to 1. */
export function besselRatio(v: number, x: number): number {
  // the next term of its power series is below rounding
  if (x * x < 1e-17 * (v + 1)) return x / (2 * (v + 1));
  if (x === Infinity) return 1;
  const top = v + stepsUp(v);
  let ratio = ratioHigh(top, x);
  for (let order = top; order > v; order--) ratio = 1 / (ratio + (2 * order) / x);
  return ratio;
}
