/** @file Small weighted least-squares problems on coalitions, in float64. */
import { CholeskyDecomposition, EigenvalueDecomposition, Matrix } from "ml-matrix";

/** Observations y_j of coalitions z_j in {0,1}^size, each with a weight. */
export interface Observations {
  readonly size: number;
  readonly present: readonly Uint8Array[];
  readonly weights: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** A linear model: value = intercept + sum of the coefficients of what is present. */
export interface LinearFit {
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

/** Weighted sums of the design (z_j - centre_j) against itself and against the targets. */
interface Normal {
  readonly matrix: Matrix;
  readonly right: Matrix;
}

function normalEquations(
  { size, present, weights }: Observations,
  centre: (j: number, k: number) => number,
  target: (j: number) => number,
): Normal {
  const a = new Float64Array(size * size);
  const b = new Float64Array(size);
  const row = new Float64Array(size);
  for (const [j, z] of present.entries()) {
    const w = weights[j] as number;
    const y = target(j);
    for (let k = 0; k < size; k++) row[k] = (z[k] as number) - centre(j, k);
    for (let k = 0; k < size; k++) {
      const wk = w * (row[k] as number);
      b[k]! += wk * y;
      for (let l = 0; l <= k; l++) a[k * size + l]! += wk * (row[l] as number);
    }
  }
  const matrix = Matrix.from1DArray(size, size, a);
  for (let k = 0; k < size; k++) for (let l = 0; l < k; l++) matrix.set(l, k, matrix.get(k, l));
  return { matrix, right: Matrix.columnVector(b) };
}

/** Relative size under which a pivot or an eigenvalue is taken for 0. */
const NEGLIGIBLE = 1e-10;

/** Solution of a symmetric, positive semidefinite system; the shortest one where there are several. */
function solve({ matrix, right }: Normal): Float64Array {
  const largest = Math.max(0, ...matrix.diag());
  const factor = new CholeskyDecomposition(matrix);
  const pivots = factor.lowerTriangularMatrix.diag();
  if (factor.isPositiveDefinite() && pivots.every((p) => p * p > NEGLIGIBLE * largest))
    return Float64Array.from(factor.solve(right).to1DArray());
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const top = Math.max(0, ...realEigenvalues);
  const along = eigenvectorMatrix.transpose().mmul(right);
  const kept = realEigenvalues.map((e, k) => (e > NEGLIGIBLE * top ? along.get(k, 0) / e : 0));
  return Float64Array.from(eigenvectorMatrix.mmul(Matrix.columnVector(kept)).to1DArray());
}

/**
 * Ridge regression with an intercept that is not penalised:
 * min sum_j w_j (y_j - b - z_j·c)² + alpha |c|².
 */
export function ridge(seen: Observations, alpha: number): LinearFit {
  const { size, present, weights, values } = seen;
  let [total, meanValue] = [0, 0];
  const mean = new Float64Array(size);
  for (const [j, z] of present.entries()) {
    const w = weights[j] as number;
    total += w;
    meanValue += w * (values[j] as number);
    for (let k = 0; k < size; k++) mean[k]! += w * (z[k] as number);
  }
  meanValue /= total;
  for (let k = 0; k < size; k++) mean[k]! /= total;
  const { matrix, right } = normalEquations(
    seen,
    (_, k) => mean[k] as number,
    (j) => (values[j] as number) - meanValue,
  );
  for (let k = 0; k < size; k++) matrix.set(k, k, matrix.get(k, k) + alpha);
  const coefficients = solve({ matrix, right });
  return { coefficients, intercept: meanValue - coefficients.reduce((s, c, k) => s + c * (mean[k] as number), 0) };
}

/**
 * min sum_j w_j (y_j - z_j·c)² where the coefficients sum to `total`: c = total/size + d with d orthogonal to 1, so no
 * coefficient is singled out to meet the constraint, and directions that no coalition explores stay 0.
 */
export function sumConstrained(seen: Observations, total: number): Float64Array {
  const { size, present, values } = seen;
  const share = total / size;
  const sizes = present.map((z) => z.reduce((s, v) => s + v, 0));
  const { matrix, right } = normalEquations(
    seen,
    (j) => (sizes[j] as number) / size,
    (j) => (values[j] as number) - share * (sizes[j] as number),
  );
  // 1 is in the kernel: any positive value along it leaves d orthogonal to it
  const along = Math.max(matrix.trace(), Number.MIN_VALUE) / size / size;
  const deviations = solve({ matrix: Matrix.add(matrix, along), right });
  const rest = deviations.reduce((s, d) => s + d, 0) / size;
  return deviations.map((d) => share + d - rest);
}

/** Share of the weighted variance of the values that a fit explains; 1 where there is none to explain. */
export function determination({ size, present, weights, values }: Observations, fit: LinearFit): number {
  let [total, mean] = [0, 0];
  for (const j of present.keys()) {
    total += weights[j] as number;
    mean += (weights[j] as number) * (values[j] as number);
  }
  mean /= total;
  let [left, all] = [0, 0];
  for (const [j, z] of present.entries()) {
    let predicted = fit.intercept;
    for (let k = 0; k < size; k++) if (z[k]) predicted += fit.coefficients[k] as number;
    const [w, y] = [weights[j] as number, values[j] as number];
    left += w * (y - predicted) ** 2;
    all += w * (y - mean) ** 2;
  }
  return all === 0 ? 1 : 1 - left / all;
}
