/** @file Scores of all pictures by one classifier: how it ranks, where it decides, what it recognises. */
import { averagePrecision } from "../train/average-precision.ts";
import { equalError } from "../train/equal-error.ts";
import type { Labelled } from "../train/feeding/survey.ts";
import type { ModelId } from "./fisher-evaluate-judge.ts";
import type { Judged } from "./fisher-evaluate-pictures.ts";

export interface ClassRanking {
  readonly class: number;
  readonly positives: number;
  readonly negatives: number;
  /** Pictures that count neither way. */
  readonly ignored: number;
  /** AP, 11 points, 0 … 1; null without a positive, or where the model does not know the class. */
  readonly precision: number | null;
  /** Of equal error; where it is not defined 0. */
  readonly threshold: number;
  /** False positives and false negatives there, as shares; null where it is not defined. */
  readonly rate: number | null;
  /** Pictures above the threshold that show the class. */
  readonly truePositives: number;
}

export interface ModelRanking {
  readonly model: ModelId;
  /** Mean AP of the classes that have one; null where none has. */
  readonly mean: number | null;
  readonly classes: readonly ClassRanking[];
}

/** `scores` `[pictures][classes]`, NaN where the model does not know the class. */
export function rankingOf(
  model: ModelId,
  scores: readonly Float64Array[],
  { pictures, ignored }: Pick<Judged, "ignored"> & { readonly pictures: readonly Labelled[] },
  classes: number,
): ModelRanking {
  const rows = Array.from({ length: classes }, (_, c): ClassRanking => {
    const own = pictures.flatMap(({ item, classes: shown }, i) =>
      ignored(item, c) ? [] : [{ score: scores[i]?.[c] as number, target: Number(shown.includes(c)) }],
    );
    const known = own.every(({ score }) => !Number.isNaN(score));
    const values = Float64Array.from(own, (o) => o.score);
    const targets = Float64Array.from(own, (o) => o.target);
    const positives = targets.reduce((sum, t) => sum + t, 0);
    const { threshold, rate } = known ? equalError(values, targets) : { threshold: null, rate: null };
    return {
      class: c,
      positives,
      negatives: own.length - positives,
      ignored: pictures.length - own.length,
      precision: known ? averagePrecision(values, targets).elevenPoint : null,
      threshold: threshold ?? 0,
      rate,
      truePositives: own.filter((o) => o.target > 0 && o.score > (threshold ?? 0)).length,
    };
  });
  const all = rows.flatMap((r) => r.precision ?? []);
  return { model, mean: all.length === 0 ? null : all.reduce((sum, p) => sum + p, 0) / all.length, classes: rows };
}

/** Does the model say that the class is there? */
export const recognises = ({ classes }: ModelRanking, scores: Float64Array | undefined, label: number): boolean =>
  (scores?.[label] ?? Number.NaN) > (classes[label]?.threshold ?? Number.NaN);

/**
 * For each class the first pictures that show it and that some model recognises, `limit` at most; as the classes asked of each
 * picture, by its place.
 */
export function explainedClasses(
  pictures: readonly Labelled[],
  recognised: (picture: number, label: number) => boolean,
  { classes, limit }: { readonly classes: number; readonly limit: number | null },
): ReadonlyMap<number, readonly number[]> {
  const asked = new Map<number, number[]>();
  for (let c = 0; c < classes; c++) {
    const own = pictures.flatMap((p, i) => (p.classes.includes(c) && recognised(i, c) ? [i] : []));
    for (const i of own.slice(0, limit ?? own.length)) asked.set(i, [...(asked.get(i) ?? []), c]);
  }
  return new Map([...asked].sort(([a], [b]) => a - b));
}
