/** @file Loading a model: an ONNX file or a Hugging Face style folder, with its labels and preprocessing. */
import { files } from "#files";
import { readCard } from "./card.ts";
import { OnnxplainError } from "./errors.ts";
import { Explainer } from "./explainer.ts";
import { externalLocations, readModel } from "./graph/read.ts";
import type { Model } from "./graph/types.ts";
import { fromPreprocessorConfig } from "./image/from-preprocessor-config.ts";
import type { Preprocessing } from "./image/preprocess.ts";
import { decodeModel } from "./proto/codec.ts";

export interface LoadOptions {
  /** One label for each class, in index order. */
  readonly labels?: readonly string[] | undefined;
  readonly preprocessing?: Preprocessing | undefined;
  /** A name for messages and manifests when the model comes as bytes. */
  readonly name?: string | undefined;
}

/** Everything read from disk that describes one model. */
export interface ModelSource {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly model: Model;
  readonly labels: readonly string[] | undefined;
  readonly preprocessing: Preprocessing | undefined;
}

/** Where a folder keeps its graph, in the order in which they are tried. */
const GRAPHS = ["onnx/model.onnx", "model.onnx"] as const;

/**
 * Load a model from a path, URL or bytes.
 *
 * A folder may hold `onnx/model.onnx` or `model.onnx`, and beside it `config.json` (`id2label`), `preprocessor_config.json`,
 * `labels.txt` (one a line) or `META.json` (preprocessing and label offset). The same files beside a lone `.onnx` are read too.
 * @throws OnnxplainError `E_FILE`, `E_MODEL_READ`, `E_MODEL_INVALID`, `E_EXTERNAL_DATA`.
 * @example const model = await loadModel("mobilenet/");
 */
export async function loadModel(source: string | URL | Uint8Array, options: LoadOptions = {}): Promise<Explainer> {
  if (source instanceof Uint8Array) {
    const model = readModel(decodeModel(source));
    return new Explainer({
      name: options.name ?? "model",
      bytes: source,
      model,
      labels: options.labels,
      preprocessing: options.preprocessing,
    });
  }
  const location = await graphFile(String(source));
  const bytes = await mustRead(location);
  const proto = decodeModel(bytes);
  const folder = files.folderOf(location);
  const beside = new Map<string, Uint8Array>();
  for (const name of externalLocations(proto)) {
    const data = /(^|[\\/])\.\.([\\/]|$)/.test(name) ? undefined : await files.read(files.join(folder, name));
    if (data) beside.set(name, data);
  }
  const model = readModel(proto, (name) => beside.get(name));
  const described = await describe(location);
  return new Explainer({
    name: options.name ?? location,
    bytes,
    model,
    labels: options.labels ?? described.labels,
    preprocessing: options.preprocessing ?? described.preprocessing,
  });
}

async function graphFile(location: string): Promise<string> {
  if (!(await files.isFolder(location))) return location;
  for (const name of GRAPHS) {
    const file = files.join(location, name);
    if (await files.read(file)) return file;
  }
  throw new OnnxplainError(
    "E_FILE",
    `Folder \`${location}\` holds no ${GRAPHS.map((g) => `\`${g}\``).join(" or ")}. Give the .onnx file itself.`,
    { file: location },
  );
}

async function mustRead(location: string): Promise<Uint8Array> {
  const bytes = await files.read(location);
  if (bytes === undefined) throw new OnnxplainError("E_FILE", `There is no file \`${location}\`.`, { file: location });
  return bytes;
}

/** Read what lies beside the graph; a sidecar that is absent describes nothing. */
async function describe(location: string): Promise<Pick<ModelSource, "labels" | "preprocessing">> {
  const own = files.folderOf(location);
  const folders = /(^|[\\/])onnx[\\/]?$/.test(own) ? [own, files.folderOf(own.replace(/[\\/]$/, ""))] : [own];
  const find = async (
    name: string,
  ): Promise<{ readonly json: unknown; readonly text: string; readonly file: string } | undefined> => {
    for (const folder of folders) {
      const file = files.join(folder, name);
      const bytes = await files.read(file);
      if (bytes)
        return {
          text: new TextDecoder().decode(bytes),
          file,
          json: name.endsWith(".json") ? parseJson(bytes, file) : undefined,
        };
    }
    return undefined;
  };
  const [config, preprocessor, labels, card] = await Promise.all([
    find("config.json"),
    find("preprocessor_config.json"),
    find("labels.txt"),
    find("META.json"),
  ]);
  const fromCard = card ? readCard(card.json) : {};
  return {
    labels: labelsOfConfig(config?.json) ?? (labels ? readLabels(labels.text) : undefined),
    preprocessing: preprocessor ? fromPreprocessorConfig(preprocessor.json) : fromCard.preprocessing,
  };
}

function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new OnnxplainError("E_FILE", `\`${file}\` is not valid JSON: ${(cause as Error).message}.`, { file, cause });
  }
}

/** `id2label` of a Hugging Face config, in index order. */
function labelsOfConfig(json: unknown): readonly string[] | undefined {
  const map = (json as { readonly id2label?: Readonly<Record<string, unknown>> } | undefined)?.id2label;
  if (typeof map !== "object" || map === null) return undefined;
  const entries = Object.entries(map)
    .map(([k, v]) => [Number(k), String(v)] as const)
    .sort(([a], [b]) => a - b);
  return entries.length > 0 && entries.every(([k], i) => k === i) ? entries.map(([, v]) => v) : undefined;
}

/** Labels from text, one a line; a JSON array or `{index: label}` object is read as well. Throws `E_FILE` when there are none. */
export function readLabels(text: string): readonly string[] {
  const trimmed = text.trim();
  if (/^[[{]/.test(trimmed)) {
    const json = parseJson(new TextEncoder().encode(trimmed), "labels");
    const labels = Array.isArray(json)
      ? json.map(String)
      : (labelsOfConfig({ id2label: json }) ?? labelsOfConfig(json));
    if (labels) return labels;
  }
  const lines = trimmed.split(/\r?\n/).map((l) => l.trim());
  if (trimmed === "")
    throw new OnnxplainError("E_FILE", "The label file is empty. Write one label a line, in class order.");
  return lines;
}
