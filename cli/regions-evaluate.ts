/** @file `onnxplain regions evaluate`: how well a few regions serve pictures never seen, beside heat maps reused by other methods. */
import { join } from "node:path";
import {
  BASELINE_IDS,
  type BaselineId,
  evaluatedNetwork,
  evaluationJson,
  OnnxplainError,
  picturePoints,
  type RegionsEvaluateOptions,
  type RegionsEvaluation,
  runRegionsEvaluate,
  writeRegionsEvaluation,
} from "../src/index.ts";
import { dataFrom } from "./data.ts";
import {
  commandLine,
  type Flags,
  helpPage,
  isSet,
  list,
  number,
  outFolder,
  parseFlags,
  RUN_FLAGS,
  text,
  type Values,
} from "./flags.ts";
import { deviceOptions } from "./open.ts";
import { progressLine } from "./progress.ts";
import { SOURCE_FLAGS, sourceFrom } from "./regions-source.ts";
import { hushed, type Verb } from "./verb.ts";

const FLAGS = {
  ...SOURCE_FLAGS,
  unseen: {
    type: "string",
    value: "DATA",
    about: "pictures to serve, as --data; or a part of the data by --unseen-split",
  },
  "unseen-split": { type: "string", value: "NAME", about: "part of --unseen, or of --data, that is unseen" },
  "unseen-limit": { type: "string", value: "N", about: "at most N unseen pictures" },
  interpretations: { type: "string", value: "V", about: "clusters of references (default 10 a class, at most 40)" },
  boundaries: { type: "string", value: "N", about: "boundaries sampled (default 50)" },
  sweep: {
    type: "string",
    multiple: true,
    value: "N,N",
    about: "numbers of boundaries compared (default 1,5,10,30,50,70)",
  },
  seeds: { type: "string", value: "N", about: "runs, with seeds 0, 1, … (default 5)" },
  baselines: {
    type: "string",
    multiple: true,
    value: "A,B",
    about: `${BASELINE_IDS.join(", ")} (default: all but ace, which is slow); none for regions alone`,
  },
  "ace-segments": {
    type: "string",
    multiple: true,
    value: "N,N",
    about: "superpixels of a picture (default 15,50,80)",
  },
  "ace-pictures": {
    type: "string",
    value: "N",
    about: "pictures of a cluster searched, the nearest to its centre (default all)",
  },
  "ace-clusters": { type: "string", value: "N", about: "clusters of patches in one search (default 25)" },
  "ace-restarts": { type: "string", value: "N", about: "starts of their k-means (default 10)" },
  "ace-random-sets": { type: "string", value: "N", about: "random sets of each test (default 20)" },
  keep: { type: "string", value: "SHARE", about: "share of pixels kept (default 0.2)" },
  iterations: { type: "string", value: "N", about: "rounds of k-means at most (default 100)" },
  "top-inputs": {
    type: "string",
    value: "N",
    about: "references drawn as inputs of the reference protocol (default 20; 0: none)",
  },
  "top-k": {
    type: "string",
    multiple: true,
    value: "K,K",
    about: "most similar references looked at (default 1,2,5,10,20,50,100)",
  },
  out: { type: "string", short: "o", value: "DIR", about: "folder for page, tables and curves" },
  resume: { type: "boolean", about: "go on with the runs that stand in the folder" },
  device: RUN_FLAGS.device,
  threads: RUN_FLAGS.threads,
  batch: { type: "string", value: "N", about: "pictures in one run of the network (default 32)" },
} as const satisfies Flags;

