/** @file Representer values beside influence functions on the same points: do they agree, and which of them say anything at all? */
import { OnnxplainError } from "../errors.ts";
import { pearson, spearman } from "../metrics/correlations.ts";
import type { FeatureSource } from "./features.ts";
import {
  type Influence,
  type InfluenceOptions,
  type InfluenceStudy,
  openInfluence,
  withRegulariser,
} from "./influence.ts";
import { pointsOf, type Study, targetsOf } from "./influence-study.ts";
import { representerValues } from "./query.ts";
import type { Representers } from "./representers.ts";

/** Training points with the labels that the layer was fitted to. */
export interface TrainingSet {
  readonly features: FeatureSource;
  readonly labels: Int32Array;
}
/** Test points `[m, width]`, and the class that is asked about: the loss of influence functions is that of this class. */
export interface TestSet {
  readonly features: Float32Array;
  readonly labels: Int32Array;
}

/** Magnitudes below this are near zero. */
export const NEAR_ZERO = 1e-12;

/** How much a method says of one test point: over all training points. */
export interface Extent {
  readonly largest: number;
  readonly zeros: number;
  /** Magnitudes below {@link NEAR_ZERO}, zeros included. */
  readonly nearZeros: number;
}

export interface ComparedPoint {
  readonly target: number;
  /** Between representer values and influence over all training points; NaN where one of them is constant. */
  readonly pearson: number;
  readonly spearman: number;
  readonly representer: Extent;
  readonly influence: Extent;
}

export interface ComparedClass {
  readonly index: number;
  /** Test points of the class. */
  readonly points: number;
  /** Means over the points where they are defined; NaN where they are nowhere. */
  readonly pearson: number;
  readonly spearman: number;
}

export interface Comparison {
  readonly influence: Pick<Influence, "method" | "damping" | "weightDecay" | "iterations" | "residual" | "converged">;
  readonly points: readonly ComparedPoint[];
  readonly classes: readonly ComparedClass[];
  /** Means over all test points where they are defined. */
  readonly pearson: number;
  readonly spearman: number;
  /** Test points for which a method gives nothing but near zeros. */
  readonly silent: { readonly representer: number; readonly influence: number };
  /** `[n, m]` each, for pictures and for {@link agreementWith}. */
  readonly values: { readonly representer: Float64Array; readonly influence: Float64Array };
}

/** The softmax layer of a fit, with labels for the loss. Throws `E_PARAM` for another activation, `E_TARGET_RANGE` for labels. */
export function studyOf(fitted: Representers, { features, labels }: TrainingSet): Study {
  if (fitted.activation !== "softmax")
    throw new OnnxplainError(
      "E_PARAM",
      `Influence functions are of the cross-entropy of a softmax, and the layer was fitted with ${fitted.activation}. Fit with \`--activation softmax\`.`,
    );
  const layer = { loss: "softmax", outputs: fitted.classes, bias: fitted.bias, theta: fitted.theta } as const;
  return { points: features, targets: targetsOf(labels, layer), layer, weightDecay: 2 * fitted.lambda };
}

/**
 * Both values of every training point for every test point and its class. Representer values are of the score of that class, influence
 * (with the regulariser) of its loss: positive speaks for the class in both.
 * Throws as `representerValues` and `openInfluence` do.
 */
export async function compare(
  fitted: Representers,
  train: TrainingSet,
  test: TestSet,
  options: InfluenceOptions = {},
): Promise<Comparison> {
  const influence = await openInfluence(studyOf(fitted, train), options);
  try {
    return await compareOn(influence, fitted, train, test, options);
  } finally {
    await influence.dispose();
  }
}

