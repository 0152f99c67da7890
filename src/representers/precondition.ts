/** @file What resembles the Hessian of a fit and is cheap to invert: the features' second moments, the same for every class. */

import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { openSession } from "#ort";
import { writeModelBytes } from "../graph/write.ts";
import type { SessionOptions } from "../runtime/session.ts";
import { ACTIVATIONS } from "./activations.ts";
import type { FeatureSource } from "./features.ts";
import { columnsOf, gramGraph } from "./graphs.ts";
import type { Precondition } from "./newton.ts";
import type { ProblemInput } from "./problem.ts";

/** Columns up to which second moments are inverted whole; beyond, their diagonal alone. */
const MOST_COLUMNS = 1100;
/** Rows that moments are taken of, evenly spread: so many a column, and never fewer than the second number. */
const ROWS_A_COLUMN = 4;
const LEAST_ROWS = 4096;

/**
 * (κ S + 2λ I)⁻¹ for each class, S = the mean of f fᵀ over a sample of the points and κ half of the steepest that σ gets. Only the speed
 * of a fit depends on it.
 */
export async function momentPreconditioner(
  { features, classes, bias, lambda, activation }: ProblemInput,
  session: SessionOptions = {},
): Promise<Precondition> {
  const columns = columnsOf({ width: features.width, bias });
  const kappa = ACTIVATIONS[activation].steepest / 2;
  const rows = await spreadRows(features, Math.max(LEAST_ROWS, ROWS_A_COLUMN * columns));
  const count = rows.length / features.width;
  if (columns > MOST_COLUMNS) {
    const diagonal = squares(rows, { width: features.width, bias }).map((s) => (kappa * s) / count + 2 * lambda);
    return (r) => r.map((v, i) => v / (diagonal[i % columns] as number));
  }
  const moments = await gramOf(rows, { width: features.width, bias, session });
  const hessian = moments.map((v, i) => (kappa * v) / count + (i % (columns + 1) === 0 ? 2 * lambda : 0));
  const inverse = inverted(hessian, columns);
  return (r) => {
    const z = new Float64Array(r.length);
    for (let j = 0; j < classes; j++)
      for (let a = 0; a < columns; a++) {
        const v = r[j * columns + a] as number;
        if (v === 0) continue;
        const [from, to] = [a * columns, j * columns];
        for (let b = 0; b < columns; b++) z[to + b] = (z[to + b] as number) + v * (inverse[from + b] as number);
      }
    return z;
  };
}

/** About `most` rows, at even distances. */
async function spreadRows({ blocks, count, width }: FeatureSource, most: number): Promise<Float32Array> {
  const step = Math.max(1, Math.ceil(count / most));
  const out = new Float32Array(Math.ceil(count / step) * width);
  for await (const { first, count: rows, rows: data } of blocks()) {
    for (let i = (step - (first % step)) % step; i < rows; i += step)
      out.set(data.subarray(i * width, (i + 1) * width), ((first + i) / step) * width);
  }
  return out;
}

type Layout = { readonly width: number; readonly bias: boolean };

async function gramOf(
  rows: Float32Array,
  { width, bias, session }: Layout & { readonly session: SessionOptions },
): Promise<Float64Array> {
  const gram = await openSession(writeModelBytes(gramGraph({ width, bias })), session);
  try {
    const got = await gram.run({ rows: { dtype: "float32", dims: [rows.length / width, width], data: rows } }, [
      "gram",
    ]);
    return got.gram?.data as Float64Array;
  } finally {
    await gram.dispose();
  }
}

function squares(rows: Float32Array, { width, bias }: Layout): Float64Array {
  const sums = new Float64Array(columnsOf({ width, bias }));
  for (let i = 0; i < rows.length; i++) sums[i % width] = (sums[i % width] as number) + (rows[i] as number) ** 2;
  if (bias) sums[width] = rows.length / width;
  return sums;
}

/** Of a symmetric positive definite `[n, n]`. */
function inverted(values: Float64Array, n: number): Float64Array {
  const matrix = new Matrix(n, n);
  for (let r = 0; r < n; r++) for (let c = 0; c < n; c++) matrix.set(r, c, values[r * n + c] as number);
  const inverse = new CholeskyDecomposition(matrix).solve(Matrix.eye(n, n));
  return Float64Array.from({ length: n * n }, (_, i) => inverse.get(Math.floor(i / n), i % n));
}
