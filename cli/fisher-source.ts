/** @file What `fisher explain` and `fisher classify` read: a trained folder, pictures, edits, classes. */
import {
  type DataItem,
  type Edit,
  type FisherReport,
  namedPictures,
  OnnxplainError,
  openFisher,
  parseEdit,
  type TrainedFisher,
} from "../src/index.ts";
import { EDIT_FLAG, type Flags, list, text, type Values } from "./flags.ts";

export const PIPELINE_FLAGS = {
  pipeline: { type: "string", value: "MODEL/", about: "folder of `fisher train`" },
  edit: EDIT_FLAG,
} as const satisfies Flags;

/** Throws `E_USAGE` without a folder, `E_FILE` for one that holds no trained pipeline. */
export async function openPipeline(values: Values, verb: string): Promise<TrainedFisher> {
  const folder = text(values, "pipeline");
  if (folder === undefined)
    throw new OnnxplainError(
      "E_USAGE",
      `No pipeline given. Add \`--pipeline MODEL/\`, the folder of \`onnxplain fisher train\`; \`fisher ${verb}\` reads it.`,
    );
  try {
    return await openFisher<FisherReport>(folder);
  } catch (cause) {
    if (!(cause instanceof OnnxplainError && cause.code === "E_FILE")) throw cause;
    throw new OnnxplainError(
      "E_FILE",
      `\`${folder}\` holds no trained pipeline, or not all of it. Expected the folder of \`onnxplain fisher train -o\`, with fisher.json beside model.onnx.`,
      { file: folder, cause },
    );
  }
}

/** Throws `E_USAGE` where none are named. */
export function picturesNamed(rest: readonly string[], what: string): AsyncIterable<DataItem> {
  if (rest.length === 0)
    throw new OnnxplainError("E_USAGE", `Nothing to ${what}. Name pictures, or \`DATA#3\` for item 3 of a data set.`);
  return namedPictures(rest).items();
}

export interface Edits {
  /** As they were written. */
  readonly words: readonly string[];
  readonly edits: readonly Edit[];
}

/** Throws `E_PARAM`. */
export const editsFrom = (values: Values): Edits => {
  const words = list(values, "edit");
  return { words, edits: words.map(parseEdit) };
};

const NAMED = ["predicted", "all"] as const;

/** Classes by label or index, with commas between. Throws `E_TARGET_UNKNOWN` with the classes there are. */
export function classesFrom(
  values: Values,
  { head: { labels } }: TrainedFisher,
): readonly number[] | (typeof NAMED)[number] {
  const raw = text(values, "class") ?? "predicted";
  const named = NAMED.find((n) => n === raw && !labels.includes(raw));
  if (named) return named;
  const words = labels.includes(raw) ? [raw] : raw.split(",").map((w) => w.trim());
  return [...new Set(words.map((word) => classOf(labels, word)))];
}

function classOf(labels: readonly string[], word: string): number {
  const found = labels.indexOf(word);
  if (found >= 0) return found;
  if (/^\d+$/.test(word) && Number(word) < labels.length) return Number(word);
  throw new OnnxplainError(
    "E_TARGET_UNKNOWN",
    `The pipeline has no class \`${word}\`. Expected predicted, all, or one of ${labels.slice(0, 24).join(", ")}${labels.length > 24 ? ", …" : ""} (or 0 to ${labels.length - 1}).`,
  );
}

export const decided = (positive: boolean | null): string =>
  positive === null ? "no threshold" : positive ? "yes" : "no";

export const signed = (v: number, digits = 4): string => `${v > 0 ? "+" : ""}${v.toFixed(digits)}`;
