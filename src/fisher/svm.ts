/** @file Linear support vector machines on a Gram matrix, by coordinate descent on the dual. */
import { OnnxplainError } from "../errors.ts";
import { scattered, uniforms } from "../random.ts";
import {
  add,
  type Dual,
  descend,
  isFree,
  moveTo,
  type Numbers,
  type Point,
  partAt,
  projected,
  rescore,
  startAt,
} from "./dual-descent.ts";

export type { Numbers };

/** `hinge`: C sum max(0, 1 - y f), as LIBSVM and the encoding toolkit; `squared-hinge`: C sum max(0, 1 - y f)^2. */
export type SvmLoss = "hinge" | "squared-hinge";
export const SVM_LOSSES: readonly SvmLoss[] = ["hinge", "squared-hinge"];

export interface SvmOptions {
  /** C, positive; default 1. */
  readonly cost?: number;
  /** Default `hinge`. */
  readonly loss?: SvmLoss;
  /** The constant feature that the bias is the weight of: b = bias^2 sum alpha. 0: no bias. Default 1, as LIBLINEAR's `-B 1`. */
  readonly bias?: number;
  /** Relative duality gap (primal - dual) / primal at which it stops; default 1e-4. A Gram matrix rounded to float32 bears about 1e-6. */
  readonly tolerance?: number;
  /** Sweeps, of all samples or of the active ones, at most; default 10,000. */
  readonly sweeps?: number;
  /** Of the order within sweeps; default 0. */
  readonly seed?: number;
  /** Signed alpha `[n]` to begin at, cut to the bounds; default 0. */
  readonly start?: Float64Array;
}

export interface Svm {
  /** a_i y_i `[n]`: w = sum_i alpha_i Phi(x_i). */
  readonly alpha: Float64Array;
  /** b of f = w . Phi + b. */
  readonly bias: number;
  /** Values of the primal and the dual problem at the end. */
  readonly primal: number;
  readonly dual: number;
  /** (primal - dual) / primal; 0 where nothing was to be learnt. */
  readonly gap: number;
  readonly sweeps: number;
  readonly converged: boolean;
  readonly notes: readonly string[];
}

/** Sweeps among the active samples on end, at most; between them all samples are looked at again. */
const INNER = 100;

/** What the dual of a loss is: a_i <= `upper`, and `ridge` on the diagonal. */
const DUALS: Readonly<Record<SvmLoss, (cost: number) => Omit<Dual, "constant">>> = {
  hinge: (cost) => ({ upper: cost, ridge: 0 }),
  "squared-hinge": (cost) => ({ upper: Number.POSITIVE_INFINITY, ridge: 1 / (2 * cost) }),
};
const LOSSES: Readonly<Record<SvmLoss, (slack: number) => number>> = {
  hinge: (slack) => slack,
  "squared-hinge": (slack) => slack * slack,
};

/**
 * The machine that parts `targets` `[n]` (positive where > 0) given `gram` `[n, n]` of their features:
 *
 *     min 1/2 (|w|^2 + (b / bias)^2) + C sum_i loss(1 - y_i f(x_i)),   f = w . Phi + b
 *
 * through its dual min 1/2 a'Qa - sum a, 0 <= a_i <= upper, Q_ij = y_i y_j (K_ij + bias^2) + ridge [i = j]. The bias is regularised with
 * the weights: that is LIBLINEAR's problem, not LIBSVM's. The descent goes on among samples between their bounds and those whose slope is
 * steep, on their part of the matrix, and then looks at all samples again.
 *
 * Targets of one sign: weights 0, bias -1 (no positive) or 1 (no negative), and a note.
 *
 * Throws `E_DATA_EMPTY` for no sample, `E_INPUT_SHAPE` for sizes that do not fit, `E_PARAM` for options out of range, `E_NUMERIC` where
 * the Gram matrix is not finite or has a negative diagonal.
 *
 * Source: Hsieh et al. 2008 (ICML), "A dual coordinate descent method for large-scale linear SVM", algorithm 1.
 */
export function trainSvm(gram: Numbers, targets: ArrayLike<number>, options: SvmOptions = {}): Svm {
  const { cost = 1, loss = "hinge", bias = 1, tolerance = 1e-4, sweeps = 10_000, seed = 0, start } = options;
  checkGram(gram, targets.length);
  checkOptions({ cost, bias, tolerance, sweeps });
  const y = Int8Array.from({ length: targets.length }, (_, i) => ((targets[i] as number) > 0 ? 1 : -1));
  if (y.every((v) => v === y[0])) return oneSided(y);
  const dual: Dual = { ...DUALS[loss](cost), constant: bias * bias };
  const point = startAt({ gram, y }, dual, start);
  const random = uniforms(scattered(seed));
  for (let [used, exact] = [0, true]; ; ) {
    const slopes = Float64Array.from(y, (_, i) => projected(point, dual, i));
    const steepest = slopes.reduce((most, s) => Math.max(most, Math.abs(s)), 0);
    const values = valuesAt(point, dual, { cost, loss });
    if (values.gap <= tolerance || used >= sweeps || steepest === 0) {
      if (exact) return machineAt(point, dual, { ...values, tolerance, sweeps: used });
      // steps leave rounding behind in the scores
      rescore(point);
      exact = true;
      continue;
    }
    const target = steepest / 10;
    const active = Int32Array.from(y.keys()).filter((i) => isFree(point, dual, i) || Math.abs(slopes[i]!) > target);
    const part = partAt(point, active);
    used += descend(part, dual, { target, sweeps: Math.min(INNER, sweeps - used), random });
    for (const [k, i] of active.entries()) moveTo(point, i, part.alpha[k]!);
    exact = false;
  }
}

