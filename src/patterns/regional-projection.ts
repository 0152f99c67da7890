/** @file Regional features of a layer brought to the space of the sample features: the fit of its matrix Lambda. */
import { OnnxplainError } from "../errors.ts";
import { pause } from "../pause.ts";
import { ANSWERS, type AnswerMode } from "./answers.ts";
import { batches } from "./batches.ts";
import { type Concentration, concentrationOf } from "./concentration.ts";
import type { MapSource } from "./maps.ts";
import { findOptimizer, type OptimizerName } from "./optimizers.ts";
import {
  cosineProbabilities,
  type PairTarget,
  type PictureVectors,
  pickedVectors,
  productProbabilities,
} from "./pair-probabilities.ts";
import { type ImportanceName, softmaxOf, throughSoftmax, WEIGHTS } from "./position-weights.ts";
import { type RegionalLoss, regionalLoss } from "./regional-loss.ts";
import { regionalStart } from "./regional-start.ts";
import {
  type RegionalState,
  type RegionalStep,
  type RegionalWorking,
  regionalStateOf,
  regionalWorkingOf,
} from "./regional-state.ts";
import type { StartName } from "./sample-start.ts";

export interface RegionalFitOptions {
  /** g of the fitted sample features, `[n, d]`. */
  readonly samples: Float64Array;
  /** What P(x2|x1) is made of: class probabilities `[n, C]` for `product`, sample features `[n, D]` for `cosine`. */
  readonly vectors: PictureVectors;
  /** [R] Default `product`. */
  readonly target?: PairTarget | undefined;
  /** [R] kappa_p of `cosine`; default 10. */
  readonly kappaP?: number | undefined;
  /** kappa(l), of as many dimensions as `samples`; default: the closed form, sigma 1, kappa0 infinite. */
  readonly concentration?: Concentration | undefined;
  /** [R] Default `max`. */
  readonly mode?: AnswerMode | undefined;
  /** [R] Weight of L_align; default 0.1. */
  readonly eta?: number | undefined;
  /** [R] Default `given` where `weights` are, else `uniform`. */
  readonly importance?: ImportanceName | undefined;
  /** w `[n, HW]`, for `given`: those of `importanceModel`. */
  readonly weights?: ArrayLike<number> | undefined;
  /**
   * [R] `pca` (default): leading axes of a sample of centred positions. `random`: normal numbers. Both scaled to the mean |g|. Or a matrix
   * `[d, K]` that is known, taken as it is: that of the checkpoint before.
   */
  readonly start?: StartName | Float64Array | undefined;
  /** [R] Is a named start turned so that its regional features point to the g of their pictures as far as they can? Default true. */
  readonly turn?: boolean | undefined;
  /** [R] `adam` (default) or `descent`. */
  readonly optimizer?: OptimizerName | undefined;
  /** Learning rate; default for Adam {@link RELATIVE_RATE} of the start's root mean square, 0.01 for descent. */
  readonly rate?: number | undefined;
  /** Pictures of one step, at most; default 32. Memory is that of one batch. */
  readonly batch?: number | undefined;
  /** Times that every picture is seen, those of a resumed fit included; default 20. */
  readonly epochs?: number | undefined;
  /** Of random starts, of the sample for `pca`, of batches; default 0. */
  readonly seed?: number | undefined;
  /** A state that `onStep` handed out: the fit goes on from there, to the same numbers. */
  readonly resume?: RegionalState | undefined;
  /** After every step. */
  readonly onStep?: ((progress: RegionalProgress) => void | Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RegionalProgress extends RegionalStep {
  /** Steps made, of how many. */
  readonly step: number;
  readonly steps: number;
  /** To resume from. */
  readonly state: () => RegionalState;
}

/** What produced a fit, with every default filled in. */
export interface RegionalFitChoices {
  readonly dimension: number;
  readonly target: PairTarget;
  /** `null` for `product`. */
  readonly kappaP: number | null;
  readonly mode: AnswerMode;
  readonly eta: number;
  readonly importance: ImportanceName;
  readonly start: StartName | "warm";
  /** False for a warm start. */
  readonly turn: boolean;
  readonly optimizer: OptimizerName;
  readonly rate: number;
  readonly batch: number;
  readonly epochs: number;
  readonly seed: number;
}

export interface RegionalFit {
  /** Lambda `[d, K]`. */
  readonly matrix: Float64Array;
  /** w `[HW]`, where weights were learned. */
  readonly learned: Float64Array | undefined;
  /** Of every step, of its batch before it. */
  readonly curve: readonly RegionalStep[];
  /** Steps of one epoch. */
  readonly stepsPerEpoch: number;
  readonly choices: RegionalFitChoices;
  readonly notes: readonly string[];
}

/** Adam's step, as a share of the root mean square of the start's entries: layers differ in scale by orders of magnitude. */
export const RELATIVE_RATE = 0.1;
/** Adam's step of a logit. */
const LOGIT_RATE = 0.05;

/**
 * Fits Lambda of one layer: pictures whose regional features lie alike are to be those that the network takes to be alike,
 * KL(P(x2|x1) || Q_Lambda(x2|x1)), and weighted regional features are to point where the sample feature points, eta L_align. Both over
 * mini-batches: pairs are those of a batch. Of n pictures a batch takes `batch` at most, and all batches about as many.
 *
 * Source: SPEC 1.5; Li, Wang and Zhang 2021. Throws `E_PARAM`, `E_DATA_EMPTY`, `E_INPUT_SHAPE`, `E_NUMERIC` for a fit that diverges or
 * maps that are not finite, `E_ABORTED`.
 */
export async function fitRegions(source: MapSource, options: RegionalFitOptions): Promise<RegionalFit> {
  const settled = settle(source, options);
  const { count } = source;
  const { optimizer: name, epochs, seed, importance } = settled;
  const optimizer = findOptimizer(name);
  const stepsPerEpoch = Math.ceil(count / settled.batch);
  const steps = epochs * stepsPerEpoch;
  const concentration = options.concentration ?? concentrationOf({ dimension: settled.dimension });
  const placesOf = batches(count, Math.ceil(count / stepsPerEpoch), seed);
  const everything = Int32Array.from({ length: count }, (_, i) => i);
  const cells = settled.dimension * source.channels;
  const logits = importance === "learned" ? source.positions : 0;
  const working =
    options.resume === undefined
      ? await begin(source, options, settled, logits)
      : regionalWorkingOf(options.resume, { cells, logits, states: optimizer.states });
  while (working.curve.length < steps) {
    await pause();
    const done = working.curve.length;
    if (options.signal?.aborted)
      throw new OnnxplainError("E_ABORTED", `Stopped after ${done} of ${steps} steps.`, {
        cause: options.signal.reason,
      });
    const places = placesOf(done) ?? everything;
    const loss = lossOf(await source.some(places), places, source, working, { ...options, concentration }, settled);
    if (!Number.isFinite(loss.total))
      throw new OnnxplainError(
        "E_NUMERIC",
        `The fit of the layer left the range of numbers in step ${done + 1}. Give a \`rate\` below ${working.rate}, or leave out pictures whose maps are not finite.`,
      );
    optimizer.advance(working.matrix, loss.gradient, working.memory, working.rate, done + 1);
    if (loss.weightGradient !== undefined) {
      const slope = throughSoftmax(softmaxOf(working.logits), loss.weightGradient);
      const rate = name === "adam" ? LOGIT_RATE : working.rate;
      optimizer.advance(working.logits, slope, working.logitMemory, rate, done + 1);
    }
    const step: RegionalStep = { kl: loss.kl, align: loss.align };
    working.curve.push(step);
    await options.onStep?.({ ...step, step: done + 1, steps, state: () => regionalStateOf(working) });
  }
  const { matrix, curve, notes, rate } = working;
  return {
    matrix,
    learned: importance === "learned" ? softmaxOf(working.logits) : undefined,
    curve,
    stepsPerEpoch,
    choices: { ...settled, rate },
    notes,
  };
}

type Settled = Omit<RegionalFitChoices, "rate">;

/** P(x2|x1) of a batch, by name. */
const TARGETS: Readonly<Record<PairTarget, (vectors: PictureVectors, kappa: number) => Float64Array>> = {
  product: productProbabilities,
  cosine: cosineProbabilities,
};

function lossOf(
  rows: Float32Array,
  places: Int32Array,
  { positions }: MapSource,
  { matrix, logits }: RegionalWorking,
  { samples, vectors, weights = [], concentration }: RegionalFitOptions & { readonly concentration: Concentration },
  { dimension, target, kappaP, mode, eta, importance }: Settled,
): RegionalLoss {
  return regionalLoss(
    {
      rows,
      positions,
      weights: WEIGHTS[importance]({ rows, positions, places }, weights, logits),
      samples: pickedVectors({ width: dimension, values: samples }, places).values,
      target: TARGETS[target](pickedVectors(vectors, places), kappaP ?? 0),
    },
    matrix,
    { concentration, mode, eta, learnWeights: importance === "learned" },
  );
}

async function begin(
  source: MapSource,
  options: RegionalFitOptions,
  settled: Settled,
  logits: number,
): Promise<RegionalWorking> {
  const { start = "pca", rate } = options;
  const optimizer = findOptimizer(settled.optimizer);
  const { matrix, notes } =
    typeof start === "string"
      ? await regionalStart(source, start, { ...settled, samples: options.samples, weights: options.weights ?? [] })
      : { matrix: start.slice(), notes: [] };
  const size = Math.sqrt(matrix.reduce((s, v) => s + v * v, 0) / matrix.length);
  const memory = (length: number): readonly Float64Array[] =>
    Array.from({ length: optimizer.states }, () => new Float64Array(length));
  return {
    matrix,
    logits: new Float64Array(logits),
    memory: memory(matrix.length),
    logitMemory: memory(logits),
    rate: rate ?? (settled.optimizer === "adam" ? RELATIVE_RATE * (size || 1) : optimizer.rate),
    curve: [],
    notes,
  };
}

function settle({ count, positions, channels }: MapSource, options: RegionalFitOptions): Settled {
  const {
    samples,
    vectors,
    weights,
    target = "product",
    kappaP = 10,
    mode = "max",
    eta = 0.1,
    start = "pca",
    turn = true,
  } = options;
  const { optimizer = "adam", batch = 32, epochs = 20, seed = 0, concentration, rate } = options;
  const importance = options.importance ?? (weights === undefined ? "uniform" : "given");
  if (count < 1 || positions < 1 || channels < 1)
    throw new OnnxplainError(
      "E_DATA_EMPTY",
      `Expected feature maps to fit, got ${count} pictures of ${positions} positions and ${channels} channels.`,
    );
  const dimension = concentration?.dimension ?? samples.length / count;
  const sizes = [
    ["samples", samples.length, count * dimension],
    ["vectors", vectors.values.length, count * vectors.width],
    ...(importance === "given" ? ([["weights", weights?.length ?? 0, count * positions]] as const) : []),
    ...(typeof start === "string" ? [] : ([["start", start.length, dimension * channels]] as const)),
  ] as const;
  for (const [name, found, wanted] of sizes)
    if (found !== wanted)
      throw new OnnxplainError(
        "E_INPUT_SHAPE",
        `Expected \`${name}\` to be ${wanted} numbers for ${count} pictures of ${positions} positions and ${channels} channels, got ${found}.`,
      );
  const whole = [
    ["dimension", dimension, 2],
    ["batch", batch, 1],
    ["epochs", epochs, 0],
  ] as const;
  for (const [name, value, least] of whole)
    if (!(Number.isInteger(value) && value >= least))
      throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be an integer from ${least} up, got ${value}.`);
  for (const [name, value] of [
    ["eta", eta],
    ["kappaP", kappaP],
    ["rate", rate ?? 1],
  ] as const)
    if (!(Number.isFinite(value) && value >= 0))
      throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be a number of at least 0, got ${value}.`);
  refuseUnknown("importance", importance, Object.keys(WEIGHTS));
  refuseUnknown("target", target, Object.keys(TARGETS));
  refuseUnknown("mode", mode, Object.keys(ANSWERS));
  return {
    dimension,
    target,
    kappaP: target === "cosine" ? kappaP : null,
    mode,
    eta,
    importance,
    start: typeof start === "string" ? start : "warm",
    turn: turn && typeof start === "string",
    optimizer,
    batch,
    epochs,
    seed,
  };
}

function refuseUnknown(name: string, value: string, known: readonly string[]): void {
  if (!known.includes(value))
    throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be one of ${known.join(", ")}, got ${value}.`);
}

/** Lets signals, timers and pages have their turn. */
