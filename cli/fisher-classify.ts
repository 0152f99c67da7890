/** @file `onnxplain fisher classify`: scores, thresholds, decisions; what an edit changes; a network beside it. */
import { extname } from "node:path";
import {
  type ClassifiedFisher,
  classifyFisher,
  type Explainer,
  type FisherClassifyOptions,
  OnnxplainError,
  sortedJson,
  type Table,
  tableOfRows,
  writeCsv,
  writeTable,
} from "../src/index.ts";
import { decided, editsFrom, openPipeline, PIPELINE_FLAGS, picturesNamed, signed } from "./fisher-source.ts";
import { type Flags, helpPage, isSet, MODEL_FLAGS, parseFlags, RUN_FLAGS, text, type Values } from "./flags.ts";
import { untilInterrupted } from "./interrupt.ts";
import { classifierOptions, deviceOptions, openModel, preprocessingFrom } from "./open.ts";
import { progressLine } from "./progress.ts";
import { hushed, type Verb } from "./verb.ts";
import { refuseFull, writeFolder, writeWhole } from "./write.ts";

const FLAGS = {
  ...PIPELINE_FLAGS,
  out: {
    type: "string",
    short: "o",
    value: "PLACE",
    about: "a file .json or .csv, or a folder for both (default: a summary on stdout)",
  },
  device: RUN_FLAGS.device,
  threads: RUN_FLAGS.threads,
  ...MODEL_FLAGS,
  model: { ...MODEL_FLAGS.model, about: `a network beside it, on the same pictures: ${MODEL_FLAGS.model.about}` },
} as const satisfies Flags;

const KINDS = [".json", ".csv"];

export const fisherClassify: Verb = {
  summary: "scores and decisions of pictures, before and after edits",
  help: helpPage(
    "fisher classify IMAGE… --pipeline MODEL/",
    "A class is there where its score is above its threshold of equal error. With --edit each picture is scored before and after; with --model a network scores the same pictures.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("fisher classify", argv, FLAGS);
    const pictures = picturesNamed(rest, "classify");
    const file = text(values, "out");
    const folder = file !== undefined && (extname(file) === "" || file.endsWith("/"));
    if (folder) await refuseFull(file);
    else if (file !== undefined && !KINDS.includes(extname(file).toLowerCase()))
      throw new OnnxplainError(
        "E_USAGE",
        `Expected \`-o\` to be a folder or to end in ${KINDS.join(" or ")}, got \`${file}\`.`,
      );
    const { words, edits } = editsFrom(values);
    const open = await openPipeline(values, "classify");
    const model = text(values, "model") === undefined ? undefined : await openModel(values);
    const out = hushed(console, isSet(values, "quiet"));
    const line = progressLine("classifying", isSet(values, "quiet"));
    using stop = untilInterrupted();
    const all: ClassifiedFisher[] = [];
    try {
      for await (const classified of classifyFisher(open, pictures, {
        ...deviceOptions(values),
        edits,
        network: model && networkFrom(values, model),
        signal: stop.signal,
        onProgress: (done) => line.onProgress({ done, total: rest.length }),
      })) {
        for (const note of classified.notes) out.note(`note: ${classified.id}: ${note}`);
        all.push(classified);
      }
    } finally {
      line.finish();
      await model?.dispose();
    }
    const json = (): string => sortedJson({ edits: words, pictures: all });
    const utf8 = (content: string): Uint8Array => new TextEncoder().encode(content);
    if (folder)
      await writeFolder(
        file,
        new Map([
          ["classification.json", utf8(json())],
          ["scores.csv", utf8(writeCsv(tableFor(all)))],
          ["scores.parquet", writeTable(tableFor(all))],
        ]),
      );
    else if (file !== undefined) {
      const content = extname(file).toLowerCase() === ".csv" ? writeCsv(tableFor(all)) : json();
      await writeWhole(file, utf8(content));
    }
    out.print(isSet(values, "json") ? json().trimEnd() : (file ?? all.flatMap((c) => textOf(c)).join("\n")));
    return 0;
  },
};

function networkFrom(values: Values, model: Explainer): NonNullable<FisherClassifyOptions["network"]> {
  const { layer: _, ...reading } = classifierOptions(values);
  const preprocessing = preprocessingFrom(values, model, reading);
  return { model, reading: { ...reading, ...(preprocessing ? { preprocessing } : {}), ...deviceOptions(values) } };
}

interface Row {
  readonly picture: string;
  readonly model: "pipeline" | "network";
  readonly class: string;
  readonly score: number;
  readonly threshold: number | null;
  readonly positive: boolean | null;
  readonly after: number | null;
  readonly change: number | null;
  readonly positive_after: boolean | null;
}

const tableFor = (all: readonly ClassifiedFisher[]): Table =>
  tableOfRows<Row>(
    all.flatMap(({ id, classes, network }) => [
      ...classes.map(
        ({ label, score, threshold, positive, after }): Row => ({
          picture: id,
          model: "pipeline",
          class: label,
          score,
          threshold,
          positive,
          after: after?.score ?? null,
          change: after?.change ?? null,
          positive_after: after?.positive ?? null,
        }),
      ),
      ...(network?.classes ?? []).map(
        ({ label, score, after }): Row => ({
          picture: id,
          model: "network",
          class: label,
          score,
          threshold: null,
          positive: null,
          after: after?.score ?? null,
          change: after?.change ?? null,
          positive_after: null,
        }),
      ),
    ]),
    {
      picture: "string",
      model: "string",
      class: "string",
      score: "double",
      threshold: "double",
      positive: "boolean",
      after: "double",
      change: "double",
      positive_after: "boolean",
    },
  );

const moved = (after: { readonly score: number; readonly change: number } | null): string =>
  after === null ? "" : `  ->  ${after.score.toFixed(4)} (${signed(after.change)})`;

function textOf({ id, predicted, predictedAfter, classes, network }: ClassifiedFisher): readonly string[] {
  const named = (before: string, after: string | null): string =>
    after === null ? before : after === before ? `${before}, after the edit too` : `${before}, after the edit ${after}`;
  const width = Math.max(...[...classes, ...(network?.classes ?? [])].map((c) => c.label.length));
  return [
    `${id}: ${named(predicted, predictedAfter)}`,
    ...classes
      .toSorted((a, b) => b.score - a.score)
      .map(({ label, score, threshold, positive, after }) => {
        const limit = threshold === null ? "" : `  threshold ${threshold.toFixed(4).padStart(8)}`;
        const then = after ? `${moved(after)} ${decided(after.positive)}` : "";
        return `  ${label.padEnd(width)}  ${score.toFixed(4).padStart(8)}${limit}  ${decided(positive)}${then}`;
      }),
    ...(network
      ? [
          `  network: ${named(network.predicted, network.predictedAfter)}`,
          ...network.classes.map(
            ({ label, score, after }) => `  ${label.padEnd(width)}  ${score.toFixed(4).padStart(8)}${moved(after)}`,
          ),
        ]
      : []),
  ];
}
