/** @file Mean, variance and range of every dimension, in one pass over the rows. */
import { OnnxplainError } from "../errors.ts";
import { type Reading, type RowSource, read, refuseNone } from "./rows.ts";

/** One number a dimension, `[width]`. */
export interface Spread {
  readonly count: number;
  readonly mean: Float64Array;
  /** 1/n. */
  readonly variance: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/** Source: Welford 1962. Throws `E_DATA_EMPTY`, `E_NUMERIC` for a number that is not finite, `E_ABORTED`. */
export async function spreadOf(source: RowSource, reading: Reading = {}): Promise<Spread> {
  refuseNone(source);
  const { width } = source;
  const [mean, squares] = [new Float64Array(width), new Float64Array(width)];
  const least = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
  let count = 0;
  for await (const { first, rows } of read(source, reading)) {
    for (let at = 0; at < rows.length; at += width) {
      const share = 1 / ++count;
      for (let d = 0; d < width; d++) {
        const v = rows[at + d] as number;
        const step = v - (mean[d] as number);
        mean[d]! += step * share;
        squares[d]! += step * (v - (mean[d] as number));
        if (v < (least[d] as number)) least[d] = v;
        if (v > (most[d] as number)) most[d] = v;
      }
    }
    const bad = mean.findIndex((m) => !Number.isFinite(m));
    if (bad >= 0) throw notFinite(bad, first);
  }
  return { count, mean, variance: squares.map((s) => Math.max(0, s / count)), least, most };
}

const notFinite = (dimension: number, row: number): OnnxplainError =>
  new OnnxplainError(
    "E_NUMERIC",
    `Dimension ${dimension} has a number that is not finite, at row ${row} or soon after. Leave such rows out.`,
  );
