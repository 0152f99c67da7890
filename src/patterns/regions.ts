/** @file Regional features in the common space: h = Lambda f at every position, and what flows back through that. */
import { OnnxplainError } from "../errors.ts";
import type { MapSource } from "./maps.ts";
import { projected } from "./wide-products.ts";

/** Vectors of positions of pictures as directions and strengths. */
export interface Regions {
  /** B. */
  readonly pictures: number;
  /** H W. */
  readonly positions: number;
  /** d. */
  readonly dimension: number;
  /** o = h / |h|, `[B, HW, d]`; 0 where h is 0. */
  readonly units: Float64Array;
  /** l = |h|, `[B, HW]`. */
  readonly strengths: Float64Array;
}

/** Directions and strengths of `h [B, HW, d]`. */
export function regionsOf(
  h: Float64Array,
  { positions, dimension }: Pick<Regions, "positions" | "dimension">,
): Regions {
  const count = h.length / dimension;
  const [units, strengths] = [new Float64Array(h.length), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    const at = i * dimension;
    let square = 0;
    for (let k = 0; k < dimension; k++) square += (h[at + k] as number) ** 2;
    const length = Math.sqrt(square);
    strengths[i] = length;
    if (length > 0) for (let k = 0; k < dimension; k++) units[at + k] = (h[at + k] as number) / length;
  }
  return { pictures: count / positions, positions, dimension, units, strengths };
}

/** What flows to directions and strengths of regions; `units` need not be tangential. */
export interface RegionCotangents {
  /** `[B, HW, d]` */
  readonly units: Float64Array;
  /** `[B, HW]` */
  readonly strengths: Float64Array;
}

export const noCotangents = ({ units, strengths }: Regions): RegionCotangents => ({
  units: new Float64Array(units.length),
  strengths: new Float64Array(strengths.length),
});

/** dL/dh = (dL/dl) o + (dL/do - (o . dL/do) o) / l, 0 where h is 0; `[B, HW, d]`. */
export function throughLength({ units, strengths, dimension }: Regions, flow: RegionCotangents): Float64Array {
  const out = new Float64Array(units.length);
  for (let i = 0; i < strengths.length; i++) {
    const length = strengths[i] as number;
    if (length === 0) continue;
    const at = i * dimension;
    let along = 0;
    for (let k = 0; k < dimension; k++) along += (units[at + k] as number) * (flow.units[at + k] as number);
    const radial = flow.strengths[i] as number;
    for (let k = 0; k < dimension; k++) {
      const o = units[at + k] as number;
      out[at + k] = radial * o + ((flow.units[at + k] as number) - along * o) / length;
    }
  }
  return out;
}

/** h of some pictures in a row. */
export interface RegionBlock {
  readonly first: number;
  readonly count: number;
  /** `[count, HW, d]` */
  readonly h: Float64Array;
}

/** h of a whole source by Lambda `[d, K]`, block by block. Throws `E_INPUT_SHAPE` for the matrix of another layer, `E_ABORTED`. */
export async function* projectedBlocks(
  source: MapSource,
  matrix: Float64Array,
  { size, signal }: { readonly size?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<RegionBlock> {
  const dimension = dimensionOf(matrix, source);
  for await (const { first, count, rows } of source.blocks(size)) {
    if (signal?.aborted)
      throw new OnnxplainError("E_ABORTED", `Stopped at picture ${first} of ${source.count}.`, {
        cause: signal.reason,
      });
    yield { first, count, h: projected({ features: rows, width: source.channels }, matrix, dimension) };
  }
}

/** d of Lambda `[d, K]`. Throws `E_INPUT_SHAPE`. */
export function dimensionOf(matrix: Float64Array, { channels }: Pick<MapSource, "channels">): number {
  const dimension = matrix.length / channels;
  if (Number.isInteger(dimension) && dimension > 0) return dimension;
  throw new OnnxplainError(
    "E_INPUT_SHAPE",
    `Expected a matrix [d, ${channels}] for a layer of ${channels} channels, got ${matrix.length} numbers. Fit one for this layer.`,
  );
}
