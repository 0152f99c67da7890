/** @file Scores of a last layer for all rows of a source, block by block, in float64. */
import { openSession } from "#ort";
import { writeModelBytes } from "../graph/write.ts";
import type { SessionOptions } from "../runtime/session.ts";
import type { FeatureSource } from "./features.ts";
import { columnsOf, graphOf, type LayerShape, rowsInput, scoresFrom } from "./graphs.ts";
import { featureRows, matrix } from "./problem.ts";

/** Θ f for every point, `[n, classes]`. */
export async function scoresOfAll(
  features: FeatureSource,
  layer: LayerShape & { readonly theta: Float64Array },
  session: SessionOptions = {},
): Promise<Float64Array> {
  const { theta, classes, width } = layer;
  const columns = columnsOf(layer);
  const model = graphOf((g) => ({
    scores: scoresFrom(g, rowsInput(g, width), g.input("theta", "float64", [classes, columns]), layer),
  }));
  const run = await openSession(writeModelBytes(model), session);
  try {
    const all = new Float64Array(features.count * classes);
    for await (const block of features.blocks()) {
      const got = await run.run({ rows: featureRows(block, width), theta: matrix(theta, columns) }, ["scores"]);
      all.set(got.scores?.data as Float64Array, block.first * classes);
    }
    return all;
  } finally {
    await run.dispose();
  }
}
