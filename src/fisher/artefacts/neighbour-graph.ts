/** @file The graph of nearest neighbours, with the weights of its normalised Laplacian. */

/** A symmetric matrix row by row: row i has the columns and values from `starts[i]` to `starts[i + 1]`. */
export interface SparseMatrix {
  readonly size: number;
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** For each row the places of its `k` nearest others by Euclidean distance, the lower place first at ties, `[n, k]`. n^2 distances. */
export function nearestRows(rows: readonly Float64Array[], k: number): Int32Array {
  const n = rows.length;
  const squares = rows.map((row) => row.reduce((s, v) => s + v * v, 0));
  const out = new Int32Array(n * k);
  const distances = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    const [own, places] = [rows[i] as Float64Array, out.subarray(i * k, (i + 1) * k)];
    distances.fill(Number.POSITIVE_INFINITY);
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const other = rows[j] as Float64Array;
      let product = 0;
      for (let d = 0; d < own.length; d++) product += own[d]! * other[d]!;
      const distance = squares[i]! + squares[j]! - 2 * product;
      if (distance >= distances[k - 1]!) continue;
      let at = k - 1;
      for (; at > 0 && distances[at - 1]! > distance; at--) {
        distances[at] = distances[at - 1]!;
        places[at] = places[at - 1]!;
      }
      distances[at] = distance;
      places[at] = j;
    }
  }
  return out;
}

/**
 * S = D^-1/2 A D^-1/2 of the graph that joins two rows where one is among the `k` nearest of the other (A is 0 or 1, D its degrees);
 * the normalised Laplacian is I - S. 1 <= k < n.
 */
export function neighbourGraph(rows: readonly Float64Array[], k: number): SparseMatrix {
  const n = rows.length;
  const nearest = nearestRows(rows, k);
  const joined = Array.from({ length: n }, () => new Set<number>());
  nearest.forEach((j, at) => {
    const i = Math.floor(at / k);
    joined[i]?.add(j);
    joined[j]?.add(i);
  });
  const starts = new Int32Array(n + 1);
  joined.forEach((others, i) => {
    starts[i + 1] = (starts[i] as number) + others.size;
  });
  const columns = Int32Array.from(joined.flatMap((others) => [...others].sort((a, b) => a - b)));
  const degree = (i: number): number => (starts[i + 1] as number) - (starts[i] as number);
  const values = new Float64Array(columns.length);
  for (let i = 0; i < n; i++)
    for (let at = starts[i]!; at < starts[i + 1]!; at++) values[at] = 1 / Math.sqrt(degree(i) * degree(columns[at]!));
  return { size: n, starts, columns, values };
}

/** y = factor * (S x - shift * x) */
export function shiftedProduct(
  { size, starts, columns, values }: SparseMatrix,
  x: Float64Array,
  { shift = 0, factor = 1 }: { readonly shift?: number; readonly factor?: number } = {},
): Float64Array {
  const y = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = -shift * x[i]!;
    for (let at = starts[i]!; at < starts[i + 1]!; at++) sum += values[at]! * x[columns[at]!]!;
    y[i] = factor * sum;
  }
  return y;
}
