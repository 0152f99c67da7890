/** @file Where a projection of sample features begins: a matrix, and directions anchored to the network's probabilities. */
import { OnnxplainError } from "../errors.ts";
import { normals, scattered } from "../random.ts";
import type { Directions } from "./directions.ts";
import { leadingAxes, orthogonal } from "./leading-axes.ts";
import { projected, type WideRows } from "./wide-products.ts";

export type StartName = "pca" | "random";

/** A matrix M `[d, D]` that is known, of the checkpoint before, say; without directions they are anchored anew. */
export interface WarmStart {
  readonly matrix: Float64Array;
  readonly directions?: Directions | undefined;
}

export interface MatrixStart {
  /** `[d, D]`. */
  readonly matrix: Float64Array;
  readonly notes: readonly string[];
}

interface StartArgs {
  readonly rows: WideRows;
  readonly dimension: number;
  readonly seed: number;
}

/** Rows of M before they are scaled. */
const MATRICES: Readonly<Record<StartName, (args: StartArgs) => MatrixStart>> = {
  pca: ({ rows, dimension, seed }) => {
    const { width } = rows;
    const { count, axes } = leadingAxes(rows, dimension, seed);
    const matrix = new Float64Array(dimension * width);
    matrix.set(axes);
    if (count === dimension) return { matrix, notes: [] };
    fillUp(matrix, count, dimension, width, seed);
    return {
      matrix,
      notes: [
        `The features vary along ${count} directions only, fewer than the ${dimension} of the space: the rest of the start is random.`,
      ],
    };
  },
  random: ({ rows: { width }, dimension, seed }) => {
    const random = normals(scattered(seed));
    return { matrix: Float64Array.from({ length: dimension * width }, () => random()), notes: [] };
  },
};

export const STARTS = Object.keys(MATRICES) as readonly StartName[];

/** M of the start, scaled so that mean |g| = `strength`; not scaled where g is 0 everywhere. Throws `E_PARAM` for a start of no such name. */
export function startingMatrix(name: StartName, args: StartArgs, strength: number): MatrixStart {
  if (!Object.hasOwn(MATRICES, name))
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`start\` to be a matrix or one of ${STARTS.join(", ")}, got ${name}.`,
    );
  const { matrix, notes } = MATRICES[name](args);
  const mean = meanStrength(projected(args.rows, matrix, args.dimension), args.dimension);
  return { matrix: mean > 0 ? matrix.map((m) => (m * strength) / mean) : matrix, notes };
}

/** Mean |g| of points `[n, d]`. */
export function meanStrength(points: Float64Array, dimension: number): number {
  let sum = 0;
  for (let at = 0; at < points.length; at += dimension) {
    let square = 0;
    for (let k = 0; k < dimension; k++) square += points[at + k]! ** 2;
    sum += Math.sqrt(square);
  }
  return (sum * dimension) / points.length;
}

/**
 * pi uniform, mu_y = normalise(sum_x P(y|x) o_g): each direction stands for its category from the beginning. A category whose sum is 0 gets
 * a random direction.
 */
export function anchored(
  points: Float64Array,
  probabilities: Float64Array,
  { categories, dimension, seed }: { readonly categories: number; readonly dimension: number; readonly seed: number },
): Directions {
  const means = new Float64Array(categories * dimension);
  for (let i = 0; i < points.length / dimension; i++) {
    const point = points.subarray(i * dimension, (i + 1) * dimension);
    const length = Math.hypot(...point);
    if (length === 0) continue;
    for (let y = 0; y < categories; y++) {
      const share = probabilities[i * categories + y]! / length;
      for (let k = 0; k < dimension; k++) means[y * dimension + k]! += share * point[k]!;
    }
  }
  const random = normals(scattered(seed + 1));
  for (let y = 0; y < categories; y++) {
    const mean = means.subarray(y * dimension, (y + 1) * dimension);
    if (Math.hypot(...mean) === 0) for (let k = 0; k < dimension; k++) mean[k] = random();
    const length = Math.hypot(...mean);
    for (let k = 0; k < dimension; k++) mean[k]! /= length;
  }
  return { categories, dimension, weights: new Float64Array(categories).fill(1 / categories), means };
}

/** Rows from `count` on: random, at right angles to those before; 0 where there is no room. */
function fillUp(matrix: Float64Array, count: number, dimension: number, width: number, seed: number): void {
  const random = normals(scattered(seed + 2));
  const rows: Float64Array[] = [];
  for (let k = 0; k < count; k++) rows.push(matrix.slice(k * width, (k + 1) * width));
  for (let k = count; k < Math.min(dimension, width); k++) {
    const row = orthogonal(
      Float64Array.from({ length: width }, () => random()),
      rows,
    );
    if (row === undefined) return;
    rows.push(row);
    matrix.set(row, k * width);
  }
}
