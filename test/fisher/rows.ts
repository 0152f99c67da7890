/** @file Rows for tests: made ones of known statistics. */
import { normals, scattered } from "../../src/random.ts";

/** `[n, width]` of N(0, 1). */
export function gaussianRows(count: number, width: number, seed: number): Float64Array {
  const next = normals(scattered(seed));
  return Float64Array.from({ length: count * width }, () => next());
}
