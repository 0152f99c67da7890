/** @file What everything here works on: the features that the last linear layer reads, one row a point, read block by block. */

/** Rows of features in a row. */
export interface FeatureBlock {
  /** Place of the first row. */
  readonly first: number;
  readonly count: number;
  /** `[count, width]`, C order; valid until the next block is asked for. */
  readonly rows: Float32Array;
}

/** Features of a set of points, in memory or on disk; walked as often as somebody likes, always in the same order. */
export interface FeatureSource {
  readonly count: number;
  /** Features of a point, without the constant 1 that stands for the bias. */
  readonly width: number;
  /** Blocks of at most `size` rows; by default as many as suit the source. */
  readonly blocks: (size?: number) => AsyncIterable<FeatureBlock>;
}

/** Rows `[n, width]` that lie in memory as one, in either precision. */
export function inMemory<R extends Float32Array | Float64Array>(
  rows: R,
  width: number,
): Pick<FeatureSource, "count" | "width"> & {
  readonly blocks: (size?: number) => AsyncIterable<Omit<FeatureBlock, "rows"> & { readonly rows: R }>;
} {
  const count = width === 0 ? 0 : rows.length / width;
  return {
    count,
    width,
    blocks: async function* (size = 4096) {
      for (let first = 0; first < count; first += size) {
        const taken = Math.min(size, count - first);
        yield { first, count: taken, rows: rows.subarray(first * width, (first + taken) * width) as R };
      }
    },
  };
}
