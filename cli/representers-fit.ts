/** @file `onnxplain representers fit`: the last layer at its stationary point, and what each training point weighs there. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  ACTIVATION_NAMES,
  type FeatureArrays,
  OnnxplainError,
  PAGE_FILE,
  packPage,
  REPRESENTER_SOLVERS,
  type RepresentersFitOptions,
  type RepresentersInput,
  type RepresentersReport,
  type RepresentersRun,
  readLabels,
  representersFitInput,
  representersFitPage,
  runRepresentersFit,
  type SplitReport,
  sortedJson,
} from "../src/index.ts";
import {
  choice,
  type Flags,
  helpPage,
  isSet,
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
import { deviceOptions } from "./open.ts";
import { arrayFile, heldOutPlace, networkFrom, originOf, pointsFrom, SOURCE_FLAGS } from "./representers-source.ts";
import { type Console, hushed, type Verb } from "./verb.ts";
import { writeWhole } from "./write.ts";

const FLAGS = {
  ...SOURCE_FLAGS,
  features: { type: "boolean", about: "rows of --data are the features themselves; no model is needed" },
  "held-out": { type: "string", value: "DATA", about: "points that the fit is judged by, read as --data is" },
  "held-out-split": { type: "string", value: "NAME", about: "part of --held-out (or of --data) to judge by" },
  objective: {
    type: "string",
    value: "KIND",
    about: "given (default): what the network says; labels: what the labels say",
  },
  activation: { type: "string", value: "NAME", about: `${ACTIVATION_NAMES.join(", ")}, with the loss that suits it` },
  lambda: { type: "string", value: "X", about: "L2 term, above 0 (default 0.003); smaller is nearer to the network" },
  "no-bias": { type: "boolean", about: "fit without the constant column" },
  solver: {
    type: "string",
    value: "NAME",
    about: `${REPRESENTER_SOLVERS.join(" (default), ").replace(/ \(default\), (?=[^,]*$)/, " or ")}`,
  },
  tolerance: { type: "string", value: "X", about: "largest gradient at the end over that at zero (default 1e-8)" },
  shard: {
    type: "string",
    value: "N",
    about: "points in a file of features (default 4096): what a kill loses at most",
  },
  resume: { type: "boolean", about: "go on with the features in the folder, or fit them anew" },
  out: { type: "string", short: "o", value: "DIR", about: "folder for features and fit" },
  device: RUN_FLAGS.device,
  threads: RUN_FLAGS.threads,
  batch: { type: "string", value: "N", about: "points in one run of the network (default 32)" },
} as const satisfies Flags;

export const representersFit: Verb = {
  summary: "fit the last layer; what each training point weighs in it",
  help: helpPage(
    "representers fit --model MODEL --data DATA -o DIR",
    "Cuts the network at its last linear layer, keeps the features of all training points, and fits the layer to a stationary point: its scores are then sums over training points.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("representers fit", argv, FLAGS);
    noWords(rest, "Data is given by --data.");
    const folder = outFolder(values, "the fit", "DIR");
    const out = hushed(console, isSet(values, "quiet"));
    const line = progress(isSet(values, "quiet"));
    using stop = untilInterrupted();
    const { input, model, dispose, classNames, batch } = await inputFrom(values);
    try {
      const command = runCommand("representers fit", argv);
      const run = await runRepresentersFit(input, {
        ...settingsFrom(values),
        ...deviceOptions(values),
        folder,
        classNames,
        command,
        batch: number(values, "batch", { min: 1 }) ?? batch,
        resume: isSet(values, "resume"),
        origin: originOf(values),
        signal: stop.signal,
        onFeatures: line.features,
        onProgress: line.fit,
      }).finally(line.finish);
      const facts = { model, data: input.train.name, settings: [], command };
      await writeWhole(join(folder, PAGE_FILE), packPage("representers fit", representersFitInput(run, facts)));
      await writeWhole(join(folder, "fit.html"), new TextEncoder().encode(await representersFitPage(run, facts)));
      tell(run, out, isSet(values, "json"));
      return run.report.unread.length > 0 || !run.report.stationarity.reached ? 3 : 0;
    } finally {
      await dispose();
    }
  },
};

interface Given {
  readonly input: RepresentersInput;
  readonly model: string;
  readonly classNames: readonly string[] | undefined;
  readonly batch: number | undefined;
  readonly dispose: () => Promise<void>;
}

async function inputFrom(values: Values): Promise<Given> {
  const location = text(values, "data");
  if (location === undefined) throw new OnnxplainError("E_USAGE", "No data given. Add `--data DATA`.");
  if (isSet(values, "features")) return featuresFrom(values, location);
  const network = await networkFrom(values);
  const { model, cut } = network;
  try {
    const { source } = await pointsFrom(values, location, network);
    const heldOut = await heldOutFrom(values, (v, at) => pointsFrom(v, at, network).then((o) => o.source));
    return {
      input: { kind: "network", cut: cut.cut, digest: await model.digest(), train: source, heldOut },
      model: model.source.name,
      classNames: cut.cut.activation === "relu" ? undefined : model.labels,
      batch: cut.batch,
      dispose: () => model.dispose(),
    };
  } catch (cause) {
    await model.dispose();
    throw cause;
  }
}

async function featuresFrom(values: Values, location: string): Promise<Given> {
  const read = async (own: Values, at: string): Promise<FeatureArrays> => {
    const { dims, data, labels, given } = await arrayFile(own, at);
    if (dims.length !== 2)
      throw new OnnxplainError(
        "E_INPUT_SHAPE",
        `Features in \`${at}\` have shape [${dims.join(", ")}], expected [n, d].`,
      );
    const numbers = (a: ArrayLike<number | bigint>): Float32Array => Float32Array.from(a as ArrayLike<number>, Number);
    return { name: at, features: numbers(data), width: dims[1] as number, labels, given: given && numbers(given.data) };
  };
  const train = await read(values, location);
  const heldOut = await heldOutFrom(values, read);
  const file = text(values, "labels");
  const classNames = file === undefined ? undefined : readLabels(await readFile(file, "utf8"));
  const scores = train.given && train.given.length / (train.features.length / train.width);
  const labelled = (train.labels ?? new Int32Array()).reduce((most, l) => Math.max(most, l + 1), 0);
  const classes = scores ?? classNames?.length ?? Math.max(1, labelled);
  return {
    input: { kind: "features", classes, train, heldOut },
    model: "features",
    classNames,
    batch: undefined,
    dispose: async () => undefined,
  };
}

async function heldOutFrom<T>(
  values: Values,
  read: (values: Values, location: string) => Promise<T>,
): Promise<T | undefined> {
  const place = heldOutPlace(values);
  return place && read(place.values, place.location);
}

function settingsFrom(values: Values): Omit<RepresentersFitOptions, "folder"> {
  return {
    objective: choice(values, "objective", ["labels", "given"]),
    activation: choice(values, "activation", ACTIVATION_NAMES),
    lambda: number(values, "lambda", { min: 0, integer: false }),
    bias: isSet(values, "no-bias") ? false : undefined,
    solver: choice(values, "solver", REPRESENTER_SOLVERS),
    tolerance: number(values, "tolerance", { min: 0, integer: false }),
    shard: number(values, "shard", { min: 1 }),
  };
}

function progress(quiet: boolean): {
  readonly features: NonNullable<RepresentersFitOptions["onFeatures"]>;
  readonly fit: NonNullable<RepresentersFitOptions["onProgress"]>;
  readonly finish: () => void;
} {
  const active = process.stderr.isTTY === true && !quiet;
  const began = performance.now();
  const say = (words: string): void => void (active && process.stderr.write(`\r\x1b[K${words}`));
  return {
    features: (set, done, total) => {
      const rate = done / ((performance.now() - began) / 1000);
      const left = total === undefined ? "" : `  ${Math.ceil((total - done) / rate)} s left`;
      say(`features of ${set}  ${done}/${total ?? "?"}  ${rate.toFixed(0)}/s${left}`);
    },
    fit: (p) => say(`fit  step ${p.iteration}  ${p.passes} passes  max|G| ${p.maxGradient.toExponential(2)}`),
    finish: () => say(""),
  };
}

function tell({ report, folder }: RepresentersRun, out: Console, json: boolean): void {
  if (json) {
    out.print(sortedJson(report).trimEnd());
    return;
  }
  for (const note of report.notes) out.note(`note: ${note}`);
  for (const { id, message } of report.unread) out.note(`left out ${id}: ${message}`);
  out.print(fitText(report, folder));
}

const small = (v: number): string => v.toExponential(2);

function fitText(r: RepresentersReport, folder: string): string {
  const { stationarity: s } = r;
  return [
    `${r.count} points, ${r.width} features${r.bias ? " and a bias" : ""}, ${r.classes} classes; ${r.activation}, objective ${r.objective}, lambda ${r.lambda}`,
    `${r.solver}: ${r.reason} after ${r.iterations} steps, ${r.passes} passes, ${r.seconds.fit.toFixed(1)} s; max|G| ${small(s.max)}, ${small(s.relative)} of that at zero`,
    splitText("train", r.train),
    ...(r.held_out ? [splitText("held-out", r.held_out)] : []),
    `${folder}`,
  ].join("\n");
}

function splitText(name: string, { points, agreement, accuracy, sumCheck }: SplitReport): string {
  const parts = [
    `|sum - logit| ${small(sumCheck.residual)} (bound ${small(sumCheck.bound)})`,
    ...(agreement
      ? [
          `correlation ${agreement.pearson?.toFixed(7) ?? "undefined"}, mean difference ${agreement.meanDifference.toFixed(6)}, same class ${(100 * agreement.samePrediction).toFixed(1)} %`,
        ]
      : []),
    ...(accuracy === null ? [] : [`accuracy ${(100 * accuracy).toFixed(1)} %`]),
  ];
  return `${name} (${points}): ${parts.join("; ")}`;
}
