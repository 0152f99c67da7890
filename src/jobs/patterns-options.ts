/** @file What `patterns fit` can be told, its defaults, and the record of both. */
import type { DataSet } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import { ANSWERS, type AnswerMode } from "../patterns/answers.ts";
import { type ConcentrationMode, settledConcentration } from "../patterns/concentration.ts";
import { TAU } from "../patterns/knowledge-points.ts";
import { M_STEPS, type MStep } from "../patterns/m-steps.ts";
import type { PairTarget } from "../patterns/pair-probabilities.ts";
import type { Grid } from "../patterns/pooled.ts";
import type { ImportanceName } from "../patterns/position-weights.ts";
import type { Device } from "../runtime/session.ts";
import type { PatternModel } from "./patterns-network.ts";
import type { Settings } from "./run-folder.ts";

/** What is done for each frame, in turn. */
export type PatternStage = "features" | "samples" | "regions" | "points";

export interface PatternProgress {
  readonly stage: PatternStage;
  /** From 0, of how many. */
  readonly frame: number;
  readonly frames: number;
  /** Name of the frame, and of the layer where it is about one. */
  readonly name: string;
  readonly layer?: string | undefined;
  /** Pictures, rounds or steps; `of` is undefined where the data does not tell. */
  readonly done: number;
  readonly of: number | undefined;
}

/** [R] w(r): Grad-CAM of the predicted class, all alike, by strength of the feature, or learned. */
export const PATTERN_WEIGHTS = {
  "grad-cam": "given",
  uniform: "uniform",
  norm: "norm",
  learned: "learned",
} as const satisfies Readonly<Record<string, ImportanceName>>;
export type PatternWeights = keyof typeof PATTERN_WEIGHTS;

export const PATTERN_PAIRS = ["product", "cosine"] as const satisfies readonly PairTarget[];
export const PATTERN_MATCHES = Object.keys(ANSWERS) as readonly AnswerMode[];

/** FGSM: one step of epsilon. PGD: several, from a random place in the box. */
export const ATTACKS = ["fgsm", "pgd"] as const;
export type AttackName = (typeof ATTACKS)[number];
/** Whose cross-entropy rises: that of the class the network decides for, or of the label where there is one. */
export const ATTACK_TARGETS = ["predicted", "label"] as const;
/** Fit M and Lambda of attacked inputs anew, from those of the clean ones; or look at them through those of the clean ones. */
export const ATTACKED_FITS = ["same", "refit"] as const;

export interface AttackOptions {
  readonly name: AttackName;
  /** Largest change of a pixel, as a share of the pixel range; default 8 / 255. */
  readonly epsilon?: number | undefined;
  /** Of one step; default epsilon for fgsm, epsilon / 4 for pgd. */
  readonly step?: number | undefined;
  /** Default 1 for fgsm (the only choice), 10 for pgd. */
  readonly steps?: number | undefined;
  /** [R] Default `predicted`. */
  readonly target?: (typeof ATTACK_TARGETS)[number] | undefined;
  /** [R] Default `same`: which regions an attack takes is asked in one space. */
  readonly fit?: (typeof ATTACKED_FITS)[number] | undefined;
}

/** The same with every default filled in. */
export type AttackAsked = { readonly [K in keyof AttackOptions]-?: NonNullable<AttackOptions[K]> };

export interface PatternsFitOptions {
  readonly data: DataSet;
  /** Networks in order: checkpoints of one training, teacher and student, or one. */
  readonly models: readonly PatternModel[];
  readonly folder: string;
  /** Go on with what stands in the folder; a finished fit is read from it. Default false. */
  readonly resume?: boolean | undefined;
  /** Names or numbers of the first network's classes. Default all up to ten; of more, those that the data's labels join. */
  readonly classes?: readonly string[] | undefined;
  /** d; default 3. */
  readonly dimension?: 2 | 3 | undefined;
  /** See `concentrationOf`. */
  readonly sigma?: number | undefined;
  readonly kappa0?: number | undefined;
  readonly kappaMode?: ConcentrationMode | undefined;
  /** Rounds of the fit of M at most; default 200. */
  readonly rounds?: number | undefined;
  /** [R] Step of the fit of M (Adam), as a share of the root mean square of its start; default 0.05. */
  readonly rate?: number | undefined;
  /** [R] Whose posteriors move the directions; default `network`, which keeps them with their categories. `mixture` is EM proper. */
  readonly mStep?: MStep | undefined;
  /** Times that the fit of a Lambda sees every picture; default 20. */
  readonly epochs?: number | undefined;
  /** Rows and columns of all layers; default those of the first network's last layer. */
  readonly grid?: Grid | undefined;
  readonly weights?: PatternWeights | undefined;
  readonly pairs?: PairTarget | undefined;
  readonly match?: AnswerMode | undefined;
  readonly eta?: number | undefined;
  /** Threshold of knowledge points; default 0.4. */
  readonly tau?: number | undefined;
  readonly attack?: AttackOptions | undefined;
  readonly seed?: number | undefined;
  /** Pictures with their grids in the results; default 60. */
  readonly shown?: number | undefined;
  /** Pictures in one run of the network; default 32. */
  readonly batch?: number | undefined;
  /** Pictures in a shard; default by its size, 256 at most. */
  readonly shard?: number | undefined;
  /** Seconds between states of a fit that is under way: what a kill loses at most. Default 30. */
  readonly saveEvery?: number | undefined;
  /** Features stay in the folder. Default false. */
  readonly keepFeatures?: boolean | undefined;
  /** How to find models and data again; plain JSON. */
  readonly origin?: Settings | undefined;
  readonly command?: string | undefined;
  readonly device?: Device | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: PatternProgress) => void) | undefined;
}

