/** @file `onnxplain patterns fit`: discrimination as it grows, layer by layer, over checkpoints, networks or attacks, in one space. */
import {
  ATTACK_TARGETS,
  ATTACKED_FITS,
  ATTACKS,
  type AttackOptions,
  checkpointsOf,
  OnnxplainError,
  PATTERN_MATCHES,
  PATTERN_PAIRS,
  PATTERN_WEIGHTS,
  type PatternModel,
  type PatternProgress,
  type PatternStage,
  type PatternsFitOptions,
  type PatternsRun,
  type PatternWeights,
  patternModels,
  runPatternsFit,
  sortedJson,
} from "../src/index.ts";
import { DATA_FLAGS, dataFrom } from "./data.ts";
import {
  choice,
  type Flags,
  helpPage,
  isSet,
  list,
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
import { classifierOptions, deviceOptions, openModel, preprocessingFrom, size } from "./open.ts";
import { type Console, hushed, type Verb } from "./verb.ts";

const { output: _output, ...READING } = MODEL_FLAGS;

const FLAGS = {
  ...DATA_FLAGS,
  ...READING,
  model: { ...MODEL_FLAGS.model, multiple: true, about: `${MODEL_FLAGS.model.about}; repeated: a frame each` },
  checkpoints: {
    type: "string",
    value: "RUN/",
    about: "instead of --model: every checkpoint of a folder of `train --checkpoint-every`, and its last network",
  },
  layers: {
    type: "string",
    value: "auto|A,B",
    about: "auto (default): five outputs of blocks, the last of each resolution first; or names of values or nodes",
  },
  "classes-of": {
    type: "string",
    value: "A,B",
    about: "categories, by label or number (default: all of ten at most, else those of the data)",
  },
  dimension: { type: "string", value: "2|3", about: "of the common space (default 3)" },
  sigma: { type: "string", value: "S", about: "noise of kappa(l) (default 1)" },
  kappa0: { type: "string", value: "K", about: "concentration of clean directions (default infinite)" },
  "kappa-mode": { type: "string", value: "NAME", about: "closed-form (default) or monte-carlo" },
  rounds: { type: "string", value: "N", about: "rounds of the fit of M at most (default 200)" },
  "m-step": {
    type: "string",
    value: "NAME",
    about: "whose posteriors move directions: network (default), or mixture: EM proper",
  },
  rate: { type: "string", value: "R", about: "step of the fit of M, as a share of its start (default 0.05)" },
  epochs: { type: "string", value: "N", about: "times that the fit of a layer sees each picture (default 20)" },
  grid: { type: "string", value: "N|HxW", about: "of all layers (default: that of the first network's last layer)" },
  weights: { type: "string", value: "NAME", about: "of positions: grad-cam (default), uniform, norm or learned" },
  pairs: {
    type: "string",
    value: "NAME",
    about: "P(x2|x1) from: product of probabilities (default), cosine of features",
  },
  match: { type: "string", value: "NAME", about: "regions of two pictures: max (default), same, mean" },
  eta: { type: "string", value: "E", about: "weight of L_align (default 0.1)" },
  tau: { type: "string", value: "T", about: "a region is a knowledge point where max p is above (default 0.4)" },
  attack: { type: "string", value: "NAME", about: "a second frame for each network, of attacked inputs: fgsm or pgd" },
  epsilon: { type: "string", value: "E", about: "largest change, as a share of the pixel range (default 8/255)" },
  step: { type: "string", value: "S", about: "of one step of the attack (default epsilon; pgd: a quarter of it)" },
  steps: { type: "string", value: "N", about: "of pgd (default 10)" },
  "attack-target": { type: "string", value: "NAME", about: "whose cross-entropy rises: predicted (default) or label" },
  attacked: {
    type: "string",
    value: "NAME",
    about: "attacked inputs: same (default), by the clean frame's fit; or refit",
  },
  shown: { type: "string", value: "N", about: "pictures with grids in the results (default 60)" },
  seed: RUN_FLAGS.seed,
  shard: { type: "string", value: "N", about: "pictures in a shard: what a kill loses at most (default 256 or 32 MB)" },
  "keep-features": { type: "boolean", about: "features and maps stay in the folder" },
  out: { type: "string", short: "o", value: "PATTERNS/", about: "folder for the fit" },
  resume: { type: "boolean", about: "go on with the fit in that folder" },
  device: RUN_FLAGS.device,
  threads: RUN_FLAGS.threads,
  batch: { type: "string", value: "N", about: "pictures in one run of the network (default 32)" },
} as const satisfies Flags;

export const patternsFit: Verb = {
  summary: "directions of categories, regional features, knowledge points",
  help: helpPage(
    "patterns fit --model A.onnx [--model B.onnx …] --data DATA -o PATTERNS/",
    "Brings sample features and regional features of chosen layers into one space of two or three dimensions, in which direction is category and length is confidence, and counts knowledge points: for one network, several, the checkpoints of a training, or under attack. Stopped at any moment, a fit goes on with --resume.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("patterns fit", argv, FLAGS);
    noWords(rest, "Data is given by --data.");
    const folder = outFolder(values, "the fit", "PATTERNS/");
    const settings = settingsFrom(values);
    const out = hushed(console, isSet(values, "quiet"));
    const { data, wnids } = await dataFrom(values);
    const { models, notes } = await modelsFrom(values, wnids);
    const line = progress(isSet(values, "quiet"));
    using stop = untilInterrupted();
    const run = await runPatternsFit({
      ...settings,
      ...deviceOptions(values),
      data,
      models,
      folder,
      resume: isSet(values, "resume"),
      command: runCommand("patterns fit", argv),
      signal: stop.signal,
      onProgress: line.onProgress,
    }).finally(line.finish);
    for (const note of notes) out.note(`note: ${note}`);
    tell(run, out, isSet(values, "json"));
    return run.report.unread.length > 0 ? 3 : 0;
  },
};

/** Throws `E_USAGE` for neither or both of `--model` and `--checkpoints`. */
async function modelsFrom(
  values: Values,
  wnids: readonly (string | undefined)[] | undefined,
): Promise<{ readonly models: readonly PatternModel[]; readonly notes: readonly string[] }> {
  const [named, run] = [list(values, "model"), text(values, "checkpoints")];
  if (named.length > 0 === (run !== undefined))
    throw new OnnxplainError(
      "E_USAGE",
      "Expected networks by `--model FILE.onnx` (may be repeated), or by `--checkpoints RUN/`, a folder of `train`; one of the two.",
    );
  const { files, notes } = run === undefined ? { files: named, notes: [] } : await checkpointsOf(run);
  const { layer: _, output: __, ...reading } = classifierOptions(values);
  const layers = text(values, "layers");
  return {
    notes,
    models: await patternModels(files, {
      layers: layers === undefined || layers === "auto" ? undefined : words(layers),
      reading,
      wnids,
      load: (source) => openModel({ ...values, model: source }),
      byEpoch: run !== undefined,
      preprocessingOf: (model) => preprocessingFrom(values, model, reading),
    }),
  };
}

const words = (raw: string): readonly string[] => raw.split(",").map((word) => word.trim());

function settingsFrom(values: Values): Omit<PatternsFitOptions, "data" | "models" | "folder"> {
  const dimension = choice(values, "dimension", ["2", "3"]);
  const classes = text(values, "classes-of");
  return {
    classes: classes === undefined ? undefined : words(classes),
    dimension: dimension === undefined ? undefined : dimension === "2" ? 2 : 3,
    sigma: number(values, "sigma", { min: 0, integer: false }),
    kappa0: number(values, "kappa0", { min: 0, integer: false }),
    kappaMode: choice(values, "kappa-mode", ["closed-form", "monte-carlo"]),
    rounds: number(values, "rounds", { min: 0 }),
    rate: number(values, "rate", { min: 0, integer: false }),
    mStep: choice(values, "m-step", ["mixture", "network"]),
    epochs: number(values, "epochs", { min: 0 }),
    grid: size(values, "grid"),
    weights: choice(values, "weights", Object.keys(PATTERN_WEIGHTS) as PatternWeights[]),
    pairs: choice(values, "pairs", PATTERN_PAIRS),
    match: choice(values, "match", PATTERN_MATCHES),
    eta: number(values, "eta", { min: 0, integer: false }),
    tau: number(values, "tau", { min: 0, integer: false }),
    attack: attackFrom(values),
    seed: number(values, "seed", { min: 0 }),
    shown: number(values, "shown", { min: 0 }),
    batch: number(values, "batch", { min: 1 }),
    shard: number(values, "shard", { min: 1 }),
    keepFeatures: isSet(values, "keep-features"),
  };
}

/** Throws `E_USAGE` for flags of an attack without one. */
function attackFrom(values: Values): AttackOptions | undefined {
  const name = choice(values, "attack", ATTACKS);
  const stray = ["epsilon", "step", "steps", "attack-target", "attacked"].find((flag) => values[flag] !== undefined);
  if (name === undefined && stray !== undefined)
    throw new OnnxplainError("E_USAGE", `\`--${stray}\` is of an attack. Add \`--attack fgsm\` or \`--attack pgd\`.`);
  return name === undefined
    ? undefined
    : {
        name,
        epsilon: number(values, "epsilon", { min: 0, integer: false }),
        step: number(values, "step", { min: 0, integer: false }),
        steps: number(values, "steps", { min: 1 }),
        target: choice(values, "attack-target", ATTACK_TARGETS),
        fit: choice(values, "attacked", ATTACKED_FITS),
      };
}

const WORDS: Readonly<Record<PatternStage, string>> = {
  features: "pictures",
  samples: "samples, round",
  regions: "regions, step",
  points: "knowledge points, layer",
};

function progress(quiet: boolean): {
  readonly onProgress: (progress: PatternProgress) => void;
  readonly finish: () => void;
} {
  const active = process.stderr.isTTY === true && !quiet;
  let task = "";
  let began = 0;
  let first = 0;
  const say = (line: string): void => void (active && process.stderr.write(`\r\x1b[K${line}`));
  return {
    onProgress: ({ stage, frame, frames, name, layer, done, of }) => {
      const now = `${frame + 1}/${frames} ${name}${layer === undefined || stage === "points" ? "" : ` \`${layer}\``}: ${WORDS[stage]}`;
      if (now !== task) [task, began, first] = [now, performance.now(), done];
      const rate = (done - first) / ((performance.now() - began) / 1000);
      const left =
        of === undefined || !(rate > 0) ? "" : `  ${rate.toFixed(1)}/s  ${Math.ceil((of - done) / rate)} s left`;
      say(`${now} ${done}${of === undefined ? "" : `/${of}`}${left}`);
    },
    finish: () => say(""),
  };
}

const percent = (v: number | null): string => (v === null ? "-" : `${(100 * v).toFixed(1)} %`);

function tell({ report: r, times, folder }: PatternsRun, out: Console, json: boolean): void {
  if (json) {
    const { origin: _, ...said } = r;
    out.print(sortedJson({ ...said, seconds: times }).trimEnd());
    return;
  }
  for (const note of new Set([...r.notes, ...r.frames.flatMap((f) => [...f.notes, ...f.samples.notes])]))
    out.note(`note: ${note}`);
  for (const { id, message } of r.unread) out.note(`left out ${id}: ${message}`);
  const { tau } = r.settings;
  const frames = r.frames.map((f) => [
    f.name,
    f.samples.strength.toFixed(2),
    percent(f.samples.agreement),
    percent(f.samples.accuracy),
    percent(f.samples.network_accuracy),
    ...f.regions.map(({ knowledge }) => {
      const row = knowledge.find((k) => k.tau === tau);
      return `${row?.count.toFixed(1)} ${percent(row?.ratio ?? null)}`;
    }),
  ]);
  const layers = new Set(r.frames.map((f) => JSON.stringify(f.layers.map((l) => l.name))));
  const heads = layers.size === 1 ? (r.frames[0]?.layers ?? []).map((l) => l.name) : depths(r);
  out.print(
    [
      `${r.count} pictures, ${r.categories.length} categories, d = ${r.settings.dimension}, ${r.grid.join(" x ")} regions; layers: ${r.frames[0]?.layer_rule}`,
      `Q agrees with the network, accuracy of both; knowledge points a picture (max p > ${tau}) and reliable ratio by layer`,
      ...columns([["frame", "mean |g|", "Q = net", "Q acc.", "net acc.", ...heads], ...frames]),
      Object.entries(times.stages)
        .map(([stage, s]) => `${stage} ${s.toFixed(1)} s`)
        .join(", "),
      folder,
    ].join("\n"),
  );
}

const depths = (r: PatternsRun["report"]): readonly string[] =>
  Array.from({ length: Math.max(...r.frames.map((f) => f.layers.length)) }, (_, l) => `layer ${l + 1}`);

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = Array.from({ length: Math.max(...rows.map((r) => r.length)) }, (_, c) =>
    Math.max(...rows.map((r) => r[c]?.length ?? 0)),
  );
  return rows.map((row) =>
    row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] as number) : cell.padStart(widths[c] as number))).join("  "),
  );
}
