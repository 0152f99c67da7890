/** @file The images on which methods do best and worst. */
import { baselineOf } from "../../metrics/baselines.ts";
import type { ResultRow } from "../../metrics/result-row.ts";
import type { Summary } from "../../metrics/summary.ts";

export interface Extreme {
  readonly image: string;
  /** Mean over methods of their own right. */
  readonly value: number;
  readonly label: number | null;
  readonly prediction: number;
}
export interface Extremes {
  readonly metric: string;
  readonly variant: string;
  /** Best first; worst first. No image stands in both. */
  readonly best: readonly Extreme[];
  readonly worst: readonly Extreme[];
}

/**
 * By the first variant of the run that has a direction and on which images differ, else the first with a direction; images for which
 * some method has no value stand aside while two others are left. Undefined where nothing has a direction or a value.
 */
export function extremesOf(rows: Iterable<ResultRow>, { cells }: Summary, count = 3): Extremes | undefined {
  const able = cells.filter((c) => c.baseline === null && c.better !== "neither" && c.n > 0);
  const first = able.find(({ extremes }) => extremes !== null && extremes[0] < extremes[1]) ?? able[0];
  if (first === undefined) return undefined;
  const { metric, variant, better } = first;
  const images = new Map<string, { row: ResultRow; sum: number; n: number; missing: boolean }>();
  for (const row of rows) {
    if (row.metric !== metric || row.variant !== variant || baselineOf(row.method) !== undefined) continue;
    const own = images.get(row.image) ?? { row, sum: 0, n: 0, missing: false };
    images.set(row.image, own);
    if (row.value === null || !Number.isFinite(row.value)) own.missing = true;
    else {
      own.sum += row.value;
      own.n++;
    }
  }
  const sign = better === "higher" ? -1 : 1;
  const measured = [...images.values()].filter((i) => i.n > 0);
  const whole = measured.filter((i) => !i.missing);
  const order = (whole.length >= 2 ? whole : measured)
    .map(({ row, sum, n }) => ({ image: row.image, value: sum / n, label: row.label, prediction: row.prediction }))
    .sort((a, b) => sign * (a.value - b.value) || (a.image < b.image ? -1 : 1));
  const best = order.slice(0, Math.min(count, Math.ceil(order.length / 2)));
  const worst = order.slice(best.length).slice(-count).reverse();
  return { metric, variant, best, worst };
}
