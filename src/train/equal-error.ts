/** @file The threshold of a class at which false alarms and misses are equally frequent. */
import { OnnxplainError } from "../errors.ts";
import { columns, type Numbers, ranked } from "./average-precision.ts";

/** A sample is called positive where its score is greater than `threshold`. */
export interface EqualError {
  readonly positives: number;
  readonly negatives: number;
  /** In units of the score; null, with the reason, where one side has no sample. */
  readonly threshold: number | null;
  /** False positive rate = false negative rate at the threshold, 0 … 1, linear between points that scores can reach. */
  readonly rate: number | null;
  readonly reason: string | null;
}

interface Point {
  readonly threshold: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

/**
 * The equal error threshold of `scores` `[n]` against `targets` `[n]` (positive where > 0). Candidates are one below the lowest score, the
 * midpoints of neighbouring distinct scores, and one above the highest: equal scores are never parted. Along them the false positive
 * rate falls and the false negative rate rises; the answer is the lowest candidate where both are equal, or lies between the two where
 * the order changes, by linear interpolation of the difference. A constant score gives that score and a rate of 1/2.
 *
 * Throws `E_INPUT_SHAPE`, `E_NUMERIC` as `averagePrecision` does.
 */
export function equalError(scores: Numbers, targets: ArrayLike<number>): EqualError {
  const order = ranked(scores, targets).reverse();
  const positives = order.reduce((sum, i) => sum + Number((targets[i] as number) > 0), 0);
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) {
    const reason = `no ${positives === 0 ? "positive" : "negative"} among ${order.length} samples`;
    return { positives, negatives, threshold: null, rate: null, reason };
  }
  const fpr = (p: Point): number => p.falsePositives / negatives;
  // In integers, so that equal rates are equal: (FPR - FNR) * positives * negatives.
  const lead = (p: Point): number => p.falsePositives * positives - p.falseNegatives * negatives;
  let before: Point | undefined;
  for (const point of candidates(scores, targets, order)) {
    if (lead(point) === 0) return { positives, negatives, threshold: point.threshold, rate: fpr(point), reason: null };
    if (lead(point) < 0 && before !== undefined) {
      const share = lead(before) / (lead(before) - lead(point));
      const between = (a: number, b: number): number => a + share * (b - a);
      const threshold = between(before.threshold, point.threshold);
      return { positives, negatives, threshold, rate: between(fpr(before), fpr(point)), reason: null };
    }
    before = point;
  }
  throw new OnnxplainError("E_INTERNAL", "internal: the false negative rate never overtook the false positive rate");
}

/** {@link equalError} of every column of `scores` and `targets` `[n, classes]`. */
export const equalErrors = (scores: Numbers, targets: Numbers, classes: number): readonly EqualError[] =>
  columns(scores, targets, classes).map(([s, t]) => equalError(s, t));

/** Thresholds in rising order with their errors; `rising` holds indices by rising score. */
function* candidates(scores: Numbers, targets: ArrayLike<number>, rising: Int32Array): Generator<Point> {
  const score = (place: number): number => scores[rising[place] as number] as number;
  const last = rising.length - 1;
  let falsePositives = 0;
  for (const i of rising) falsePositives += Number(!((targets[i] as number) > 0));
  let falseNegatives = 0;
  yield { threshold: score(0) - 1, falsePositives, falseNegatives };
  for (let place = 0; place <= last; place++) {
    if ((targets[rising[place] as number] as number) > 0) falseNegatives++;
    else falsePositives--;
    if (place === last) yield { threshold: score(last) + 1, falsePositives, falseNegatives };
    else if (score(place) < score(place + 1))
      yield { threshold: midpoint(score(place), score(place + 1)), falsePositives, falseNegatives };
  }
}

/** Below `high` even where no number lies between the two. */
function midpoint(low: number, high: number): number {
  const middle = (low + high) / 2;
  return middle < high ? middle : low;
}
