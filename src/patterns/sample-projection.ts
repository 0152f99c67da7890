/** @file Sample features brought to a few dimensions, where direction is category and length is confidence. */
import { OnnxplainError } from "../errors.ts";
import { pause } from "../pause.ts";
import { batches } from "./batches.ts";
import { concentrationOf } from "./concentration.ts";
import type { Directions } from "./directions.ts";
import { divergenceOf } from "./divergence.ts";
import { logLikelihood } from "./em.ts";
import { M_STEPS } from "./m-steps.ts";
import { findOptimizer } from "./optimizers.ts";
import { choicesOf, type SampleFitChoices, type SampleFitOptions } from "./sample-options.ts";
import { anchored, startingMatrix } from "./sample-start.ts";
import { type SampleRound, stateOf, type Working, workingOf } from "./sample-state.ts";
import { checkedSamples, type Samples, sampleNotes } from "./samples.ts";
import { projected, pulledBack } from "./wide-products.ts";

export type { SampleFitChoices, SampleFitOptions, SampleProgress } from "./sample-options.ts";
export type { SampleRound, SampleState } from "./sample-state.ts";
export type { Samples } from "./samples.ts";

export interface SampleFit {
  /** M `[d, D]` of the best round. */
  readonly matrix: Float64Array;
  /** {pi, mu} of the best round. */
  readonly directions: Directions;
  /** g = M f `[n, d]`. */
  readonly points: Float64Array;
  /** Of the start and after every round. */
  readonly curve: readonly SampleRound[];
  /** The round with the smallest divergence; 0 = start. */
  readonly best: number;
  /** Did it end because the divergence hardly fell? */
  readonly converged: boolean;
  readonly choices: SampleFitChoices;
  readonly notes: readonly string[];
}

/**
 * Fits M and {pi, mu} so that posteriors of g = M f tell what the network tells: in turn gradient steps on the mean of KL(P || Q_M) with
 * {pi, mu} fixed, and EM steps on {pi, mu} with M fixed. EM may raise the divergence; the best round is kept.
 *
 * Source: Li, Wang and Zhang 2021; the alternation and what is marked [R] are this project's readings. Throws `E_PARAM` for options out of
 * range and rows of P that are no probabilities, `E_DATA_EMPTY`, `E_INPUT_SHAPE`, `E_NUMERIC` for numbers that are not finite, `E_ABORTED`.
 */
