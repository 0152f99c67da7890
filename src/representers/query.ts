/** @file Which training points speak for a class of a test point, and which against: k(x_t, x_i, α_i) = α_i f_iᵀ f_t. */
import { OnnxplainError } from "../errors.ts";
import { type Extremes, extremes } from "./extremes.ts";
import type { FeatureSource } from "./features.ts";
import { type KernelOptions, kernelBlocks } from "./kernel.ts";
import { type Representers, scoresOf } from "./representers.ts";

/** A training point and what it says about a class. */
export interface RankedPoint {
  /** Place in the training set. */
  readonly index: number;
  /** The representer value: alpha times similarity. */
  readonly value: number;
  readonly alpha: number;
  /** f_iᵀ f_t, with the constant of the bias where it counts. */
  readonly similarity: number;
}

export interface ClassAnswer {
  readonly target: number;
  /** Θ_j f_t. */
  readonly logit: number;
  /** Of the representer values of all training points. */
  readonly sum: number;
  /** |G_j f_t| / 2λ: what logit and sum differ by, but for rounding. */
  readonly bound: number;
  /** Sums of the positive values, and of the negative ones. */
  readonly excitatory: number;
  readonly inhibitory: number;
  /** Largest values first. */
  readonly positive: readonly RankedPoint[];
  /** Smallest values first. */
  readonly negative: readonly RankedPoint[];
}

export interface TestAnswer {
  /** Θ f_t `[classes]`. */
  readonly logits: Float64Array;
  /** Class of the largest logit. */
  readonly predicted: number;
  /** In the order asked for. */
  readonly classes: readonly ClassAnswer[];
}

export interface QueryOptions extends KernelOptions {
  /** Default all. */
  readonly targets?: readonly number[] | undefined;
  /** Points on either side. Default 5. */
  readonly top?: number | undefined;
  /** Leave the constant out of similarities, as the paper's notebooks do: sums are then no logits. Default false. */
  readonly dropBiasInKernel?: boolean | undefined;
}

/**
 * Training points for rows of features `[m, width]` of test points; the training features are read once. Equal values rank in the order
 * of the training set.
 *
 * Throws `E_INPUT_SHAPE` for features of another width or another number of points, `E_TARGET_RANGE`, `E_PARAM`, `E_ABORTED`.
 * @example const [answer] = await query(fitted, features, test, { targets: [3], top: 5 });
 */
export async function query(
  fitted: Representers,
  features: FeatureSource,
  tests: Float32Array,
  { targets, top = 5, dropBiasInKernel = false, ...options }: QueryOptions = {},
): Promise<readonly TestAnswer[]> {
  checkQuery(fitted, features, tests);
  const { classes, width, count, alpha } = fitted;
  const asked = targets ?? Array.from({ length: classes }, (_, j) => j);
  for (const t of asked)
    if (!(Number.isInteger(t) && t >= 0 && t < classes))
      throw new OnnxplainError("E_TARGET_RANGE", `There is no class ${t}; expected 0 to ${classes - 1}.`);
  if (!(Number.isInteger(top) && top >= 0))
    throw new OnnxplainError("E_PARAM", `top is ${top}, expected an integer from 0 up.`);
  const m = tests.length / width;
  const kept = Math.min(top, count);
  const constant = constantOf(fitted, dropBiasInKernel);
  const tallies = Array.from({ length: m }, () => asked.map((target) => tallyOf(target, kept)));
  const similarities = Array.from({ length: m }, () => new Map<number, number>());
  for await (const block of kernelBlocks(features, tests, options)) {
    for (const [t, own] of tallies.entries())
      for (const tally of own) addBlock(tally, { ...block, alpha, classes, m, t, constant });
    keepSimilarities(tallies, similarities, { ...block, m, constant });
  }
  return tallies.map((own, t) => answerOf(fitted, tests, { own, t, similar: similarities[t] as Map<number, number> }));
}

/** All values `[n]` of one test point for one class. Throws as {@link query}. */
export async function representerValues(
  fitted: Representers,
  features: FeatureSource,
  test: Float32Array,
  {
    target,
    dropBiasInKernel = false,
    ...options
  }: KernelOptions & {
    readonly target: number;
    readonly dropBiasInKernel?: boolean | undefined;
  },
): Promise<Float64Array> {
  checkQuery(fitted, features, test);
  if (!(Number.isInteger(target) && target >= 0 && target < fitted.classes))
    throw new OnnxplainError("E_TARGET_RANGE", `There is no class ${target}; expected 0 to ${fitted.classes - 1}.`);
  const constant = constantOf(fitted, dropBiasInKernel);
  const values = new Float64Array(fitted.count);
  for await (const { first, products } of kernelBlocks(features, test, options))
    products.forEach((s, i) => {
      values[first + i] = (fitted.alpha[(first + i) * fitted.classes + target] as number) * (s + constant);
    });
  return values;
}

