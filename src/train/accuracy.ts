/** @file How often the right class is ranked first, or among the first k; which classes are taken for which. */
import { OnnxplainError } from "../errors.ts";
import type { Numbers } from "./average-precision.ts";

/** Counts of a classifier's answers, added to batch by batch. */
export interface Tally {
  readonly classes: number;
  count: number;
  /** `[classes, classes]`: rows are true classes, columns the classes named. */
  readonly confusion: Uint32Array;
  /** `[classes]`: how often the true class stood at place 0 (the best), 1, … */
  readonly places: Uint32Array;
}

/** What one class scores; null where nothing was counted. */
export interface ClassAccuracy {
  /** Samples of the class. */
  readonly samples: number;
  /** Share of its samples that are named so. */
  readonly recall: number | null;
  /** Share of the samples named so that are of it. */
  readonly precision: number | null;
}

export const emptyTally = (classes: number): Tally => ({
  classes,
  count: 0,
  confusion: new Uint32Array(classes * classes),
  places: new Uint32Array(classes),
});

/**
 * Adds `scores` `[n, classes]` of samples whose true classes are `labels` `[n]`. Of equal scores the lower class stands first.
 * Throws `E_INPUT_SHAPE` for sizes that do not fit, `E_TARGET_RANGE` for a label outside the classes, `E_NUMERIC` for a score that is
 * not a number; then nothing was added.
 */
export function addTo(tally: Tally, scores: Numbers, labels: ArrayLike<number>): void {
  const { classes, confusion, places } = tally;
  check(classes, scores, labels);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    const own = scores[i * classes + label] as number;
    let [place, best] = [0, 0];
    for (let c = 0; c < classes; c++) {
      const score = scores[i * classes + c] as number;
      if (score > own || (score === own && c < label)) place++;
      if (score > (scores[i * classes + best] as number)) best = c;
    }
    places[place] = (places[place] as number) + 1;
    confusion[label * classes + best] = (confusion[label * classes + best] as number) + 1;
  }
  tally.count += labels.length;
}

function check(classes: number, scores: Numbers, labels: ArrayLike<number>): void {
  if (scores.length !== labels.length * classes)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `expected scores of [${labels.length}, ${classes}], got ${scores.length} numbers; give one row for each label.`,
    );
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new OnnxplainError(
        "E_TARGET_RANGE",
        `label ${label} of sample ${i} is no class from 0 to ${classes - 1}; check the labels of the data against the network's.`,
      );
  }
  const bad = scores.findIndex(Number.isNaN);
  if (bad >= 0)
    throw new OnnxplainError(
      "E_NUMERIC",
      `the score of sample ${Math.floor(bad / classes)} for class ${bad % classes} is not a number, so no class ranks first; look for the layer that produced it, or lower the learning rate.`,
    );
}

/** Share of samples whose class is among the `k` best, 0 … 1; null of no sample. */
export function topAccuracy({ count, places }: Tally, k = 1): number | null {
  return count === 0 ? null : places.subarray(0, k).reduce((sum, n) => sum + n, 0) / count;
}

/** Recall and precision of every class. */
export function classAccuracies({ classes, confusion }: Tally): readonly ClassAccuracy[] {
  const at = (truth: number, named: number): number => confusion[truth * classes + named] as number;
  const all = Array.from({ length: classes }, (_, c) => c);
  return all.map((c) => {
    const samples = all.reduce((sum, other) => sum + at(c, other), 0);
    const named = all.reduce((sum, other) => sum + at(other, c), 0);
    return {
      samples,
      recall: samples === 0 ? null : at(c, c) / samples,
      precision: named === 0 ? null : at(c, c) / named,
    };
  });
}

/** Mean recall over the classes that have a sample; null when none has. */
export function balancedAccuracy(tally: Tally): number | null {
  const known = classAccuracies(tally).flatMap(({ recall }) => recall ?? []);
  return known.length === 0 ? null : known.reduce((sum, r) => sum + r, 0) / known.length;
}

/** Class of each row of `targets` `[n, classes]`: the greatest entry, the first of equals. */
export function labelsOf(targets: Numbers, classes: number): Int32Array {
  const labels = new Int32Array(targets.length / classes);
  for (let i = 0; i < labels.length; i++) {
    let best = 0;
    for (let c = 1; c < classes; c++)
      if ((targets[i * classes + c] as number) > (targets[i * classes + best] as number)) best = c;
    labels[i] = best;
  }
  return labels;
}
