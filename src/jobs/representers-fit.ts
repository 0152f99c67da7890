/** @file `representers fit` as a job: features into shards, the last layer fitted, how well it stands for the network. */
import { openJob } from "#run-folder";
import { OnnxplainError } from "../errors.ts";
import { writeSafetensors } from "../formats/safetensors.ts";
import { sortedJson } from "../report/manifest.ts";
import type { ActivationName } from "../representers/activations.ts";
import { agreementOf, type FitAgreement } from "../representers/agreement.ts";
import { type Cut, thetaOf } from "../representers/cut.ts";
import { DEFAULT_TOLERANCE, fitRepresenters } from "../representers/fit.ts";
import { scoresOfAll } from "../representers/linear.ts";
import type { FitProgress } from "../representers/newton.ts";
import type {
  RepresenterObjective,
  RepresenterSolver,
  Representers,
  Stationarity,
} from "../representers/representers.ts";
import { packShard } from "../representers/shards.ts";
import { type SumCheck, sumCheckOf, summedRepresenters } from "../representers/sum-check.ts";
import { givenTargets } from "../representers/targets.ts";
import { VERSION } from "../version.ts";
import { cutReader, type ExtractOptions, extract } from "./representers-extract.ts";
import type { PointSource } from "./representers-points.ts";
import { openStore, requireComplete, type Store, shardName } from "./representers-store.ts";
import type { JobFolder, Settings } from "./run-folder.ts";

