/** @file `onnxplain fisher evaluate`: is the relevance true, what does it look at, and how does a network do on the same pictures? */
import { join } from "node:path";
import {
  type EvaluatedBeside,
  type FisherEvaluateOptions,
  type FisherEvaluateStage,
  type FisherEvaluation,
  OnnxplainError,
  openFisher,
  RELEVANCE_VARIANTS,
  type RelevanceVariant,
  runFisherEvaluate,
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
import { classifierOptions, deviceOptions, openModel, preprocessingFrom } from "./open.ts";
import { progressLine } from "./progress.ts";
import { type Console, hushed, type Verb } from "./verb.ts";

const FLAGS = {
  pipeline: { type: "string", value: "MODEL", about: "folder of `fisher train`" },
  ...DATA_FLAGS,
  "skip-bad-labels": { type: "boolean", about: "leave out pictures whose label is no class, and list them" },
  ...MODEL_FLAGS,
  model: { type: "string", value: "NET", about: "a network to compare with, on the same pictures" },
  composite: {
    type: "string",
    value: "NAME",
    about: "rules of the network's LRP (default lrp-caffe: convolutions alpha 2, beta -1, dense layers epsilon 1)",
  },
  decompositions: {
    type: "string",
    multiple: true,
    value: "A,B",
    about: `orders of algorithm 1: ${RELEVANCE_VARIANTS.join(", ")} (default all)`,
  },
  epsilon: {
    type: "string",
    multiple: true,
    value: "E,E",
    about: "of the decomposition epsilon, an order for each; the first is that of all maps (default 100)",
  },
  area: { type: "string", value: "KIND", about: "pixels of a descriptor: 4s (default) or 5s-1, s a bin's side" },
  replacements: { type: "string", value: "N", about: "descriptors replaced (default 10000)" },
  "batch-of": { type: "string", value: "N", about: "replacements between measurements (default 100)" },
  repetitions: { type: "string", value: "N", about: "draws of each order (default 5)" },
  "limit-per-class": {
    type: "string",
    value: "N",
    about: "explain the first N recognised pictures of a class (default all; scores are of all)",
  },
  "pixel-pictures": {
    type: "string",
    value: "N",
    about: "pictures of a class whose pixels are perturbed (default 2; 0: none)",
  },
  "pixel-steps": { type: "string", value: "N", about: "regions perturbed one after the other (default 50)" },
  "pixel-region": { type: "string", value: "PX", about: "side of a region (default 9)" },
  sheets: { type: "string", value: "N", about: "pictures of a class side by side (default 3)" },
  seed: { type: "string", value: "N", about: "of replacements, random orders and clusters (default 0)" },
  csv: { type: "boolean", about: "tables as CSV beside Parquet" },
  out: { type: "string", short: "o", value: "RUN", about: "folder for page, tables and sheets" },
  resume: { type: "boolean", about: "go on with the evaluation in that folder" },
  device: RUN_FLAGS.device,
  threads: RUN_FLAGS.threads,
} as const satisfies Flags;

export const fisherEvaluate: Verb = {
  summary: "is the relevance true, what does it look at, beside a network",
  help: helpPage(
    "fisher evaluate --pipeline MODEL/ --data DATA [--model NET] -o RUN/",
    "Average precision, descriptors replaced in the order of each decomposition, pixels perturbed, object against context, and a search for artefacts, of the pipeline and of a network beside it. A run that was stopped goes on with --resume.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("fisher evaluate", argv, FLAGS);
    noWords(rest, "Data is given by --data.");
    const folder = outFolder(values, "the results", "RUN/");
    const trained = text(values, "pipeline");
    if (trained === undefined)
      throw new OnnxplainError("E_USAGE", "No pipeline given. Add `--pipeline MODEL/`, a folder of `fisher train`.");
    const settings = settingsFrom(values);
    const quiet = isSet(values, "quiet");
    const lines = progress(quiet);
    using stop = untilInterrupted();
    const network = await networkFrom(values);
    try {
      const { evaluation } = await runFisherEvaluate({
        ...settings,
        ...deviceOptions(values),
        pipeline: await openFisher(trained),
        network,
        data: (await dataFrom(values)).data,
        badLabels: isSet(values, "skip-bad-labels") ? "skip" : undefined,
        folder,
        resume: isSet(values, "resume"),
        csv: isSet(values, "csv"),
        command: runCommand("fisher evaluate", argv),
        signal: stop.signal,
        onProgress: lines.onProgress,
      }).finally(lines.finish);
      tell(evaluation, folder, { out: hushed(console, quiet), json: isSet(values, "json") });
      return evaluation.unread.length > 0 ? 3 : 0;
    } finally {
      await network?.model.dispose();
    }
  },
};

async function networkFrom(values: Values): Promise<EvaluatedBeside | undefined> {
  if (text(values, "model") === undefined) {
    const idle = [...Object.keys(MODEL_FLAGS), "composite"].find(
      (name) => !["model", "json", "quiet"].includes(name) && values[name] !== undefined,
    );
    if (idle === undefined) return undefined;
    throw new OnnxplainError(
      "E_USAGE",
      `\`--${idle}\` is about a network to compare with, and none is given. Add \`--model NET\`.`,
    );
  }
  const model = await openModel(values);
  const options = classifierOptions(values);
  return {
    model,
    composite: text(values, "composite"),
    options: { ...options, ...deviceOptions(values), preprocessing: preprocessingFrom(values, model, options) },
  };
}

const words = (values: Values, name: string): readonly string[] | undefined => {
  const found = list(values, name)
    .flatMap((v) => v.split(","))
    .map((v) => v.trim())
    .filter((v) => v !== "");
  return found.length > 0 ? found : undefined;
};

function settingsFrom(values: Values): Partial<FisherEvaluateOptions> {
  return {
    decompositions: decompositions(words(values, "decompositions")),
    epsilons: epsilons(words(values, "epsilon")),
    area: choice(values, "area", ["4s", "5s-1"]),
    replacements: number(values, "replacements", { min: 1 }),
    batchOf: number(values, "batch-of", { min: 1 }),
    repetitions: number(values, "repetitions", { min: 1 }),
    limitPerClass: number(values, "limit-per-class", { min: 1 }),
    pixelPictures: number(values, "pixel-pictures", { min: 0 }),
    pixelSteps: number(values, "pixel-steps", { min: 1 }),
    pixelRegion: number(values, "pixel-region", { min: 1 }),
    sheets: number(values, "sheets", { min: 0 }),
    seed: number(values, "seed", { min: 0 }),
  };
}

/** In the order of the table, each once. */
function decompositions(asked: readonly string[] | undefined): readonly RelevanceVariant[] | undefined {
  const bad = asked?.find((a) => !(RELEVANCE_VARIANTS as readonly string[]).includes(a));
  if (bad !== undefined)
    throw new OnnxplainError(
      "E_USAGE",
      `Expected \`--decompositions\` to be ${RELEVANCE_VARIANTS.join(", ")}, got \`${bad}\`.`,
    );
  return asked && RELEVANCE_VARIANTS.filter((v) => asked.includes(v));
}

function epsilons(asked: readonly string[] | undefined): readonly number[] | undefined {
  const bad = asked?.find((a) => !(Number(a) > 0 && Number.isFinite(Number(a))));
  if (bad !== undefined)
    throw new OnnxplainError("E_USAGE", `Expected \`--epsilon\` to be positive numbers, got \`${bad}\`.`);
  return asked && [...new Set(asked.map(Number))];
}

const WORDS: Readonly<Record<FisherEvaluateStage, string>> = {
  scores: "pictures scored",
  relevance: "pictures explained",
  sheets: "sheets",
};

/** A line for each stage. */
function progress(quiet: boolean): {
  readonly onProgress: NonNullable<FisherEvaluateOptions["onProgress"]>;
  readonly finish: () => void;
} {
  let line: { readonly stage: FisherEvaluateStage; readonly shown: ReturnType<typeof progressLine> } | undefined;
  return {
    onProgress: (stage, done, total) => {
      if (line?.stage !== stage) {
        line?.shown.finish();
        line = { stage, shown: progressLine(WORDS[stage], quiet) };
      }
      line.shown.onProgress({ done, total });
    },
    finish: () => line?.shown.finish(),
  };
}

const NAMES: Readonly<Record<string, string>> = { fisher: "Fisher vectors", network: "network" };
const nameOf = (model: string): string => NAMES[model] ?? model;
const fixed = (v: number | null, digits = 3): string => (v === null ? "–" : v.toFixed(digits));
const percent = (v: number | null): string => (v === null ? "–" : (100 * v).toFixed(1));

function tell(
  made: FisherEvaluation,
  folder: string,
  { out, json }: { readonly out: Console; readonly json: boolean },
): void {
  if (json) {
    out.print(sortedJson(made).trimEnd());
    return;
  }
  for (const note of made.notes) out.note(`note: ${note}`);
  for (const { id, message } of made.unread) out.note(`left out ${id}: ${message}`);
  for (const line of textOf(made)) out.print(line);
  out.print(join(folder, "evaluation.html"));
}

function* textOf({ pictures, explained, table, orders, labels, clusters }: FisherEvaluation): Generator<string> {
  yield `${pictures} pictures scored, ${explained} explained`;
  yield `${"".padEnd(16)}${["mAP %", "A (random)", "V % (random)", "mu", "mu positive", "suspicious"].map((h) => h.padStart(16)).join("")}`;
  for (const l of table)
    yield `${nameOf(l.model).padEnd(16)}${[
      percent(l.precision),
      l.quality === null ? "–" : `${fixed(l.quality)} (${fixed(l.randomQuality)})`,
      l.flips === null ? "–" : `${percent(l.flips)} (${percent(l.randomFlips)})`,
      fixed(l.mu),
      fixed(l.muPositive),
      String(l.suspicious),
    ]
      .map((c) => c.padStart(16))
      .join("")}`;
  for (const o of orders)
    yield `order ${o.order.padEnd(22)} A ${fixed(o.quality).padStart(8)}  V ${percent(o.flipShare).padStart(6)} %  ${o.traces} traces`;
  for (const c of clusters.filter((c) => c.suspicious)) {
    // whichever of both makes it suspicious says where
    const { score, box } = c.beyond && c.beyond.score > c.score ? c.beyond : c;
    yield `suspicious: ${labels[c.class]} by ${nameOf(c.model)}, ${c.members.length} pictures, score ${score.toFixed(2)}${box ? `, at x ${percent(box.x0)}…${percent(box.x1)} %, y ${percent(box.y0)}…${percent(box.y1)} %` : ""}`;
  }
}
