/** @file Where a projection of regional features begins: axes of positions, turned to where the sample features point. */
import { OnnxplainError } from "../errors.ts";
import { scattered, shuffled, uniforms } from "../random.ts";
import type { MapSource } from "./maps.ts";
import { pickedVectors } from "./pair-probabilities.ts";
import { type ImportanceName, WEIGHTS } from "./position-weights.ts";
import { aligned, turnedProjection } from "./procrustes.ts";
import { type Regions, regionsOf } from "./regions.ts";
import { type MatrixStart, meanStrength, type StartName, startingMatrix } from "./sample-start.ts";
import { projected } from "./wide-products.ts";

/** Positions at most that a start is taken from. */
const START_POSITIONS = 4096;

export interface RegionalStart {
  readonly dimension: number;
  readonly seed: number;
  /** Turn it to where the samples point? */
  readonly turn: boolean;
  /** g `[n, d]`. */
  readonly samples: Float64Array;
  readonly importance: ImportanceName;
  /** w `[n, HW]`, for `given`. */
  readonly weights: ArrayLike<number>;
}

/** Lambda from all positions of some pictures, drawn by the seed, scaled to the mean |g|. Throws `E_NUMERIC`, `E_PARAM`. */
export async function regionalStart(
  source: MapSource,
  start: StartName,
  { dimension, seed, turn, samples, importance, weights }: RegionalStart,
): Promise<MatrixStart> {
  const { count, positions, channels } = source;
  const wanted = Math.min(count, Math.max(1, Math.ceil(START_POSITIONS / positions)));
  const places = shuffled(count, uniforms(scattered(seed)), wanted).toSorted();
  const features = await source.some(places);
  if (!features.every(Number.isFinite))
    throw new OnnxplainError(
      "E_NUMERIC",
      "Some feature maps have numbers that are not finite. Leave such pictures out.",
    );
  const rows = { features, width: channels };
  const found = startingMatrix(start, { rows, dimension, seed }, meanStrength(samples, dimension));
  if (!turn) return found;
  const h = projected(rows, found.matrix, dimension);
  const w = WEIGHTS[importance]({ rows: features, positions, places }, weights, new Float64Array(positions));
  const own = pickedVectors({ width: dimension, values: samples }, places).values;
  const means = weighedMeans(regionsOf(h, { positions, dimension }), w);
  return { ...found, matrix: turnedTo(regionsOf(own, { positions: 1, dimension }), means, found.matrix) };
}

/** sum_r w^r o^r of every picture, `[B, d]`. */
function weighedMeans({ pictures, positions, dimension, units }: Regions, weights: Float64Array): Float64Array {
  const out = new Float64Array(pictures * dimension);
  for (let at = 0; at < units.length; at++) {
    const i = Math.floor(at / dimension);
    out[Math.floor(i / positions) * dimension + (at % dimension)]! += (weights[i] as number) * (units[at] as number);
  }
  return out;
}

/** R Lambda, R the orthogonal matrix of least L_align = - mean_x (g / |g|) . R sum_r w^r o^r; Q does not depend on R. */
function turnedTo(g: Regions, means: Float64Array, matrix: Float64Array): Float64Array {
  const { pictures: categories, dimension, units } = g;
  const weights = new Float64Array(categories).fill(1 / categories);
  const rotation = aligned(
    { categories, dimension, weights, means: units },
    { categories, dimension, weights, means },
  ).matrix;
  return turnedProjection(matrix, matrix.length / dimension, rotation);
}
