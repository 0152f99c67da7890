/** @file One number of a run, in long form: what tables, summaries and reports are made of. */

/** A row of `results.parquet`. Rows are ordered by image (in the data's order), method, metric, variant. */
export interface ResultRow {
  /** {@link DataItem.id}. */
  readonly image: string;
  /** True class of the data, as an index of the model's classes; null where unknown or not joined. */
  readonly label: number | null;
  /** The class the model predicts. */
  readonly prediction: number;
  /** The class explained. */
  readonly target: number;
  /** A method as it was asked for (`occlusion patch=50`), a baseline (`random`, `centre`, `edges`), `NAME inverted`, or an agreement (`a+b`). */
  readonly method: string;
  readonly metric: string;
  readonly variant: string;
  readonly value: number | null;
  /** Why there is no value; null where there is one. */
  readonly reason: string | null;
}

/** A curve of a run: one line of `curves.parquet`. */
export interface CurveRow {
  readonly image: string;
  readonly method: string;
  readonly metric: string;
  readonly curve: string;
  readonly values: readonly number[];
}
