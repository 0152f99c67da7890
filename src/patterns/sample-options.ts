/** @file What a fit of sample features can be told, its defaults, and the record of both. */
import { OnnxplainError } from "../errors.ts";
import { type Concentration, type SettledConcentration, settledConcentration } from "./concentration.ts";
import { M_STEPS, type MStep } from "./m-steps.ts";
import { findOptimizer, type OptimizerName } from "./optimizers.ts";
import type { StartName, WarmStart } from "./sample-start.ts";
import type { SampleRound, SampleState } from "./sample-state.ts";

export interface SampleFitOptions {
  /** d, at least 2; that of the concentration, of the warm start, or 3. */
  readonly dimension?: number | undefined;
  /** kappa(l); the closed form with sigma 1 and kappa0 infinite by default. */
  readonly concentration?: Concentration | undefined;
  /** [R] `pca` (default): leading axes of the centred features. `random`: normal numbers. Or the fit of the checkpoint before. */
  readonly start?: StartName | WarmStart | undefined;
  /** [R] Mean |g| that a named start is scaled to; default 3. */
  readonly strength?: number | undefined;
  /** [R] `adam` (default) or `descent`. */
  readonly optimizer?: OptimizerName | undefined;
  /** Learning rate; default 1e-3 for Adam, 0.01 for descent. */
  readonly rate?: number | undefined;
  /** [R] Gradient steps a round; default 10. */
  readonly steps?: number | undefined;
  /** [R] EM steps a round; default 1. */
  readonly emSteps?: number | undefined;
  /**
   * [R] Whose posteriors the M step takes. `mixture` (default): p(y|g), EM proper. `network`: P(y|x), so that directions stay with their
   * categories; the likelihood may fall then.
   */
  readonly mStep?: MStep | undefined;
  /** T, rounds at most, those of a resumed fit included; default 200. */
  readonly rounds?: number | undefined;
  /** Samples of one gradient step; all by default. EM and the curves always see all. */
  readonly batch?: number | undefined;
  /** Of random starts and of batches; default 0. */
  readonly seed?: number | undefined;
  /** [R] Ends when the best divergence has not fallen by this share of itself within `patience` rounds; default 1e-4. */
  readonly tolerance?: number | undefined;
  /** [R] Default 10. */
  readonly patience?: number | undefined;
  /** A state that `onRound` handed out: the fit goes on from there, to the same numbers. */
  readonly resume?: SampleState | undefined;
  /** After the start and after every round. */
  readonly onRound?: ((progress: SampleProgress) => void | Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SampleProgress extends SampleRound {
  /** 0 = start. */
  readonly round: number;
  /** T. */
  readonly rounds: number;
  /** The round of the smallest divergence so far. */
  readonly best: number;
  /** To resume from. */
  readonly state: () => SampleState;
}

/** What produced a fit, with every default filled in. */
export interface SampleFitChoices {
  readonly dimension: number;
  /** `given` where the caller made it, who knows its choices. */
  readonly concentration: SettledConcentration | "given";
  readonly start: StartName | "warm";
  readonly strength: number;
  readonly optimizer: OptimizerName;
  readonly rate: number;
  readonly steps: number;
  readonly emSteps: number;
  readonly mStep: MStep;
  readonly rounds: number;
  readonly batch: number | "all";
  readonly seed: number;
  readonly tolerance: number;
  readonly patience: number;
}

/** Throws `E_PARAM`. */
export function choicesOf(options: SampleFitOptions): SampleFitChoices {
  const {
    start = "pca",
    optimizer = "adam",
    seed = 0,
    strength = 3,
    tolerance = 1e-4,
    batch,
    mStep = "mixture",
  } = options;
  const warm = typeof start === "string" ? undefined : start.directions?.dimension;
  const dimension = options.dimension ?? options.concentration?.dimension ?? warm ?? 3;
  const { rate = findOptimizer(optimizer).rate, steps = 10, emSteps = 1, rounds = 200, patience = 10 } = options;
  refuseRange("dimension", dimension, 2, "whole");
  if (options.concentration !== undefined && options.concentration.dimension !== dimension)
    throw new OnnxplainError(
      "E_PARAM",
      `Expected a concentration of ${dimension} dimensions, got one of ${options.concentration.dimension}.`,
    );
  for (const [name, value, least] of [
    ["steps", steps, 0],
    ["emSteps", emSteps, 0],
    ["rounds", rounds, 0],
    ["patience", patience, 1],
    ["batch", batch ?? 1, 1],
  ] as const)
    refuseRange(name, value, least, "whole");
  if (!Object.hasOwn(M_STEPS, mStep))
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`mStep\` to be one of ${Object.keys(M_STEPS).join(", ")}, got ${mStep}.`,
    );
  refuseRange("rate", rate, 0);
  refuseRange("tolerance", tolerance, 0);
  refuseRange("strength", strength, Number.MIN_VALUE);
  return {
    dimension,
    concentration: options.concentration === undefined ? settledConcentration({ dimension }) : "given",
    start: typeof start === "string" ? start : "warm",
    strength,
    optimizer,
    rate,
    steps,
    emSteps,
    mStep,
    rounds,
    batch: batch ?? "all",
    seed,
    tolerance,
    patience,
  };
}

function refuseRange(name: string, value: number, least: number, kind?: "whole"): void {
  if (Number.isFinite(value) && value >= least && (kind === undefined || Number.isInteger(value))) return;
  const range = least === Number.MIN_VALUE ? "above 0" : `of at least ${least}`;
  throw new OnnxplainError(
    "E_PARAM",
    `Expected \`${name}\` to be ${kind === undefined ? "a number" : "an integer"} ${range}, got ${value}.`,
  );
}
