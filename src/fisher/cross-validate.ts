/** @file The cost C of linear machines, chosen by stratified cross-validation on the Gram matrix. */
import { OnnxplainError } from "../errors.ts";
import { scattered, shuffled, uniforms } from "../random.ts";
import { averagePrecision } from "../train/average-precision.ts";
import { gramPart } from "./gram-part.ts";
import { type Numbers, type Svm, type SvmOptions, trainSvm } from "./svm.ts";

/** 1.6, 1.8, … 7.8. Source: the encoding-evaluation toolkit. */
export const TOOLKIT_COSTS: readonly number[] = Array.from({ length: 32 }, (_, i) => (16 + 2 * i) / 10);
/** [R]: two steps a decade, 0.1 … 100, of which the toolkit's grid covers less than one. */
export const DEFAULT_COSTS: readonly number[] = [0.1, 0.3, 1, 3, 10, 30, 100];

export interface CrossValidationOptions extends Omit<SvmOptions, "cost" | "start" | "tolerance"> {
  /** Of each machine; default 1e-3: costs differ by more. */
  readonly tolerance?: number;
  /** Values of C to compare; default {@link DEFAULT_COSTS}. */
  readonly costs?: readonly number[];
  /** Parts, at least 2; default 5, and no more than there are samples. */
  readonly folds?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/** One C: mean 11-point average precision over classes with a positive in the held-out part. */
export interface CostRow {
  readonly cost: number;
  /** Mean over folds where there is one; null where there is none. */
  readonly meanAp: number | null;
  /** One a fold. */
  readonly folds: readonly (number | null)[];
  /** Machines that stopped above the tolerance. */
  readonly unconverged: number;
}

export interface CrossValidation {
  /** The cost of the highest mean; the lowest among equals. */
  readonly cost: number;
  /** By rising cost. */
  readonly table: readonly CostRow[];
  /** The fold of each sample, `[n]`. */
  readonly folds: Int32Array;
  readonly notes: readonly string[];
}

/**
 * Compares costs by `folds`-fold cross-validation of one machine for each column of `targets` `[n, classes]` (positive where > 0) on
 * `gram` `[n, n]`. Machines of rising cost begin at the ones before.
 *
 * Throws `E_DATA_EMPTY` for fewer than 2 samples, `E_PARAM` for folds or costs out of range, and what {@link trainSvm} throws; the
 * signal's reason when it stops.
 */
export function crossValidate(
  gram: Numbers,
  labels: CrossValidatedLabels,
  { signal, onProgress, ...options }: CrossValidationOptions = {},
): CrossValidation {
  const steps = crossValidation(gram, labels, options);
  for (;;) {
    signal?.throwIfAborted();
    const step = steps.next();
    if (step.done) return step.value;
    onProgress?.(...step.value);
  }
}

export interface CrossValidatedLabels {
  /** `[n, classes]`. */
  readonly targets: Numbers;
  readonly classes: number;
}

/** The same, machine by machine: how many of how many are done. */
export function* crossValidation(
  gram: Numbers,
  { targets, classes }: CrossValidatedLabels,
  options: Omit<CrossValidationOptions, "signal" | "onProgress"> = {},
): Generator<readonly [done: number, of: number], CrossValidation> {
  const { costs = DEFAULT_COSTS, folds: wanted = 5, tolerance = 1e-3, ...rest } = options;
  const machine = { ...rest, tolerance };
  const n = targets.length / classes;
  check({ n, costs, folds: wanted });
  const rising = [...new Set(costs)].sort((a, b) => a - b);
  const count = Math.min(wanted, n);
  const folds = stratifiedFolds(targets, classes, { folds: count, seed: machine.seed ?? 0 });
  const results = rising.map(() => ({ folds: [] as (number | null)[], unconverged: 0 }));
  for (let fold = 0, done = 0; fold < count; fold++) {
    const [kept, held] = [placesWhere(folds, (f) => f !== fold), placesWhere(folds, (f) => f === fold)];
    const inner = gramPart(gram, { rows: kept, columns: kept });
    const outer = gramPart(gram, { rows: held, columns: kept });
    const columnOf = (rows: Int32Array, c: number): Float64Array =>
      Float64Array.from(rows, (i) => targets[i * classes + c]!);
    const precisions = rising.map(() => [] as number[]);
    for (let c = 0; c < classes; c++) {
      const [own, truth] = [columnOf(kept, c), columnOf(held, c)];
      let before: Svm | undefined;
      for (const [k, cost] of rising.entries()) {
        before = trainSvm(inner, own, { ...machine, cost, ...(before && { start: before.alpha }) });
        if (!before.converged) results[k]!.unconverged++;
        const { elevenPoint } = averagePrecision(scoresOf(before, outer), truth);
        if (elevenPoint !== null) precisions[k]!.push(elevenPoint);
        yield [++done, count * classes * rising.length];
      }
    }
    for (const [k, of] of precisions.entries()) results[k]!.folds.push(mean(of));
  }
  const table = rising.map((cost, k) => ({
    cost,
    meanAp: mean(results[k]!.folds.filter((v) => v !== null)),
    ...results[k]!,
  }));
  const best = table.reduce((a, b) => ((b.meanAp ?? -1) > (a.meanAp ?? -1) ? b : a));
  const notes = [
    ...(options.costs === undefined ? [`[R] compared C = ${rising.join(", ")}: the paper states no grid`] : []),
    ...(count < wanted ? [`${wanted} folds of ${n} samples: took ${count}`] : []),
    ...(best.meanAp === null ? [`no held-out part has a positive: took the lowest cost, ${best.cost}`] : []),
  ];
  return { cost: best.cost, table, folds, notes };
}

/**
 * A fold for each sample `[n]`: the positives of each class of `targets` `[n, classes]` are spread evenly, those of the rarest class first;
 * then samples that are positive of nothing. Seeded.
 *
 * Source: Sechidis et al. 2011 (ECML), "On the stratification of multi-label data", algorithm 1, with equal shares.
 */
export function stratifiedFolds(
  targets: Numbers,
  classes: number,
  { folds, seed = 0 }: { readonly folds: number; readonly seed?: number },
): Int32Array {
  const n = targets.length / classes;
  const order = shuffled(n, uniforms(scattered(seed)));
  const isPositive = (i: number, c: number): boolean => targets[i * classes + c]! > 0;
  const fold = new Int32Array(n).fill(-1);
  const sizes = new Int32Array(folds);
  const positives = new Int32Array(folds * classes);
  const put = (i: number, rank: (f: number) => number): void => {
    let to = 0;
    for (let f = 1; f < folds; f++)
      if (rank(f) - rank(to) < 0 || (rank(f) === rank(to) && sizes[f]! < sizes[to]!)) to = f;
    fold[i] = to;
    sizes[to]!++;
    for (let c = 0; c < classes; c++) if (isPositive(i, c)) positives[to * classes + c]!++;
  };
  const left = new Set(Array.from({ length: classes }, (_, c) => c));
  while (left.size > 0) {
    let [rarest, fewest] = [-1, Number.POSITIVE_INFINITY];
    for (const c of left) {
      const open = order.reduce((sum, i) => sum + Number(fold[i] === -1 && isPositive(i, c)), 0);
      if (open < fewest) [rarest, fewest] = [c, open];
    }
    left.delete(rarest);
    for (const i of order) if (fold[i] === -1 && isPositive(i, rarest)) put(i, (f) => positives[f * classes + rarest]!);
  }
  for (const i of order) if (fold[i] === -1) put(i, (f) => sizes[f]!);
  return fold;
}

/** f of every row of `products` `[m, n]` with the machine's samples. */
export function scoresOf({ alpha, bias }: Pick<Svm, "alpha" | "bias">, products: Numbers): Float64Array {
  const n = alpha.length;
  return Float64Array.from({ length: products.length / n }, (_, i) => {
    let sum = bias;
    for (let j = 0; j < n; j++) sum += alpha[j]! * products[i * n + j]!;
    return sum;
  });
}

const placesWhere = (folds: Int32Array, keep: (fold: number) => boolean): Int32Array =>
  Int32Array.from(folds, (_, i) => i).filter((i) => keep(folds[i]!));

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, v) => sum + v, 0) / values.length;

function check({ n, costs, folds }: { n: number; costs: readonly number[]; folds: number }): void {
  if (!(n >= 2))
    throw new OnnxplainError("E_DATA_EMPTY", `cross-validation needs 2 samples at least, got ${n}; give more of them.`);
  if (!Number.isInteger(folds) || folds < 2)
    throw new OnnxplainError("E_PARAM", `Expected \`folds\` to be a whole number of at least 2, got ${folds}.`);
  if (costs.length === 0 || costs.some((c) => !(c > 0 && Number.isFinite(c))))
    throw new OnnxplainError("E_PARAM", `Expected \`costs\` to be positive numbers, got [${costs.join(", ")}].`);
}