/** As {@link compare}, on a study that is open. */
export async function compareOn(
  influence: InfluenceStudy,
  fitted: Representers,
  train: TrainingSet,
  test: TestSet,
  { signal, threads }: InfluenceOptions = {},
): Promise<Comparison> {
  const { width, count: n } = fitted;
  const m = test.labels.length;
  if (m === 0) throw new OnnxplainError("E_DATA_EMPTY", "There is no test point to compare on.");
  const asked = await influence.of({
    points: pointsOf(test.features, width),
    targets: targetsOf(test.labels, influence.study.layer),
  });
  const influences = withRegulariser(asked);
  const representers = new Float64Array(n * m);
  for (let t = 0; t < m; t++) {
    const row = test.features.subarray(t * width, (t + 1) * width);
    const target = test.labels[t] as number;
    const values = await representerValues(fitted, train.features, row, { target, signal, threads });
    for (let i = 0; i < n; i++) representers[i * m + t] = values[i] as number;
  }
  const column = (values: Float64Array, t: number): Float64Array =>
    Float64Array.from({ length: n }, (_, i) => values[i * m + t] as number);
  const points = Array.from({ length: m }, (_, t): ComparedPoint => {
    const [a, b] = [column(representers, t), column(influences, t)];
    return {
      target: test.labels[t] as number,
      pearson: pearson(a, b),
      spearman: spearman(a, b),
      representer: extentOf(a),
      influence: extentOf(b),
    };
  });
  const found = [...new Set(test.labels)].sort((a, b) => a - b);
  const { method, damping, weightDecay, iterations, residual, converged } = asked;
  const silent = (of: "representer" | "influence"): number => points.filter((p) => p[of].nearZeros === n).length;
  return {
    influence: { method, damping, weightDecay, iterations, residual, converged },
    points,
    classes: found.map((index) => {
      const own = points.filter((p) => p.target === index);
      return { index, points: own.length, ...meansOf(own) };
    }),
    ...meansOf(points),
    silent: { representer: silent("representer"), influence: silent("influence") },
    values: { representer: representers, influence: influences },
  };
}

function extentOf(values: Float64Array): Extent {
  let [largest, zeros, nearZeros] = [0, 0, 0];
  for (const v of values) {
    const size = Math.abs(v);
    largest = Math.max(largest, size);
    zeros += Number(size === 0);
    nearZeros += Number(size < NEAR_ZERO);
  }
  return { largest, zeros, nearZeros };
}

function meansOf(points: readonly ComparedPoint[]): { readonly pearson: number; readonly spearman: number } {
  const mean = (of: "pearson" | "spearman"): number => {
    const defined = points.map((p) => p[of]).filter((v) => !Number.isNaN(v));
    return defined.length === 0 ? Number.NaN : defined.reduce((s, v) => s + v, 0) / defined.length;
  };
  return { pearson: mean("pearson"), spearman: mean("spearman") };
}

/** Bin edges of the published stability histogram: influence, by powers of ten; the first bin holds exact zeros. */
export const STABILITY_EDGES: readonly number[] = [
  0, 1e-95, 1e-50, 1e-45, 1e-40, 1e-35, 1e-30, 1e-25, 1e-20, 1e-15, 1e-10, 1e-5, 1e-1,
];

export interface Bin {
  /** Half-open, `from <= v < to`; the last bin holds its end. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Test points by the largest magnitude of their values, in bins between `edges`, ascending; what is above the last edge has a bin to infinity. */
export function histogram(largest: ArrayLike<number>, edges: readonly number[]): readonly Bin[] {
  const ends = [...edges, Number.POSITIVE_INFINITY];
  const counts = new Array<number>(edges.length).fill(0);
  for (let i = 0; i < largest.length; i++) {
    const v = largest[i] as number;
    const at = edges.findLastIndex((e) => v >= e);
    if (at >= 0) counts[at] = (counts[at] as number) + 1;
  }
  return counts.map((count, k) => ({ from: ends[k] as number, to: ends[k + 1] as number, count }));
}

/** `count` bins of one width from the smallest to the largest value, which the last one holds: as published for representer values. */
export function evenBins(largest: readonly number[], count = 30): readonly Bin[] {
  if (largest.length === 0) return [];
  const [low, high] = [Math.min(...largest), Math.max(...largest)];
  if (low === high) return [{ from: low, to: high, count: largest.length }];
  const counts = new Array<number>(count).fill(0);
  for (const v of largest) {
    const at = Math.min(count - 1, Math.floor(((v - low) / (high - low)) * count));
    counts[at] = (counts[at] as number) + 1;
  }
  const edge = (k: number): number => low + ((high - low) * k) / count;
  return counts.map((c, k) => ({ from: edge(k), to: edge(k + 1), count: c }));
}
