/** @file `onnxplain explain`: heat maps of one or more images, by one or more methods. */

import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import {
  applyEdits,
  CHANNEL_REDUCERS,
  COLORMAP_NAMES,
  decodeImage,
  type Edit,
  type ExplainAllOptions,
  type Explainer,
  type Explanation,
  explainAll,
  findMethod,
  type ImageInput,
  OnnxplainError,
  type PictureOptions,
  parseEdit,
  readNpy,
  sortedJson,
  topClasses,
} from "../src/index.ts";
import { destination, documentOf, type Explained, folderOf, type Place, type WriteContext } from "./explain-files.ts";
import {
  choice,
  commandLine,
  EDIT_FLAG,
  type Flags,
  helpPage,
  isSet,
  list,
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
import { drawing } from "./show.ts";
import { type Console, hushed, type Verb } from "./verb.ts";
import { refuseFull, writeFolder, writeWhole } from "./write.ts";

const FLAGS = {
  method: {
    type: "string",
    multiple: true,
    value: "ID",
    about: "explanation methods, separated by commas (default grad-cam; `onnxplain methods` lists all)",
  },
  target: {
    type: "string",
    multiple: true,
    value: "CLASS",
    about: "class index, label, predicted (default), top3, or A-B for a contrast; several by commas, or repeated",
  },
  layer: { type: "string", value: "NAME", about: "value or node name (default: the last spatial feature map)" },
  param: {
    type: "string",
    multiple: true,
    value: "K=V",
    about: "parameter of every method that knows it, or METHOD.K=V; may be repeated",
  },
  composite: {
    type: "string",
    value: "NAME",
    about: "rules by kind of layer, for methods that have them (--param composite)",
  },
  rule: {
    type: "string",
    multiple: true,
    value: "WHERE=RULE",
    about: "rule of single layers, as 'conv*=gamma:0.25'; may be repeated (--param rules)",
  },
  edit: EDIT_FLAG,
  ledger: { type: "boolean", about: "account for the relevance of every node (--param ledger=true)" },
  show: { type: "boolean", about: "draw the maps in the terminal" },
  out: {
    type: "string",
    short: "o",
    value: "OUT",
    about: "FILE.png, .html, .npy, .safetensors, .json, or a folder for the evidence bundle",
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
    const methods = methodsFrom(values);
    const place = destination(text(values, "out"), { images: rest.length, methods: methods.length });
    if (place && !place.write) await refuseFull(place.path);
    const model = await openModel(values);
    try {
      const options = optionsFrom(values, { model, methods });
      const command = commandLine("explain", argv);
      const context = { model, values, picture: pictureFrom(values), command, several: methods.length > 1 };
      const edits = list(values, "edit").map(parseEdit);
      return await explainImages(rest, { options, context, place, out, edits });
    } finally {
      await model.dispose();
    }
  },
};

interface Job {
  readonly options: ExplainAllOptions;
  readonly context: WriteContext;
  readonly place: Place | undefined;
  readonly out: Console;
  readonly edits: readonly Edit[];
}

async function explainImages(images: readonly string[], { options, context, place, out, edits }: Job): Promise<number> {
  const { model, values } = context;
  const all: Explained[] = [];
  const files = new Map<string, Uint8Array>();
  const failures: OnnxplainError[] = [];
  for (const image of images) {
    const line = progressLine(basename(image), isSet(values, "quiet"));
    try {
      const input = await readInput(image, edits, out);
      const made = await explainAll(model, input, { ...options, onProgress: line.onProgress });
      line.finish();
      const explained = { ...made, image: basename(image) };
      all.push(explained);
      if (place && !place.write) {
        const folder = images.length > 1 ? `${folderName(image, files)}/` : "";
        for (const [name, bytes] of await folderOf(explained, context)) files.set(folder + name, bytes);
      }
      await tell(explained, context, out);
    } catch (error) {
      line.finish();
      if (images.length === 1 || !(error instanceof OnnxplainError)) throw error;
      failures.push(error);
      out.note(`${error.code}  ${image}: ${error.message}`);
    }
  }
  if (all.length === 0) throw failures[0] as OnnxplainError;
  if (isSet(values, "json")) {
    const documents = await Promise.all(all.map((e) => documentOf(e, context)));
    out.print(sortedJson(images.length === 1 ? (documents[0] as (typeof documents)[0]) : documents).trimEnd());
  }
  if (place) {
    if (place.write) await writeWhole(place.path, await place.write(all, context));
    else await writeFolder(place.path, files);
    out.note(`wrote ${place.path}`);
  }
  if (failures.length > 0) out.note(`${failures.length} of ${images.length} images failed; the rest is done.`);
  return failures.length > 0 || all.some((e) => e.failures.length > 0) ? 3 : 0;
}

/** What is said of one image while the others wait: the drawing, the scores, the notes, what is missing. */
async function tell(explained: Explained, { model, values, picture }: WriteContext, out: Console): Promise<void> {
  const json = isSet(values, "json");
  if (isSet(values, "show")) {
    const stream = json ? process.stderr : process.stdout;
    (json ? out.note : out.print)(await drawing(explained, { model, picture, stream }));
  }
  if (!json) summarize(explained, model, out);
  const notes = new Set(json ? [] : explained.explanations.flatMap((e) => e.notes));
  for (const note of notes) out.note(`note: ${note}`);
  for (const { method, error } of explained.failures)
    out.note(`${error.code}  ${explained.image}, ${method} is missing: ${error.message}`);
}

/** Ids, each once; `E_METHOD_UNKNOWN` for what is none. */
function methodsFrom(values: Values): readonly string[] {
  const ids = list(values, "method").flatMap((ids) => ids.split(","));
  const named = ids.map((id) => id.trim()).filter((id) => id !== "");
  return [...new Set((named.length > 0 ? named : ["grad-cam"]).map((id) => findMethod(id).id))];
}

function optionsFrom(
  values: Values,
  { model, methods }: { readonly model: Explainer; readonly methods: readonly string[] },
): ExplainAllOptions {
  const reading = classifierOptions(values);
  const megabytes = number(values, "max-memory", { min: 1 });
  const targets = list(values, "target");
  return {
    ...reading,
    ...deviceOptions(values),
    methods,
    target: targets.length > 0 ? targets : undefined,
    params: paramsFrom(values),
    seed: number(values, "seed", { min: 0 }),
    batch: number(values, "batch", { min: 1 }),
    maxMemory: megabytes === undefined ? undefined : megabytes * 2 ** 20,
    preprocessing: preprocessingFrom(values, model, reading),
  };
}

/** `--param`, and the flags that stand for one. */
function paramsFrom(values: Values): Readonly<Record<string, unknown>> {
  const given = pairs(values, "param");
  const rules = [...(given.rules === undefined ? [] : [given.rules]), ...list(values, "rule")];
  const composite = text(values, "composite");
  return {
    ...given,
    ...(rules.length > 0 ? { rules: rules.join(";") } : {}),
    ...(composite === undefined ? {} : { composite }),
    ...(isSet(values, "ledger") ? { ledger: true } : {}),
  };
}

function pictureFrom(values: Values): PictureOptions {
  return {
    cmap: choice(values, "cmap", COLORMAP_NAMES),
    reducer: choice(values, "reduce", CHANNEL_REDUCERS),
    alpha: number(values, "alpha", { min: 0, integer: false }),
  };
}

/** A picture by path, edited where that was asked for, or a tensor from a `.npy` file. */
async function readInput(image: string, edits: readonly Edit[], out: Console): Promise<ImageInput> {
  const tensor = extname(image).toLowerCase() === ".npy";
  if (!tensor && edits.length === 0) return image;
  if (tensor && edits.length > 0)
    throw new OnnxplainError("E_USAGE", `\`--edit\` changes pictures; \`${image}\` is a tensor, fed as it is.`);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(image);
  } catch (cause) {
    throw new OnnxplainError("E_FILE", `Cannot read \`${image}\` (${(cause as NodeJS.ErrnoException).code}).`, {
      file: image,
      cause,
    });
  }
  if (!tensor) {
    const edited = applyEdits(await decodeImage(bytes, image), edits);
    for (const note of edited.notes) out.note(`note: ${basename(image)}: ${note}`);
    return edited.image;
  }
  const { dims, data } = readNpy(bytes, image);
  return { dims, data: data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>, Number) };
}

