/** @file One mean strength for all layers, so that none has more knowledge points for being louder. */
import { OnnxplainError } from "../errors.ts";
import type { MapSource } from "./maps.ts";
import { dimensionOf, projectedBlocks } from "./regions.ts";
import { meanStrength } from "./sample-start.ts";

/** Mean over pictures and positions of |h|, h = Lambda f by Lambda `[d, K]`; the source is read once. Throws `E_DATA_EMPTY`, `E_INPUT_SHAPE`, `E_ABORTED`. */
export async function sourceStrength(
  source: MapSource,
  matrix: Float64Array,
  options: { readonly size?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<number> {
  if (source.count < 1) throw new OnnxplainError("E_DATA_EMPTY", "Expected maps of at least one picture, got none.");
  const dimension = dimensionOf(matrix, source);
  let sum = 0;
  for await (const { count, h } of projectedBlocks(source, matrix, options)) sum += count * meanStrength(h, dimension);
  return sum / source.count;
}

/**
 * What a layer's h (or its Lambda) is multiplied by: common / own. A layer whose features are all 0 stays as it is.
 *
 * Source: SPEC 1.6, step 1; [R] the common value is the mean |g| of the sample features. Throws `E_NUMERIC`.
 */
export function strengthScale(own: number, common: number): number {
  if (!(Number.isFinite(own) && own >= 0 && Number.isFinite(common) && common >= 0))
    throw new OnnxplainError(
      "E_NUMERIC",
      `Expected mean strengths to be numbers of at least 0, got ${own} for the layer and ${common} for all. Fit the layer with a smaller \`rate\`.`,
    );
  return own > 0 ? common / own : 1;
}

export const scaledBy = (vectors: Float64Array, factor: number): Float64Array => vectors.map((v) => v * factor);