export const regionsEvaluate: Verb = {
  summary: "how well a few regions serve pictures never seen",
  help: helpPage(
    "regions evaluate --model MODEL --data REFERENCES --unseen DATA -o DIR",
    "mAD, mAI, ACU-GT, ACU-MD and CVR on references and unseen pictures, beside Grad-CAM, Grad-CAM++, Score-CAM and (on request) ACE reused.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("regions evaluate", argv, FLAGS);
    if (rest.length > 0)
      throw new OnnxplainError("E_USAGE", `Unexpected \`${rest[0]}\`. References are given by --data.`);
    const folder = outFolder(values, "the results", "DIR");
    const asked = {
      interpretations: number(values, "interpretations", { min: 1 }),
      boundaries: number(values, "boundaries", { min: 1 }),
      sweep: integers(values, "sweep"),
      seeds: Array.from({ length: number(values, "seeds", { min: 1 }) ?? 5 }, (_, s) => s),
      ...baselinesFrom(values),
      keep: number(values, "keep", { min: 0, integer: false }),
      iterations: number(values, "iterations", { min: 1 }),
      topInputs: number(values, "top-inputs", { min: 0 }),
      topK: integers(values, "top-k"),
    };
    const fresh = unseenFrom(values);
    const { model, network, data } = await sourceFrom(values);
    const quiet = isSet(values, "quiet");
    const lines = progressOf(quiet);
    try {
      const { data: unseen } = await dataFrom(fresh);
      const { job, evaluation } = await runRegionsEvaluate(
        {
          network: evaluatedNetwork(network),
          digest: await model.digest(),
          references: picturePoints(model, data, network),
          unseen: picturePoints(model, unseen, network),
        },
        {
          ...asked,
          ...deviceOptions(values),
          batch: number(values, "batch", { min: 1 }),
          folder,
          resume: isSet(values, "resume"),
          onProgress: lines.onProgress,
        },
      ).finally(lines.finish);
      const facts = {
        model: model.source.name,
        data: data.name,
        settings: settingsOf(evaluation, unseen.name),
        command: commandLine("regions evaluate", argv),
      };
      await writeRegionsEvaluation(job, evaluation, { facts, labels: model.labels ?? [] });
      const out = hushed(console, quiet);
      for (const note of [...evaluation.notes, ...evaluation.absent]) out.note(`note: ${note}`);
      if (isSet(values, "json")) out.print(evaluationJson(evaluation).trimEnd());
      else {
        for (const line of textOf(evaluation)) out.print(line);
        out.print(join(folder, "evaluate.html"));
      }
      return 0;
    } finally {
      await model.dispose();
    }
  },
};

function unseenFrom(values: Values): Values {
  const [other, split] = [text(values, "unseen"), text(values, "unseen-split")];
  if (other === undefined && split === undefined)
    throw new OnnxplainError("E_USAGE", "No unseen pictures given. Add `--unseen DATA` or `--unseen-split NAME`.");
  return {
    ...values,
    data: other ?? text(values, "data"),
    split,
    limit: text(values, "unseen-limit"),
    offset: undefined,
    shuffle: undefined,
  };
}

const words = (values: Values, name: string): readonly string[] =>
  list(values, name)
    .flatMap((v) => v.split(","))
    .map((v) => v.trim())
    .filter((v) => v !== "");

function integers(values: Values, name: string): readonly number[] | undefined {
  const found = words(values, name);
  const bad = found.find((w) => !/^[1-9]\d*$/.test(w));
  if (bad !== undefined)
    throw new OnnxplainError("E_USAGE", `Expected \`--${name}\` to be integers from 1 up, got \`${bad}\`.`);
  return found.length > 0 ? found.map(Number) : undefined;
}

const ACE_FLAGS = ["ace-segments", "ace-pictures", "ace-clusters", "ace-restarts", "ace-random-sets"] as const;

/** Flags about ACE want it among the baselines. */
function baselinesFrom(values: Values): Pick<RegionsEvaluateOptions, "baselines" | "ace"> {
  const baselines = namedBaselines(values);
  const idle = ACE_FLAGS.find((name) => values[name] !== undefined);
  if (idle !== undefined && !baselines?.includes("ace"))
    throw new OnnxplainError(
      "E_USAGE",
      `\`--${idle}\` is about ACE, which is not asked for. Add \`--baselines ${[...(baselines ?? BASELINE_IDS.filter((id) => id !== "ace")), "ace"].join()}\`.`,
    );
  return {
    baselines,
    ace: {
      resolutions: integers(values, "ace-segments"),
      pictures: number(values, "ace-pictures", { min: 1 }),
      clusters: number(values, "ace-clusters", { min: 1 }),
      restarts: number(values, "ace-restarts", { min: 1 }),
      randomSets: number(values, "ace-random-sets", { min: 2 }),
    },
  };
}

function namedBaselines(values: Values): readonly BaselineId[] | undefined {
  const found = words(values, "baselines");
  if (found.length === 0) return undefined;
  if (found.length === 1 && found[0] === "none") return [];
  const bad = found.find((w) => !(BASELINE_IDS as readonly string[]).includes(w));
  if (bad !== undefined)
    throw new OnnxplainError(
      "E_USAGE",
      `Expected \`--baselines\` to be ${BASELINE_IDS.join(", ")} or none, got \`${bad}\`.`,
    );
  return BASELINE_IDS.filter((id) => found.includes(id));
}