export async function fitSamples(samples: Samples, options: SampleFitOptions = {}): Promise<SampleFit> {
  const choices = choicesOf(options);
  const { dimension, rounds, emSteps } = choices;
  const { count, probabilities } = checkedSamples(samples);
  const { concentration = concentrationOf({ dimension }), signal, onRound } = options;
  const optimizer = findOptimizer(choices.optimizer);
  const placesOf = batches(count, options.batch, choices.seed);
  const points = new Float64Array(count * dimension);
  const pulls = new Float64Array(points.length);
  const slope = new Float64Array(dimension * samples.width);
  const divergence = (directions: Directions): number =>
    divergenceOf(points, probabilities, directions, concentration, { gradient: pulls }).mean;
  const measured = (directions: Directions, klBeforeEm?: number): SampleRound => {
    const kl = divergence(directions);
    return {
      kl,
      klBeforeEm: klBeforeEm ?? kl,
      logLikelihood: logLikelihood(points, directions, concentration) / count,
    };
  };
  const { width, categories } = samples;
  const resumed = options.resume;
  let working: Working;
  if (resumed === undefined) {
    const { matrix, directions, found } = begin({ ...samples, probabilities }, options, choices);
    const notes = [...sampleNotes(samples, dimension), ...found];
    projected(samples, matrix, dimension, points);
    const memory = Array.from({ length: optimizer.states }, () => new Float64Array(matrix.length));
    const best = { round: 0, matrix: matrix.slice(), directions };
    working = { matrix, memory, directions, curve: [measured(directions)], steps: 0, best, notes };
    await told(working);
  } else working = workingOf(resumed, { width, categories, dimension, states: optimizer.states });

  async function told(now: Working): Promise<void> {
    const round = now.curve.length - 1;
    const last = now.curve[round] as SampleRound;
    await onRound?.({ ...last, round, rounds, best: now.best.round, state: () => stateOf(now) });
  }

  function descend({ matrix, memory, directions, steps }: Working): void {
    const places = placesOf(steps);
    const rows = { ...samples, places };
    const live = places === undefined ? points : points.subarray(0, places.length * dimension);
    projected(rows, matrix, dimension, live);
    divergenceOf(live, probabilities, directions, concentration, { places, gradient: pulls });
    const share = dimension / live.length;
    for (let at = 0; at < live.length; at++) pulls[at]! *= share;
    pulledBack(rows, pulls, dimension, slope);
    optimizer.advance(matrix, slope, memory, choices.rate, steps + 1);
  }

  let converged = hasSettled(working.curve, choices);
  while (!converged && working.curve.length <= rounds) {
    await pause();
    for (let step = 0; step < choices.steps; step++) {
      refuseAborted(signal, working.curve.length, rounds);
      descend(working);
      working.steps++;
    }
    projected(samples, working.matrix, dimension, points);
    const klBeforeEm = divergence(working.directions);
    for (let step = 0; step < emSteps; step++)
      working.directions = M_STEPS[choices.mStep](points, probabilities, working.directions, concentration);
    const round = measured(working.directions, klBeforeEm);
    refuseDiverged(round, working.curve.length, choices);
    working.curve.push(round);
    if (round.kl < (working.curve[working.best.round] as SampleRound).kl)
      working.best = {
        round: working.curve.length - 1,
        matrix: working.matrix.slice(),
        directions: working.directions,
      };
    await told(working);
    converged = hasSettled(working.curve, choices);
  }
  const { curve, notes } = working;
  const { matrix, directions, round: best } = working.best;
  projected(samples, matrix, dimension, points);
  return { matrix, directions, points, curve, best, converged, choices, notes };
}

function begin(
  samples: Samples,
  { start = "pca" }: SampleFitOptions,
  { dimension, strength, seed }: SampleFitChoices,
): { readonly matrix: Float64Array; readonly directions: Directions; readonly found: readonly string[] } {
  const { width, categories, probabilities } = samples;
  const named = typeof start === "string";
  const { matrix, notes } = named
    ? startingMatrix(start, { rows: samples, dimension, seed }, strength)
    : { matrix: start.matrix.slice(), notes: [] };
  const known = named ? undefined : start.directions;
  if (
    matrix.length !== dimension * width ||
    (known !== undefined && (known.categories !== categories || known.dimension !== dimension))
  )
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected a start of ${dimension} x ${width} numbers and ${categories} directions, got ${matrix.length} numbers and ${known?.categories ?? "no"} directions${known === undefined ? "" : ` of ${known.dimension}`}.`,
    );
  const directions =
    known ?? anchored(projected(samples, matrix, dimension), probabilities, { categories, dimension, seed });
  return { matrix, directions, found: notes };
}

/** min over rounds up to t - patience, less min over all, at most tolerance x the former. */
function hasSettled(
  curve: readonly SampleRound[],
  { tolerance, patience }: Pick<SampleFitChoices, "tolerance" | "patience">,
): boolean {
  if (curve.length <= patience) return false;
  const least = (rounds: readonly SampleRound[]): number => Math.min(...rounds.map(({ kl }) => kl));
  const before = least(curve.slice(0, curve.length - patience));
  return before - least(curve) <= tolerance * before;
}

/** Lets signals, timers and pages have their turn. */

function refuseAborted(signal: AbortSignal | undefined, round: number, rounds: number): void {
  if (signal?.aborted)
    throw new OnnxplainError("E_ABORTED", `Stopped in round ${round} of ${rounds}.`, { cause: signal.reason });
}

function refuseDiverged(
  { kl, logLikelihood: likelihood }: SampleRound,
  round: number,
  { rate }: SampleFitChoices,
): void {
  if (Number.isFinite(kl) && Number.isFinite(likelihood)) return;
  throw new OnnxplainError(
    "E_NUMERIC",
    `The fit left the range of numbers in round ${round}. Give a \`rate\` below ${rate}, or scale the features.`,
  );
}
