/** @file `onnxplain train`: a network of our own, or one to go on with, into a folder that loads like any other model. */
import {
  ARCHITECTURES,
  AUGMENTATIONS,
  type AugmentationChoice,
  type AugmentationId,
  type CheckpointEvery,
  type Course,
  type DataSet,
  type Explainer,
  LOSSES,
  measureJson,
  OnnxplainError,
  OPTIMIZERS,
  runTraining,
  SCHEDULES,
  type SplitMeasure,
  sortedJson,
  splitList,
  type TrainingProgress,
  type TrainingRun,
  type TrainingRunOptions,
} from "../src/index.ts";
import { DATA_FLAGS, dataFrom } from "./data.ts";
import {
  choice,
  type Flags,
  helpPage,
  isSet,
  list,
  MODEL_FLAGS,
  number,
  outFolder,
  pairs,
  parseFlags,
  RUN_FLAGS,
  runCommand,
  text,
  type Values,
} from "./flags.ts";
import { untilInterrupted } from "./interrupt.ts";
import { classifierOptions, deviceOptions, openModel, preprocessingFrom, size } from "./open.ts";
import { type Console, hushed, type Verb } from "./verb.ts";

const names = (table: object): string => Object.keys(table).join(", ");
const { output: _, ...modelFlags } = MODEL_FLAGS;

const FLAGS = {
  arch: { type: "string", value: "NAME", about: `a new network: ${names(ARCHITECTURES)}` },
  width: { type: "string", value: "F", about: "multiplies the channels of a new network (default 1)" },
  normalize: {
    type: "string",
    value: "half|data",
    about: "pixels of a new network: 0..1 as -1..1 (default), or by mean and deviation of the training pictures",
  },
  head: { type: "boolean", about: "train the last linear layer alone, on features that are computed once" },
  "new-head": { type: "boolean", about: "a fresh last layer with the classes of the data" },
  layer: { type: "string", value: "NAME", about: "value or node whose output a new head reads" },
  val: { type: "string", value: "NAME", about: "part of the data that is measured after every epoch: val, test" },
  "val-share": { type: "string", value: "S", about: "or a share of it, drawn by the seed: 0.1" },
  "val-data": { type: "string", value: "DATA", about: "or other data" },
  epochs: { type: "string", value: "N", about: "default 10; iterations of lbfgs, at most (default 200)" },
  loss: { type: "string", value: "NAME", about: `${names(LOSSES)} (default by the data)` },
  optimizer: { type: "string", value: "NAME", about: `${names(OPTIMIZERS)} (default sgd); lbfgs with --head` },
  rate: { type: "string", value: "R", about: "highest learning rate (default sgd 0.1, adamw 0.001)" },
  schedule: {
    type: "string",
    value: "'NAME k=v'",
    about: `${names(SCHEDULES)}: 'cosine floor=1e-4' (default cosine to 0), 'step milestones=10,15 factor=0.1' or 'step every=5'`,
  },
  warmup: { type: "string", value: "E", about: "epochs over which the rate rises (default 0)" },
  "weight-decay": { type: "string", value: "D", about: "of kernels and matrices (default 0; lbfgs 0.01)" },
  clip: { type: "string", value: "L", about: "longest gradient" },
  freeze: { type: "string", multiple: true, value: "A,B*", about: "parameters that stay; `*` ends a beginning" },
  bn: { type: "string", value: "train|frozen", about: "batch normalisation by the batch (default), or as it is" },
  augment: {
    type: "string",
    multiple: true,
    value: "A,B k=v",
    about: `${names(AUGMENTATIONS)}: 'flip,pad-and-crop pad=4'`,
  },
  sampling: { type: "string", value: "natural|balanced", about: "how often each class is drawn" },
  "label-smoothing": { type: "string", value: "S", about: "share of a label spread over all classes" },
  "class-weights": { type: "string", value: "W", about: "balanced, or one number for each class: 1,2,0.5" },
  param: {
    type: "string",
    multiple: true,
    value: "K=V",
    about: "parameter of the loss or the optimiser (momentum=0.8, margin=2); may be repeated",
  },
  "checkpoint-every": { type: "string", value: "N|Ne", about: "a complete ONNX file every N steps or (1e) epochs" },
  keep: { type: "string", value: "last|best", about: "whose weights model.onnx has (default last)" },
  "skip-bad-labels": { type: "boolean", about: "leave out pictures whose label is no class, and list them" },
  out: { type: "string", short: "o", value: "RUN", about: "folder for the results" },
  resume: { type: "boolean", about: "go on with the training in that folder" },
  csv: { type: "boolean", about: "the history as CSV beside Parquet" },
  ...DATA_FLAGS,
  ...modelFlags,
  ...RUN_FLAGS,
  batch: { type: "string", value: "N", about: "pictures in a step (default 64)" },
  "max-memory": { type: "string", value: "MB", about: "decoded pictures, and features, that are kept (default 1024)" },
  seed: { type: "string", value: "N", about: "decides weights, order and augmentation (default 0)" },
  size: {
    type: "string",
    value: "N|HxW",
    about: "picture of a new network (default: the first picture's); a model's as in the other verbs",
  },
} as const satisfies Flags;

