/** @file Two frames of the same categories brought onto each other by an orthogonal matrix, which leaves every quantity of the mixture alone. */
import { determinant, Matrix, SingularValueDecomposition } from "ml-matrix";
import { OnnxplainError } from "../errors.ts";
import type { Directions } from "./directions.ts";

export interface Alignment {
  /** R `[d, d]`, orthogonal; mu becomes mu R^T, M becomes R M. */
  readonly matrix: Float64Array;
  /** ||mu R^T - reference||, Frobenius. */
  readonly residual: number;
}

export interface AlignmentOptions {
  /** May R mirror? Default true: a mirrored frame says the same. */
  readonly reflections?: boolean | undefined;
}

/** Singular values below this share of the greatest say nothing of a direction. */
const RANK = 1e-10;

/**
 * The orthogonal R that minimises ||mu R^T - reference||. Where the frames leave it open (fewer categories than dimensions, directions in
 * one plane) it is, of those that do as well, the one nearest the identity.
 *
 * Source: Schoenemann 1966; without reflections Kabsch 1976. Throws `E_INPUT_SHAPE` for frames of other sizes.
 */
export function aligned(
  reference: Directions,
  moving: Directions,
  { reflections = true }: AlignmentOptions = {},
): Alignment {
  const { categories, dimension: d } = reference;
  if (moving.categories !== categories || moving.dimension !== d)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected frames of ${categories} categories in ${d} dimensions, got ${moving.categories} in ${moving.dimension}. Fit both with the same categories and dimension.`,
    );
  const [a, b] = [reference, moving].map((f) => Matrix.from1DArray(categories, d, Array.from(f.means)));
  const rotation = nearest((a as Matrix).transpose().mmul(b as Matrix), reflections);
  const off = (b as Matrix).mmul(rotation.transpose()).sub(a as Matrix);
  return { matrix: Float64Array.from(rotation.to1DArray()), residual: off.norm("frobenius") };
}

/** The orthogonal R of greatest trace(R^T S). */
function nearest(s: Matrix, reflections: boolean): Matrix {
  const d = s.rows;
  const svd = new SingularValueDecomposition(s);
  const [u, v] = [svd.leftSingularVectors, svd.rightSingularVectors];
  const rank = svd.diagonal.filter((value) => value > RANK * (svd.diagonal[0] as number)).length;
  if (rank < d) {
    const [freeU, freeV] = [u.subMatrix(0, d - 1, rank, d - 1), v.subMatrix(0, d - 1, rank, d - 1)];
    const inner = new SingularValueDecomposition(freeU.transpose().mmul(freeV));
    u.setSubMatrix(freeU.mmul(inner.leftSingularVectors), 0, rank);
    v.setSubMatrix(freeV.mmul(inner.rightSingularVectors), 0, rank);
  }
  const r = u.mmul(v.transpose());
  if (reflections || determinant(r) > 0) return r;
  // the direction that costs least to turn round is the last
  const [lastU, lastV] = [u.getColumnVector(d - 1), v.getColumnVector(d - 1)];
  return r.sub(lastU.mmul(lastV.transpose()).mul(2));
}

/** Directions in the frame turned by R: mu R^T. */
export function turned(directions: Directions, matrix: Float64Array): Directions {
  const { categories, dimension: d } = directions;
  const means = new Float64Array(categories * d);
  for (let y = 0; y < categories; y++) means.set(turnedRow(directions.means, y * d, matrix, d), y * d);
  return { ...directions, means };
}

/** A projection `[d, width]` in the frame turned by R: R M. */
export function turnedProjection(projection: Float64Array, width: number, matrix: Float64Array): Float64Array {
  const d = projection.length / width;
  const out = new Float64Array(projection.length);
  for (let i = 0; i < d; i++)
    for (let k = 0; k < d; k++) {
      const factor = matrix[i * d + k] as number;
      for (let j = 0; j < width; j++) out[i * width + j]! += factor * (projection[k * width + j] as number);
    }
  return out;
}

const turnedRow = (rows: Float64Array, at: number, matrix: Float64Array, d: number): Float64Array =>
  Float64Array.from({ length: d }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < d; k++) sum += (matrix[i * d + k] as number) * (rows[at + k] as number);
    return sum;
  });
