/** @file `onnxplain study new`: questions, explanations, codes: everything that a study is served from. */
import { join } from "node:path";
import {
  helpByMethod,
  helpByRegions,
  itemsOf,
  labelsJoined,
  makeStudy,
  type NewStudyOptions,
  OnnxplainError,
  parseTarget,
  regionNetwork,
  type StudyOf,
  type StudyProgress,
  sortedJson,
} from "../src/index.ts";
import { DATA_FLAGS, dataFrom, textIn } from "./data.ts";
import {
  type Flags,
  helpPage,
  isSet,
  MODEL_FLAGS,
  noWords,
  number,
  outFolder,
  pairs,
  parseFlags,
  RUN_FLAGS,
  text,
  type Values,
} from "./flags.ts";
import { untilInterrupted } from "./interrupt.ts";
import { classifierOptions, deviceOptions, openModel, preprocessingFrom } from "./open.ts";
import { progressLine } from "./progress.ts";
import { COVER_FLAGS } from "./regions-explain.ts";
import { openSource } from "./regions-source.ts";
import { ENDS, inNewFolder } from "./study-folder.ts";
import { hushed, type Verb } from "./verb.ts";
import { refuseFull } from "./write.ts";

const { size: _, ...MODEL } = MODEL_FLAGS;

const FLAGS = {
  ...DATA_FLAGS,
  data: {
    type: "string",
    value: "DATA",
    about: "labelled pictures that questions are drawn from, not those that regions were fitted on",
  },
  regions: {
    type: "string",
    value: "DIR",
    about: "folder of `regions fit`: similar pictures and heat maps by its rules",
  },
  ...COVER_FLAGS,
  method: { type: "string", value: "ID", about: "or: heat maps by any method (`onnxplain methods`)" },
  param: { type: "string", multiple: true, value: "K=V", about: "parameter of the method; may be repeated" },
  layer: {
    type: "string",
    value: "NAME",
    about: "layer of the method, and of the features that similar pictures are found by",
  },
  references: {
    type: "string",
    value: "DATA",
    about: "with --method: where similar pictures come from (default: none are shown)",
  },
  questions: { type: "string", value: "N", about: "questions, each asked in both parts (default 50)" },
  participants: { type: "string", value: "N", about: "codes that are made (default 20)" },
  between: {
    type: "string",
    value: "A,B",
    about: "ask about two classes alone (default: the truth, and the network's strongest other class)",
  },
  wrong: {
    type: "string",
    value: "SHARE",
    about: "share of questions on which the network is wrong, 0..1 (default: as they come)",
  },
  similar: { type: "string", value: "N", about: "similar pictures of a question (default 8)" },
  pixels: {
    type: "string",
    value: "N",
    about: "longer side of a question's picture, at most (default 1024), so that zooming in shows more",
  },
  "stated-accuracy": {
    type: "string",
    value: "SHARE",
    about: "what participants are told of the network's accuracy, 0..1 (default nothing); recorded, need not be true",
  },
  title: { type: "string", value: "TEXT", about: "what participants see above the study" },
  tutorial: { type: "string", value: "FILE", about: "plain text that explains the task; blank lines part paragraphs" },
  consent: { type: "string", value: "FILE", about: "plain text that participants agree to" },
  seed: { type: "string", value: "N", about: "seed of the draw and of the orders (default 0)" },
  out: { type: "string", short: "o", value: "DIR", about: "folder of the study; it appears whole or not at all" },
  size: MODEL_FLAGS.size,
  ...MODEL,
  device: RUN_FLAGS.device,
  threads: RUN_FLAGS.threads,
  batch: RUN_FLAGS.batch,
} as const satisfies Flags;

export const studyNew: Verb = {
  summary: "questions and explanations from a data set, codes for participants",
  help: helpPage(
    "study new --data DATA (--regions DIR | --model MODEL --method ID) -o DIR",
    "Draws pictures, explains them, and writes the folder that `study serve` serves. Part A shows the network's answers, part B explanations as well.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("study new", argv, FLAGS);
    noWords(rest, "Data is given by --data.");
    const folder = outFolder(values, "the study", "DIR");
    await refuseFull(folder);
    const asked = await optionsFrom(values);
    const quiet = isSet(values, "quiet");
    const lines = stageLines(quiet);
    using stop = untilInterrupted(ENDS);
    const { of, between, dispose } = await sourceOf(values);
    try {
      const { study, codes, notes, unread } = await inNewFolder(folder, (write) =>
        makeStudy(of, write, { ...asked, between, signal: stop.signal, onProgress: lines.onProgress }),
      ).finally(lines.finish);
      const out = hushed(console, quiet);
      for (const note of notes) out.note(`note: ${note}`);
      for (const { id, message } of unread) out.note(`left out ${id}: ${message}`);
      const { questions, stated_accuracy, actual_accuracy } = study;
      const said = {
        folder,
        questions: questions.length,
        participants: codes.length,
        actual_accuracy,
        stated_accuracy,
        similar: questions.reduce((n, q) => n + q.similar.length, 0) / questions.length,
      };
      out.print(
        isSet(values, "json")
          ? sortedJson(said).trimEnd()
          : [
              `${questions.length} questions, on which the network is right in ${percent(actual_accuracy)}; participants are told ${stated_accuracy === null ? "nothing of it" : percent(stated_accuracy)}`,
              `${codes.length} codes for participants: ${join(folder, "codes.csv")}`,
              `the administrator's token: ${join(folder, "admin-token.txt")}`,
              `next: onnxplain study serve ${folder}`,
            ].join("\n"),
      );
      return 0;
    } finally {
      await dispose();
    }
  },
};

