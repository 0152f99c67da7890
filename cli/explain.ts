/** @file `onnxplain explain`: heat maps of one or more images. */

import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import {
  type Bundle,
  bundleOf,
  CHANNEL_REDUCERS,
  COLORMAP_NAMES,
  type Explainer,
  type ExplainOptions,
  type Explanation,
  encodePng,
  explain,
  type ImageInput,
  manifestOf,
  mapNpy,
  mapSafetensors,
  OnnxplainError,
  overlayPicture,
  type PictureOptions,
  readNpy,
  sideBySide,
  sortedJson,
  topClasses,
  upsampledNpy,
} from "../src/index.ts";
import {
  choice,
  type Flags,
  helpPage,
  isSet,
  MODEL_FLAGS,
  number,
  pairs,
  parseFlags,
  RUN_FLAGS,
  text,
  type Values,
} from "./flags.ts";
import { classifierOptions, deviceOptions, openModel, preprocessingFrom } from "./open.ts";
import { progressLine } from "./progress.ts";
import { type Console, hushed, type Verb } from "./verb.ts";
import { refuseFull, writeFolder, writeWhole } from "./write.ts";

const FLAGS = {
  method: {
    type: "string",
    value: "ID",
    about: "explanation method (default grad-cam; `onnxplain methods` lists all)",
  },
  target: {
    type: "string",
    multiple: true,
    value: "CLASS",
    about: "class index, label, predicted (default), or A-B for a contrast; may be repeated",
  },
  layer: { type: "string", value: "NAME", about: "value or node name (default: the last spatial feature map)" },
  param: { type: "string", multiple: true, value: "K=V", about: "method parameter; may be repeated" },
  out: {
    type: "string",
    short: "o",
    value: "OUT",
    about: "FILE.png, .npy, .safetensors, .json, or a folder for the evidence bundle",
  },
  upsample: { type: "boolean", about: ".npy at the input's resolution, channels summed" },
  cmap: { type: "string", value: "NAME", about: `colour map: ${COLORMAP_NAMES.join(", ")}` },
  reduce: {
    type: "string",
    value: "NAME",
    about: `channels to one number in pictures: ${CHANNEL_REDUCERS.join(", ")}`,
  },
  alpha: { type: "string", value: "A", about: "share of the heat map in the overlay, 0..1 (default 0.5)" },
  ...MODEL_FLAGS,
  ...RUN_FLAGS,
} as const satisfies Flags;

/** Formats of a single output file. */
type Writer = (explanation: Explanation, context: WriteContext) => Promise<Uint8Array>;
interface WriteContext {
  readonly model: Explainer;
  readonly image: string;
  readonly values: Values;
  readonly picture: PictureOptions;
}

const WRITERS: Readonly<Record<string, Writer>> = {
  ".png": async (e, { picture }) =>
    encodePng(sideBySide(e.targets.map((_, index) => overlayPicture(e, { ...picture, index })))),
  ".npy": async (e, { model, values }) =>
    isSet(values, "upsample") ? upsampledNpy(e, model.classifier(classifierOptions(values))) : mapNpy(e),
  ".safetensors": async (e) => mapSafetensors(e),
  ".json": async (e, { model, image }) => new TextEncoder().encode(sortedJson(await manifestOf(e, { model, image }))),
};

export const explainVerb: Verb = {
  summary: "heat maps: which pixels made the model decide so",
  help: helpPage(
    "explain IMAGE… --model MODEL [options]",
    "Explains pictures, or .npy tensors [N,C,H,W] fed as they are.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("explain", argv, FLAGS);
    if (rest.length === 0)
      throw new OnnxplainError("E_USAGE", "No image given. Usage: onnxplain explain IMAGE… --model MODEL -o why.png");
    const out = hushed(console, isSet(values, "quiet"));
    const place = destination(text(values, "out"), rest);
    if (place?.folder) await refuseFull(place.path);
    const model = await openModel(values);
    try {
      return await explainAll({ model, images: rest, values, place, out });
    } finally {
      await model.dispose();
    }
  },
};

interface Place {
  readonly path: string;
  readonly folder: boolean;
  readonly extension: string;
}

/** Where results go: by extension, or a folder. */
function destination(path: string | undefined, images: readonly string[]): Place | undefined {
  if (path === undefined) return undefined;
  const extension = extname(path).toLowerCase();
  if (Object.hasOwn(WRITERS, extension)) {
    if (images.length > 1)
      throw new OnnxplainError(
        "E_USAGE",
        `${images.length} images do not fit into one file \`${path}\`. Give \`-o\` a folder.`,
      );
    return { path, folder: false, extension };
  }
  if (extension !== "" && !path.endsWith("/"))
    throw new OnnxplainError(
      "E_USAGE",
      `\`${path}\`: cannot write ${extension}. Known: ${Object.keys(WRITERS).join(", ")}, or a folder for everything.`,
    );
  return { path, folder: true, extension: "" };
}

