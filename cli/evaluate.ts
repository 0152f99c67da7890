/** @file `onnxplain evaluate`: methods x metrics over a data set, into a folder that can be resumed. */
import {
  EVALUATION_PRESETS,
  type EvaluationPreset,
  type EvaluationRun,
  type EvaluationRunOptions,
  type Explainer,
  findPreset,
  type MethodAsk,
  type MetricAsk,
  OnnxplainError,
  type RunProgress,
  runEvaluation,
  sortedJson,
  splitList,
  summaryText,
} from "../src/index.ts";
import { DATA_FLAGS, dataFrom } from "./data.ts";
import {
  commandLine,
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
  text,
  type Values,
} from "./flags.ts";
import { classifierOptions, deviceOptions, openModel, preprocessingFrom } from "./open.ts";
import { type Console, hushed, type Verb } from "./verb.ts";

const PRESET_IDS = EVALUATION_PRESETS.map((p) => p.id);

const FLAGS = {
  methods: {
    type: "string",
    multiple: true,
    value: "A,B",
    about: "methods, with parameters after a space: 'grad-cam,occlusion patch=50 stride=25' (also layer=NAME)",
  },
  metrics: { type: "string", multiple: true, value: "C,D", about: "metrics, likewise: 'scg rho=0.05,pointing-game'" },
  agreement: {
    type: "string",
    multiple: true,
    value: "A+B",
    about: "look at the maps of several of the methods together; may be repeated",
  },
  target: { type: "string", value: "CLASS", about: "predicted (default), label (of the data), class index or label" },
  param: {
    type: "string",
    multiple: true,
    value: "K=V",
    about: "parameter of every method that knows it, or METHOD.K=V; may be repeated",
  },
  layer: { type: "string", value: "NAME", about: "value or node name, for methods that read a layer" },
  "no-baselines": { type: "boolean", about: "leave out random map, centre blob, edge detector and inverted maps" },
  window: { type: "string", value: "N", about: "images in flight, and between two checkpoints (default 16)" },
  out: { type: "string", short: "o", value: "RUN", about: "folder for the results" },
  resume: { type: "boolean", about: "go on with the run in that folder" },
  csv: { type: "boolean", about: "tables as CSV beside Parquet" },
  ...DATA_FLAGS,
  ...MODEL_FLAGS,
  ...RUN_FLAGS,
  preset: {
    type: "string",
    multiple: true,
    value: "NAME",
    about: `${PRESET_IDS.join(", ")}: methods and metrics of a known table; or a preprocessing, as in the other verbs`,
  },
} as const satisfies Flags;

export const evaluateVerb: Verb = {
  summary: "is the map true? methods x metrics over a data set",
  help: helpPage(
    "evaluate --model MODEL --data DATA --methods A,B --metrics C,D -o RUN",
    "Measures explanations on every image of a data set. Stopped at any moment, a run goes on with --resume.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("evaluate", argv, FLAGS);
    if (rest.length > 0)
      throw new OnnxplainError("E_USAGE", `Unexpected \`${rest[0]}\`. Data is given by --data, methods by --methods.`);
    const folder = outFolder(values, "the results", "RUN");
    const out = hushed(console, isSet(values, "quiet"));
    const { presets, values: plain } = presetsFrom(values);
    const model = await openModel(plain);
    try {
      const { data, wnids } = await dataFrom(plain);
      const options = optionsFrom(plain, model, presets);
      const line = progressText(isSet(values, "quiet"));
      const run = await runEvaluation(model, data, {
        ...options,
        wnids,
        folder,
        resume: isSet(values, "resume"),
        dataId: text(values, "data"),
        command: commandLine(
          "evaluate",
          argv.filter((a) => a !== "--resume"),
        ),
        presets: presets.map((p) => p.id),
        csv: isSet(values, "csv"),
        onStart: ({ failures, notes }) => {
          for (const note of notes) out.note(`note: ${note}`);
          for (const { method, error } of failures) out.note(`${error.code}  ${method} is missing: ${error.message}`);
        },
        onProgress: line.onProgress,
      }).finally(line.finish);
      tell(run, out, isSet(values, "json"));
      return run.failures.length > 0 ? 3 : 0;
    } finally {
      await model.dispose();
    }
  },
};

/** `--preset` names evaluations and preprocessings alike; the latter stay where other verbs look for them. */
function presetsFrom(values: Values): { readonly presets: readonly EvaluationPreset[]; readonly values: Values } {
  const names = list(values, "preset");
  const own = names.filter((name) => PRESET_IDS.includes(name.toLowerCase()));
  const rest = names.filter((name) => !own.includes(name));
  if (rest.length > 1)
    throw new OnnxplainError(
      "E_USAGE",
      `Expected one preprocessing among the presets, got ${rest.join(", ")}. Evaluations: ${PRESET_IDS.join(", ")}.`,
    );
  return { presets: own.map(findPreset), values: { ...values, preset: rest[0] } };
}