/** A line for each kind of work. */
function progressOf(quiet: boolean): {
  readonly onProgress: (what: string, done: number, of: number | undefined) => void;
  readonly finish: () => void;
} {
  let line: { readonly what: string; readonly shown: ReturnType<typeof progressLine> } | undefined;
  return {
    onProgress: (what, done, of) => {
      if (line?.what !== what) {
        line?.shown.finish();
        line = { what, shown: progressLine(what, quiet) };
      }
      line.shown.onProgress({ done, total: of ?? done });
    },
    finish: () => line?.shown.finish(),
  };
}

const settingsOf = (made: RegionsEvaluation, unseen: string): readonly (readonly [string, string])[] => [
  ["unseen", unseen],
  ["layer", made.layer],
  ["interpretations (V)", String(made.interpretations)],
  ["boundaries (|Q|)", String(made.boundaries)],
  ["pixels kept", String(made.keep)],
  [
    "rounds of k-means",
    made.seeds.map((s) => `${s.clusters.rounds}${s.clusters.converged ? "" : " (stopped)"}`).join(", "),
  ],
  ["seeds", made.seeds.map((s) => s.seed).join(", ")],
  ...(made.ace
    ? ([
        ["ACE: superpixels of a picture", made.ace.resolutions.join(", ")],
        ["ACE: pictures of a cluster", made.ace.pictures === null ? "all" : `${made.ace.pictures} at most`],
        ["ACE: clusters of patches, restarts", `${made.ace.clusters}, ${made.ace.restarts}`],
        ["ACE: random sets", String(made.ace.randomSets)],
      ] as const)
    : []),
];

const NAMES: Readonly<Record<string, string>> = { regions: "RI", "regions-own-class": "RI, own class", ace: "ACE" };

/** How much ACE found, and how much of a picture that keeps. */
function* aceOf({ seeds }: RegionsEvaluation): Generator<string> {
  const runs = seeds.flatMap((s) => s.ace ?? []);
  const searches = runs.flatMap((r) => r.searches);
  if (searches.length === 0) return;
  const concepts = searches.reduce((sum, s) => sum + s.concepts, 0) / searches.length;
  const kept = runs.reduce((sum, r) => sum + r.kept, 0) / runs.length;
  yield `ACE: ${searches.length / runs.length} searches a run, ${concepts.toFixed(1)} concepts each; ${(100 * kept).toFixed(2)} % of the pixels kept`;
}

function* textOf(made: RegionsEvaluation): Generator<string> {
  const [first] = made.seeds;
  const ids = first?.methods.map((m) => m.id) ?? [];
  const over = (values: readonly (number | null)[]): string => {
    const known = values.filter((v) => v !== null);
    if (known.length === 0) return "–";
    const mean = known.reduce((s, v) => s + v, 0) / known.length;
    const spread = Math.sqrt(known.reduce((s, v) => s + (v - mean) ** 2, 0) / Math.max(1, known.length - 1));
    return `${(100 * mean).toFixed(2)}${known.length > 1 ? ` ± ${(100 * spread).toFixed(2)}` : ""}`;
  };
  yield `${made.references} references, ${made.unseen} unseen pictures, V = ${made.interpretations}, |Q| = ${made.boundaries}, ${made.seeds.length} ${made.seeds.length === 1 ? "run" : "runs"}`;
  yield `${"%".padEnd(20)}${"mAD".padStart(16)}${"mAI".padStart(16)}`;
  for (const [at, id] of ids.entries())
    yield `${(NAMES[id] ?? id).padEnd(20)}${over(made.seeds.map((s) => s.methods[at]?.drop ?? null)).padStart(16)}${over(made.seeds.map((s) => s.methods[at]?.increase ?? null)).padStart(16)}`;
  for (const c of made.controls)
    yield `${c.id.padEnd(20)}${over([c.drop]).padStart(16)}${over([c.increase]).padStart(16)}`;
  yield* aceOf(made);
  yield `${"%".padEnd(20)}${"ACU-GT".padStart(16)}${"ACU-GT of model".padStart(18)}${"ACU-MD".padStart(16)}${"CVR".padStart(16)}`;
  for (const set of ["references", "unseen"] as const)
    yield `${set.padEnd(20)}${over(made.seeds.map((s) => s.quality[set].labels)).padStart(16)}${over([made.accuracy[set] ?? null]).padStart(18)}${over(made.seeds.map((s) => s.quality[set].model)).padStart(16)}${over(made.seeds.map((s) => s.quality[set].coverage)).padStart(16)}`;
}
