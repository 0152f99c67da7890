/** @file M, pi and mu of one frame: begun from the frame before where it fits, turned into its axes, and held against the network. */
import { agreementOf } from "../patterns/agreement.ts";
import { type Concentration, concentrationOf } from "../patterns/concentration.ts";
import type { Directions } from "../patterns/directions.ts";
import { posteriorsOf } from "../patterns/posteriors.ts";
import { aligned, turned, turnedProjection } from "../patterns/procrustes.ts";
import {
  fitSamples,
  type SampleFitChoices,
  type SampleProgress,
  type SampleRound,
  type SampleState,
} from "../patterns/sample-projection.ts";
import { projected } from "../patterns/wide-products.ts";
import type { PatternsAsked } from "./patterns-options.ts";
import { type Piece, type PieceToWrite, piece, savedState } from "./patterns-pieces.ts";
import type { PatternStore } from "./patterns-store.ts";
import type { JobFolder } from "./run-folder.ts";

export interface SamplesAbout {
  readonly curve: readonly SampleRound[];
  readonly best: number;
  readonly converged: boolean;
  readonly choices: SampleFitChoices;
  readonly notes: readonly string[];
  /** ||mu R^T - mu of the frame before||; null in the first frame. */
  readonly residual: number | null;
  readonly strength: number;
  readonly agreement: number;
  readonly accuracy: number | null;
  readonly network_accuracy: number | null;
  readonly confidence: number;
}

/** A fitted frame's samples, in the axes of the frame before. */
export interface PatternSamples {
  readonly about: SamplesAbout;
  /** M `[d, D]`. */
  readonly matrix: Float64Array;
  readonly width: number;
  readonly directions: Directions;
  /** g `[n, d]`. */
  readonly points: Float64Array;
  /** P `[n, C]`. */
  readonly probabilities: Float64Array;
  /** argmax Q, argmax P, and the largest of both, `[n]`. */
  readonly winners: Int32Array;
  readonly predicted: Int32Array;
  readonly confidence: Float64Array;
  readonly networkConfidence: Float64Array;
}

export interface SamplesOf {
  readonly job: JobFolder;
  readonly name: string;
  /** Of the fit under way, and seconds between its states. */
  readonly state: string;
  readonly saveEvery: number;
  readonly asked: PatternsAsked;
  readonly store: PatternStore;
  readonly probabilities: Float64Array;
  readonly before: PatternSamples | undefined;
  /** Its features are those of the frame before, at another time or for other inputs: begin from its M. */
  readonly warm: boolean;
  /** No fit: M and directions are those of the frame before. */
  readonly fixed: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onRound: (progress: SampleProgress) => void;
}

export const concentrationAsked = ({ dimension, sigma, kappa0, kappa_mode, seed }: PatternsAsked): Concentration =>
  concentrationOf({ dimension, sigma, kappa0: kappa0 ?? Number.POSITIVE_INFINITY, mode: kappa_mode, seed });

/** Throws as `fitSamples`. */
export async function patternSamples(of: SamplesOf): Promise<PatternSamples> {
  const { asked, probabilities } = of;
  return samplesIn(await piece(of.job, of.name, () => fitted(of)), {
    dimension: asked.dimension,
    categories: probabilities.length / of.store.count,
  });
}

async function fitted({
  job,
  state,
  saveEvery,
  asked,
  store,
  probabilities,
  before,
  warm: alike,
  fixed,
  signal,
  onRound,
}: SamplesOf): Promise<PieceToWrite<SamplesAbout>> {
  const { features, width, count, labels } = store;
  const { dimension, rounds, seed } = asked;
  const categories = probabilities.length / count;
  const concentration = concentrationAsked(asked);
  const warm = alike && before !== undefined && before.width === width;
  const saved = await savedState<SampleState>(job, state, saveEvery);
  const fit = await fitSamples(
    { features, width, probabilities, categories },
    {
      concentration,
      start: warm ? { matrix: before.matrix, directions: before.directions } : "pca",
      rounds: fixed && warm ? 0 : rounds,
      rate: asked.rate,
      mStep: asked.m_step,
      seed,
      signal,
      resume: saved.before,
      onRound: async (progress) => {
        onRound(progress);
        await saved.save(progress.state);
      },
    },
  );
  const rotation = before && aligned(before.directions, fit.directions);
  const directions = rotation ? turned(fit.directions, rotation.matrix) : fit.directions;
  const matrix = rotation ? turnedProjection(fit.matrix, width, rotation.matrix) : fit.matrix;
  const points = projected({ features, width }, matrix, dimension);
  const known = labels.some((label) => label >= 0) ? labels : undefined;
  const told = agreementOf({ points, probabilities, directions, concentration, labels: known });
  const network = largestOf(probabilities, categories);
  const own = largestOf(posteriorsOf(points, directions, concentration), categories);
  return {
    about: {
      curve: fit.curve,
      best: fit.best,
      converged: fit.converged,
      choices: fit.choices,
      notes: fit.notes,
      residual: rotation?.residual ?? null,
      strength: told.strength ?? 0,
      agreement: told.agreement ?? 0,
      accuracy: told.accuracy ?? null,
      network_accuracy: told.networkAccuracy ?? null,
      confidence: told.confidence ?? 0,
    },
    arrays: {
      matrix: { dims: [dimension, width], data: matrix },
      weights: { dims: [categories], data: directions.weights },
      means: { dims: [categories, dimension], data: directions.means },
      points: { dims: [count, dimension], data: points },
      probabilities: { dims: [count, categories], data: probabilities },
      winners: { dims: [count], data: told.winners },
      predicted: { dims: [count], data: network.places },
      confidence: { dims: [count], data: own.values },
      network_confidence: { dims: [count], data: network.values },
    },
  };
}

/** The samples of a piece. Throws `E_FILE`. */
export function samplesIn(
  stored: Piece<SamplesAbout>,
  { dimension, categories }: Pick<Directions, "dimension" | "categories">,
): PatternSamples {
  return {
    about: stored.about,
    matrix: stored.float64("matrix"),
    width: stored.dims("matrix")[1] ?? 0,
    directions: { dimension, categories, weights: stored.float64("weights"), means: stored.float64("means") },
    points: stored.float64("points"),
    probabilities: stored.float64("probabilities"),
    winners: stored.int32("winners"),
    predicted: stored.int32("predicted"),
    confidence: stored.float64("confidence"),
    networkConfidence: stored.float64("network_confidence"),
  };
}

/** The largest of each row `[n, C]`, and its place, of equal ones the first. */
function largestOf(
  rows: Float64Array,
  categories: number,
): { readonly places: Int32Array; readonly values: Float64Array } {
  const places = Int32Array.from({ length: rows.length / categories }, (_, i) => {
    const row = rows.subarray(i * categories, (i + 1) * categories);
    return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
  });
  return { places, values: Float64Array.from(places, (y, i) => rows[i * categories + y] as number) };
}