export const constantOf = ({ bias }: Pick<Representers, "bias">, drop: boolean): number => (bias && !drop ? 1 : 0);

/** Throws `E_INPUT_SHAPE`, `E_NUMERIC`. */
export function checkQuery({ width, count }: Representers, features: FeatureSource, tests: Float32Array): void {
  if (features.count !== count || features.width !== width)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `The fit is of ${count} points with ${width} features, the features given are of ${features.count} with ${features.width}. Give those it was fitted on.`,
    );
  if (tests.length === 0 || tests.length % width !== 0)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Test features have ${tests.length} numbers, expected rows of ${width}. Take them from the layer the fit reads.`,
    );
  const bad = tests.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0)
    throw new OnnxplainError(
      "E_NUMERIC",
      `Feature ${bad % width} of test point ${Math.floor(bad / width)} is not finite.`,
    );
}

interface Tally {
  readonly target: number;
  sum: number;
  /** Of the magnitudes. */
  total: number;
  readonly highest: Extremes;
  readonly lowest: Extremes;
}

const tallyOf = (target: number, kept: number): Tally => ({
  target,
  sum: 0,
  total: 0,
  highest: extremes(kept),
  lowest: extremes(kept),
});

interface Block {
  readonly first: number;
  readonly count: number;
  readonly products: Float64Array;
  readonly m: number;
  readonly constant: number;
}

function addBlock(
  tally: Tally,
  {
    first,
    count,
    products,
    alpha,
    classes,
    m,
    t,
    constant,
  }: Block & {
    readonly alpha: Float64Array;
    readonly classes: number;
    readonly t: number;
  },
): void {
  const { highest, lowest, target } = tally;
  let [sum, total, top, bottom] = [0, 0, highest.bar(), -lowest.bar()];
  for (let i = 0; i < count; i++) {
    const v = alpha[(first + i) * classes + target]! * (products[i * m + t]! + constant);
    sum += v;
    total += Math.abs(v);
    if (v > top) {
      highest.offer(v, first + i);
      top = highest.bar();
    }
    if (v < bottom) {
      lowest.offer(-v, first + i);
      bottom = -lowest.bar();
    }
  }
  tally.sum += sum;
  tally.total += total;
}

/** Similarities of the points of this block that rank now. */
function keepSimilarities(
  tallies: readonly (readonly Tally[])[],
  similarities: readonly Map<number, number>[],
  { first, count, products, m, constant }: Block,
): void {
  for (const [t, own] of tallies.entries())
    for (const { highest, lowest } of own)
      for (const { index } of [...highest.ranked(), ...lowest.ranked()])
        if (index >= first && index < first + count)
          similarities[t]?.set(index, (products[(index - first) * m + t] as number) + constant);
}

function answerOf(
  fitted: Representers,
  tests: Float32Array,
  {
    own,
    t,
    similar,
  }: { readonly own: readonly Tally[]; readonly t: number; readonly similar: ReadonlyMap<number, number> },
): TestAnswer {
  const { alpha, classes, lambda, gradient } = fitted;
  const logits = scoresOf(fitted, tests, t);
  const gaps = scoresOf({ ...fitted, theta: gradient }, tests, t);
  const point =
    (target: number, sign: number) =>
    ({ index, value }: { readonly index: number; readonly value: number }) => ({
      index,
      value: sign * value,
      alpha: alpha[index * classes + target] as number,
      similarity: similar.get(index) as number,
    });
  return {
    logits,
    predicted: logits.indexOf(Math.max(...logits)),
    classes: own.map(({ target, sum, total, highest, lowest }) => ({
      target,
      logit: logits[target] as number,
      sum,
      bound: Math.abs(gaps[target] as number) / (2 * lambda),
      excitatory: (total + sum) / 2,
      inhibitory: (sum - total) / 2,
      positive: highest.ranked().map(point(target, 1)),
      negative: lowest.ranked().map(point(target, -1)),
    })),
  };
}