export const trainVerb: Verb = {
  summary: "train or fine-tune a network on a data set",
  help: helpPage(
    "train --arch NAME|--model MODEL --data DATA -o RUN",
    "Trains a network of a named architecture, a model, or its head. RUN loads as a model; a run that was stopped goes on with --resume.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("train", argv, FLAGS);
    if (rest.length > 0)
      throw new OnnxplainError(
        "E_USAGE",
        `Unexpected \`${rest[0]}\`. Data is given by --data, the network by --arch or --model.`,
      );
    const folder = outFolder(values, "the results", "RUN");
    const out = hushed(console, isSet(values, "quiet"));
    const { network, ...pictures } = await networkFrom(values);
    using stop = untilInterrupted();
    const line = progressText(isSet(values, "quiet"));
    try {
      const { data, wnids } = await dataFrom({ ...values, split: text(values, "split") ?? trainSplit(values) });
      const run = await runTraining({
        ...settingsFrom(values),
        ...deviceOptions(values),
        ...pictures,
        network,
        data,
        wnids,
        validation: await validationFrom(values),
        folder,
        resume: isSet(values, "resume"),
        dataId: text(values, "data"),
        command: runCommand("train", argv),
        csv: isSet(values, "csv"),
        signal: stop.signal,
        onNote: (note) => {
          line.finish();
          out.note(`note: ${note}`);
        },
        onProgress: line.onProgress,
      }).finally(line.finish);
      tell(run, out, isSet(values, "json"));
      return run.skipped.length > 0 ? 3 : 0;
    } finally {
      if (typeof network !== "string") await network.dispose();
    }
  },
};

type Pictures = Pick<TrainingRunOptions, "preprocessing" | "size" | "normalization" | "widthFactor" | "reading">;

async function networkFrom(values: Values): Promise<Pictures & { readonly network: Explainer | string }> {
  const arch = text(values, "arch");
  if ((arch === undefined) === (text(values, "model") === undefined))
    throw new OnnxplainError(
      "E_USAGE",
      `Give \`--arch NAME\` (${names(ARCHITECTURES)}) for a new network, or \`--model FILE.onnx\` for one to go on with.`,
    );
  const widthFactor = number(values, "width", { min: 0, integer: false });
  const normalization = choice(values, "normalize", ["half", "data"]);
  if (arch !== undefined) {
    const foreign = ["mean", "std", "crop", "resample", "range", "preset", "layout", "labels"].find(
      (f) => values[f] !== undefined,
    );
    if (foreign !== undefined || isSet(values, "bgr"))
      throw new OnnxplainError(
        "E_USAGE",
        `\`--${foreign ?? "bgr"}\` describes a model that exists. A new network takes \`--size\` and \`--normalize\`.`,
      );
    const [height, width] = size(values, "size") ?? [];
    return {
      network: arch,
      size: width && height ? { width, height } : undefined,
      normalization,
      widthFactor,
    };
  }
  if (widthFactor !== undefined || normalization !== undefined)
    throw new OnnxplainError("E_USAGE", "`--width` and `--normalize` are for a new network; a model has its own.");
  const model = await openModel(values);
  const { layout, size: given } = classifierOptions(values);
  return {
    network: model,
    reading: { layout, size: given },
    preprocessing: preprocessingFrom(values, model, { layout, size: given }),
  };
}

/** Data that is split is trained on by its `train` part where another part is measured. */
const trainSplit = (values: Values): string | undefined => (text(values, "val") === undefined ? undefined : "train");

async function validationFrom(values: Values): Promise<DataSet | number | undefined> {
  const [part, share, other] = ["val", "val-share", "val-data"].map((f) => text(values, f));
  const given = [part, share, other].filter((v) => v !== undefined);
  if (given.length > 1)
    throw new OnnxplainError("E_USAGE", "Give one of `--val`, `--val-share` and `--val-data`, not several.");
  const whole = { ...values, limit: undefined, offset: undefined, shuffle: undefined };
  if (part !== undefined) return (await dataFrom({ ...whole, split: part })).data;
  if (other !== undefined) return (await dataFrom({ ...whole, data: other, split: undefined })).data;
  return number(values, "val-share", { min: 0, integer: false });
}

