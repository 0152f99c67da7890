/** @file The two products of a fit with features of any width: F M^T, and A^T F. Four rows at a time, so that M is read once for four. */
import { OnnxplainError } from "../errors.ts";

export type Features = Float32Array | Float64Array;

/** Rows of a product: features `[n, width]` in C order, and which of them. */
export interface WideRows {
  readonly features: Features;
  /** D. */
  readonly width: number;
  /** Places of rows, in order; all of them by default. */
  readonly places?: Int32Array | undefined;
}

/** n of the rows that are meant. Throws `E_INPUT_SHAPE` where features are no whole rows. */
export function rowCount({ features, width, places }: WideRows): number {
  if (places !== undefined) return places.length;
  const count = features.length / width;
  if (!Number.isInteger(count))
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected features to be rows of ${width} numbers, got ${features.length} numbers.`,
    );
  return count;
}

/** g = M f of every row: `[n, d]` from M `[d, D]`, into `out` if there is one. */
export function projected(
  rows: WideRows,
  matrix: Float64Array,
  dimension: number,
  out: Float64Array = new Float64Array(rowCount(rows) * dimension),
): Float64Array {
  const { features, width, places } = rows;
  const count = rowCount(rows);
  for (let i = 0; i < count; i += 4) {
    const live = Math.min(4, count - i);
    const [a, b, c, e] = starts(i, live, width, places);
    for (let k = 0; k < dimension; k++) {
      const m = k * width;
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let j = 0; j < width; j++) {
        const w = matrix[m + j]!;
        s0 += w * features[a + j]!;
        s1 += w * features[b + j]!;
        s2 += w * features[c + j]!;
        s3 += w * features[e + j]!;
      }
      const at = i * dimension + k;
      out[at] = s0;
      if (live > 1) out[at + dimension] = s1;
      if (live > 2) out[at + 2 * dimension] = s2;
      if (live > 3) out[at + 3 * dimension] = s3;
    }
  }
  return out;
}

/** Sum over rows of a f^T: `[d, D]` from a `[n, d]`, row i of which belongs to the i-th row that is meant; into `out` if there is one. */
export function pulledBack(
  rows: WideRows,
  points: Float64Array,
  dimension: number,
  out: Float64Array = new Float64Array(dimension * rows.width),
): Float64Array {
  const { features, width, places } = rows;
  const count = rowCount(rows);
  out.fill(0);
  for (let i = 0; i < count; i += 4) {
    const live = Math.min(4, count - i);
    const [a, b, c, e] = starts(i, live, width, places);
    for (let k = 0; k < dimension; k++) {
      const at = i * dimension + k;
      const s0 = points[at]!;
      const s1 = live > 1 ? points[at + dimension]! : 0;
      const s2 = live > 2 ? points[at + 2 * dimension]! : 0;
      const s3 = live > 3 ? points[at + 3 * dimension]! : 0;
      const m = k * width;
      for (let j = 0; j < width; j++)
        out[m + j]! += s0 * features[a + j]! + s1 * features[b + j]! + s2 * features[c + j]! + s3 * features[e + j]!;
    }
  }
  return out;
}

/** Where four rows begin; those beyond the last repeat it. */
function starts(
  i: number,
  live: number,
  width: number,
  places: Int32Array | undefined,
): [number, number, number, number] {
  const start = (k: number): number => {
    const at = i + Math.min(k, live - 1);
    return (places === undefined ? at : places[at]!) * width;
  };
  return [start(0), start(1), start(2), start(3)];
}
