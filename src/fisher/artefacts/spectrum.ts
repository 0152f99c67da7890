/** @file The greatest eigenvalues of a sparse symmetric matrix with eigenvalues in -1…1: subspace iteration under a Chebyshev filter. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { OnnxplainError } from "../../errors.ts";
import { normals, scattered } from "../../random.ts";
import { type SparseMatrix, shiftedProduct } from "./neighbour-graph.ts";

export interface Eigenpairs {
  /** Falling. */
  readonly values: Float64Array;
  /** Of length 1, at right angles to each other. */
  readonly vectors: readonly Float64Array[];
}

/** Vectors beside those wanted: the nearer the last of them, the faster. */
const SPARE = 8;
const DEGREE = 16;
const ROUNDS = 500;
/** |S v - value v| at which a vector is taken as found. */
const ENOUGH = 1e-8;
/** The filter never damps all that there is: eigenvalue 1 stands above this, however often it occurs. */
const DAMPED_AT_MOST = 0.995;

type Block = readonly Float64Array[];

const dot = (a: Float64Array, b: Float64Array): number => {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += a[i]! * b[i]!;
  return s;
};
/** a += factor * b */
const add = (a: Float64Array, factor: number, b: Float64Array): void => {
  for (let i = 0; i < a.length; i++) a[i]! += factor * b[i]!;
};

/** An orthonormal basis; a vector that depends on those before it is drawn anew. */
function orthonormal(block: Block, draw: () => number): Block {
  const basis: Float64Array[] = [];
  for (const given of block) {
    let vector = given;
    for (;;) {
      const before = Math.sqrt(dot(vector, vector));
      // twice is enough: the second round removes what rounding left of the first
      for (let round = 0; round < 2; round++) for (const b of basis) add(vector, -dot(b, vector), b);
      const length = Math.sqrt(dot(vector, vector));
      if (length > 1e-10 * before) {
        basis.push(vector.map((v) => v / length));
        break;
      }
      vector = Float64Array.from(vector, () => draw());
    }
  }
  return basis;
}

/** The eigenvectors of the matrix within the span of a basis, by falling value, and how far each is from one (Rayleigh and Ritz). */
function ritz(matrix: SparseMatrix, basis: Block) {
  const images = basis.map((b) => shiftedProduct(matrix, b));
  const small = new Matrix(basis.map((b) => images.map((image) => dot(b, image))));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(small, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const combined = (of: Block, i: number): Float64Array => {
    const out = new Float64Array(matrix.size);
    of.forEach((vector, j) => {
      add(out, eigenvectorMatrix.get(j, i), vector);
    });
    return out;
  };
  const values = Float64Array.from(order, (i) => realEigenvalues[i] as number);
  const vectors = order.map((i) => combined(basis, i));
  const residuals = order.map((i, at) => {
    const image = combined(images, i);
    add(image, -(values[at] as number), vectors[at] as Float64Array);
    return Math.sqrt(dot(image, image));
  });
  return { values, vectors, residuals };
}

/** T_16 of the matrix, its eigenvalues -1…`low` mapped to -1…1: there nothing grows, above it does. */
function filtered(matrix: SparseMatrix, vector: Float64Array, low: number): Float64Array {
  const [shift, factor] = [(low - 1) / 2, 2 / (low + 1)];
  let before = vector;
  let now = shiftedProduct(matrix, vector, { shift, factor });
  for (let degree = 2; degree <= DEGREE; degree++) {
    const next = shiftedProduct(matrix, now, { shift, factor: 2 * factor });
    add(next, -1, before);
    [before, now] = [now, next];
  }
  return now;
}

/**
 * The `count` greatest eigenvalues, each as often as it occurs, and their vectors; all of them where there are no more. Each round costs
 * 16 (count + 8) products with the sparse matrix. Throws `E_NUMERIC` where 500 rounds are not enough.
 *
 * Source: Zhou, Saad, Tiago and Chelikowsky 2006, "Self-consistent-field calculations using Chebyshev-filtered subspace iteration".
 */
export function greatestEigenpairs(matrix: SparseMatrix, count: number, seed = 0): Eigenpairs {
  const wanted = Math.min(count, matrix.size);
  const draw = normals(scattered(seed));
  const start = Array.from({ length: Math.min(matrix.size, wanted + SPARE) }, () =>
    Float64Array.from({ length: matrix.size }, () => draw()),
  );
  let basis = orthonormal(start, draw);
  for (let round = 0; round < ROUNDS; round++) {
    const { values, vectors, residuals } = ritz(matrix, basis);
    if (residuals.slice(0, wanted).every((r) => r <= ENOUGH))
      return { values: values.slice(0, wanted), vectors: vectors.slice(0, wanted) };
    const low = Math.min(values[values.length - 1] as number, DAMPED_AT_MOST);
    basis = orthonormal(
      vectors.map((vector) => filtered(matrix, vector, low)),
      draw,
    );
  }
  throw new OnnxplainError(
    "E_NUMERIC",
    `The ${wanted} greatest eigenvalues of a graph of ${matrix.size} maps were not found in ${ROUNDS} rounds. Ask for fewer clusters, or more neighbours.`,
  );
}
