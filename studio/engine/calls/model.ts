/** @file Opening a model, and what can be said of it. */
import {
  configureRuntime,
  type Explainer,
  inspect,
  type Layer,
  loadModel,
  type MethodVerdict,
  mountFolder,
  OnnxplainError,
  type Preprocessing,
  unmount,
} from "../../../src/index.ts";
import type { Handler } from "../handler.ts";
import { heldModel, holdModel } from "../held.ts";
import { APP } from "../place.ts";

/** Where a model comes from: files that were dropped, or the bundled example. */
export type ModelSource =
  | { readonly kind: "example"; readonly id: "shapes" | "shortcut" }
  /** One `.onnx`, or the files of a folder by path. */
  | { readonly kind: "files"; readonly name: string; readonly files: readonly (readonly [path: string, file: File])[] };

export interface ModelFacts {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly opset: number;
  readonly classes: number;
  readonly labels: readonly string[] | undefined;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly layout: "nchw" | "nhwc";
  readonly scores: string;
  /** As stated beside the model, or guessed; {@link guessed} says which. */
  readonly preprocessing: Preprocessing;
  readonly guessed: boolean;
  readonly notes: readonly string[];
}

/** What costs a moment to find out: every method is planned. */
export interface ModelDetails {
  readonly layers: readonly Layer[];
  readonly defaultLayer: string | undefined;
  readonly methods: readonly MethodVerdict[];
  readonly parameters: number;
  readonly ops: Readonly<Record<string, number>>;
}

export interface ModelCalls {
  openModel: { readonly input: ModelSource; readonly output: ModelFacts };
  modelDetails: { readonly input: null; readonly output: ModelDetails };
}

configureRuntime({ wasmPaths: new URL("ort/", APP).href });

const MAX_BYTES = 2 ** 31;
/** A graph, or the weights that lie beside one. */
const HEAVY = /\.(onnx|onnx_data|data|bin|pb)$/i;

type Named = readonly [path: string, file: File];

/** Where the graph lies in a folder: the usual places, else the only (or the shortest) path that ends in `.onnx`. */
function graphOf(name: string, files: readonly Named[]): string {
  const paths = files.map(([path]) => path).filter((path) => /\.onnx$/i.test(path));
  const usual = paths.find((path) => /(^|\/)model\.onnx$/i.test(path));
  const graph = usual ?? paths.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))[0];
  if (graph !== undefined) return graph;
  throw new OnnxplainError(
    "E_FILE",
    `\`${name}\` holds no \`.onnx\` file. Give an ONNX file, or a folder with \`model.onnx\` or \`onnx/model.onnx\`.`,
  );
}

async function fromFiles(name: string, files: readonly Named[]): Promise<Explainer> {
  const [only] = files;
  if (only === undefined) throw new OnnxplainError("E_FILE", `\`${name}\` holds no files.`);
  const size = files.filter(([path]) => HEAVY.test(path)).reduce((n, [, file]) => Math.max(n, file.size), 0);
  if (size > MAX_BYTES)
    throw new OnnxplainError(
      "E_FILE",
      `\`${name}\` has ${(size / 2 ** 30).toFixed(1)} GiB; a page can hold models up to 2 GiB. Use \`onnxplain explain\` on the command line.`,
    );
  const graph = graphOf(name, files);
  const folder = mountFolder(name, files);
  try {
    return await loadModel(`${folder}${graph}`, { name });
  } finally {
    unmount(folder);
  }
}

/** What an example's folder holds. */
const EXAMPLE_FILES = ["model.onnx", "config.json", "preprocessor_config.json"] as const;

async function example(id: "shapes" | "shortcut"): Promise<Explainer> {
  const fetched = async (name: string): Promise<Named> => {
    const response = await fetch(new URL(`demo/${id}/${name}`, APP));
    if (response.ok) return [name, new File([await response.blob()], name)];
    throw new OnnxplainError("E_FILE", `The example \`${id}\` is not on this site: \`demo/${id}/${name}\` is missing.`);
  };
  return fromFiles(id, await Promise.all(EXAMPLE_FILES.map(fetched)));
}

const loaded = (source: ModelSource): Promise<Explainer> =>
  source.kind === "example" ? example(source.id) : fromFiles(source.name, source.files);

export const modelHandlers: { readonly [K in keyof ModelCalls]: Handler<K> } = {
  openModel: async (source) => {
    const model = await loaded(source);
    const classifier = model.classifier();
    const { spec, notes } = model.preprocessing(classifier);
    await holdModel(model);
    return {
      output: {
        name: model.source.name,
        sha256: await model.digest(),
        bytes: model.source.bytes.length,
        opset: model.source.model.opset,
        classes: classifier.classes,
        labels: model.labels,
        width: classifier.width,
        height: classifier.height,
        channels: classifier.channels,
        layout: classifier.layout,
        scores: classifier.scores,
        preprocessing: spec,
        guessed: model.source.preprocessing === undefined,
        notes: [...classifier.notes, ...notes],
      },
    };
  },
  modelDetails: async () => {
    const { layers, defaultLayer, methods, parameters, ops } = await inspect(heldModel());
    return { output: { layers, defaultLayer, methods, parameters, ops } };
  },
};