/** Features that are known already. */
export interface FeatureArrays {
  readonly name: string;
  /** `[n, width]`. */
  readonly features: Float32Array;
  readonly width: number;
  readonly labels?: Int32Array | undefined;
  /** Scores of a network `[n, classes]`. */
  readonly given?: Float32Array | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** What is fitted to: points through a network, or features as they are. */
export type RepresentersInput =
  | {
      readonly kind: "network";
      readonly cut: Cut;
      readonly digest: string;
      readonly train: PointSource;
      readonly heldOut?: PointSource | undefined;
    }
  | {
      readonly kind: "features";
      readonly classes: number;
      readonly train: FeatureArrays;
      readonly heldOut?: FeatureArrays | undefined;
    };

export interface RepresentersFitOptions extends Omit<ExtractOptions, "onProgress"> {
  readonly folder: string;
  /** Go on with the features in the folder; a finished fit is done again with what is asked for now. Default false. */
  readonly resume?: boolean | undefined;
  /** Default `given` where the network's scores are known, else `labels`. */
  readonly objective?: RepresenterObjective | undefined;
  /** Default softmax, or relu for a hidden ReLU layer. */
  readonly activation?: ActivationName | undefined;
  readonly lambda?: number | undefined;
  readonly bias?: boolean | undefined;
  readonly solver?: RepresenterSolver | undefined;
  readonly tolerance?: number | undefined;
  /** Names of the classes. */
  readonly classNames?: readonly string[] | undefined;
  /** How to find model and data again, for `representers explain`; plain JSON. */
  readonly origin?: Settings | undefined;
  readonly command?: string | undefined;
  readonly onFeatures?: ((set: string, done: number, total: number | undefined) => void) | undefined;
  readonly onProgress?: ((progress: FitProgress) => void) | undefined;
}

/** How a set of points fares under the fit. */
export interface SplitReport {
  readonly points: number;
  /** Null where no network's scores are known. */
  readonly agreement: FitAgreement | null;
  /** Share of labelled points whose label is ranked first by the fit; null without labels. */
  readonly accuracy: number | null;
  readonly sumCheck: SumCheck;
}

/** `fit.json`. */
export interface RepresentersReport {
  readonly version: string;
  readonly count: number;
  readonly width: number;
  readonly classes: number;
  readonly class_names: readonly string[] | null;
  readonly bias: boolean;
  readonly lambda: number;
  readonly activation: ActivationName;
  readonly objective: RepresenterObjective;
  readonly solver: RepresenterSolver;
  readonly tolerance: number;
  readonly value: number;
  readonly stationarity: Stationarity;
  readonly iterations: number;
  readonly passes: number;
  readonly reason: string;
  readonly seconds: { readonly features: number; readonly fit: number };
  readonly layer: { readonly features: string; readonly pooled: boolean } | null;
  readonly train: SplitReport;
  readonly held_out: SplitReport | null;
  readonly unread: readonly { readonly id: string; readonly message: string }[];
  readonly origin: Settings | null;
  readonly command: string | null;
  readonly notes: readonly string[];
}

/** A fit in a folder. */
export interface RepresentersRun {
  readonly folder: string;
  readonly report: RepresentersReport;
  readonly fitted: Representers;
  readonly train: Store;
  readonly heldOut: Store | undefined;
  readonly steps: readonly FitProgress[];
  /** σ of fitted and given scores `[n, classes]`, where both are known. */
  readonly compared: Readonly<Record<"train" | "held_out", Compared | undefined>>;
}
export interface Compared {
  readonly fitted: Float64Array;
  readonly given: Float64Array;
}

/**
 * Fit into a folder: shards of features in `train/` and `held-out/`, `fit.safetensors` (`theta`, `alpha`, `gradient`), `fit.json`. Stopped
 * while features are made and resumed, it goes on with the first shard that is missing.
 *
 * Throws as `fitRepresenters` and `extract`; `E_FILE` for a folder that is taken; `E_PARAM` for a folder begun with other points or another
 * network.
 */
export async function runRepresentersFit(
  input: RepresentersInput,
  options: RepresentersFitOptions,
): Promise<RepresentersRun> {
  const job = await openJob(options.folder, settingsOf(input), options.resume ?? false);
  const began = performance.now();
  const train = await storeOf(job, "train", input, options);
  const heldOut = input.heldOut && (await storeOf(job, "held-out", input, options));
  const read = performance.now();
  const plan = planOf(input, options);
  const given = await givenOf(train, plan, options);
  const steps: FitProgress[] = [];
  const fitted = await fitRepresenters(
    { features: train.features, labels: plan.objective === "labels" || !given ? train.labels : undefined, given },
    {
      ...options,
      ...plan,
      onProgress: (p) => {
        steps.push(p);
        options.onProgress?.(p);
      },
    },
  );
  const ended = performance.now();
  const summed = await summedRepresenters(fitted, train.features, options);
  const judged = await judge(train, given, { fitted, summed, options });
  const held = heldOut && (await judge(heldOut, await givenOf(heldOut, plan, options), { fitted, summed, options }));
  const { theta, alpha, gradient, count, classes, width, columns, bias, ...rest } = fitted;
  const report: RepresentersReport = {
    ...rest,
    version: VERSION,
    count,
    classes,
    width,
    bias,
    class_names: options.classNames ?? null,
    tolerance: options.tolerance ?? DEFAULT_TOLERANCE,
    seconds: { features: (read - began) / 1000, fit: (ended - read) / 1000 },
    layer: input.kind === "network" ? input.cut.at : null,
    train: judged.report,
    held_out: held?.report ?? null,
    unread: [...train.unread, ...(heldOut?.unread ?? [])],
    origin: options.origin ?? null,
    command: options.command ?? null,
    notes: notesOf(input, fitted),
  };
  await job.write(
    "fit.safetensors",
    writeSafetensors({
      theta: { dims: [classes, columns], data: theta },
      alpha: { dims: [count, classes], data: alpha },
      gradient: { dims: [classes, columns], data: gradient },
    }),
  );
  await job.write("fit.json", sortedJson(report));
  await job.close();
  const compared = { train: judged.compared, held_out: held?.compared };
  return { folder: options.folder, report, fitted, train, heldOut, steps, compared };
}

/** What decides the shards. */
const settingsOf = (input: RepresentersInput): Settings =>
  input.kind === "network"
    ? {
        what: "representers",
        model_sha256: input.digest,
        layer: input.cut.at,
        train: input.train.name,
        held_out: input.heldOut?.name ?? null,
      }
    : { what: "representers of features", train: input.train.name, held_out: input.heldOut?.name ?? null };

interface Plan {
  readonly classes: number;
  readonly activation: ActivationName;
  readonly objective: RepresenterObjective;
  readonly bias: boolean;
  /** Of the network, where its last layer is known. */
  readonly theta: Float64Array | undefined;
  readonly start: Float64Array | undefined;
}

function planOf(input: RepresentersInput, options: RepresentersFitOptions): Plan {
  const { bias = true } = options;
  if (input.kind === "features") {
    const objective = options.objective ?? (input.train.given ? "given" : "labels");
    return {
      classes: input.classes,
      activation: options.activation ?? "softmax",
      objective,
      bias,
      theta: undefined,
      start: undefined,
    };
  }
  const { end, outputs, activation } = input.cut;
  const objective = options.objective ?? (end ? "given" : "labels");
  if (objective === "given" && end === undefined)
    throw new OnnxplainError(
      "E_LAYER_UNSUITABLE",
      `What follows \`${input.cut.at.features}\` is not linear, so the network's scores are no target for it. Fit to the labels (\`--objective labels\`), or name a layer that a linear one follows.`,
    );
  if (objective === "labels" && activation === "relu")
    throw new OnnxplainError(
      "E_PARAM",
      "The units of a hidden layer have no labels. Fit to what the network says there (`--objective given`).",
    );
  const theta = end && thetaOf(end, true);
  const start = end && objective === "given" ? thetaOf(end, bias) : undefined;
  return { classes: outputs, activation: options.activation ?? activation, objective, bias, theta, start };
}

async function storeOf(
  job: JobFolder,
  part: "train" | "held-out",
  input: RepresentersInput,
  options: RepresentersFitOptions,
): Promise<Store> {
  if (input.kind === "network") {
    const source = part === "train" ? input.train : input.heldOut;
    if (source === undefined) throw new Error("internal: no such set");
    const onProgress = (done: number, total: number | undefined): void => options.onFeatures?.(part, done, total);
    return requireComplete(await extract(job, part, { ...options, reader: cutReader(input.cut), source, onProgress }));
  }
  const arrays = part === "train" ? input.train : input.heldOut;
  if (arrays === undefined) throw new Error("internal: no such set");
  await writeArrays(job, part, arrays, { classes: input.classes, rows: options.shard ?? 4096 });
  return requireComplete(await openStore(job, part));
}

async function writeArrays(
  job: JobFolder,
  part: string,
  { name, features, width, labels, given, ids }: FeatureArrays,
  { classes, rows }: { readonly classes: number; readonly rows: number },
): Promise<void> {
  const count = features.length / width;
  for (let first = 0, index = 0; first < count; first += rows, index++) {
    const to = Math.min(count, first + rows);
    const length = to - first;
    await job.write(
      shardName(part, index),
      packShard({
        features: features.subarray(first * width, to * width),
        width,
        labels: labels?.subarray(first, to) ?? new Int32Array(length).fill(-1),
        given: given && { scores: given.subarray(first * classes, to * classes), classes },
        ids: ids?.slice(first, to) ?? Array.from({ length }, (_, i) => `${name}#${first + i}`),
        about: { items: String(length), last: String(to === count) },
      }),
    );
  }
}

/** Scores of the network `[n, classes]`. */
async function givenOf(
  store: Store,
  { theta, classes }: Plan,
  options: RepresentersFitOptions,
): Promise<Float64Array | Float32Array | undefined> {
  if (theta === undefined) return store.given;
  return scoresOfAll(store.features, { theta, classes, width: store.features.width, bias: true }, options);
}

interface Judging {
  readonly fitted: Representers;
  readonly summed: Float64Array;
  readonly options: RepresentersFitOptions;
}

async function judge(
  { features, labels }: Store,
  given: Float64Array | Float32Array | undefined,
  { fitted, summed, options }: Judging,
): Promise<{ readonly report: SplitReport; readonly compared: Compared | undefined }> {
  const { classes, activation } = fitted;
  const all = (theta: Float64Array) => scoresOfAll(features, { ...fitted, theta }, options);
  const logits = await all(fitted.theta);
  const sumCheck = sumCheckOf({ logits, sums: await all(summed), gaps: await all(fitted.gradient) }, fitted);
  const sigma = (scores: Float64Array | Float32Array) =>
    givenTargets(scores, { classes, activation, session: options });
  const compared = given && { fitted: await sigma(logits), given: await sigma(given) };
  const agreement = compared ? agreementOf(compared.fitted, compared.given, classes) : null;
  return {
    report: { points: features.count, agreement, accuracy: accuracyOf(logits, labels, fitted), sumCheck },
    compared,
  };
}

function accuracyOf(logits: Float64Array, labels: Int32Array, { classes, activation }: Representers): number | null {
  if (activation === "relu") return null;
  let [known, right] = [0, 0];
  labels.forEach((label, i) => {
    if (label < 0) return;
    known++;
    const own = logits.subarray(i * classes, (i + 1) * classes);
    if (own.indexOf(own.reduce((a, b) => Math.max(a, b))) === label) right++;
  });
  return known === 0 ? null : right / known;
}

function notesOf(input: RepresentersInput, fitted: Representers): readonly string[] {
  const sources = input.kind === "network" ? [...input.train.notes, ...(input.heldOut?.notes ?? [])] : [];
  const { stationarity, reason, count, width } = fitted;
  return [
    ...new Set(sources),
    ...(stationarity.reached
      ? []
      : [
          `the fit ended (${reason}) at ${stationarity.relative.toExponential(1)} of the first gradient, above the tolerance: sums differ from logits by up to the bound`,
        ]),
    ...(count < width
      ? [`there are fewer points (${count}) than features (${width}); the L2 term alone makes the fit unique`]
      : []),
  ];
}
