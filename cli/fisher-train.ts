/** @file `onnxplain fisher train`: descriptors, mixture, Fisher vectors and machines, as one network that loads like any other. */
import {
  type FisherRun,
  type FisherStage,
  type FisherTrainOptions,
  MIXTURE_STARTS,
  OnnxplainError,
  runFisherTrain,
  SPATIAL_LAYOUTS,
  SVM_LOSSES,
  sortedJson,
} from "../src/index.ts";
import { DATA_FLAGS, dataFrom } from "./data.ts";
import {
  choice,
  type Flags,
  helpPage,
  isSet,
  MODEL_FLAGS,
  noWords,
  number,
  outFolder,
  parseFlags,
  RUN_FLAGS,
  runCommand,
  text,
  type Values,
} from "./flags.ts";
import { untilInterrupted } from "./interrupt.ts";
import { deviceOptions, size } from "./open.ts";
import { type Console, hushed, type Verb } from "./verb.ts";

const FLAGS = {
  ...DATA_FLAGS,
  "test-split": {
    type: "string",
    value: "NAME",
    about: "part of the data that is measured at the end; trained on is then `train`",
  },
  "test-data": { type: "string", value: "DATA", about: "or other data" },
  components: { type: "string", value: "K", about: "Gaussians of the mixture (default 256)" },
  width: { type: "string", value: "D", about: "numbers that descriptors are reduced to (default 80)" },
  samples: {
    type: "string",
    value: "N",
    about: "descriptors that projection and mixture see, at most (default 200000)",
  },
  sizes: { type: "string", value: "A,B", about: "sides of a descriptor's bins in pixels (default 4,6,8,10)" },
  step: { type: "string", value: "P", about: "pixels between descriptors (default 3)" },
  tallest: { type: "string", value: "H", about: "pictures above this height are shrunk to it (default 480)" },
  size: { type: "string", value: "N|HxW", about: "resize every picture to this instead" },
  "no-quantise": { type: "boolean", about: "descriptors as real numbers: the network then has a gradient" },
  "no-mean": { type: "boolean", about: "project without subtracting the mean, as the toolkit does" },
  spatial: { type: "string", value: "KIND", about: `${SPATIAL_LAYOUTS.join(", ")} (default none)` },
  "no-zeroth": { type: "boolean", about: "leave out the block of the mixture's weights, as the toolkit does" },
  start: { type: "string", value: "KIND", about: `where EM begins: ${MIXTURE_STARTS.join(", ")} (default k-means)` },
  iterations: { type: "string", value: "N", about: "updates of EM at most (default 100)" },
  loss: { type: "string", value: "NAME", about: `${SVM_LOSSES.join(", ")} (default hinge)` },
  cost: {
    type: "string",
    value: "C,C",
    about: "of the machines; of several, cross-validation takes the best (default 0.1,0.3,1,3,10,30,100)",
  },
  folds: { type: "string", value: "N", about: "parts of the cross-validation (default 5)" },
  "no-vectors": { type: "boolean", about: "keep no Fisher vectors: no shares of training pictures later" },
  "skip-bad-labels": { type: "boolean", about: "leave out pictures whose label is no class, and list them" },
  seed: { type: "string", value: "N", about: "of the mixture's start, folds and machines (default 0)" },
  out: { type: "string", short: "o", value: "DIR", about: "folder for the model" },
  resume: { type: "boolean", about: "go on with the training in that folder" },
  device: RUN_FLAGS.device,
  threads: RUN_FLAGS.threads,
  json: MODEL_FLAGS.json,
  quiet: MODEL_FLAGS.quiet,
} as const satisfies Flags;

export const fisherTrain: Verb = {
  summary: "train the pipeline; it is written as one ONNX graph",
  help: helpPage(
    "fisher train --data DATA -o MODEL/",
    "Dense SIFT, principal components, a mixture of Gaussians, Fisher vectors, one linear machine a class. MODEL/ loads like any other model; a training that was stopped goes on with --resume.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("fisher train", argv, FLAGS);
    noWords(rest, "Data is given by --data.");
    const folder = outFolder(values, "the model", "MODEL/");
    const out = hushed(console, isSet(values, "quiet"));
    const line = progress(isSet(values, "quiet"));
    using stop = untilInterrupted();
    const run = await runFisherTrain({
      ...settingsFrom(values),
      ...deviceOptions(values),
      ...(await picturesFrom(values)),
      folder,
      resume: isSet(values, "resume"),
      command: runCommand("fisher train", argv),
      signal: stop.signal,
      onProgress: line.onProgress,
    }).finally(line.finish);
    tell(run, out, isSet(values, "json"));
    return run.report.unread.length > 0 ? 3 : 0;
  },
};

async function picturesFrom(values: Values): Promise<Pick<FisherTrainOptions, "data" | "test" | "badLabels">> {
  const [split, other] = [text(values, "test-split"), text(values, "test-data")];
  const testing = split !== undefined || other !== undefined;
  const asTrain = split !== undefined && other === undefined && text(values, "split") === undefined;
  const { data } = await dataFrom(asTrain ? { ...values, split: "train" } : values);
  const test = testing
    ? (await dataFrom({ ...values, data: other ?? text(values, "data"), split, limit: undefined, offset: undefined }))
        .data
    : undefined;
  return { data, test, badLabels: isSet(values, "skip-bad-labels") ? "skip" : undefined };
}

