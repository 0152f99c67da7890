/** @file Do representer values add up to the score? Their sum over all training points, for many test points at once. */
import { openSession } from "#ort";
import { writeModelBytes } from "../graph/write.ts";
import type { SessionOptions } from "../runtime/session.ts";
import type { FeatureSource } from "./features.ts";
import { backOnto, graphOf, type LayerShape, rowsInput } from "./graphs.ts";
import { featureRows, matrix } from "./problem.ts";
import type { Representers } from "./representers.ts";

/** Σ_i α_i f_iᵀ `[classes, columns]`: what Θ is at a stationary point; times f_t it is the sum of all values of a test point. */
export async function summedRepresenters(
  { alpha, classes, width, bias, columns }: LayerShape & Pick<Representers, "alpha" | "columns">,
  features: FeatureSource,
  session: SessionOptions = {},
): Promise<Float64Array> {
  const model = graphOf((g) => {
    const rows = rowsInput(g, width);
    return { sum: backOnto(g, g.input("alpha", "float64", ["B", classes]), rows, bias) };
  });
  const run = await openSession(writeModelBytes(model), session);
  try {
    const sum = new Float64Array(classes * columns);
    for await (const block of features.blocks()) {
      const part = alpha.subarray(block.first * classes, (block.first + block.count) * classes);
      const got = await run.run({ rows: featureRows(block, width), alpha: matrix(part, classes) }, ["sum"]);
      const own = got.sum?.data as Float64Array;
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (own[i] as number);
    }
    return sum;
  } finally {
    await run.dispose();
  }
}

export interface SumCheck {
  readonly points: number;
  /** Largest |sum - logit|, over all points and classes. */
  readonly residual: number;
  /** The same over the largest |logit|. */
  readonly relative: number;
  /** Largest |G f| / 2λ: what theory allows. */
  readonly bound: number;
}

/** All arrays `[points, classes]`: logits, sums, and G f. */
export function sumCheckOf(
  { logits, sums, gaps }: { readonly logits: Float64Array; readonly sums: Float64Array; readonly gaps: Float64Array },
  { classes, lambda }: Pick<Representers, "classes" | "lambda">,
): SumCheck {
  let [residual, bound, largest] = [0, 0, 0];
  for (let i = 0; i < logits.length; i++) {
    residual = Math.max(residual, Math.abs((sums[i] as number) - (logits[i] as number)));
    bound = Math.max(bound, Math.abs(gaps[i] as number) / (2 * lambda));
    largest = Math.max(largest, Math.abs(logits[i] as number));
  }
  return { points: logits.length / classes, residual, relative: largest === 0 ? 0 : residual / largest, bound };
}
