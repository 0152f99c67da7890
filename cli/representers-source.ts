/** @file What `representers` reads: a model cut at its last layer, points as pictures or arrays; and the flags that say so. */
import { resolve } from "node:path";
import {
  type ArrayFile,
  type CutModel,
  cutForArrays,
  cutForPictures,
  type DataSet,
  type Explainer,
  isArrayFile,
  OnnxplainError,
  type PointSource,
  readArrayFile,
} from "../src/index.ts";
import { DATA_FLAGS, dataFrom } from "./data.ts";
import { type Flags, MODEL_FLAGS, number, text, type Values } from "./flags.ts";
import { classifierOptions, openModel, preprocessingFrom } from "./open.ts";

/** Flags that say where points come from; a fit keeps them for `explain`. */
export const SOURCE_FLAGS = {
  ...DATA_FLAGS,
  data: {
    type: "string",
    value: "DATA",
    about: "training points: pictures as in the other verbs, or rows of a .npy, .safetensors or .parquet file",
  },
  layer: {
    type: "string",
    value: "NAME",
    about:
      "cut elsewhere: a hidden ReLU behind a linear layer, or any layer for a fit to labels (default: the last linear layer)",
  },
  "input-column": { type: "string", value: "NAME", about: "array or column with the inputs (needed for Parquet)" },
  "label-column": { type: "string", value: "NAME", about: "array or column with the labels, class indices" },
  "labels-file": { type: "string", value: "FILE", about: "labels beside a .npy: another .npy with class indices" },
  vocabulary: {
    type: "string",
    value: "FILE",
    about: "words of token ids: JSON, or one a line; points are shown as texts",
  },
  ...MODEL_FLAGS,
} as const satisfies Flags;

/** Flags whose value is a path. */
const PATHS = ["data", "model", "labels", "classes", "wnids", "labels-file", "vocabulary", "held-out"];
const absolute = (path: string): string => (/^[a-z]+:/i.test(path) ? path : resolve(path));

/** What `fit.json` keeps, so that points are found again from anywhere. */
export const originOf = (values: Values): Readonly<Record<string, string | boolean>> =>
  Object.fromEntries(
    [...Object.keys(SOURCE_FLAGS), "held-out", "held-out-split", "features"].flatMap((name) => {
      const v = values[name];
      if (typeof v !== "string" && typeof v !== "boolean") return [];
      return name === "json" || name === "quiet"
        ? []
        : [[name, typeof v === "string" && PATHS.includes(name) ? absolute(v) : v]];
    }),
  );

/** Points, and what they look like by id. */
export interface Opened {
  readonly source: PointSource;
  readonly data: DataSet | undefined;
  readonly file: ArrayFile | undefined;
}

export const isArrays = (values: Values, location: string): boolean =>
  isArrayFile(location) || (/\.parquet$/i.test(location) && text(values, "input-column") !== undefined);

export const arrayFile = (values: Values, location: string): Promise<ArrayFile> =>
  readArrayFile(location, {
    input: text(values, "input-column"),
    label: text(values, "label-column"),
    labelsFile: text(values, "labels-file"),
    offset: number(values, "offset", { min: 0 }),
    limit: number(values, "limit", { min: 1 }),
  });

export interface Network {
  readonly model: Explainer;
  readonly cut: CutModel;
}

/** The model cut, for pictures or arrays, as the training data is. Throws `E_USAGE` without a model or data. */
export async function networkFrom(values: Values): Promise<Network> {
  const location = text(values, "data");
  if (location === undefined) throw new OnnxplainError("E_USAGE", "No data given. Add `--data DATA`.");
  const model = await openModel(values);
  try {
    const layer = text(values, "layer");
    if (isArrays(values, location)) return { model, cut: cutForArrays(model, { layer }) };
    const { layout, size } = classifierOptions(values);
    const reading = { layout, size };
    const { wnids } = await dataFrom(values);
    const preprocessing = preprocessingFrom(values, model, reading);
    return { model, cut: cutForPictures(model, { layer, reading, preprocessing, wnids }) };
  } catch (cause) {
    await model.dispose();
    throw cause;
  }
}

/** Points of `location` as the network takes them. */
export async function pointsFrom(values: Values, location: string, { cut }: Network): Promise<Opened> {
  if (isArrays(values, location)) {
    const file = await arrayFile(values, location);
    return { source: cut.rows(file), data: undefined, file };
  }
  const { data } = await dataFrom({ ...values, data: location });
  return { source: cut.pictures(data), data, file: undefined };
}

/** All of some data, not the part that is trained on. */
export const WHOLE = { split: undefined, limit: undefined, offset: undefined, shuffle: undefined } as const;

/** Where points are that a fit is judged by; undefined where none are named. */
export function heldOutPlace(values: Values): { readonly values: Values; readonly location: string } | undefined {
  const [other, split] = [text(values, "held-out"), text(values, "held-out-split")];
  const location = other ?? text(values, "data");
  if ((other === undefined && split === undefined) || location === undefined) return undefined;
  const labels = other === undefined ? values["labels-file"] : undefined;
  return { values: { ...values, ...WHOLE, split, "labels-file": labels }, location };
}