type Asked = Omit<EvaluationRunOptions, "folder">;

function optionsFrom(values: Values, model: Explainer, presets: readonly EvaluationPreset[]): Asked {
  const reading = classifierOptions(values);
  const preprocessing = preprocessingFrom(values, model, reading);
  const megabytes = number(values, "max-memory", { min: 1 });
  const classifier = model.classifier({ ...reading, preprocessing });
  const context = { classifier, preprocessing: preprocessing ?? model.preprocessing(classifier).spec };
  const asked = (name: string): readonly string[] => list(values, name).flatMap(splitList);
  const methods: (string | MethodAsk)[] = [...presets.flatMap((p) => p.methods(context)), ...asked("methods")];
  const metrics: (string | MetricAsk)[] = [...presets.flatMap((p) => p.metrics), ...asked("metrics")];
  if (methods.length === 0 || metrics.length === 0)
    throw new OnnxplainError(
      "E_USAGE",
      `Give \`--methods\` and \`--metrics\`, or \`--preset\` ${PRESET_IDS.join(", ")}.`,
    );
  return {
    ...reading,
    ...deviceOptions(values),
    methods: once(methods) as typeof methods,
    metrics: once(metrics) as typeof metrics,
    agreements: [...presets.flatMap((p) => p.agreements), ...list(values, "agreement").map((a) => a.split("+"))],
    params: pairs(values, "param"),
    target: text(values, "target"),
    baselines: !isSet(values, "no-baselines"),
    seed: number(values, "seed", { min: 0 }),
    batch: number(values, "batch", { min: 1 }),
    window: number(values, "window", { min: 1 }),
    maxMemory: megabytes === undefined ? undefined : megabytes * 2 ** 20,
    preprocessing,
  };
}

const perMap = (scores: number, maps: number): string =>
  Number.isInteger(scores / maps) ? String(scores / maps) : (scores / maps).toFixed(2);

/** Presets and flags may ask for the same; a method without parameters is its name. */
const once = (asks: readonly (string | MethodAsk | MetricAsk)[]): typeof asks => [
  ...new Map(asks.map((ask) => [keyOf(ask), ask])).values(),
];
function keyOf(ask: string | MethodAsk | MetricAsk): string {
  if (typeof ask === "string") return ask.trim();
  const [only, ...rest] = Object.values(ask).filter((v) => v !== undefined);
  return typeof only === "string" && rest.length === 0 ? only : JSON.stringify(ask);
}

/** On a terminal one line that is rewritten; elsewhere nothing. */
function progressText(quiet: boolean): {
  readonly onProgress: (p: RunProgress) => void;
  readonly finish: () => void;
} {
  const active = process.stderr.isTTY === true && !quiet;
  const began = performance.now();
  return {
    onProgress: ({ images, total, failures, resumed, forwards }) => {
      if (!active) return;
      const rate = (images - resumed) / ((performance.now() - began) / 1000);
      const left = total === undefined || rate === 0 ? "" : `  ${Math.ceil((total - images) / rate)} s left`;
      const failed = failures > 0 ? `  ${failures} failed` : "";
      process.stderr.write(
        `\r\x1b[K${images}/${total ?? "?"} images  ${rate.toFixed(1)}/s${left}  ${forwards} forward images${failed}`,
      );
    },
    finish: () => {
      if (active) process.stderr.write("\r\x1b[K");
    },
  };
}

function tell(run: EvaluationRun, out: Console, json: boolean): void {
  if (json) out.print(sortedJson(run.summary).trimEnd());
  else for (const line of summaryText(run.summary)) out.print(line);
  for (const [name, { asking, scores }] of Object.entries(run.work.metrics))
    if (asking > 0) out.note(`${name}: ${perMap(scores, asking)} forward images for each of ${asking} maps`);
  const { scores, predictions, images } = run.work;
  out.note(
    `${images} images; ${scores.asked} forward images asked for, ${scores.saved} saved by sharing, ${scores.run + predictions} run`,
  );
  for (const { image, method, code, message } of run.failures.slice(0, 5))
    out.note(`${code}  ${[image, method].filter((v) => v !== null).join(", ")}: ${message}`);
  if (run.failures.length > 5) out.note(`… ${run.failures.length} failures in all, in failures.json`);
  out.note(`wrote ${run.folder}`);
}
