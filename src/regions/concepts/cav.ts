/** @file A concept activation vector: the direction that parts a concept's activations from random ones, by a linear classifier. */
import { OnnxplainError } from "../../errors.ts";
import { scattered, shuffled, uniforms } from "../../random.ts";
import type { Rows } from "./readout.ts";

export interface CavOptions {
  /** Weight of |w|^2 / 2. Default 0.01. */
  readonly alpha?: number | undefined;
  /** Walks over the training rows at most. Default 1000. */
  readonly iterations?: number | undefined;
  /** Default 1e-3. */
  readonly tolerance?: number | undefined;
  readonly seed?: number | undefined;
}

export interface Cav {
  /** Towards the concept, of unit length; zeros where the classifier found no direction. */
  readonly direction: Float64Array;
  /** Share of the third that was held out on the right side; null where there was too little to hold out. */
  readonly accuracy: number | null;
  readonly iterations: number;
}

export const CAV = { alpha: 0.01, iterations: 1000, tolerance: 1e-3 } as const satisfies CavOptions;
/** Walks without progress that end the training. */
const PATIENCE = 5;
const HELD_OUT = 3;

/**
 * Hinge loss by stochastic gradient descent on two thirds of either side, step 1 / (alpha (t + t0)) with t0 = 1 / (alpha e), e =
 * alpha^(-1/4); it ends once the mean loss of a walk has not fallen by `tolerance` five times running. w is held as a sum of rows,
 * and everything but the last line works on their inner products: the cost of a step is that of a number a row, however wide rows are.
 *
 * Source: Kim et al. 2018 (TCAV) for the use; Bottou 2012 for the step, as scikit-learn's `SGDClassifier` has it. Throws `E_DATA_EMPTY`.
 */
export function trainCav(concept: Rows, random: Rows, options: CavOptions = {}): Cav {
  if (concept.length === 0 || random.length === 0)
    throw new OnnxplainError(
      "E_DATA_EMPTY",
      `A concept activation vector needs examples of both sides, got ${concept.length} of the concept and ${random.length} random ones.`,
    );
  const { alpha = CAV.alpha, iterations = CAV.iterations, tolerance = CAV.tolerance, seed = 0 } = options;
  const draw = uniforms(scattered(seed));
  const sides = [parted(concept, draw), parted(random, draw)] as const;
  const rows = sides.flatMap((s) => s.train);
  const signs = sides.flatMap((s, k) => s.train.map(() => (k === 0 ? 1 : -1)));
  const fitted = descend(products(rows), signs, { alpha, iterations, tolerance, draw });
  const w = combined(rows, fitted.weights);
  const held = sides.flatMap((s, k) => s.held.map((row) => ({ row, sign: k === 0 ? 1 : -1 })));
  const right = held.filter(({ row, sign }) => sign * (dot(row, w) + fitted.bias) > 0).length;
  const length = Math.sqrt(dot(w, w));
  return {
    direction: length > 0 ? w.map((v) => v / length) : w,
    accuracy: held.length === 0 ? null : right / held.length,
    iterations: fitted.walks,
  };
}

/** A third aside. */
function parted(rows: Rows, draw: () => number): { readonly train: Rows; readonly held: Rows } {
  const order = Array.from(shuffled(rows.length, draw), (i) => rows[i] as Float32Array);
  const held = Math.floor(rows.length / HELD_OUT);
  return { train: order.slice(held), held: order.slice(0, held) };
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Inner products of all pairs `[n, n]`. */
function products(rows: Rows): Float64Array {
  const n = rows.length;
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++)
      gram[i * n + j] = gram[j * n + i] = dot(rows[i] as Float32Array, rows[j] as Float32Array);
  return gram;
}

function combined(rows: Rows, weights: Float64Array): Float64Array {
  const out = new Float64Array(rows[0]?.length ?? 0);
  rows.forEach((row, i) => {
    const c = weights[i]!;
    if (c !== 0) for (let k = 0; k < out.length; k++) out[k]! += c * row[k]!;
  });
  return out;
}

interface Descent extends Required<{ [K in "alpha" | "iterations" | "tolerance"]: number }> {
  readonly draw: () => number;
}
interface Fitted {
  /** w = sum of weights[i] rows[i]. */
  readonly weights: Float64Array;
  readonly bias: number;
  readonly walks: number;
}

function descend(gram: Float64Array, signs: readonly number[], descent: Descent): Fitted {
  const { alpha, iterations, tolerance, draw } = descent;
  const n = signs.length;
  const start = alpha ** 0.25 / alpha;
  const weights = new Float64Array(n);
  let [bias, steps, best, stuck, walks] = [0, 0, Number.POSITIVE_INFINITY, 0, 0];
  while (walks < iterations && stuck < PATIENCE) {
    let loss = 0;
    for (const i of shuffled(n, draw)) {
      const sign = signs[i] as number;
      const margin = sign * (dot(weights, gram.subarray(i * n, (i + 1) * n)) + bias);
      const rate = 1 / (alpha * (start + steps++));
      const shrink = Math.max(0, 1 - rate * alpha);
      loss += Math.max(0, 1 - margin);
      for (let k = 0; k < n; k++) weights[k]! *= shrink;
      if (margin <= 1) {
        weights[i]! += rate * sign;
        bias += rate * sign;
      }
    }
    walks++;
    stuck = loss > best - tolerance * n ? stuck + 1 : 0;
    best = Math.min(best, loss);
  }
  return { weights, bias, walks };
}
