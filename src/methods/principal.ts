/** @file The first principal component of a matrix, in float64: restarted Lanczos with full orthogonalisation, matrix-free. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { normals } from "../random.ts";

/** Vectors in a Krylov basis before it is started anew from the best direction in it. */
const BASIS = 24;
const RESTARTS = 200;
/** Residual over eigenvalue at which the direction is taken as found. */
const ENOUGH = 1e-12;

const dot = (a: Float64Array, b: Float64Array): number => {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += (a[i] as number) * (b[i] as number);
  return s;
};
/** a += factor * b */
const add = (a: Float64Array, factor: number, b: Float64Array): void => {
  for (let i = 0; i < a.length; i++) a[i]! += factor * (b[i] as number);
};
const scaled = (a: Float64Array, factor: number): Float64Array => a.map((v) => v * factor);

/** Coordinates of the best direction in a basis: the eigenvector of the greatest eigenvalue of a small symmetric matrix. */
function dominant(rows: readonly (readonly number[])[]): readonly number[] {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(rows as number[][]), {
    assumeSymmetric: true,
  });
  return eigenvectorMatrix.getColumn(realEigenvalues.indexOf(Math.max(...realEigenvalues)));
}

/** Greatest eigenvalue and its unit eigenvector of a symmetric operator without negative eigenvalues. */
function top(apply: (x: Float64Array) => Float64Array, start: Float64Array): readonly [number, Float64Array] {
  let direction = start;
  let value = 0;
  for (let restart = 0; restart < RESTARTS; restart++) {
    const basis: Float64Array[] = [];
    const images: Float64Array[] = [];
    let next = direction;
    while (basis.length < Math.min(BASIS, start.length)) {
      const unit = scaled(next, 1 / Math.sqrt(dot(next, next)));
      const image = apply(unit);
      basis.push(unit);
      images.push(image);
      next = image.slice();
      // twice is enough: the second round removes what rounding left of the first
      for (let round = 0; round < 2; round++) for (const b of basis) add(next, -dot(b, next), b);
      if (dot(next, next) <= ENOUGH ** 2 * dot(image, image)) break;
    }
    const weights = dominant(basis.map((b) => images.map((image) => dot(b, image))));
    direction = new Float64Array(start.length);
    const image = new Float64Array(start.length);
    weights.forEach((w, i) => {
      add(direction, w, basis[i] as Float64Array);
      add(image, w, images[i] as Float64Array);
    });
    value = dot(direction, image);
    add(image, -value, direction);
    if (Math.sqrt(dot(image, image)) <= ENOUGH * value) break;
  }
  return [value, direction];
}

/**
 * Each row's centred value along the first principal axis of the columns: `X v`, X the [rows, columns] matrix less its column
 * means, v its first right singular vector (= sigma u). `data` holds X column by column. All zeros where the rows are equal.
 *
 * The sign, which the singular vector leaves open: positively correlated with the row means of X; where there is no
 * correlation, the value of greatest magnitude is positive.
 */
export function firstComponent(data: ArrayLike<number>, columns: number, rows: number): Float64Array {
  const centred = Array.from({ length: columns }, (_, c) => {
    const column = Float64Array.from({ length: rows }, (__, r) => data[c * rows + r] as number);
    const mean = column.reduce((s, v) => s + v, 0) / rows;
    return column.map((v) => v - mean);
  });
  const apply = (x: Float64Array): Float64Array => {
    const y = new Float64Array(rows);
    for (const column of centred) add(y, dot(column, x), column);
    return y;
  };
  if (centred.every((column) => column.every((v) => v === 0))) return new Float64Array(rows);
  const draw = normals(1);
  const [value, u] = top(
    apply,
    Float64Array.from({ length: rows }, () => draw()),
  );
  return signed(scaled(u, Math.sqrt(value)), centred);
}

/** Below this cosine a correlation is rounding. */
const UNCORRELATED = 1e-9;

function signed(map: Float64Array, centred: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(map.length);
  for (const column of centred) add(mean, 1, column);
  const along = dot(map, mean);
  const greatest = map.reduce((a, v) => (Math.abs(v) > Math.abs(a) ? v : a), 0);
  const correlated = Math.abs(along) > UNCORRELATED * Math.sqrt(dot(map, map) * dot(mean, mean));
  return (correlated ? along : greatest) < 0 ? scaled(map, -1) : map;
}
