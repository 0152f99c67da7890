/** @file Average precision of a class, and its mean over classes, as PASCAL VOC defines them. */
import { OnnxplainError } from "../errors.ts";

/** Both readings of one ranking, 0 … 1; null, with the reason, where there is no positive. */
export interface AveragePrecision {
  readonly samples: number;
  readonly positives: number;
  /** VOC 2007: mean over recalls 0, 0.1, … 1 of the highest precision at that recall or beyond. */
  readonly elevenPoint: number | null;
  /** VOC 2010 and later: area under the precision made monotone from the right, at every recall reached. */
  readonly allPoint: number | null;
  readonly reason: string | null;
}

export interface MeanAveragePrecision {
  /** Means over the classes that have a positive; null when none has. */
  readonly elevenPoint: number | null;
  readonly allPoint: number | null;
  /** One for each class, in order. */
  readonly classes: readonly AveragePrecision[];
  /** Classes left out of the means. */
  readonly undefinedClasses: number;
}

/** Scores and 0 / 1 targets of one class or of many: `[count]` or `[count, classes]`, C order. */
export type Numbers = Float32Array | Float64Array;

const POINTS = 10;

/**
 * Average precision of `scores` `[n]` against `targets` `[n]` (positive where > 0). The ranking is by falling score; equal scores
 * stand in the order of the data, so the value of a constant score depends on that order.
 *
 * Recall is compared as (true positives / positives) >= k / 10 in float64. Throws `E_INPUT_SHAPE` for unequal lengths, `E_NUMERIC`
 * for a score that is not a number.
 *
 * Source: Everingham et al. 2010 (IJCV 88), section 4.2; VOC 2010 development kit, section 3.4.1.
 */
export function averagePrecision(scores: Numbers, targets: ArrayLike<number>): AveragePrecision {
  const order = ranked(scores, targets);
  const samples = scores.length;
  const positives = order.reduce((sum, i) => sum + Number((targets[i] as number) > 0), 0);
  if (positives === 0)
    return { samples, positives, elevenPoint: null, allPoint: null, reason: `no positive among ${samples} samples` };
  // Precision where each positive is found: between two of them recall stands still and precision falls.
  const precision = new Float64Array(positives);
  let found = 0;
  for (const [place, i] of order.entries()) if ((targets[i] as number) > 0) precision[found] = ++found / (place + 1);
  for (let k = positives - 2; k >= 0; k--) precision[k] = Math.max(precision[k] as number, precision[k + 1] as number);
  const allPoint = precision.reduce((sum, p) => sum + p, 0) / positives;
  let elevenPoint = 0;
  for (let k = 0, first = 0; k <= POINTS; k++) {
    while ((first + 1) / positives < k / POINTS) first++;
    elevenPoint += precision[first] as number;
  }
  return { samples, positives, elevenPoint: elevenPoint / (POINTS + 1), allPoint, reason: null };
}

/**
 * {@link averagePrecision} of every column of `scores` and `targets` `[n, classes]`, and the means over columns with a positive.
 * Throws as it does.
 */
export function meanAveragePrecision(scores: Numbers, targets: Numbers, classes: number): MeanAveragePrecision {
  const all = columns(scores, targets, classes).map(([s, t]) => averagePrecision(s, t));
  const mean = (read: (c: AveragePrecision) => number | null): number | null => {
    const known = all.map(read).filter((v) => v !== null);
    return known.length === 0 ? null : known.reduce((sum, v) => sum + v, 0) / known.length;
  };
  return {
    elevenPoint: mean((c) => c.elevenPoint),
    allPoint: mean((c) => c.allPoint),
    classes: all,
    undefinedClasses: all.filter((c) => c.reason !== null).length,
  };
}

/** Every column of two matrices `[n, classes]`. Throws `E_INPUT_SHAPE`. */
export function columns(
  scores: Numbers,
  targets: Numbers,
  classes: number,
): readonly (readonly [Float64Array, Float64Array])[] {
  const count = scores.length / classes;
  if (!Number.isInteger(count) || scores.length !== targets.length)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `expected scores and targets of [n, ${classes}], got ${scores.length} and ${targets.length} numbers; give both row by row.`,
    );
  const column = (from: Numbers, c: number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => from[i * classes + c] as number);
  return Array.from({ length: classes }, (_, c) => [column(scores, c), column(targets, c)] as const);
}

/** Indices by falling score, ties in the order of the data. Throws `E_INPUT_SHAPE`, `E_NUMERIC`. */
export function ranked(scores: Numbers, targets: ArrayLike<number>): Int32Array {
  if (scores.length !== targets.length)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `expected one target for each of ${scores.length} scores, got ${targets.length}; give both in the same order.`,
    );
  const bad = scores.findIndex(Number.isNaN);
  if (bad >= 0)
    throw new OnnxplainError(
      "E_NUMERIC",
      `score ${bad} is not a number, so the samples cannot be ranked; look for the layer that produced it, or lower the learning rate.`,
    );
  const order = Int32Array.from(scores, (_, i) => i);
  return order.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
}
