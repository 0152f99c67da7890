/** @file Does an order find wrong labels? Labels are flipped on purpose, points checked in each order, flips mended, the layer fitted again. */
import { OnnxplainError } from "../errors.ts";
import { scattered, shuffled, uniforms } from "../random.ts";
import { CRITERION_IDS, type CriterionId, orderings } from "./debug.ts";
import { openInfluence } from "./influence.ts";
import { type LayerMath, type MathOptions, openLayerMath } from "./influence-math.ts";
import { type Layer, type LayerLoss, type Points, pointsOf, type Study, targetsOf } from "./influence-study.ts";
import { fitLayer, type LogisticFit } from "./logistic.ts";

/** Points with a class each, from 0. */
export interface LabelledPoints {
  readonly points: Points;
  readonly labels: ArrayLike<number>;
}

export interface SplitOptions extends MathOptions {
  readonly loss: LayerLoss;
  readonly classes: number;
  readonly bias: boolean;
  readonly weightDecay: number;
  /** Parts of the training points that are checked, each from the start of the order. */
  readonly shares: readonly number[];
  readonly criteria: readonly CriterionId[];
  /** An order for `random` instead of a drawn one. */
  readonly random?: Int32Array | undefined;
  readonly seed?: number | undefined;
  /** Limit of the Hessian's size. */
  readonly largest?: number | undefined;
}

export interface CheckedOrder {
  readonly criterion: CriterionId;
  readonly values: Float64Array;
  readonly order: Int32Array;
  /** On the test points, one a share. */
  readonly accuracy: readonly number[];
  /** Part of the flipped labels that is mended, one a share. */
  readonly fixed: readonly number[];
}

export interface SplitResult {
  /** Of the layer on the corrupted labels. */
  readonly theta: Float64Array;
  readonly orders: readonly CheckedOrder[];
  /** Test accuracy with all labels right. */
  readonly clean: number;
}

type Start = Pick<LogisticFit, "theta" | "factor">;

/**
 * One split: fit to the `corrupted` labels, order once by each criterion, then for each share mend the flipped labels among those checked
 * and fit again. Fits go to max |gradient| <= 1e-12; self-influence has no damping beside the weight decay. Throws as `fitLayer` does.
 *
 * Source: Yeh et al. 2018, section 4.1.
 */
export async function simulateSplit(
  train: LabelledPoints & { readonly corrupted: ArrayLike<number> },
  test: LabelledPoints,
  { loss, classes, bias, weightDecay, shares, criteria, random, seed, largest, ...options }: SplitOptions,
): Promise<SplitResult> {
  const { points, labels, corrupted } = train;
  const outputs = loss === "logistic" ? 1 : classes;
  const empty: Layer = { loss, outputs, bias, theta: new Float64Array(outputs * (points.width + Number(bias))) };
  const math = openLayerMath({ ...empty, width: points.width }, options);
  try {
    const fitted = (own: ArrayLike<number>, from: Start): Promise<LogisticFit> => {
      const layer = { ...empty, theta: from.theta };
      const study: Study = { points, targets: targetsOf(own, empty), layer, weightDecay };
      return fitLayer(math, study, { largest, factor: from.factor });
    };
    const first = await fitted(corrupted, { theta: empty.theta, factor: undefined });
    const { theta } = first;
    const targets = targetsOf(corrupted, empty);
    const study: Study = { points, targets, layer: { ...empty, theta }, weightDecay };
    const influence = await openInfluence(study, { ...options, method: "exact", damping: 0, largest });
    const ordered = await orderings(influence, { criteria, seed }).finally(() => influence.dispose());
    const n = points.count;
    const flipped = Array.from({ length: n }, (_, i) => labels[i] !== corrupted[i]);
    const flips = flipped.filter(Boolean).length;
    const orders: CheckedOrder[] = [];
    const start = await accuracyOf(math, test, theta);
    for (const { criterion, values, order: own } of ordered) {
      const order = criterion === "random" && random !== undefined ? random : own;
      const [accuracy, fixed]: [number[], number[]] = [[], []];
      // each fit begins where the one before it, with nearly the same labels, ended
      let last: Start = first;
      for (const share of shares) {
        const checked = order.subarray(0, Math.round(share * n));
        const mended = Int32Array.from({ length: n }, (_, i) => corrupted[i] as number);
        for (const i of checked) mended[i] = labels[i] as number;
        const found = checked.reduce((s, i) => s + Number(flipped[i]), 0);
        fixed.push(flips === 0 ? 0 : found / flips);
        if (found > 0) last = await fitted(mended, last);
        accuracy.push(found === 0 ? start : await accuracyOf(math, test, last.theta));
      }
      orders.push({ criterion, values, order, accuracy, fixed });
    }
    return { theta, orders, clean: await accuracyOf(math, test, (await fitted(labels, first)).theta) };
  } finally {
    await math.dispose();
  }
}

/** Part of the points whose label is the class with the largest score, the first of equals; for logistic class 1 where the score is above 0. */
export async function accuracyOf(
  math: LayerMath,
  { points, labels }: LabelledPoints,
  theta: Float64Array,
): Promise<number> {
  const { outputs } = math.shape;
  const { probabilities } = await math.evaluate(points, { theta, targets: new Float64Array(points.count * outputs) });
  let right = 0;
  for (let i = 0; i < points.count; i++) {
    const p = probabilities.subarray(i * outputs, (i + 1) * outputs);
    const predicted = outputs === 1 ? Number((p[0] as number) > 0.5) : p.indexOf(Math.max(...p));
    right += Number(predicted === labels[i]);
  }
  return right / points.count;
}

export interface Band {
  readonly mean: readonly number[];
  /** Standard deviation over the splits, with n - 1; 0 for one split. */
  readonly deviation: readonly number[];
}