/** Every choice with its default filled in, as results name it. */
export interface PatternsAsked {
  readonly dimension: 2 | 3;
  readonly sigma: number;
  /** null = infinite. */
  readonly kappa0: number | null;
  readonly kappa_mode: ConcentrationMode;
  readonly rounds: number;
  /** Of M, as a share of its start's root mean square. */
  readonly rate: number;
  readonly m_step: MStep;
  readonly epochs: number;
  readonly weights: PatternWeights;
  readonly pairs: PairTarget;
  readonly match: AnswerMode;
  readonly eta: number;
  readonly tau: number;
  readonly seed: number;
  readonly shown: number;
  readonly pooling: "adaptive average";
  readonly common_strength: "mean |g|";
  readonly attack: AttackAsked | null;
}

/** Throws `E_PARAM`. */
export function patternsAsked(options: PatternsFitOptions): PatternsAsked {
  const { dimension = 3, rounds = 200, rate = 0.05, epochs = 20, tau = TAU, seed = 0, shown = 60, eta = 0.1 } = options;
  const { weights = "grad-cam", pairs = "product", match = "max", mStep = "network", batch = 32, shard = 1 } = options;
  if (options.models.length === 0) throw new OnnxplainError("E_PARAM", "Expected at least one network, got none.");
  const { sigma, kappa0, mode } = settledConcentration({
    dimension,
    sigma: options.sigma,
    kappa0: options.kappa0,
    mode: options.kappaMode,
  });
  const whole = (v: number, least: number): boolean => Number.isInteger(v) && v >= least;
  const rules: readonly (readonly [string, unknown, boolean, string])[] = [
    ["dimension", dimension, dimension === 2 || dimension === 3, "2 or 3"],
    ["rounds", rounds, whole(rounds, 0), "an integer from 0 up"],
    ["rate", rate, rate > 0 && Number.isFinite(rate), "a number above 0"],
    ["epochs", epochs, whole(epochs, 0), "an integer from 0 up"],
    ["shown", shown, whole(shown, 0), "an integer from 0 up"],
    ["batch", batch, whole(batch, 1), "an integer from 1 up"],
    ["shard", shard, whole(shard, 1), "an integer from 1 up"],
    ["seed", seed, Number.isInteger(seed), "an integer"],
    ["tau", tau, tau >= 0 && tau <= 1, "a number from 0 to 1"],
    ["eta", eta, eta >= 0 && Number.isFinite(eta), "a number from 0 up"],
    ["weights", weights, Object.hasOwn(PATTERN_WEIGHTS, weights), Object.keys(PATTERN_WEIGHTS).join(", ")],
    ["pairs", pairs, PATTERN_PAIRS.includes(pairs), PATTERN_PAIRS.join(", ")],
    ["match", match, PATTERN_MATCHES.includes(match), PATTERN_MATCHES.join(", ")],
    ["mStep", mStep, Object.hasOwn(M_STEPS, mStep), Object.keys(M_STEPS).join(", ")],
    ["grid", options.grid, options.grid?.every((side) => whole(side, 1)) ?? true, "rows and columns from 1 up"],
  ];
  for (const [name, value, good, wanted] of rules)
    if (!good) throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be ${wanted}, got ${String(value)}.`);
  return {
    dimension,
    sigma,
    kappa0: Number.isFinite(kappa0) ? kappa0 : null,
    kappa_mode: mode,
    rounds,
    rate,
    m_step: mStep,
    epochs,
    weights,
    pairs,
    match,
    eta,
    tau,
    seed,
    shown,
    pooling: "adaptive average",
    common_strength: "mean |g|",
    attack: options.attack ? attackAsked(options.attack) : null,
  };
}

function attackAsked({ name, epsilon = 8 / 255, step, steps, target, fit }: AttackOptions): AttackAsked {
  const asked = {
    name,
    epsilon,
    step: step ?? (name === "fgsm" ? epsilon : epsilon / 4),
    steps: steps ?? (name === "fgsm" ? 1 : 10),
    target: target ?? "predicted",
    fit: fit ?? "same",
  } as const;
  const rules: readonly (readonly [keyof AttackOptions, boolean, string])[] = [
    ["name", ATTACKS.includes(name), ATTACKS.join(" or ")],
    ["epsilon", epsilon > 0 && epsilon <= 1, "a share of the pixel range above 0, at most 1"],
    ["step", asked.step > 0 && Number.isFinite(asked.step), "a share of the pixel range above 0"],
    [
      "steps",
      Number.isInteger(asked.steps) && asked.steps >= 1 && (name !== "fgsm" || asked.steps === 1),
      "an integer from 1 up; 1 for fgsm",
    ],
    ["target", ATTACK_TARGETS.includes(asked.target), ATTACK_TARGETS.join(" or ")],
    ["fit", ATTACKED_FITS.includes(asked.fit), ATTACKED_FITS.join(" or ")],
  ];
  for (const [key, good, wanted] of rules)
    if (!good)
      throw new OnnxplainError("E_PARAM", `Expected \`${key}\` of the attack to be ${wanted}, got ${asked[key]}.`);
  return asked;
}

/** Thresholds of the tables, rising, tau among them. */
export const tausOf = ({ tau }: PatternsAsked): readonly number[] =>
  [...new Set([0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, tau])].sort((a, b) => a - b);