type Settings = Omit<TrainingRunOptions, "network" | "data" | "folder" | keyof Pictures>;

function settingsFrom(values: Values): Settings {
  const real = (name: string): number | undefined => number(values, name, { min: 0, integer: false });
  const megabytes = number(values, "max-memory", { min: 1 });
  const lossId = text(values, "loss");
  const optimizerId = text(values, "optimizer");
  const smoothing = real("label-smoothing");
  const given = paramsFrom(values, lossId, optimizerId);
  return {
    mode: isSet(values, "head") ? "head" : "all",
    newHead: isSet(values, "new-head"),
    featureLayer: text(values, "layer"),
    epochs: number(values, "epochs", { min: 1 }),
    batch: number(values, "batch", { min: 1 }),
    loss: lossId,
    lossParams: { ...given.loss, ...(smoothing === undefined ? {} : { label_smoothing: smoothing }) },
    classWeights: weightsFrom(values),
    optimizer: optimizerId,
    optimizerParams: given.optimizer,
    rate: real("rate"),
    schedule: scheduleFrom(values),
    warmup: real("warmup"),
    weightDecay: real("weight-decay"),
    clip: real("clip"),
    freeze: list(values, "freeze").flatMap((f) => f.split(",").map((n) => n.trim())),
    batchNorm: choice(values, "bn", ["train", "frozen"]),
    augment: list(values, "augment").flatMap(splitList).map(augmentation),
    sampling: choice(values, "sampling", ["natural", "balanced"]),
    seed: number(values, "seed", { min: 0 }),
    checkpointEvery: everyFrom(values),
    keep: choice(values, "keep", ["last", "best"]),
    badLabels: isSet(values, "skip-bad-labels") ? "skip" : "refuse",
    maxMemory: megabytes === undefined ? undefined : megabytes * 2 ** 20,
  };
}

type Texts = Readonly<Record<string, string>>;

/** `ID k=v k=v`. */
function words(raw: string, flag: string): { readonly id: string; readonly params: Texts } {
  const [id = "", ...rest] = raw.trim().split(/\s+/);
  return { id, params: pairs({ [flag]: rest }, flag) };
}

const augmentation = (raw: string): AugmentationChoice => {
  const { id, params } = words(raw, "augment");
  return Object.keys(params).length === 0 ? (id as AugmentationId) : { id: id as AugmentationId, params };
};

function scheduleFrom(values: Values): Course | undefined {
  const raw = text(values, "schedule");
  if (raw === undefined) return undefined;
  const { id, params } = words(raw, "schedule");
  const known = ["floor", "milestones", "every", "factor"];
  const lost = Object.keys(params).find((k) => !known.includes(k));
  if (lost !== undefined)
    throw new OnnxplainError("E_USAGE", `A schedule has no \`${lost}\`. It may have: ${known.join(", ")}.`);
  const numbers = (v: string): readonly number[] => v.split(",").map(Number);
  const read = Object.entries(params).map(([k, v]) => [k, k === "milestones" ? numbers(v) : Number(v)] as const);
  return { kind: id, ...Object.fromEntries(read) } as Course;
}

/** A parameter belongs to the loss or the optimiser that knows it. */
function paramsFrom(
  values: Values,
  lossId: string | undefined,
  optimizerId: string | undefined,
): { readonly loss: Texts; readonly optimizer: Texts } {
  const loss = LOSSES[lossId ?? "cross-entropy"]?.params ?? {};
  const optimizer = OPTIMIZERS[optimizerId ?? "sgd"]?.params ?? {};
  const all = Object.entries(pairs(values, "param")).map(
    ([k, v]) => [k.replaceAll("-", "_").toLowerCase(), v] as const,
  );
  const lost = all.find(([k]) => !Object.hasOwn(loss, k) && !Object.hasOwn(optimizer, k));
  if (lost !== undefined)
    throw new OnnxplainError(
      "E_PARAM",
      `Neither the loss nor the optimiser has a parameter \`${lost[0]}\`. They have: ${[...Object.keys(loss), ...Object.keys(optimizer)].join(", ")}.`,
    );
  return {
    loss: Object.fromEntries(all.filter(([k]) => Object.hasOwn(loss, k))),
    optimizer: Object.fromEntries(all.filter(([k]) => Object.hasOwn(optimizer, k))),
  };
}