interface Job {
  readonly model: Explainer;
  readonly images: readonly string[];
  readonly values: Values;
  readonly place: Place | undefined;
  readonly out: Console;
}

async function explainAll({ model, images, values, place, out }: Job): Promise<number> {
  const options = optionsFrom(values, model);
  const picture = pictureFrom(values);
  const bundles = new Map<string, Uint8Array>();
  const documents: unknown[] = [];
  const failures: OnnxplainError[] = [];
  for (const image of images) {
    const line = progressLine(basename(image), isSet(values, "quiet"));
    try {
      const explanation = await explain(model, await readInput(image), { ...options, onProgress: line.onProgress });
      line.finish();
      const context = { model, image: basename(image), values, picture };
      if (place?.folder)
        addBundle(
          bundles,
          await bundleOf(explanation, context, picture),
          images.length > 1 ? folderName(image, bundles) : "",
        );
      else if (place) await writeWhole(place.path, await (WRITERS[place.extension] as Writer)(explanation, context));
      if (isSet(values, "json")) documents.push(await manifestOf(explanation, context));
      else summarize(explanation, image, model, out);
    } catch (error) {
      line.finish();
      if (images.length === 1 || !(error instanceof OnnxplainError)) throw error;
      failures.push(error);
      out.note(`${error.code}  ${image}: ${error.message}`);
    }
  }
  if (failures.length === images.length) throw failures[0] as OnnxplainError;
  if (place?.folder) await writeFolder(place.path, bundles);
  if (isSet(values, "json"))
    out.print(
      sortedJson((documents.length === 1 ? documents[0] : documents) as Parameters<typeof sortedJson>[0]).trimEnd(),
    );
  if (place) out.note(`wrote ${place.path}`);
  if (failures.length > 0) out.note(`${failures.length} of ${images.length} images failed; the rest is written.`);
  return failures.length > 0 ? 3 : 0;
}

function optionsFrom(values: Values, model: Explainer): ExplainOptions {
  const reading = classifierOptions(values);
  const megabytes = number(values, "max-memory", { min: 1 });
  return {
    ...reading,
    ...deviceOptions(values),
    method: text(values, "method") ?? "grad-cam",
    target: values.target as readonly string[] | undefined,
    params: pairs(values, "param"),
    seed: number(values, "seed", { min: 0 }),
    batch: number(values, "batch", { min: 1 }),
    maxMemory: megabytes === undefined ? undefined : megabytes * 2 ** 20,
    preprocessing: preprocessingFrom(values, model, reading),
  };
}

function pictureFrom(values: Values): PictureOptions {
  return {
    cmap: choice(values, "cmap", COLORMAP_NAMES),
    reducer: choice(values, "reduce", CHANNEL_REDUCERS),
    alpha: number(values, "alpha", { min: 0, integer: false }),
  };
}

/** A picture by path, or a tensor from a `.npy` file. */
async function readInput(image: string): Promise<ImageInput> {
  if (extname(image).toLowerCase() !== ".npy") return image;
  let bytes: Uint8Array;
  try {
    bytes = await readFile(image);
  } catch (cause) {
    throw new OnnxplainError("E_FILE", `Cannot read \`${image}\` (${(cause as NodeJS.ErrnoException).code}).`, {
      file: image,
      cause,
    });
  }
  const { dims, data } = readNpy(bytes, image);
  return { dims, data: data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>, Number) };
}

function addBundle(all: Map<string, Uint8Array>, bundle: Bundle, folder: string): void {
  for (const [name, bytes] of bundle) all.set(folder ? `${folder}/${name}` : name, bytes);
}

/** A folder for each image, told apart when two share a name. */
function folderName(image: string, taken: ReadonlyMap<string, unknown>): string {
  const stem = basename(image, extname(image));
  const used = new Set([...taken.keys()].map((k) => k.split("/")[0]));
  let name = stem;
  for (let i = 2; used.has(name); i++) name = `${stem}-${i}`;
  return name;
}

function summarize(e: Explanation, image: string, model: Explainer, out: Console): void {
  const named = (index: number): string => (model.labels?.[index] ? `${index} ${model.labels[index]}` : String(index));
  e.targets.forEach((t, i) => {
    const best = topClasses(e.scores[i] as Float32Array, model.labels, 3)
      .map((c) => `${named(c.index)} (${c.score.toFixed(3)})`)
      .join(", ");
    const checks = Object.entries(e.checks[i] ?? {})
      .map(([k, v]) => `${k} ${v.toExponential(2)}`)
      .join(", ");
    out.print(
      `${basename(image)}${e.targets.length > 1 ? `[${i}]` : ""}: ${e.method} of ${named(t.index)}${t.against === undefined ? "" : ` against ${named(t.against)}`}${e.layer ? ` at ${e.layer.name}` : ""}; ${e.scoreKind}: ${best}${checks ? `; ${checks}` : ""}`,
    );
  });
  for (const note of e.notes) out.note(`note: ${note}`);
}
