/** @file Flags of verbs that read a data set, and what they open. */
import { readFile } from "node:fs/promises";
import { type DataOptions, type DataSet, OnnxplainError, openDataSet, readLabels, readWnids } from "../src/index.ts";
import { choice, type Flags, isSet, number, text, type Values } from "./flags.ts";

export const DATA_FLAGS = {
  data: {
    type: "string",
    value: "DATA",
    about:
      "a folder of pictures (a folder for each class), a CSV or Parquet manifest, Parquet with pictures, PASCAL VOC, CIFAR or MNIST files",
  },
  split: { type: "string", value: "NAME", about: "only this part of the data: train, val, test" },
  limit: { type: "string", value: "N", about: "at most N pictures" },
  offset: { type: "string", value: "N", about: "pass over the first N pictures" },
  shuffle: { type: "string", value: "SEED", about: "in random order (before --offset and --limit)" },
  classes: { type: "string", value: "FILE", about: "class names of the data in index order, one a line" },
  "box-corners": {
    type: "string",
    value: "KIND",
    about: "right and bottom of boxes: half-open (default) or inclusive",
  },
  difficult: { type: "boolean", about: "objects that VOC marks as difficult are labels too" },
  "mask-from": { type: "string", value: "N", about: "darkest value of a mask that is inside, 1..255 (default 1)" },
  wnids: { type: "string", value: "FILE", about: "WordNet ids of the model's classes, one a line in class order" },
} as const satisfies Flags;

export interface OpenedData {
  readonly data: DataSet;
  /** WordNet ids of the model's classes, for `joinLabels`. */
  readonly wnids: readonly (string | undefined)[] | undefined;
}

/** Open what `--data` names. Throws `E_USAGE` without one. */
export async function dataFrom(values: Values, positional?: string): Promise<OpenedData> {
  const source = text(values, "data") ?? positional;
  if (source === undefined)
    throw new OnnxplainError("E_USAGE", "No data given. Add `--data FOLDER` (or a .csv or .parquet file).");
  const [classes, wnids] = [text(values, "classes"), text(values, "wnids")];
  const options: DataOptions = {
    split: text(values, "split"),
    limit: number(values, "limit", { min: 1 }),
    offset: number(values, "offset", { min: 0 }),
    shuffle: number(values, "shuffle", { min: 0 }),
    classes: classes === undefined ? undefined : readLabels(await textIn(classes)),
    boxCorners: choice(values, "box-corners", ["half-open", "inclusive"]),
    maskFrom: number(values, "mask-from", { min: 1 }),
    ...(isSet(values, "difficult") ? { difficultLabels: true } : {}),
  };
  return {
    wnids: wnids === undefined ? undefined : readWnids(await textIn(wnids), wnids),
    data: await openDataSet(source, options),
  };
}

/** A whole text file. Throws `E_FILE`. */
export async function textIn(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new OnnxplainError("E_FILE", `Cannot read \`${file}\` (${(cause as NodeJS.ErrnoException).code}).`, {
      file,
      cause,
    });
  }
}
