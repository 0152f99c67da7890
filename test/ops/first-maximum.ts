/** @file Max-pooling backwards by plain loops: the oracle for ties, sharing nothing with the library. */

export interface Pool {
  /** [planes, height, width] */
  readonly dims: readonly [number, number, number];
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  /** top, left */
  readonly begin: readonly [number, number];
  /** Rows and columns of windows. */
  readonly out: readonly [number, number];
}

/** The cotangent of `x`: each window's share goes to its first maximum in row-major order. */
export function firstMaximum(x: ArrayLike<number>, dy: ArrayLike<number>, p: Pool): number[] {
  const [planes, height, width] = p.dims;
  const [rows, columns] = p.out;
  const dx = new Array<number>(planes * height * width).fill(0);
  for (let window = 0; window < planes * rows * columns; window++) {
    const plane = Math.floor(window / (rows * columns));
    const top = (Math.floor(window / columns) % rows) * p.strides[0] - p.begin[0];
    const left = (window % columns) * p.strides[1] - p.begin[1];
    let best = -1;
    for (let i = top; i < top + p.kernel[0]; i++) {
      for (let j = left; j < left + p.kernel[1]; j++) {
        if (i < 0 || j < 0 || i >= height || j >= width) continue;
        const at = (plane * height + i) * width + j;
        if (best < 0 || (x[at] as number) > (x[best] as number)) best = at;
      }
    }
    dx[best] = (dx[best] as number) + (dy[window] as number);
  }
  return dx;
}

/** Small whole numbers that repeat often, and whole cotangents that add exactly. */
export const repeating = (count: number, values: readonly number[]): number[] =>
  Array.from({ length: count }, (_, i) => values[(i * 7 + (i >> 2) * 3 + (i >> 5)) % values.length] as number);
export const wholes = (count: number): number[] => Array.from({ length: count }, (_, i) => ((i * 5) % 13) - 6);
