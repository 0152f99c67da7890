/** @file `representers compare` as a job: representer values beside influence functions on held-out points, with times and ground truth. */

import { scattered, shuffled, uniforms } from "../random.ts";
import type { ComparePage, PageFacts } from "../report/representers/input.ts";
import { type Comparison, compare, type TestSet } from "../representers/compare.ts";
import { type TimingRow, timeMethods } from "../representers/compare-timing.ts";
import { leaveOneOutTruth, type Truth } from "../representers/compare-truth.ts";
import type { InfluenceMethod, InfluenceOptions } from "../representers/influence.ts";
import { spread } from "../representers/simulate.ts";
import { labelledFit, labelledSet, requireHeldOut, rowsAt } from "./representers-labelled.ts";
import type { OpenRepresenters } from "./representers-open.ts";

export interface RepresentersCompareOptions extends InfluenceOptions {
  /** Held-out points, drawn from the seed; default 100. */
  readonly points?: number | undefined;
  /** Training points that are left out in turn; default 0, none. */
  readonly leaveOut?: number | undefined;
  /** Ways to influence that are timed; default all. */
  readonly timed?: readonly InfluenceMethod[] | undefined;
  readonly seed?: number | undefined;
  readonly onProgress?: ((what: string, done: number, total: number) => void) | undefined;
}

export interface RepresentersComparison extends Comparison {
  readonly trainingPoints: number;
  readonly testPoints: number;
  readonly ids: readonly string[];
  readonly trainLabels: Int32Array;
  readonly labels: readonly string[];
  readonly timings: readonly TimingRow[];
  readonly truth: Truth | undefined;
  readonly notes: readonly string[];
}

/** Throws as `compare`, `timeMethods` and `leaveOneOutTruth`; `E_PARAM` without held-out points. */
export async function compareRepresenters(
  open: OpenRepresenters,
  { points = 100, leaveOut = 0, timed, seed = 0, onProgress, ...options }: RepresentersCompareOptions = {},
): Promise<RepresentersComparison> {
  const { fitted, train, seconds, notes } = await labelledFit(open, options);
  const heldOut = await labelledSet(requireHeldOut(open));
  const n = heldOut.labels.length;
  const places = shuffled(n, uniforms(scattered(seed)), Math.min(points, n))
    .slice()
    .sort();
  const test: TestSet = {
    features: await rowsAt(heldOut.features, places),
    labels: places.map((i) => heldOut.labels[i] as number),
  };
  const compared = await compare(fitted, train, test, options);
  const timings = await timeMethods(fitted, train, test, {
    ...options,
    methods: timed,
    fitSeconds: seconds ?? open.report.seconds.fit,
  });
  const truth =
    leaveOut > 0
      ? await leaveOneOutTruth(fitted, train, test, compared, {
          ...options,
          sample: leaveOut,
          seed,
          onProgress: (done, total) => onProgress?.("left out", done, total),
        })
      : undefined;
  return {
    ...compared,
    trainingPoints: fitted.count,
    testPoints: test.labels.length,
    ids: Array.from(places, (i) => heldOut.ids[i] as string),
    trainLabels: train.labels,
    labels: open.report.class_names ?? Array.from({ length: fitted.classes }, (_, c) => String(c)),
    timings,
    truth,
    notes,
  };
}

/** Pairs that are drawn at most. */
const DRAWN = 4000;
const defined = (v: number): number | null => (Number.isNaN(v) ? null : v);

/** The page's input; of all pairs of training and test point, evenly many are drawn. */
export function comparePageOf(made: RepresentersComparison, facts: PageFacts): ComparePage {
  const { values, testPoints: m, trainingPoints: n, truth } = made;
  const total = n * m;
  const step = Math.max(1, Math.floor(total / DRAWN));
  const drawn = Array.from({ length: Math.ceil(total / step) }, (_, k) => k * step);
  const pick = (of: Float64Array): Float64Array => Float64Array.from(drawn, (at) => of[at] as number);
  const left =
    truth === undefined
      ? []
      : (["influence", "representer"] as const).map((method) => ({
          title: `${method} against leaving the point out`,
          xLabel: method,
          yLabel: "change of the loss",
          x: Float64Array.from(truth.changes, (_, at) => {
            const [p, t] = [Math.floor(at / m), at % m];
            return values[method][(truth.places[p] as number) * m + t] as number;
          }),
          y: truth.changes,
          pearson: defined(truth[method].pearson),
          spearman: defined(truth[method].spearman),
        }));
  return {
    facts: { ...facts, notes: [...(facts.notes ?? []), ...made.notes] },
    labels: made.labels,
    trainingPoints: n,
    testPoints: m,
    pairs: [
      {
        title: "representer value against influence",
        xLabel: "representer value",
        yLabel: "influence",
        x: pick(values.representer),
        y: pick(values.influence),
        same: drawn.map((at) => made.trainLabels[Math.floor(at / m)] === made.points[at % m]?.target),
        pearson: defined(made.pearson),
        spearman: defined(made.spearman),
      },
      ...left,
    ],
    byClass: made.classes.map((c) => ({ ...c, pearson: defined(c.pearson), spearman: defined(c.spearman) })),
    stability: (["representer", "influence"] as const).map((method) => ({
      method,
      largest: made.points.map((p) => p[method].largest),
    })),
    timings: made.timings
      .filter((row) => row.perPoint.length > 0)
      .map((row) => {
        const { mean, deviation } = spread(row.perPoint);
        return {
          method: row.method,
          fit: row.once > 0 ? [row.once, 0] : null,
          perPoint: [mean, deviation],
          points: row.perPoint.length,
          note: row.note,
        };
      }),
  };
}