interface Values extends Pick<Svm, "primal" | "dual" | "gap"> {}

function valuesAt(
  { y, alpha, scores, sum }: Point,
  { ridge, constant }: Dual,
  { cost, loss }: { readonly cost: number; readonly loss: SvmLoss },
): Values {
  const lossOf = LOSSES[loss];
  let [square, losses, linear, ridges] = [constant * sum * sum, 0, 0, 0];
  for (let i = 0; i < y.length; i++) {
    const a = alpha[i]!;
    square += a * scores[i]!;
    losses += lossOf(Math.max(0, 1 - y[i]! * (scores[i]! + constant * sum)));
    linear += Math.abs(a);
    ridges += ridge * a * a;
  }
  const [primal, dual] = [square / 2 + cost * losses, linear - (square + ridges) / 2];
  return { primal, dual, gap: Math.max(0, primal - dual) / Math.max(primal, Number.MIN_VALUE) };
}

function machineAt(
  { alpha, sum }: Point,
  { constant }: Dual,
  { tolerance, ...ended }: Values & { readonly tolerance: number; readonly sweeps: number },
): Svm {
  const converged = ended.gap <= tolerance;
  const note = `stopped after ${ended.sweeps} sweeps at a relative duality gap of ${ended.gap.toExponential(1)}, above ${tolerance}`;
  return { alpha, bias: constant === 0 ? 0 : constant * sum, ...ended, converged, notes: converged ? [] : [note] };
}

/** One machine for each column of `targets` `[n, classes]`. */
export function trainSvms(gram: Numbers, targets: Numbers, classes: number, options: SvmOptions = {}): readonly Svm[] {
  const n = targets.length / classes;
  return Array.from({ length: classes }, (_, c) =>
    trainSvm(
      gram,
      Float64Array.from({ length: n }, (_, i) => targets[i * classes + c]!),
      options,
    ),
  );
}

/** w `[classes, width]` = sum_i alpha_i Phi(x_i), from features `[n, width]` that are walked once, block by block. */
export async function weightsOf(
  machines: readonly Pick<Svm, "alpha">[],
  features: AsyncIterable<{ readonly first: number; readonly count: number; readonly rows: Numbers }>,
  width: number,
): Promise<Float64Array> {
  const weights = new Float64Array(machines.length * width);
  for await (const { first, count, rows } of features)
    for (let i = 0; i < count; i++) {
      const row = rows.subarray(i * width, (i + 1) * width);
      for (const [c, { alpha }] of machines.entries()) {
        const factor = alpha[first + i]!;
        if (factor !== 0) add(weights.subarray(c * width, (c + 1) * width), row, factor);
      }
    }
  return weights;
}

function oneSided(y: Int8Array): Svm {
  const bias = y[0] as number;
  const note = `no ${bias > 0 ? "negative" : "positive"} among ${y.length} samples: weights 0, bias ${bias}`;
  const alpha = new Float64Array(y.length);
  return { alpha, bias, primal: 0, dual: 0, gap: 0, sweeps: 0, converged: true, notes: [note] };
}

function checkGram(gram: Numbers, n: number): void {
  if (n === 0)
    throw new OnnxplainError("E_DATA_EMPTY", "a support vector machine needs samples, got none; give at least one.");
  if (gram.length !== n * n)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `expected a Gram matrix of [${n}, ${n}] for ${n} targets, got ${gram.length} numbers; give both of the same samples.`,
    );
  for (let i = 0; i < gram.length; i++)
    if (!Number.isFinite(gram[i]!) || (i % (n + 1) === 0 && gram[i]! < 0))
      throw new OnnxplainError(
        "E_NUMERIC",
        `the Gram matrix holds ${gram[i]} at [${Math.floor(i / n)}, ${i % n}]: products of features are finite, squares not negative; look for features that are not finite.`,
      );
}

function checkOptions(options: Readonly<Record<"cost" | "bias" | "tolerance" | "sweeps", number>>): void {
  const least = { cost: Number.MIN_VALUE, bias: 0, tolerance: Number.MIN_VALUE, sweeps: 1 } as const;
  for (const name of ["cost", "bias", "tolerance", "sweeps"] as const)
    if (!Number.isFinite(options[name]) || options[name] < least[name])
      throw new OnnxplainError(
        "E_PARAM",
        `Expected \`${name}\` of the support vector machine to be ${least[name] === Number.MIN_VALUE ? "positive" : `at least ${least[name]}`} and finite, got ${options[name]}.`,
      );
}