export interface SimulateOptions extends MathOptions {
  /** Part of the labels that is flipped; default 0.4. */
  readonly flip?: number | undefined;
  /** Default 5. */
  readonly splits?: number | undefined;
  /** Training points of a split, drawn without replacement; default 4/5 of what there is. */
  readonly count?: number | undefined;
  /** Default 0, 0.05, … 0.4. */
  readonly shares?: readonly number[] | undefined;
  /** Default: all. */
  readonly criteria?: readonly CriterionId[] | undefined;
  /** Default `logistic` for two classes, else `softmax`. */
  readonly loss?: LayerLoss | undefined;
  readonly bias?: boolean | undefined;
  /** 2 lambda; default 0.01. */
  readonly weightDecay?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  readonly largest?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface Simulation {
  readonly loss: LayerLoss;
  readonly weightDecay: number;
  readonly flip: number;
  readonly splits: number;
  /** Training points of a split. */
  readonly count: number;
  readonly testPoints: number;
  readonly seed: number;
  readonly shares: readonly number[];
  readonly curves: readonly { readonly criterion: CriterionId; readonly accuracy: Band; readonly fixed: Band }[];
  /** Test accuracy with all labels right. */
  readonly clean: { readonly mean: number; readonly deviation: number };
}

const SHARES = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4];

/** A pool of points in memory, rows `[n, width]`. */
export interface Pool {
  readonly rows: Float32Array | Float64Array;
  readonly width: number;
  readonly labels: ArrayLike<number>;
}

/**
 * The whole protocol on a pool of rightly labelled points: splits and flips are drawn from the seed, a flipped label is any other class.
 * Throws `E_PARAM` for settings out of range, `E_TARGET_RANGE` for labels, `E_DATA_EMPTY`.
 */
export async function simulate(
  pool: Pool,
  test: Pool,
  classes: number,
  options: SimulateOptions = {},
): Promise<Simulation> {
  const n = pool.labels.length;
  const {
    flip = 0.4,
    splits = 5,
    count = Math.floor(0.8 * n),
    shares = SHARES,
    criteria = CRITERION_IDS,
    loss = classes === 2 ? "logistic" : "softmax",
    bias = true,
    weightDecay = 0.01,
    seed = 0,
    onProgress,
    ...rest
  } = options;
  checkSettings({ flip, splits, count, shares, classes, n, tests: test.labels.length });
  const draw = uniforms(scattered(seed));
  const results: SplitResult[] = [];
  for (let split = 0; split < splits; split++) {
    const places = shuffled(n, draw, count);
    const labels = Int32Array.from(places, (i) => pool.labels[i] as number);
    const corrupted = Int32Array.from(labels);
    for (const i of shuffled(count, draw, Math.round(flip * count)))
      corrupted[i] = ((labels[i] as number) + 1 + Math.floor(draw() * (classes - 1))) % classes;
    results.push(
      await simulateSplit(
        { points: pointsOf(taken(pool, places), pool.width), labels, corrupted },
        { points: pointsOf(test.rows, test.width), labels: test.labels },
        { loss, classes, bias, weightDecay, shares, criteria, seed: scattered(seed + split + 1), ...rest },
      ),
    );
    onProgress?.(split + 1, splits);
  }
  const of = (k: number, what: "accuracy" | "fixed"): Band => {
    const each = shares.map((_, s) => spread(results.map((r) => r.orders[k]?.[what][s] as number)));
    return { mean: each.map((e) => e.mean), deviation: each.map((e) => e.deviation) };
  };
  return {
    loss,
    weightDecay,
    flip,
    splits,
    count,
    testPoints: test.labels.length,
    seed,
    shares,
    curves: criteria.map((criterion, k) => ({ criterion, accuracy: of(k, "accuracy"), fixed: of(k, "fixed") })),
    clean: spread(results.map((r) => r.clean)),
  };
}

/** Mean and standard deviation, with n - 1. */
export function spread(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((s, v) => s + v, 0) / values.length;
  const squares = values.reduce((s, v) => s + (v - mean) ** 2, 0);
  return { mean, deviation: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)) };
}

function taken({ rows, width }: Pool, places: Int32Array): Float32Array | Float64Array {
  const some =
    rows instanceof Float64Array ? new Float64Array(places.length * width) : new Float32Array(places.length * width);
  for (const [at, i] of places.entries()) some.set(rows.subarray(i * width, (i + 1) * width), at * width);
  return some;
}

interface Settings {
  readonly flip: number;
  readonly splits: number;
  readonly count: number;
  readonly shares: readonly number[];
  readonly classes: number;
  readonly n: number;
  readonly tests: number;
}
function checkSettings({ flip, splits, count, shares, classes, n, tests }: Settings): void {
  const wrong = (what: string): never => {
    throw new OnnxplainError("E_PARAM", what);
  };
  if (n === 0 || tests === 0)
    throw new OnnxplainError("E_DATA_EMPTY", `There are ${n} training and ${tests} test points; both are needed.`);
  if (!(classes >= 2)) wrong(`Labels cannot be flipped among ${classes} classes; expected 2 or more.`);
  if (!(flip >= 0 && flip <= 1)) wrong(`The part of flipped labels is ${flip}, expected 0 … 1.`);
  if (!(Number.isInteger(splits) && splits >= 1)) wrong(`Expected a whole number of splits from 1 up, got ${splits}.`);
  if (!(Number.isInteger(count) && count >= 1 && count <= n))
    wrong(`Expected 1 to ${n} training points a split, got ${count}.`);
  if (shares.length === 0 || shares.some((s) => !(s >= 0 && s <= 1)))
    wrong(`Shares to check must lie in 0 … 1, got ${shares.join(", ") || "none"}.`);
}
