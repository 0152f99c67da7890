/** @file A coarse mask enlarged by Gaussians: M(v) = Σ_u g(v/s - u) m(u), weights scaled to sum 1 (Fong and Vedaldi 2017, section 4.3). */

/** One axis: `size` pixels, `cells` of `factor` pixels each. */
export interface MaskAxis {
  readonly size: number;
  readonly cells: number;
  readonly factor: number;
  /** Standard deviation in pixels. */
  readonly sigma: number;
}

export const maskAxis = (size: number, factor: number, sigma: number): MaskAxis => ({
  size,
  cells: Math.ceil(size / factor),
  factor,
  sigma,
});

/** Weights of the cells at each pixel, [size, cells]; the mask lies `shift` pixels further up or left. */
export function cellWeights({ size, cells, factor, sigma }: MaskAxis, shift = 0): Float32Array {
  const out = new Float32Array(size * cells);
  for (let v = 0; v < size; v++) {
    const weights = Float64Array.from({ length: cells }, (_, u) => {
      const distance = v + shift - ((u + 0.5) * factor - 0.5);
      return -(distance ** 2) / (2 * sigma ** 2);
    });
    const top = weights.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const powers = weights.map((w) => Math.exp(w - top));
    const sum = powers.reduce((a, b) => a + b, 0);
    powers.forEach((p, u) => {
      out[v * cells + u] = p / sum;
    });
  }
  return out;
}

/** [rows, columns] to [columns, rows]. */
export const transposed = (matrix: Float32Array, rows: number, columns: number): Float32Array =>
  Float32Array.from(matrix, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)] as number);
