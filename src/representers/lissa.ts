/** @file LiSSA: the inverse of a Hessian times a vector as a Neumann series, with Hessians of small batches. */
import { OnnxplainError } from "../errors.ts";
import { scattered, uniforms } from "../random.ts";

export interface LissaOptions {
  /** Default 10. The series converges where no eigenvalue of a batch's Hessian is above about twice this. */
  readonly scale?: number | undefined;
  /** Steps; default 10,000. */
  readonly depth?: number | undefined;
  /** Points of a batch, drawn with replacement; default 100. */
  readonly batch?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

/** The Hessian of the points at `places`, weight decay included, times each vector of `[k, size]`. */
export type BatchProduct = (places: Int32Array, vectors: Float64Array) => Promise<Float64Array>;

/**
 * `cur <- v + (1 - damping) cur - H_batch cur / scale`, from cur = v; the answer is cur / scale, whose mean is near
 * `(H + damping scale I)^-1 v`: the damping that it amounts to is `damping * scale`. Throws `E_NUMERIC` where the series diverges.
 *
 * Source: Agarwal, Bullins and Hazan 2016; the form and defaults of Koh and Liang 2017.
 */
export async function lissa(
  product: BatchProduct,
  vectors: Float64Array,
  {
    count,
    damping,
    scale = 10,
    depth = 10_000,
    batch = 100,
    seed = 0,
  }: LissaOptions & { readonly count: number; readonly damping: number },
): Promise<Float64Array> {
  const draw = uniforms(scattered(seed));
  const places = new Int32Array(batch);
  const now = Float64Array.from(vectors);
  for (let step = 0; step < depth; step++) {
    for (let i = 0; i < batch; i++) places[i] = Math.floor(draw() * count);
    const curved = await product(places, now);
    for (let j = 0; j < now.length; j++)
      now[j] = (vectors[j] as number) + (1 - damping) * (now[j] as number) - (curved[j] as number) / scale;
    if (step % 100 === 99 && !now.every(Number.isFinite)) break;
  }
  if (!now.every(Number.isFinite))
    throw new OnnxplainError(
      "E_NUMERIC",
      `LiSSA diverged with a scale of ${scale}: the Hessian's largest eigenvalue is too large for it. Raise the scale, or take the conjugate gradient.`,
    );
  return now.map((v) => v / scale);
}
