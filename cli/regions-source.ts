/** @file What `regions` reads: a model at a layer, reference pictures; and the flags that say so. */
import { resolve } from "node:path";
import {
  type DataSet,
  type Explainer,
  fittedItems,
  itemsOf,
  type LabelOf,
  labelsJoined,
  OnnxplainError,
  type OpenRegions,
  openRegionsFit,
  type RegionNetwork,
  regionNetwork,
  type SampleOf,
} from "../src/index.ts";
import { DATA_FLAGS, dataFrom } from "./data.ts";
import { type Flags, MODEL_FLAGS, text, type Values } from "./flags.ts";
import { classifierOptions, openModel, preprocessingFrom } from "./open.ts";

/** Flags that say where references come from; a fit keeps them. */
export const SOURCE_FLAGS = {
  ...DATA_FLAGS,
  data: {
    type: "string",
    value: "DATA",
    about: "reference pictures: a folder, a manifest, Parquet, CIFAR or MNIST files, as in the other verbs",
  },
  layer: { type: "string", value: "NAME", about: "features psi (default: the last feature map)" },
  ...MODEL_FLAGS,
} as const satisfies Flags;

const PATHS = ["data", "model", "labels", "classes", "wnids"];
const absolute = (path: string): string => (/^[a-z]+:/i.test(path) ? path : resolve(path));

/** What `fit.json` keeps, so that model and pictures are found again from anywhere. */
export const originOf = (values: Values): Readonly<Record<string, string | boolean>> =>
  Object.fromEntries(
    Object.keys(SOURCE_FLAGS).flatMap((name) => {
      const v = values[name];
      if ((typeof v !== "string" && typeof v !== "boolean") || name === "json" || name === "quiet") return [];
      return [[name, typeof v === "string" && PATHS.includes(name) ? absolute(v) : v]];
    }),
  );

export interface Source {
  readonly model: Explainer;
  readonly network: RegionNetwork;
  readonly data: DataSet;
}

/** Throws `E_USAGE` without a model or data. */
export async function sourceFrom(values: Values): Promise<Source> {
  const { data, wnids } = await dataFrom(values);
  const model = await openModel(values);
  try {
    const { layer, ...reading } = classifierOptions(values);
    const preprocessing = preprocessingFrom(values, model, reading);
    return { model, network: regionNetwork(model, { layer, reading, preprocessing, wnids }), data };
  } catch (cause) {
    await model.dispose();
    throw cause;
  }
}

export interface OpenSource extends Source {
  readonly of: SampleOf;
  readonly open: OpenRegions;
  readonly labelOf: LabelOf;
  /** Flags of the fit, and over them those given now. */
  readonly values: Values;
}

/** The fit of `--regions`, with its model and references. Throws `E_USAGE`, `E_FILE`; `E_PARAM` for another network or layer. */
export async function openSource(own: Values, verb: string): Promise<OpenSource> {
  const folder = text(own, "regions");
  if (folder === undefined)
    throw new OnnxplainError(
      "E_USAGE",
      `No fit given. Add \`--regions DIR\`, the folder of \`onnxplain regions fit\`; \`regions ${verb}\` reads it.`,
    );
  const open = await openRegionsFit(folder);
  const values: Values = { ...((open.report.origin ?? {}) as Values), ...own };
  const source = await sourceFrom(values);
  try {
    const { model, layer } = open.report;
    const sha256 = await source.model.digest();
    const now = source.network.layer.name;
    if (sha256 !== model.sha256 || now !== layer.name)
      throw new OnnxplainError(
        "E_PARAM",
        `The fit in \`${folder}\` is of \`${model.name}\` (SHA-256 ${model.sha256.slice(0, 12)}…) at \`${layer.name}\`; given is \`${source.model.source.name}\` (${sha256.slice(0, 12)}…) at \`${now}\`. Give that network, or fit anew.`,
      );
    const items = fittedItems(open, await itemsOf(source.data));
    const { labelOf } = labelsJoined(source.network, source.data);
    return { ...source, values, open, labelOf, of: { open, network: source.network, items } };
  } catch (cause) {
    await source.model.dispose();
    throw cause;
  }
}
