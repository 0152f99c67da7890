/** @file Principal components: second moments summed over blocks of rows, axes from their eigenvectors. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { openSession } from "#ort";
import { OnnxplainError } from "../errors.ts";
import { writeModelBytes } from "../graph/write.ts";
import type { SessionOptions } from "../runtime/session.ts";
import { momentsGraph, projectionGraph } from "./block-graphs.ts";
import type { Projection } from "./projection.ts";
import { addTo, matrixOf, type Numbers, type Reading, type RowSource, read, refuseNone, vectorOf } from "./rows.ts";

export interface Moments {
  readonly count: number;
  /** `[width]`. */
  readonly mean: Float64Array;
  /** `[width, width]`, 1/n. */
  readonly covariance: Float64Array;
}

const BLOCK = 4096;

/** Mean and covariance, in float64. Throws `E_DATA_EMPTY`, `E_NUMERIC` for numbers that are not finite, `E_ABORTED`, `E_RUNTIME`. */
export async function momentsOf(
  source: RowSource,
  { block = BLOCK, signal, ...options }: Reading & SessionOptions = {},
): Promise<Moments> {
  refuseNone(source);
  const { width } = source;
  const [sum, gram] = [new Float64Array(width), new Float64Array(width * width)];
  let count = 0;
  let shift: Float64Array = new Float64Array(width);
  const session = await openSession(writeModelBytes(momentsGraph(width)), options);
  try {
    for await (const part of read(source, { block, signal })) {
      // near the mean, so that the covariance is no small difference of large sums
      if (count === 0) shift = meanOf(part.rows, width);
      const got = await session.run({
        rows: matrixOf(part.rows, width, "float64"),
        shift: vectorOf(shift, "float64"),
      });
      addTo(sum, got.sum);
      addTo(gram, got.gram);
      count += part.count;
    }
  } finally {
    await session.dispose();
  }
  const off = sum.map((s) => s / count);
  const mean = off.map((o, d) => o + (shift[d] as number));
  const covariance = gram.map(
    (s, at) => s / count - (off[Math.floor(at / width)] as number) * (off[at % width] as number),
  );
  if (!covariance.every(Number.isFinite))
    throw new OnnxplainError("E_NUMERIC", "Some rows have numbers that are not finite. Leave such rows out.");
  return { count, mean, covariance };
}

function meanOf(rows: Numbers, width: number): Float64Array {
  const mean = new Float64Array(width);
  for (let at = 0; at < rows.length; at++) mean[at % width]! += (rows[at] as number) / (rows.length / width);
  return mean;
}

export interface ProjectionOptions extends Reading, SessionOptions {
  /** Axes to keep, at most as many as rows have numbers. */
  readonly width: number;
  /** [R]: the toolkit does not; default true. The axes are the same. */
  readonly subtractMean?: boolean | undefined;
}

/**
 * The directions of largest variance, by falling variance; of each the entry of largest magnitude is positive. Directions that the rows do
 * not vary along have variance 0: with fewer rows than dimensions, or dimensions that depend on others, they complete the basis.
 *
 * Throws `E_PARAM` for a width out of range, `E_DATA_EMPTY`, `E_NUMERIC`, `E_ABORTED`, `E_RUNTIME`.
 */
export async function fitProjection(
  source: RowSource,
  { width, subtractMean = true, ...options }: ProjectionOptions,
): Promise<Projection> {
  const from = source.width;
  if (!(Number.isInteger(width) && width >= 1 && width <= from))
    throw new OnnxplainError(
      "E_PARAM",
      `Expected the \`width\` of a projection to be an integer from 1 to the ${from} numbers of a row, got ${width}.`,
    );
  return projectionOf(await momentsOf(source, options), { width, subtractMean });
}

/** The same from moments that are known. */
export function projectionOf(
  { mean, covariance }: Moments,
  { width, subtractMean = true }: Pick<ProjectionOptions, "width" | "subtractMean">,
): Projection {
  const from = mean.length;
  const { realEigenvalues: found, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(
    Matrix.from1DArray(from, from, covariance),
    { assumeSymmetric: true },
  );
  const order = Array.from(found.keys())
    .sort((a, b) => (found[b] as number) - (found[a] as number))
    .slice(0, width);
  const axes = new Float64Array(from * width);
  order.forEach((column, k) => {
    const axis = vectors.getColumn(column);
    const strongest = axis.reduce((best, v) => (Math.abs(v) > Math.abs(best) ? v : best), 0);
    const sign = strongest < 0 ? -1 : 1;
    for (let d = 0; d < from; d++) axes[d * width + k] = sign * (axis[d] as number);
  });
  return {
    from,
    width,
    mean: subtractMean ? mean : new Float64Array(from),
    axes,
    variances: Float64Array.from(order, (k) => Math.max(0, found[k] as number)),
  };
}

/** (x - mean) V of rows `[n, from]`, `[n, width]`, in float64: plain loops. */
export function project(rows: ArrayLike<number>, { from, width, mean, axes }: Projection): Float64Array {
  const count = rows.length / from;
  const out = new Float64Array(count * width);
  for (let i = 0; i < count; i++)
    for (let d = 0; d < from; d++) {
      const v = (rows[i * from + d] as number) - (mean[d] as number);
      if (v === 0) continue;
      for (let k = 0; k < width; k++) out[i * width + k]! += v * (axes[d * width + k] as number);
    }
  return out;
}

/** The same of a whole source, float32 and in the runtime. Throws `E_INPUT_SHAPE`, `E_ABORTED`, `E_RUNTIME`. */
export async function projectAll(
  source: RowSource,
  { from, width, mean, axes }: Projection,
  { block = BLOCK, signal, ...options }: Reading & SessionOptions = {},
): Promise<Float32Array> {
  if (source.width !== from)
    throw new OnnxplainError("E_INPUT_SHAPE", `Expected rows of ${from} numbers to project, got ${source.width}.`);
  const out = new Float32Array(source.count * width);
  const fixed = { mean: vectorOf(mean, "float32"), axes: matrixOf(axes, width, "float32") };
  const session = await openSession(writeModelBytes(projectionGraph(from, width)), options);
  try {
    for await (const part of read(source, { block, signal })) {
      const { projected } = await session.run({ rows: matrixOf(part.rows, from, "float32"), ...fixed });
      out.set(projected?.data as Float32Array, part.first * width);
    }
  } finally {
    await session.dispose();
  }
  return out;
}