function weightsFrom(values: Values): "balanced" | readonly number[] | undefined {
  const raw = text(values, "class-weights");
  if (raw === undefined || raw === "balanced") return raw;
  const weights = raw.split(",").map(Number);
  if (weights.some((w) => !Number.isFinite(w)))
    throw new OnnxplainError(
      "E_USAGE",
      `Expected \`--class-weights\` to be balanced, or numbers separated by commas, got \`${raw}\`.`,
    );
  return weights;
}

function everyFrom(values: Values): CheckpointEvery | undefined {
  const raw = text(values, "checkpoint-every");
  if (raw === undefined) return undefined;
  const match = /^([1-9]\d*)(e?)$/.exec(raw);
  if (!match)
    throw new OnnxplainError("E_USAGE", `Expected \`--checkpoint-every\` to be N steps or Ne epochs, got \`${raw}\`.`);
  const count = Number(match[1]);
  return match[2] ? { epochs: count } : { steps: count };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const LABELS = { reading: "reading pictures", features: "computing features", measuring: "measuring" } as const;
const EVERY_MS = 100;

/** On a terminal one line that is rewritten; elsewhere nothing. */
function progressText(quiet: boolean): {
  readonly onProgress: (p: TrainingProgress) => void;
  readonly finish: () => void;
} {
  const active = process.stderr.isTTY === true && !quiet;
  let [last, phase, began] = [0, "", performance.now()];
  return {
    onProgress: (p) => {
      const now = performance.now();
      if (p.phase !== phase) [phase, began] = [p.phase, now];
      if (!active || now - last < EVERY_MS) return;
      last = now;
      process.stderr.write(`\r\x1b[K${lineOf(p, (now - began) / 1000)}`);
    },
    finish: () => {
      if (active) process.stderr.write("\r\x1b[K");
    },
  };
}

function lineOf(p: TrainingProgress, seconds: number): string {
  if (p.phase !== "training") return `${LABELS[p.phase]}  ${p.done}/${p.total}`;
  const speed = seconds > 0 ? p.own / seconds : 0;
  const parts = [
    `epoch ${p.epoch + 1}`,
    `step ${p.step}/${p.total}`,
    `loss ${p.loss.toPrecision(4)}`,
    p.accuracy === null ? "" : `accuracy ${percent(p.accuracy)}`,
    p.rate === null ? "" : `rate ${p.rate.toPrecision(3)}`,
    `${speed.toFixed(1)} steps/s`,
    `${Math.round(speed * p.batch)} images/s`,
    speed > 0 ? `${Math.ceil((p.total - p.step) / speed)} s left` : "",
  ];
  return parts.filter((w) => w !== "").join("  ");
}

function tell(run: TrainingRun, out: Console, json: boolean): void {
  if (json) out.print(sortedJson(documentOf(run)).trimEnd());
  else {
    if (run.validation) out.print(`validation  ${measured(run.validation)}`);
    out.print(`training    ${measured(run.train)}`);
  }
  out.note(
    `${run.parameters.toLocaleString("en-GB")} parameters, ${run.classes.length} classes, ${run.steps} steps in ${run.seconds.toFixed(1)} s${run.kept < run.steps ? `; kept step ${run.kept}` : ""}`,
  );
  for (const { id, split, code, message } of run.skipped.slice(0, 5)) out.note(`${code}  ${id} (${split}): ${message}`);
  if (run.skipped.length > 0) out.note(`${run.skipped.length} pictures left out, listed in manifest.json`);
  out.note(`wrote ${run.folder}`);
}

function measured({ pictures, loss, accuracy, top5, averagePrecision }: SplitMeasure): string {
  const shown = (share: number | null): string => (share === null ? "undefined" : percent(share));
  const worth = averagePrecision
    ? `mAP ${shown(averagePrecision.elevenPoint)} (11 points), ${shown(averagePrecision.allPoint)} (all points)`
    : `accuracy ${shown(accuracy)}${top5 === null ? "" : `, top-5 ${percent(top5)}`}`;
  return `${worth}, loss ${loss.toPrecision(4)}, ${pictures} pictures`;
}

const documentOf = (run: TrainingRun): object => ({
  schema_version: 1,
  folder: run.folder,
  steps: run.steps,
  epochs: run.epochs,
  kept_step: run.kept,
  parameters: run.parameters,
  classes: run.classes,
  train: measureJson(run.train),
  validation: measureJson(run.validation),
  skipped: run.skipped.map((s) => ({ ...s })),
  notes: run.notes,
  seconds: run.seconds,
});