/** A folder for each image, told apart when two share a name. */
function folderName(image: string, taken: ReadonlyMap<string, unknown>): string {
  const stem = basename(image, extname(image));
  const used = new Set([...taken.keys()].map((k) => k.split("/")[0]));
  let name = stem;
  for (let i = 2; used.has(name); i++) name = `${stem}-${i}`;
  return name;
}

/** One line for each target of one method; of several, the prediction once and a line for each method. */
function summarize({ explanations, image }: Explained, model: Explainer, out: Console): void {
  const named = (index: number): string => (model.labels?.[index] ? `${index} ${model.labels[index]}` : String(index));
  const [first] = explanations as readonly [Explanation, ...Explanation[]];
  first.targets.forEach((t, i) => {
    const best = topClasses(first.scores[i] as Float32Array, model.labels, 3)
      .map((c) => `${named(c.index)} (${c.score.toFixed(3)})`)
      .join(", ");
    const head = `${image}${first.targets.length > 1 ? `[${i}]` : ""}`;
    const target = `${named(t.index)}${t.against === undefined ? "" : ` against ${named(t.against)}`}`;
    const scores = `${first.scoreKind}: ${best}`;
    if (explanations.length === 1)
      out.print(`${head}: ${first.method} of ${target}${layerText(first)}; ${scores}${checksText(first, i)}`);
    else {
      out.print(`${head}: ${target}; ${scores}`);
      for (const e of explanations) out.print(`  ${e.method}${layerText(e)}${checksText(e, i)}`);
    }
  });
}

const layerText = ({ layer }: Explanation): string => (layer ? ` at ${layer.name}` : "");
const checksText = ({ checks }: Explanation, i: number): string =>
  Object.entries(checks[i] ?? {})
    .map(([k, v], n) => `${n === 0 ? "; " : ", "}${k} ${v.toExponential(2)}`)
    .join("");
