/** @file Conjugate gradients for several right-hand sides at once, which share each product with the matrix. */
import { OnnxplainError } from "../errors.ts";

export interface ConjugateGradientOptions {
  /** A side is done when its residual is not above this part of the side's length; default 1e-8. */
  readonly tolerance?: number | undefined;
  /** Default 1000. */
  readonly maxIterations?: number | undefined;
}

export interface ConjugateGradient {
  /** `[k, size]`. */
  readonly solutions: Float64Array;
  /** Products with the matrix. */
  readonly iterations: number;
  /** Largest |b - A x| / |b| over the sides. */
  readonly residual: number;
  readonly converged: boolean;
}

/** A symmetric positive matrix times each vector of `[k, size]`. */
export type Product = (vectors: Float64Array) => Promise<Float64Array>;

/**
 * Solves `A x = b` for each b of `sides` `[k, size]`, from 0. Throws `E_NUMERIC` where A is not positive along a direction.
 *
 * Source: Hestenes and Stiefel 1952; Nocedal and Wright 2006, algorithm 5.2.
 */
export async function conjugateGradient(
  product: Product,
  sides: Float64Array,
  size: number,
  { tolerance = 1e-8, maxIterations = 1000 }: ConjugateGradientOptions = {},
): Promise<ConjugateGradient> {
  const solutions = new Float64Array(sides.length);
  const left = Float64Array.from(sides);
  const directions = Float64Array.from(sides);
  const k = sides.length / size;
  const row = (a: Float64Array, i: number): Float64Array => a.subarray(i * size, (i + 1) * size);
  const lengths = Array.from({ length: k }, (_, i) => Math.sqrt(squared(row(sides, i))));
  const norms = lengths.map((l) => l * l);
  const goal = (i: number): number => tolerance * (lengths[i] as number);
  const isDone = (i: number): boolean => Math.sqrt(norms[i] as number) <= goal(i);
  let active = Array.from({ length: k }, (_, i) => i).filter((i) => !isDone(i));
  let iterations = 0;
  for (; active.length > 0 && iterations < maxIterations; iterations++) {
    const some = new Float64Array(active.length * size);
    for (const [at, i] of active.entries()) some.set(row(directions, i), at * size);
    const products = await product(some);
    for (const [at, i] of active.entries()) {
      const [x, r, d, ad] = [row(solutions, i), row(left, i), row(directions, i), row(products, at)];
      const curvature = dot(d, ad);
      if (!(curvature > 0))
        throw new OnnxplainError(
          "E_NUMERIC",
          `The matrix is not positive along a direction (${curvature}); set the weight decay or the damping above 0, or look for values that are not finite.`,
        );
      const before = norms[i] as number;
      const step = before / curvature;
      for (let j = 0; j < size; j++) {
        x[j] = (x[j] as number) + step * (d[j] as number);
        r[j] = (r[j] as number) - step * (ad[j] as number);
      }
      const after = squared(r);
      norms[i] = after;
      for (let j = 0; j < size; j++) d[j] = (r[j] as number) + (after / before) * (d[j] as number);
    }
    active = active.filter((i) => !isDone(i));
  }
  const relative = norms.map((v, i) => (lengths[i] === 0 ? 0 : Math.sqrt(v) / (lengths[i] as number)));
  return { solutions, iterations, residual: Math.max(0, ...relative), converged: active.length === 0 };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
const squared = (a: Float64Array): number => dot(a, a);
