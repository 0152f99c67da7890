/** @file The optimiser of the paper's code: steepest descent whose step is halved from 10 until the value falls enough. */
import { dot } from "../train/lbfgs.ts";
import { maxMagnitude, type Solved, type SolverOptions } from "./newton.ts";
import type { Problem } from "./problem.ts";

const FIRST_STEP = 10;
const LEAST_STEP = 1e-10;
/** Ends where the mean of |G| is below this part of its first value. */
const FALL = 1 / 200;

/**
 * Gives the point with the smallest mean of |G| that was seen, which is as a rule far from stationary: it is here for reproduction.
 * `goal` plays no part.
 *
 * Source: github.com/chihkuanyeh/Representer_Point_Selection, compute_representer_vals.py (definition; in float64).
 */
export async function lineSearchFit(
  problem: Problem,
  start: Float64Array,
  { maxIterations, onProgress }: SolverOptions,
): Promise<Solved> {
  let x = start;
  let now = await problem.evaluate(x);
  const first = mean(now.gradient);
  let best = { x, size: first };
  let taken: number | undefined;
  for (let iteration = 0; ; iteration++) {
    const size = mean(now.gradient);
    if (size < best.size) best = { x, size };
    const maxGradient = maxMagnitude(now.gradient);
    const passes = problem.passes();
    onProgress?.({ iteration, passes, value: now.value, maxGradient, meanGradient: size, step: taken });
    if (size === 0 || size < FALL * first) return { theta: best.x, iterations: iteration, reason: "converged" };
    if (iteration >= maxIterations) return { theta: best.x, iterations: iteration, reason: "iterations" };
    const decrease = dot(now.gradient, now.gradient) / 2;
    const from = { x, ...now };
    let step = FIRST_STEP;
    const moved = (): Float64Array => from.x.map((v, i) => v - step * (from.gradient[i] as number));
    let next = moved();
    let there = await problem.evaluate(next);
    while (there.value - from.value + step * decrease >= 0) {
      step /= 2;
      if (step < LEAST_STEP) return { theta: best.x, iterations: iteration, reason: "no progress" };
      next = moved();
      there = await problem.evaluate(next);
    }
    [x, now, taken] = [next, there, step];
  }
}

const mean = (v: Float64Array): number => v.reduce((s, g) => s + Math.abs(g), 0) / v.length;
