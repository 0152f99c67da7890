/** @file L-BFGS in float64: the smooth minimum of a function that may be expensive, one evaluation an iteration in the good case. */
import { OnnxplainError } from "../errors.ts";
import { type Evaluated, lineSearch } from "./line-search.ts";

/** A value and its gradient; the gradient is copied, so its array may be used again. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
}
/** Must neither keep nor change `x`. */
export type Objective = (x: Float64Array) => Evaluation | Promise<Evaluation>;

export interface Progress {
  readonly iteration: number;
  readonly evaluations: number;
  readonly value: number;
  /** Largest magnitude in the gradient. */
  readonly maxGradient: number;
}

export interface MinimiseOptions {
  /** Pairs of steps and changes of the gradient that are kept; default 10. */
  readonly memory?: number | undefined;
  /** Converged when max |g| is not above this; default 1e-8. */
  readonly tolerance?: number | undefined;
  /** Converged as well when max |g| is not above this part of its first value; default 0. */
  readonly relativeTolerance?: number | undefined;
  /** Default 500. */
  readonly maxIterations?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** `no progress`: no step along the steepest descent lowers the value by more than rounding. */
export type StopReason = "converged" | "iterations" | "no progress";

export interface Minimum extends Progress {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  readonly reason: StopReason;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** 1 / (step · change) */
  readonly rho: number;
}

/** A pair counts when step · change exceeds this part of |change|^2: the curvature it shows is positive beyond rounding. */
const LEAST_CURVATURE = 1e-14;

/**
 * Minimises a function with a Lipschitz gradient from `start` `[n]`. Every step fulfils the strong Wolfe conditions (see `lineSearch`); the
 * value that comes back is never above that of `start`. A value that is not finite counts as infinitely high: the search steps back from it.
 *
 * Throws `E_NUMERIC` where the function is not finite at `start`, `E_PARAM` for a memory or limit that is no natural number, `E_ABORTED`
 * on the signal, which is looked at before each evaluation.
 *
 * Source: Nocedal and Wright 2006, algorithms 7.4 and 7.5, initial scaling (7.20).
 */
export async function minimise(
  objective: Objective,
  start: Float64Array,
  {
    memory = 10,
    tolerance = 1e-8,
    relativeTolerance = 0,
    maxIterations = 500,
    onProgress,
    signal,
  }: MinimiseOptions = {},
): Promise<Minimum> {
  for (const [name, value] of Object.entries({ memory, maxIterations }))
    if (!Number.isInteger(value) || value < 0)
      throw new OnnxplainError("E_PARAM", `${name} is ${value}, expected an integer from 0 up; correct the setting.`);
  let evaluations = 0;
  const evaluate = async (x: Float64Array): Promise<Evaluated> => {
    if (signal?.aborted) throw new OnnxplainError("E_ABORTED", "the fit was stopped by its signal.");
    const { value, gradient } = await objective(x);
    evaluations++;
    return { x, value, gradient: Float64Array.from(gradient) };
  };
  const first = await evaluate(Float64Array.from(start));
  if (!Number.isFinite(first.value) || !Number.isFinite(maxMagnitude(first.gradient)))
    throw new OnnxplainError(
      "E_NUMERIC",
      `the function or its gradient is not finite at the start (value ${first.value}); start elsewhere, or look for values that are not finite in the data.`,
    );
  const goal = Math.max(tolerance, relativeTolerance * maxMagnitude(first.gradient));
  let now = first;
  let pairs: readonly Pair[] = [];
  for (let iteration = 0; ; iteration++) {
    const progress = { iteration, evaluations, value: now.value, maxGradient: maxMagnitude(now.gradient) };
    onProgress?.(progress);
    const end = (reason: StopReason): Minimum => {
      const kept = now.value <= first.value ? now : first;
      return { ...progress, evaluations, ...kept, maxGradient: maxMagnitude(kept.gradient), reason };
    };
    if (progress.maxGradient <= goal) return end("converged");
    if (iteration === maxIterations) return end("iterations");
    let next = await lineSearch(evaluate, now, direction(now.gradient, pairs), pairs.length > 0 ? 1 : firstStep(now));
    if (next === undefined && pairs.length > 0) {
      pairs = [];
      next = await lineSearch(evaluate, now, direction(now.gradient, pairs), firstStep(now));
    }
    if (next === undefined) return end("no progress");
    pairs = remembered(pairs, now, next, memory);
    now = next;
  }
}

/** A first step that moves no coordinate by more than 1, and is a whole gradient where that is small. */
const firstStep = ({ gradient }: Evaluated): number => Math.min(1, 1 / maxMagnitude(gradient));

function remembered(pairs: readonly Pair[], from: Evaluated, to: Evaluated, memory: number): readonly Pair[] {
  const step = to.x.map((v, i) => v - (from.x[i] as number));
  const change = to.gradient.map((v, i) => v - (from.gradient[i] as number));
  const curvature = dot(step, change);
  if (memory === 0 || !(curvature > LEAST_CURVATURE * dot(change, change))) return pairs;
  return [...pairs, { step, change, rho: 1 / curvature }].slice(-memory);
}

/** The two-loop recursion: minus the inverse Hessian, as the pairs show it, times the gradient. */
function direction(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const q = gradient.map((g) => -g);
  const alphas = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { step, change, rho } = pairs[k] as Pair;
    const alpha = rho * dot(step, q);
    alphas[k] = alpha;
    add(q, change, -alpha);
  }
  const last = pairs.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.change, last.change));
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) * scale;
  }
  for (const [k, { step, change, rho }] of pairs.entries()) add(q, step, (alphas[k] as number) - rho * dot(change, q));
  return q;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function add(to: Float64Array, what: Float64Array, times: number): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + times * (what[i] as number);
}

/** NaN where any entry is not a number. */
function maxMagnitude(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] as number));
  return most;
}
