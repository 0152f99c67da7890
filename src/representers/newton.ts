/** @file Newton's method whose steps are solved by conjugate gradients with products of the Hessian; for ReLU the generalised one. */
import { dot, type StopReason } from "../train/lbfgs.ts";
import { type Evaluated, lineSearch } from "../train/line-search.ts";
import type { Problem } from "./problem.ts";

export interface SolverOptions {
  /** Ends where max |G| is not above this. */
  readonly goal: number;
  readonly maxIterations: number;
  readonly onProgress?: ((progress: FitProgress) => void) | undefined;
}
export interface FitProgress {
  readonly iteration: number;
  readonly passes: number;
  readonly value: number;
  /** max |G|. */
  readonly maxGradient: number;
  /** Of the line search: mean |G|, and the step that led here. */
  readonly meanGradient?: number | undefined;
  readonly step?: number | undefined;
}
export interface Solved {
  readonly theta: Float64Array;
  readonly iterations: number;
  readonly reason: StopReason;
}

/** Solves M z = r for what resembles the Hessian, rows of r one by one. */
export type Precondition = (r: Float64Array) => Float64Array;

/** A Newton step is solved to this part of the gradient, or to the square root of how far the gradient has fallen. */
const LOOSEST = 0.1;
/** Steps of conjugate gradients for one Newton step. */
const MOST_INNER = 250;

/**
 * Inexact Newton steps (Dembo, Eisenstat and Steihaug 1982) under a line search with the strong Wolfe conditions. Convergence is
 * quadratic in the end: one step more is taken where the goal is reached, which as a rule leaves a gradient near rounding, so that sums
 * equal small scores as well.
 *
 * Source: Nocedal and Wright 2006, algorithm 7.1.
 */
export async function newtonCg(
  problem: Problem,
  start: Float64Array,
  { goal, maxIterations, onProgress }: SolverOptions,
  precondition: Precondition,
): Promise<Solved> {
  const sigma = new Float64Array(problem.count * problem.shape.classes);
  let last = start;
  const evaluate = async (x: Float64Array): Promise<Evaluated> => {
    last = x;
    return { x, ...(await problem.evaluate(x, sigma)) };
  };
  let now = await evaluate(start);
  const first = norm(now.gradient);
  let polished = false;
  for (let iteration = 0; ; iteration++) {
    const maxGradient = maxMagnitude(now.gradient);
    onProgress?.({ iteration, passes: problem.passes(), value: now.value, maxGradient });
    const end = (reason: StopReason): Solved => ({ theta: now.x, iterations: iteration, reason });
    const there = maxGradient <= goal;
    if (there && (polished || maxGradient === 0)) return end("converged");
    if (iteration >= maxIterations) return end(there ? "converged" : "iterations");
    polished = there;
    const size = norm(now.gradient);
    const loosest = Math.min(LOOSEST, Math.sqrt(size / first));
    const step = await newtonStep(problem, { sigma, gradient: now.gradient, residual: loosest * size, precondition });
    const next = await lineSearch(evaluate, now, step, 1);
    // near the minimum rounding hides the descent: a whole step is taken while it halves the gradient
    const whole = next ?? (await evaluate(now.x.map((v, i) => v + (step[i] as number))));
    const better = next !== undefined || norm(whole.gradient) < size / 2;
    if (!better) return end(there ? "converged" : "no progress");
    now = whole;
    if (now.x !== last) await evaluate(now.x);
  }
}

interface Step {
  readonly sigma: Float64Array;
  readonly gradient: Float64Array;
  /** Length of H p + g that will do. */
  readonly residual: number;
  readonly precondition: Precondition;
}

/** p with H p ≈ -g, by preconditioned conjugate gradients from 0: a descent direction however early it ends. */
async function newtonStep(problem: Problem, { sigma, gradient, residual, precondition }: Step): Promise<Float64Array> {
  const p = new Float64Array(gradient.length);
  const r = gradient.map((v) => -v);
  let z = precondition(r);
  let d = Float64Array.from(z);
  let rz = dot(r, z);
  for (let i = 0; i < MOST_INNER && norm(r) > residual; i++) {
    const hd = await problem.curvature(sigma, d);
    const along = dot(d, hd);
    if (!(along > 0)) break;
    add(p, d, rz / along);
    add(r, hd, -rz / along);
    z = precondition(r);
    const next = dot(r, z);
    const kept = d;
    d = z.map((v, k) => v + (next / rz) * (kept[k] as number));
    rz = next;
  }
  return p;
}

export function maxMagnitude(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] as number));
  return most;
}
export const norm = (v: Float64Array): number => Math.sqrt(dot(v, v));

function add(to: Float64Array, what: Float64Array, times: number): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + times * (what[i] as number);
}
