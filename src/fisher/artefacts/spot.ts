/** @file Where the relevance of a small map lies: its middle, and the rectangle that holds most of it. */

/** A rectangle in shares of the picture's width and height, 0…1. */
export interface RelativeBox {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Where the positive relevance of a `[grid, grid]` map lies on average; the middle for zeros. */
export function centroidOf(positive: Float64Array, grid: number): { readonly x: number; readonly y: number } {
  let [x, y, sum] = [0, 0, 0];
  positive.forEach((v, i) => {
    x += v * ((i % grid) + 0.5);
    y += v * (Math.floor(i / grid) + 0.5);
    sum += v;
  });
  return sum > 0 ? { x: x / (sum * grid), y: y / (sum * grid) } : { x: 0.5, y: 0.5 };
}

/** The rectangle of cells that holds most positive relevance beyond its share of the picture; undefined where none does. */
export function densestBox(positive: Float64Array, grid: number): RelativeBox | undefined {
  const mean = positive.reduce((s, v) => s + v, 0) / positive.length;
  let [most, box]: [number, RelativeBox | undefined] = [0, undefined];
  for (let top = 0; top < grid; top++) {
    const columns = new Float64Array(grid);
    for (let bottom = top; bottom < grid; bottom++) {
      for (let x = 0; x < grid; x++) columns[x]! += positive[bottom * grid + x]! - mean;
      // the run of columns with the greatest sum (Kadane)
      let [sum, left] = [0, 0];
      for (let x = 0; x < grid; x++) {
        if (sum <= 0) [sum, left] = [0, x];
        sum += columns[x]!;
        if (sum > most * (1 + 1e-12)) {
          most = sum;
          box = { x0: left / grid, y0: top / grid, x1: (x + 1) / grid, y1: (bottom + 1) / grid };
        }
      }
    }
  }
  return most > 1e-12 ? box : undefined;
}
