/** @file What answers cost: once beforehand, then a test point, for representer values and for each way to influence functions. */
import { OnnxplainError } from "../errors.ts";
import { studyOf, type TestSet, type TrainingSet } from "./compare.ts";
import type { FitOptions } from "./fit.ts";
import { fitRepresenters } from "./fit.ts";
import { INFLUENCE_METHODS, type InfluenceMethod, type InfluenceOptions, openInfluence } from "./influence.ts";
import { pointsOf, targetsOf } from "./influence-study.ts";
import { query } from "./query.ts";
import type { Representers } from "./representers.ts";

export interface TimingRow {
  readonly method: "representer" | InfluenceMethod;
  /** Seconds before the first answer; 0 where nothing is made. */
  readonly once: number;
  /** Seconds for each test point, one at a time; empty where the method was refused. */
  readonly perPoint: readonly number[];
  /** What was run, in words: tolerance, iterations, damping; or why it was refused. */
  readonly note: string;
}

export interface TimingOptions extends InfluenceOptions {
  /** Test points a method is timed on; default 5 for representer values, 2 for influence functions. */
  readonly points?: { readonly representer?: number; readonly influence?: number } | undefined;
  /** Default all. */
  readonly methods?: readonly InfluenceMethod[] | undefined;
  /** Seconds of the fit, where it was timed already; else it is made again with `fit`. */
  readonly fitSeconds?: number | undefined;
  readonly fit?: Omit<FitOptions, "classes"> | undefined;
}

const seconds = async <T>(run: () => Promise<T>): Promise<readonly [took: number, T]> => {
  const from = performance.now();
  const made = await run();
  return [(performance.now() - from) / 1000, made];
};

/**
 * Seconds on this machine, now: a representer answer covers all classes, an influence answer the loss of one. What an influence method
 * makes once (residuals; the exact inverse) is in `once`; the layer's own fit, which all need, is in that of `representer`.
 */
export async function timeMethods(
  fitted: Representers,
  train: TrainingSet,
  test: TestSet,
  { points = {}, methods = INFLUENCE_METHODS, fitSeconds, fit, ...options }: TimingOptions = {},
): Promise<readonly TimingRow[]> {
  const { threads, signal } = options;
  const once =
    fitSeconds ??
    (
      await seconds(() =>
        fitRepresenters(train, { threads, signal, ...fit, classes: fitted.classes, lambda: fitted.lambda }),
      )
    )[0];
  const rowOf = (t: number): Float32Array => test.features.subarray(t * fitted.width, (t + 1) * fitted.width);
  const m = test.labels.length;
  const each: number[] = [];
  for (let t = 0; t < Math.min(points.representer ?? 5, m); t++)
    each.push((await seconds(() => query(fitted, train.features, rowOf(t), { threads, signal })))[0]);
  const rows: TimingRow[] = [{ method: "representer", once, perPoint: each, note: "all classes" }];
  const study = studyOf(fitted, train);
  for (const method of methods) {
    try {
      const [start, influence] = await seconds(() => openInfluence(study, { ...options, method }));
      const perPoint: number[] = [];
      let note = "";
      try {
        for (let t = 0; t < Math.min(points.influence ?? 2, m); t++) {
          const asked = {
            points: pointsOf(rowOf(t), fitted.width),
            targets: targetsOf(test.labels.subarray(t, t + 1), study.layer),
          };
          const [took, { iterations, residual, damping }] = await seconds(() => influence.of(asked));
          perPoint.push(took);
          note = [
            `damping ${damping}`,
            ...(iterations === undefined ? [] : [`${iterations} products, residual ${residual?.toExponential(1)}`]),
          ].join(", ");
        }
      } finally {
        await influence.dispose();
      }
      rows.push({ method, once: start, perPoint, note });
    } catch (cause) {
      if (!(cause instanceof OnnxplainError) || cause.code === "E_ABORTED") throw cause;
      rows.push({ method, once: 0, perPoint: [], note: `refused: ${cause.message}` });
    }
  }
  return rows;
}