function settingsFrom(values: Values): Partial<FisherTrainOptions> {
  const sizes = numbers(values, "sizes");
  const step = number(values, "step", { min: 1 });
  const tallest = number(values, "tallest", { min: 1 });
  const [height, width] = size(values, "size") ?? [];
  if (height && width && tallest !== undefined)
    throw new OnnxplainError("E_USAGE", "Give `--size` or `--tallest`, not both.");
  return {
    sift: {
      ...(sizes ? { sizes: [...sizes].sort((a, b) => a - b) } : {}),
      ...(step ? { step } : {}),
      ...(isSet(values, "no-quantise") ? { quantised: false } : {}),
    },
    framing: height && width ? { size: { width, height } } : tallest === undefined ? undefined : { tallest },
    components: number(values, "components", { min: 1 }),
    width: number(values, "width", { min: 1 }),
    samples: number(values, "samples", { min: 1 }),
    subtractMean: isSet(values, "no-mean") ? false : undefined,
    spatial: choice(values, "spatial", SPATIAL_LAYOUTS),
    zeroth: isSet(values, "no-zeroth") ? false : undefined,
    start: choice(values, "start", MIXTURE_STARTS),
    iterations: number(values, "iterations", { min: 0 }),
    loss: choice(values, "loss", SVM_LOSSES),
    costs: numbers(values, "cost"),
    folds: number(values, "folds", { min: 2 }),
    keepVectors: isSet(values, "no-vectors") ? false : undefined,
    seed: number(values, "seed", { min: 0 }),
  };
}

/** `A,B,C`. Throws `E_USAGE` for what is no list of positive numbers. */
function numbers(values: Values, name: string): readonly number[] | undefined {
  const raw = text(values, name);
  if (raw === undefined) return undefined;
  const list = raw.split(",").map(Number);
  if (list.every((v) => v > 0 && Number.isFinite(v))) return list;
  throw new OnnxplainError(
    "E_USAGE",
    `Expected \`--${name}\` to be positive numbers with commas between, got \`${raw}\`.`,
  );
}

const WORDS: Readonly<Record<FisherStage, string>> = {
  descriptors: "descriptors of pictures",
  projection: "principal components",
  mixture: "mixture, round",
  vectors: "Fisher vectors",
  products: "products of vectors",
  machines: "machines",
  test: "test pictures",
};

function progress(quiet: boolean): {
  readonly onProgress: NonNullable<FisherTrainOptions["onProgress"]>;
  readonly finish: () => void;
} {
  const active = process.stderr.isTTY === true && !quiet;
  let stage: FisherStage | undefined;
  let began = 0;
  let first = 0;
  const say = (words: string): void => void (active && process.stderr.write(`\r\x1b[K${words}`));
  return {
    onProgress: (now, done, of) => {
      if (now !== stage) [stage, began, first] = [now, performance.now(), done];
      const rate = (done - first) / ((performance.now() - began) / 1000);
      const left =
        of === undefined || !(rate > 0) ? "" : `  ${rate.toFixed(1)}/s  ${Math.ceil((of - done) / rate)} s left`;
      say(`${WORDS[now]}  ${done}${of === undefined ? "" : `/${of}`}${left}`);
    },
    finish: () => say(""),
  };
}

const percent = (v: number | null): string => (v === null ? "undefined" : (100 * v).toFixed(1));

function tell({ report: r, folder }: FisherRun, out: Console, json: boolean): void {
  if (json) {
    out.print(sortedJson(r).trimEnd());
    return;
  }
  for (const note of r.notes) out.note(`note: ${note}`);
  for (const { id, message } of r.unread) out.note(`left out ${id}: ${message}`);
  const { likelihoods, converged } = r.mixture;
  out.print(
    [
      `${r.pictures} pictures, ${r.labels.length} classes; ${r.samples} descriptors, ${r.projected.width} of ${r.projected.from} components keep ${percent(r.explained_variance)} % of their variance`,
      `mixture of ${r.components}: log likelihood ${(likelihoods[0] ?? 0).toFixed(3)} -> ${(likelihoods.at(-1) ?? 0).toFixed(3)} in ${likelihoods.length - 1} rounds${converged ? "" : " (not converged)"}`,
      `machines: C ${r.machines.cost}${r.machines.tried.length > 0 ? ` of ${r.machines.tried.map((t) => `${t.cost} (${percent(t.precision)})`).join(", ")}` : ""}`,
      `average precision, 11 points, in %: train ${percent(r.train.mean)}${r.test ? `, test ${percent(r.test.mean)}` : ""}`,
      ...(r.test ? [r.labels.map((label, c) => `  ${label} ${percent(r.test?.classes[c] ?? null)}`).join("\n")] : []),
      Object.entries(r.seconds)
        .map(([stage, s]) => `${stage} ${s.toFixed(1)} s`)
        .join(", "),
      folder,
    ].join("\n"),
  );
}
