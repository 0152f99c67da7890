/** @file Rows of a run sorted into series: the values of one method under one variant of one metric, twelve bytes each. */
import type { ResultRow } from "./result-row.ts";

export interface Series {
  readonly metric: string;
  readonly variant: string;
  readonly method: string;
  /** Images with a value, as numbers in order of first appearance in the run; ascending where the rows are in order. */
  readonly images: Int32Array;
  /** Their values, all finite. */
  readonly values: Float64Array;
  /** Images without a value, by reason. */
  readonly reasons: ReadonlyMap<string, number>;
}

/** All series of a run. */
export interface RunSeries {
  /** By {@link seriesKey}, in order of first appearance. */
  readonly byKey: ReadonlyMap<string, Series>;
  /** Images met, with a value or without. */
  readonly images: number;
}

export const NOT_FINITE = "not a finite number";
const NO_REASON = "no reason given";

/** Why a row has no usable value; undefined where it has one. */
export const exclusionOf = ({ value, reason }: ResultRow): string | undefined =>
  value === null ? (reason ?? NO_REASON) : Number.isFinite(value) ? undefined : NOT_FINITE;

export const seriesKey = (row: Pick<ResultRow, "metric" | "variant" | "method">): string =>
  JSON.stringify([row.metric, row.variant, row.method]);

/** Walks the rows once and keeps none of them. */
export function seriesOf(rows: Iterable<ResultRow>): RunSeries {
  const numbers = new Map<string, number>();
  const growing = new Map<string, GrowingSeries>();
  for (const row of rows) {
    const number = numbers.get(row.image) ?? numbers.size;
    numbers.set(row.image, number);
    const key = seriesKey(row);
    const series = growing.get(key) ?? new GrowingSeries(row);
    growing.set(key, series);
    series.add(number, row);
  }
  return { byKey: new Map([...growing].map(([key, series]) => [key, series.end()])), images: numbers.size };
}

class GrowingSeries {
  private readonly names: Pick<Series, "metric" | "variant" | "method">;
  private readonly reasons = new Map<string, number>();
  private images = new Int32Array(16);
  private values = new Float64Array(16);
  private length = 0;

  constructor({ metric, variant, method }: ResultRow) {
    this.names = { metric, variant, method };
  }

  add(image: number, row: ResultRow): void {
    const why = exclusionOf(row);
    if (why !== undefined) this.reasons.set(why, (this.reasons.get(why) ?? 0) + 1);
    else {
      if (this.length === this.images.length) this.grow();
      this.images[this.length] = image;
      this.values[this.length++] = row.value as number;
    }
  }

  end(): Series {
    const { names, reasons, images, values, length } = this;
    return { ...names, images: images.slice(0, length), values: values.slice(0, length), reasons };
  }

  private grow(): void {
    const images = new Int32Array(2 * this.length);
    const values = new Float64Array(2 * this.length);
    images.set(this.images);
    values.set(this.values);
    this.images = images;
    this.values = values;
  }
}

/** `each` for every image that both have a value for. */
export function paired(a: Series, b: Series, each: (a: number, b: number) => number): Float64Array {
  const others = new Map<number, number>();
  b.images.forEach((image, i) => {
    others.set(image, b.values[i] as number);
  });
  const out = new Float64Array(a.images.length);
  let n = 0;
  a.images.forEach((image, i) => {
    const other = others.get(image);
    if (other !== undefined) out[n++] = each(a.values[i] as number, other);
  });
  return out.slice(0, n);
}
