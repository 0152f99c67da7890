/** @file The minimum of a small softmax or logistic layer, to rounding: Newton's method, whose Hessian serves as long as it helps. */
import { OnnxplainError } from "../errors.ts";
import { type Factor, factorise, hessian, solveWith } from "./hessian.ts";
import type { LayerMath, Pass } from "./influence-math.ts";
import type { Study } from "./influence-study.ts";

export interface LogisticOptions {
  /** Weights of the points' losses `[n]`, default 1. */
  readonly weights?: Float64Array | undefined;
  /** What the sum of weighted losses is divided by; default n. */
  readonly divisor?: number | undefined;
  /** max |gradient| to reach; default 1e-12. */
  readonly tolerance?: number | undefined;
  /** Default 100. */
  readonly maxIterations?: number | undefined;
  /** A factor of the Hessian from nearby, tried first. */
  readonly factor?: Factor | undefined;
  /** Limit of the Hessian's size. */
  readonly largest?: number | undefined;
}

export interface LogisticFit {
  readonly theta: Float64Array;
  /** At `theta`. */
  readonly pass: Pass;
  readonly value: number;
  readonly maxGradient: number;
  readonly iterations: number;
  /** The last Hessian that was factorised, at or near `theta`. */
  readonly factor: Factor | undefined;
}

interface State {
  readonly theta: Float64Array;
  readonly pass: Pass;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly max: number;
}

/** The Hessian is factorised anew where a step leaves more than this part of the gradient. */
const POOR = 0.4;
const DECREASE = 1e-4;
const ROUNDING = 1e-14;

/**
 * Minimises `(1/divisor) sum_i w_i L_i + (weightDecay / 2) ||theta||^2` from the layer's own theta. With a weight
 * decay of 0 and classes that can be told apart there is no minimum: theta grows until the gradient is below `tolerance`.
 *
 * Throws `E_NUMERIC` where no step helps and the gradient is still above 1e-8, or the Hessian cannot be inverted; `E_PARAM` as `hessian`.
 *
 * Source: Shamanskii 1967 for the Hessian that is kept over steps; Armijo's rule for their length.
 */
export async function fitLayer(
  math: LayerMath,
  { points, targets, layer, weightDecay }: Study,
  {
    weights,
    divisor = points.count,
    tolerance = 1e-12,
    maxIterations = 100,
    factor: start,
    largest,
  }: LogisticOptions = {},
): Promise<LogisticFit> {
  const at = async (theta: Float64Array): Promise<State> => {
    const pass = await math.evaluate(points, { theta, targets, weights });
    let norm = 0;
    let max = 0;
    const gradient = pass.gradient.map((g, j) => {
      const w = theta[j] as number;
      norm += w * w;
      const own = g / divisor + weightDecay * w;
      max = Math.max(max, Math.abs(own));
      return own;
    });
    return { theta, pass, value: pass.loss / divisor + (weightDecay / 2) * norm, gradient, max };
  };
  let now = await at(Float64Array.from(layer.theta));
  let factor = start;
  let [fresh, iterations] = [false, 0];
  for (; now.max > tolerance && iterations < maxIterations; iterations++) {
    if (factor === undefined) {
      const scale = divisor / points.count;
      const h = await hessian(
        math,
        { points, probabilities: now.pass.probabilities },
        { ridge: weightDecay * scale, largest },
      );
      factor = factorise(
        h.map((v) => v / scale),
        math.size,
      );
      fresh = true;
    }
    const next = await shortened(at, now, solveWith(factor, now.gradient));
    if (next === undefined && fresh) break;
    if (next === undefined || next.max > POOR * now.max) factor = undefined;
    fresh = false;
    if (next !== undefined) now = next;
  }
  if (!(now.max <= Math.max(tolerance, 1e-8)))
    throw new OnnxplainError(
      "E_NUMERIC",
      `The fit stopped with a gradient of ${now.max.toExponential(2)} after ${iterations} steps, expected at most ${tolerance}. Raise the weight decay, or look for features that are not finite.`,
    );
  return { theta: now.theta, pass: now.pass, value: now.value, maxGradient: now.max, iterations, factor };
}

/** The first of whole, half, … steps against `direction` that lowers the value, or within rounding of it the gradient. */
async function shortened(
  at: (theta: Float64Array) => Promise<State>,
  from: State,
  direction: Float64Array,
): Promise<State | undefined> {
  const slope = direction.reduce((s, d, j) => s + d * (from.gradient[j] as number), 0);
  for (let t = 1; t > 1e-10; t /= 2) {
    const next = await at(from.theta.map((w, j) => w - t * (direction[j] as number)));
    const rounding = ROUNDING * Math.max(1, Math.abs(from.value));
    if (next.value <= from.value - DECREASE * t * slope - rounding) return next;
    if (next.value <= from.value + rounding && next.max < from.max) return next;
  }
  return undefined;
}
