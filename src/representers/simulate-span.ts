/** @file Wide features in the few coordinates that their points span: what an L2 fit sees of them, and nothing else. */
import { openLayerMath } from "./influence-math.ts";
import { pointsOf } from "./influence-study.ts";
import type { Pool } from "./simulate.ts";

/** A pivot below this part of the largest is a point that the ones before it span. */
const SPANNED = 1e-12;

/**
 * Pool and test points in orthonormal coordinates of the span of the pool (with the constant 1 in it where `bias`): dot products with
 * pool points stay as they are, so a layer with L2, on any subset of the pool, gives the same scores, losses and alpha. Rows are float64
 * `[n, rank]`; the constant is inside, so go on without a bias.
 */
export async function spanned(
  pool: Pool,
  test: Pool,
  bias: boolean,
): Promise<{ readonly pool: Pool; readonly test: Pool }> {
  const { width } = pool;
  const n = pool.labels.length;
  const columns = width + Number(bias);
  const others = new Float64Array(n * columns).fill(1);
  for (let i = 0; i < n; i++) others.set(pool.rows.subarray(i * width, (i + 1) * width), i * columns);
  const math = openLayerMath({ loss: "logistic", outputs: 1, width, bias });
  const dots = (of: Pool): Promise<Float64Array> =>
    math.along(pointsOf(of.rows, width), new Float64Array(of.labels.length).fill(1), others);
  const [gram, across] = [await dots(pool), await dots(test)];
  await math.dispose();
  const { lower, kept } = factor(gram, n);
  const rank = kept.length;
  const coordinates = (products: Float64Array, count: number): Float64Array => {
    const rows = new Float64Array(count * rank);
    for (let i = 0; i < count; i++)
      for (const [r, k] of kept.entries()) {
        let rest = products[i * n + k] as number;
        for (let s = 0; s < r; s++) rest -= (lower[k * rank + s] as number) * (rows[i * rank + s] as number);
        rows[i * rank + r] = rest / (lower[k * rank + r] as number);
      }
    return rows;
  };
  return {
    pool: { rows: lower, width: rank, labels: pool.labels },
    test: { rows: coordinates(across, test.labels.length), width: rank, labels: test.labels },
  };
}

/** `gram = lower lower^T`, `[n, rank]`, with a column for each point that those before it do not span. */
function factor(gram: Float64Array, n: number): { readonly lower: Float64Array; readonly kept: readonly number[] } {
  let most = 0;
  for (let i = 0; i < n; i++) most = Math.max(most, gram[i * n + i] as number);
  const wide = new Float64Array(n * n);
  const kept: number[] = [];
  for (let i = 0; i < n; i++) {
    let left = gram[i * n + i] as number;
    for (const [r, k] of kept.entries()) {
      let rest = gram[i * n + k] as number;
      for (let s = 0; s < r; s++) rest -= (wide[i * n + s] as number) * (wide[k * n + s] as number);
      const own = rest / (wide[k * n + r] as number);
      wide[i * n + r] = own;
      left -= own * own;
    }
    if (left > SPANNED * most) {
      wide[i * n + kept.length] = Math.sqrt(left);
      kept.push(i);
    }
  }
  const rank = kept.length;
  const lower = new Float64Array(n * rank);
  for (let i = 0; i < n; i++) lower.set(wide.subarray(i * n, i * n + rank), i * rank);
  return { lower, kept };
}