/** A line for each stage, with its own rate and time left. */
function stageLines(quiet: boolean): {
  readonly onProgress: (p: StudyProgress) => void;
  readonly finish: () => void;
} {
  let now: { readonly stage: StudyProgress["stage"]; readonly line: ReturnType<typeof progressLine> } | undefined;
  const finish = (): void => now?.line.finish();
  return {
    onProgress: ({ stage, ...done }) => {
      if (now?.stage !== stage) {
        finish();
        now = { stage, line: progressLine(stage, quiet) };
      }
      now.line.onProgress(done);
    },
    finish,
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

async function optionsFrom(values: Values): Promise<NewStudyOptions> {
  const share = (name: string): number | undefined => {
    const v = number(values, name, { min: 0, integer: false });
    if (v !== undefined && v > 1)
      throw new OnnxplainError("E_USAGE", `Expected \`--${name}\` to be a share in 0..1, got ${v}.`);
    return v;
  };
  const file = async (name: string): Promise<string | undefined> => {
    const path = text(values, name);
    return path === undefined ? undefined : textIn(path);
  };
  return {
    questions: number(values, "questions", { min: 1 }),
    participants: number(values, "participants", { min: 1 }),
    similar: number(values, "similar", { min: 0 }),
    size: number(values, "pixels", { min: 16 }),
    seed: number(values, "seed", { min: 0 }),
    batch: number(values, "batch", { min: 1 }),
    wrong: share("wrong"),
    statedAccuracy: share("stated-accuracy"),
    title: text(values, "title"),
    tutorial: await file("tutorial"),
    consent: await file("consent"),
    ...deviceOptions(values),
  };
}

interface Source {
  readonly of: StudyOf;
  readonly between: readonly [number, number] | undefined;
  readonly dispose: () => Promise<void>;
}

/** Throws `E_USAGE` unless exactly one way to explain is given. */
async function sourceOf(values: Values): Promise<Source> {
  const [regions, method] = [text(values, "regions"), text(values, "method")];
  if ((regions === undefined) === (method === undefined))
    throw new OnnxplainError(
      "E_USAGE",
      "Say how pictures are explained: `--regions DIR` (of `regions fit`), or `--model MODEL --method ID`.",
    );
  return regions === undefined ? byMethod(values, method as string) : byRegions(values);
}

/** The data's own flags; the fit brings its own references, and flags for those. */
const DATA_NAMES = Object.keys(DATA_FLAGS);

async function byRegions(values: Values): Promise<Source> {
  const { data } = await dataFrom(values);
  const own = Object.fromEntries(Object.entries(values).filter(([name]) => !DATA_NAMES.includes(name)));
  const { model, network, of } = await openSource(own, "explain");
  const helper = helpByRegions(of, {
    delta: number(values, "delta", { min: 0 }),
    prune: isSet(values, "prune"),
    unitNormals: isSet(values, "unit-normals"),
  });
  return finished(values, { network, data, helper }, () => model.dispose());
}

async function byMethod(values: Values, method: string): Promise<Source> {
  const { data, wnids } = await dataFrom(values);
  const source = text(values, "references");
  const references = source === undefined ? undefined : (await dataFrom({ data: source })).data;
  const model = await openModel(values);
  try {
    const { layer, ...reading } = classifierOptions(values);
    const preprocessing = preprocessingFrom(values, model, reading);
    const network = { model, classifier: model.classifier({ ...reading, layer, preprocessing }), preprocessing, wnids };
    const helper = helpByMethod(network, {
      method,
      params: pairs(values, "param"),
      layer,
      references: references && {
        network: regionNetwork(model, { layer, reading, preprocessing, wnids }),
        items: await itemsOf(references),
      },
    });
    return await finished(values, { network, data, helper }, () => model.dispose());
  } catch (cause) {
    await model.dispose();
    throw cause;
  }
}

async function finished(values: Values, of: Omit<StudyOf, "labelOf">, dispose: () => Promise<void>): Promise<Source> {
  const { labelOf, notes: _ } = labelsJoined(of.network, of.data);
  return { of: { ...of, labelOf }, between: twoClasses(values, of), dispose };
}

function twoClasses(values: Values, { network }: Omit<StudyOf, "labelOf">): readonly [number, number] | undefined {
  const raw = text(values, "between");
  if (raw === undefined) return undefined;
  const { model, classifier } = network;
  const found = raw
    .split(",")
    .map(
      (name) =>
        parseTarget(name.trim(), { classes: classifier.classes, labels: model.labels, output: "scores" })?.index,
    );
  const [a, b] = found;
  if (found.length !== 2 || a === undefined || b === undefined || a === b)
    throw new OnnxplainError("E_USAGE", `Expected \`--between\` to be two classes as A,B, got \`${raw}\`.`);
  return [a, b];
}
