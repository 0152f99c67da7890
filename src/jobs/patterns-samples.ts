/** @file M, pi and mu of one frame: begun from the frame before where it fits, turned into its axes, and held against the network. */
import { agreementOf } from "../patterns/agreement.ts";
import { type Concentration, concentrationOf } from "../patterns/concentration.ts";
import type { Directions } from "../patterns/directions.ts";
import { posteriorsOf } from "../patterns/posteriors.ts";
import { aligned, turned, turnedProjection } from "../patterns/procrustes.ts";
import {
  fitSamples,
  type SampleFitChoices,
  type SampleRound,
  type SampleState,
} from "../patterns/sample-projection.ts";
import { meanStrength, type StartName, startingMatrix } from "../patterns/sample-start.ts";
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
  /** [R] Every start that was tried; that of the smallest divergence was kept. */
  readonly starts: readonly TriedStart[];
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
  /** Of the result, and by start of fits and of fits under way. */
  readonly names: {
    readonly result: string;
    readonly fit: (turn: number) => string;
    readonly state: (turn: number) => string;
  };
  /** Seconds between states of a fit. */
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
  readonly onRound: (round: number, of: number) => void;
}

export const concentrationAsked = ({ dimension, sigma, kappa0, kappa_mode, seed }: PatternsAsked): Concentration =>
  concentrationOf({ dimension, sigma, kappa0: kappa0 ?? Number.POSITIVE_INFINITY, mode: kappa_mode, seed });

/** Throws as `fitSamples`. */
export async function patternSamples(of: SamplesOf): Promise<PatternSamples> {
  const { asked, probabilities } = of;
  return samplesIn(await piece(of.job, of.names.result, () => fitted(of)), {
    dimension: asked.dimension,
    categories: probabilities.length / of.store.count,
  });
}

/** A start of M, and how its fit ended. */
export interface TriedStart {
  readonly name: string;
  readonly kl: number;
  readonly rounds: number;
  readonly strength: number;
}

interface Start {
  readonly name: string;
  readonly matrix: Float64Array;
  readonly directions?: Directions | undefined;
}

/** Random starts beside the leading axes: from one start alone the fit may end where directions crowd and strengths are huge. */
const RANDOM_STARTS = 3;
/** [R] Mean |g| of named starts. */
const STRENGTH = 3;

/** The frame before where it is alike, the leading axes, and random ones; of a frame that is not fitted the first alone. */
function startsOf({ asked, store, before, warm, fixed }: SamplesOf): readonly Start[] {
  const { features, width } = store;
  const known = warm && before?.width === width ? before : undefined;
  const own = known ? [{ name: "frame before", matrix: known.matrix, directions: known.directions }] : [];
  if (fixed && known) return own;
  const named = (name: StartName, seed: number): Start => ({
    name: name === "pca" ? name : `${name} ${seed}`,
    matrix: startingMatrix(name, { rows: { features, width }, dimension: asked.dimension, seed }, STRENGTH).matrix,
  });
  const random = Array.from({ length: RANDOM_STARTS }, (_, k) => named("random", asked.seed + k + 1));
  return [...own, named("pca", asked.seed), ...random];
}

interface FitAbout extends Pick<SamplesAbout, "curve" | "best" | "converged" | "choices" | "notes"> {}

/** The fit of one start, a piece of its own. */
async function fitFrom(of: SamplesOf, start: Start, turn: number, turns: number): Promise<Piece<FitAbout>> {
  const { job, names, saveEvery, asked, store, probabilities, fixed, signal, onRound } = of;
  const { features, width, count } = store;
  const categories = probabilities.length / count;
  return piece(job, names.fit(turn), async () => {
    const saved = await savedState<SampleState>(job, names.state(turn), saveEvery);
    const size = Math.sqrt(start.matrix.reduce((sum, v) => sum + v * v, 0) / start.matrix.length);
    const rounds = fixed && start.directions ? 0 : asked.rounds;
    const fit = await fitSamples(
      { features, width, probabilities, categories },
      {
        concentration: concentrationAsked(asked),
        start,
        rounds,
        rate: asked.rate * (size || 1),
        mStep: asked.m_step,
        seed: asked.seed,
        signal,
        resume: saved.before,
        onRound: async (progress) => {
          onRound(turn * rounds + progress.round, turns * rounds);
          await saved.save(progress.state);
        },
      },
    );
    const { matrix, directions, curve, best, converged, choices, notes } = fit;
    return {
      about: { curve, best, converged, choices, notes },
      arrays: {
        matrix: { dims: [asked.dimension, width], data: matrix },
        weights: { dims: [categories], data: directions.weights },
        means: { dims: [categories, asked.dimension], data: directions.means },
      },
    };
  });
}

/** The fit of smallest divergence of several starts, the first of equal ones. */
async function fitted(of: SamplesOf): Promise<PieceToWrite<SamplesAbout>> {
  const { asked, store, probabilities, before } = of;
  const { features, width, count, labels } = store;
  const { dimension } = asked;
  const categories = probabilities.length / count;
  const concentration = concentrationAsked(asked);
  const all = startsOf(of);
  const tried: TriedStart[] = [];
  let fit: Piece<FitAbout> | undefined;
  for (const [turn, start] of all.entries()) {
    const own = await fitFrom(of, start, turn, all.length);
    const { curve, best } = own.about;
    const kl = (curve[best] as SampleRound).kl;
    const strength = meanStrength(projected({ features, width }, own.float64("matrix"), dimension), dimension);
    if (tried.every((t) => kl < t.kl)) fit = own;
    tried.push({ name: start.name, kl, rounds: curve.length - 1, strength });
  }
  if (fit === undefined) throw new Error("internal: no start");
  const found = { dimension, categories, weights: fit.float64("weights"), means: fit.float64("means") };
  const rotation = before && aligned(before.directions, found);
  const directions = rotation ? turned(found, rotation.matrix) : found;
  const own = fit.float64("matrix");
  const matrix = rotation ? turnedProjection(own, width, rotation.matrix) : own;
  const points = projected({ features, width }, matrix, dimension);
  const known = labels.some((label) => label >= 0) ? labels : undefined;
  const told = agreementOf({ points, probabilities, directions, concentration, labels: known });
  const network = largestOf(probabilities, categories);
  const largest = largestOf(posteriorsOf(points, directions, concentration), categories);
  return {
    about: {
      ...fit.about,
      starts: tried,
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
      confidence: { dims: [count], data: largest.values },
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
