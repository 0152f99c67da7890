/** @file The few directions along which wide rows vary most, by Lanczos steps: the covariance [D, D] is never formed. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { normals, scattered } from "../random.ts";
import { projected, pulledBack, rowCount, type WideRows } from "./wide-products.ts";

export interface LeadingAxes {
  /** Axes found: fewer than asked for where the rows vary along fewer. */
  readonly count: number;
  /** `[count, D]`, orthonormal, by falling variance; of each the entry of largest magnitude is positive. */
  readonly axes: Float64Array;
  /** `[count]`, with 1/n. */
  readonly variances: Float64Array;
}

/** Residual of an axis, relative to the largest variance, at which it is found; and steps at most. */
const [FOUND, STEPS, CHECK] = [1e-11, 300, 5];
/** What is left of a vector, relative to the largest variance, that counts as nothing. */
const NOTHING = 1e-13;

/**
 * The leading eigenvectors of the covariance, by Lanczos steps with full reorthogonalisation from a seeded random vector: each step reads
 * the rows twice. Axes whose variances are exactly equal are any basis of their space.
 */
export function leadingAxes(rows: WideRows, wanted: number, seed = 0): LeadingAxes {
  const { width } = rows;
  const count = rowCount(rows);
  const most = Math.min(wanted, width);
  const { times, nothing } = covarianceOf(rows, count);
  const random = normals(scattered(seed));
  const basis: Float64Array[] = [];
  const [alpha, beta]: [number[], number[]] = [[], []];
  let scale = 0;
  let next = orthogonal(
    Float64Array.from({ length: width }, () => random()),
    basis,
  );
  // a fresh vector after a breakdown asks whether anything is left outside the space so far
  let fresh = true;
  while (next !== undefined && basis.length < Math.min(width, STEPS)) {
    basis.push(next);
    const image = times(next);
    const own = dot(image, next);
    alpha.push(own);
    const rest = image;
    reduce(rest, basis);
    const left = Math.sqrt(dot(rest, rest));
    scale = Math.max(scale, own, left);
    if (left > Math.max(NOTHING * scale, nothing)) {
      beta.push(left);
      next = rest.map((v) => v / left);
      fresh = false;
      if (basis.length % CHECK === 0 && basis.length >= most && settled(alpha, beta, most)) break;
      continue;
    }
    if (fresh && own <= Math.max(NOTHING * scale, nothing)) break;
    beta.push(0);
    next = orthogonal(
      Float64Array.from({ length: width }, () => random()),
      basis,
    );
    fresh = true;
  }
  return ritz(basis, alpha, beta, most, Math.max(1e-12 * scale, nothing), width);
}

/** v -> covariance v; and the variance that rounding makes of rows that are all the same. */
function covarianceOf(
  rows: WideRows,
  count: number,
): { readonly times: (v: Float64Array) => Float64Array; readonly nothing: number } {
  const { width } = rows;
  const points = new Float64Array(count).fill(1 / count);
  const mean = pulledBack(rows, points, 1);
  const times = (v: Float64Array): Float64Array => {
    const shift = dot(mean, v);
    projected(rows, v, 1, points);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      points[i] = (points[i]! - shift) / count;
      sum += points[i]!;
    }
    const out = pulledBack(rows, points, 1, new Float64Array(width));
    for (let j = 0; j < width; j++) out[j]! -= sum * mean[j]!;
    return out;
  };
  return { times, nothing: 1e-24 * dot(mean, mean) };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Takes out of `v` what lies in the basis; twice, for rounding. */
function reduce(v: Float64Array, basis: readonly Float64Array[]): void {
  for (let pass = 0; pass < 2; pass++)
    for (const q of basis) {
      const part = dot(v, q);
      for (let j = 0; j < v.length; j++) v[j]! -= part * q[j]!;
    }
}

/** `v` at right angles to the basis, of length 1; undefined where nothing of it is left. */
export function orthogonal(v: Float64Array, basis: readonly Float64Array[]): Float64Array | undefined {
  const before = Math.sqrt(dot(v, v));
  reduce(v, basis);
  const left = Math.sqrt(dot(v, v));
  return left > 1e-8 * before ? v.map((x) => x / left) : undefined;
}

/** Eigenpairs of the tridiagonal matrix, by falling value. */
function tridiagonal(
  alpha: readonly number[],
  beta: readonly number[],
): { readonly values: readonly number[]; readonly vectors: Matrix; readonly order: readonly number[] } {
  const size = alpha.length;
  const t = Matrix.zeros(size, size);
  for (let i = 0; i < size; i++) {
    t.set(i, i, alpha[i] as number);
    if (i + 1 < size) {
      t.set(i, i + 1, beta[i] as number);
      t.set(i + 1, i, beta[i] as number);
    }
  }
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(t, {
    assumeSymmetric: true,
  });
  const order = Array.from(values.keys()).sort((a, b) => (values[b] as number) - (values[a] as number));
  return { values, vectors, order };
}

/** Residual of a Ritz pair = beta_last * its last entry. */
function settled(alpha: readonly number[], beta: readonly number[], most: number): boolean {
  const { values, vectors, order } = tridiagonal(alpha, beta);
  const last = alpha.length - 1;
  const limit = FOUND * (values[order[0] as number] as number);
  return order.slice(0, most).every((at) => Math.abs((beta[last] as number) * vectors.get(last, at)) <= limit);
}

function ritz(
  basis: readonly Float64Array[],
  alpha: readonly number[],
  beta: readonly number[],
  most: number,
  nothing: number,
  width: number,
): LeadingAxes {
  if (basis.length === 0) return { count: 0, axes: new Float64Array(0), variances: new Float64Array(0) };
  const { values, vectors, order } = tridiagonal(alpha, beta);
  const kept = order.slice(0, most).filter((at) => (values[at] as number) > nothing);
  const axes = new Float64Array(kept.length * width);
  kept.forEach((at, k) => {
    const axis = axes.subarray(k * width, (k + 1) * width);
    basis.forEach((q, row) => {
      const share = vectors.get(row, at);
      for (let j = 0; j < width; j++) axis[j]! += share * q[j]!;
    });
    const strongest = axis.reduce((best, v) => (Math.abs(v) > Math.abs(best) ? v : best), 0);
    if (strongest < 0) for (let j = 0; j < width; j++) axis[j] = -axis[j]!;
  });
  return { count: kept.length, axes, variances: Float64Array.from(kept, (at) => values[at] as number) };
}
