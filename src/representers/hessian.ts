/** @file The closed Hessian of a linear layer's loss, and a symmetric positive matrix kept as the inverse of its Cholesky factor. */
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { OnnxplainError } from "../errors.ts";
import type { LayerMath } from "./influence-math.ts";
import type { LayerLoss, Points } from "./influence-study.ts";

/** Rows and columns of a Hessian above which exact solves are refused; time goes with the cube, memory with the square. */
export const LARGEST_HESSIAN = 4096;

/** `A_i[a, b]` for b >= a, `[n, outputs - a]`: the curvature of a point's loss in its logits. */
const CURVATURE: Readonly<Record<LayerLoss, (p: Float64Array, a: number, outputs: number) => Float64Array>> = {
  softmax: (p, a, outputs) => {
    const [n, m] = [p.length / outputs, outputs - a];
    const weights = new Float64Array(n * m);
    for (let i = 0; i < n; i++) {
      const own = p[i * outputs + a] as number;
      for (let b = a; b < outputs; b++)
        weights[i * m + b - a] = own * (Number(a === b) - (p[i * outputs + b] as number));
    }
    return weights;
  },
  logistic: (p) => p.map((v) => v * (1 - v)),
};

/**
 * `(1/count) sum_i A_i (x) f_i f_i^T + ridge I`, `[size, size]`, C order, exactly symmetric; `count` defaults to the points there are.
 * Throws `E_PARAM` where `size` is above `largest`.
 */
export async function hessian(
  math: LayerMath,
  { points, probabilities }: { readonly points: Points; readonly probabilities: Float64Array },
  { ridge, largest = LARGEST_HESSIAN }: { readonly ridge: number; readonly largest?: number | undefined },
): Promise<Float64Array> {
  const { columns, size } = math;
  const { outputs, loss } = math.shape;
  if (size > largest)
    throw new OnnxplainError(
      "E_PARAM",
      `The exact Hessian has ${size} x ${size} entries (${outputs} outputs x ${columns} columns), which is above the limit of ${largest}. Take the conjugate gradient, or raise the limit.`,
    );
  const h = new Float64Array(size * size);
  for (let a = 0; a < outputs; a++) {
    const m = outputs - a;
    const block = await math.moments(points, CURVATURE[loss](probabilities, a, outputs));
    for (let b = a; b < outputs; b++)
      for (let k = 0; k < columns; k++)
        for (let l = a === b ? k : 0; l < columns; l++) {
          const [r, c] = [a * columns + k, b * columns + l];
          const value = (block[(k * m + b - a) * columns + l] as number) / points.count + (r === c ? ridge : 0);
          h[r * size + c] = value;
          h[c * size + r] = value;
        }
  }
  return h;
}

/** L^-1 of `H = L L^T`, `[size, size]`, lower triangular: |L^-1 g|^2 = g^T H^-1 g. */
export interface Factor {
  readonly size: number;
  readonly inverse: Float64Array;
}

/** Throws `E_NUMERIC` where `h` is not positive definite. */
export function factorise(h: Float64Array, size: number): Factor {
  const rows = Array.from({ length: size }, (_, i) => h.subarray(i * size, (i + 1) * size));
  const cholesky = new CholeskyDecomposition(new Matrix(rows));
  if (!cholesky.isPositiveDefinite())
    throw new OnnxplainError(
      "E_NUMERIC",
      "The Hessian is not positive definite: directions that no point explores are held by weight decay and damping alone. Set one of them above 0.",
    );
  const lower = cholesky.lowerTriangularMatrix;
  const inverse = new Float64Array(size * size);
  for (let k = 0; k < size; k++) {
    const row = inverse.subarray(k * size, k * size + k + 1);
    for (let i = 0; i < k; i++) {
      const l = lower.get(k, i);
      if (l === 0) continue;
      for (let j = 0; j <= i; j++) row[j] = (row[j] as number) - l * (inverse[i * size + j] as number);
    }
    const pivot = lower.get(k, k);
    for (let j = 0; j < k; j++) row[j] = (row[j] as number) / pivot;
    row[k] = 1 / pivot;
  }
  return { size, inverse };
}

/** H^-1 of each vector of `[k, size]`. */
export function solveWith({ size, inverse }: Factor, vectors: Float64Array): Float64Array {
  const solved = new Float64Array(vectors.length);
  const half = new Float64Array(size);
  for (let at = 0; at < vectors.length; at += size) {
    for (let r = 0; r < size; r++) {
      let sum = 0;
      for (let c = 0; c <= r; c++) sum += (inverse[r * size + c] as number) * (vectors[at + c] as number);
      half[r] = sum;
    }
    for (let r = 0; r < size; r++) {
      const v = half[r] as number;
      for (let c = 0; c <= r; c++) solved[at + c] = (solved[at + c] as number) + v * (inverse[r * size + c] as number);
    }
  }
  return solved;
}
