/** @file Rows of a run sorted into series: the values of one method under one variant of one metric. */
import type { ResultRow } from "./result-row.ts";

export interface Series {
  readonly metric: string;
  readonly variant: string;
  readonly method: string;
  /** By image; every value is finite. */
  readonly values: ReadonlyMap<string, number>;
  /** Images without a value, by reason. */
  readonly reasons: ReadonlyMap<string, number>;
}

export const NOT_FINITE = "not a finite number";
const NO_REASON = "no reason given";

/** Why a row has no usable value; undefined where it has one. */
export const exclusionOf = ({ value, reason }: ResultRow): string | undefined =>
  value === null ? (reason ?? NO_REASON) : Number.isFinite(value) ? undefined : NOT_FINITE;

export const seriesKey = (row: Pick<ResultRow, "metric" | "variant" | "method">): string =>
  JSON.stringify([row.metric, row.variant, row.method]);

/** All series by {@link seriesKey}, in order of first appearance. */
export function seriesOf(rows: Iterable<ResultRow>): ReadonlyMap<string, Series> {
  const all = new Map<string, Series & { values: Map<string, number>; reasons: Map<string, number> }>();
  for (const row of rows) {
    const key = seriesKey(row);
    let series = all.get(key);
    if (series === undefined) {
      const { metric, variant, method } = row;
      series = { metric, variant, method, values: new Map(), reasons: new Map() };
      all.set(key, series);
    }
    const why = exclusionOf(row);
    if (why === undefined) series.values.set(row.image, row.value as number);
    else series.reasons.set(why, (series.reasons.get(why) ?? 0) + 1);
  }
  return all;
}
