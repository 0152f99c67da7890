/** @file From flags to a loaded model and its options. */
import { readFile } from "node:fs/promises";
import {
  type ClassifierOptions,
  type DeviceOptions,
  type Explainer,
  type LoadOptions,
  loadModel,
  OnnxplainError,
  type Preprocessing,
  preset,
  type Resample,
  readLabels,
} from "../src/index.ts";
import { choice, isSet, number, text, type Values } from "./flags.ts";

/** Open what `--model` names. Throws `E_USAGE` without one. */
export async function openModel(values: Values, positional?: string): Promise<Explainer> {
  const source = text(values, "model") ?? positional;
  if (source === undefined)
    throw new OnnxplainError("E_USAGE", "No model given. Add `--model FILE.onnx` (or a folder with model.onnx).");
  const labelFile = text(values, "labels");
  const options: LoadOptions = labelFile === undefined ? {} : { labels: await labelsFrom(labelFile) };
  return loadModel(source, options);
}

async function labelsFrom(file: string): Promise<readonly string[]> {
  try {
    return readLabels(await readFile(file, "utf8"));
  } catch (cause) {
    if (cause instanceof OnnxplainError) throw cause;
    throw new OnnxplainError(
      "E_FILE",
      `Cannot read the labels \`${file}\` (${(cause as NodeJS.ErrnoException).code}).`,
      { file, cause },
    );
  }
}

/** `224` or `224x192` (height x width). */
export function size(values: Values, name: string): readonly [number, number] | undefined {
  const raw = text(values, name);
  if (raw === undefined) return undefined;
  const match = /^(\d+)(?:x(\d+))?$/.exec(raw);
  const h = Number(match?.[1]);
  const w = Number(match?.[2] ?? match?.[1]);
  if (!match || h < 1 || w < 1)
    throw new OnnxplainError("E_USAGE", `Expected \`--${name}\` to be N or HxW in pixels, got \`${raw}\`.`);
  return [h, w];
}

const RANGES: Readonly<Record<string, { readonly scale: number; readonly shift: number }>> = {
  "0..1": { scale: 1 / 255, shift: 0 },
  "0..255": { scale: 1, shift: 0 },
  "-1..1": { scale: 1 / 127.5, shift: 1 },
};

function numbers(values: Values, name: string): readonly number[] | undefined {
  const raw = text(values, name);
  const list = raw?.split(",").map(Number);
  if (list?.some((v) => !Number.isFinite(v)))
    throw new OnnxplainError("E_USAGE", `Expected \`--${name}\` to be numbers separated by commas, got \`${raw}\`.`);
  return list;
}

/** The preprocessing that flags change, on top of what the model states; undefined when no flag says anything. */
export function preprocessingFrom(
  values: Values,
  model: Explainer,
  options: ClassifierOptions,
): Preprocessing | undefined {
  const touched =
    ["mean", "std", "size", "crop", "resample", "range", "preset"].some((f) => values[f] !== undefined) ||
    isSet(values, "bgr");
  if (!touched) return undefined;
  const classifier = model.classifier(options);
  const named = text(values, "preset");
  const base: Preprocessing = named
    ? { ...preset(named), layout: classifier.layout }
    : model.preprocessing(classifier).spec;
  const range = text(values, "range");
  if (range !== undefined && !Object.hasOwn(RANGES, range))
    throw new OnnxplainError(
      "E_USAGE",
      `Expected \`--range\` to be ${Object.keys(RANGES).join(", ")}, got \`${range}\`.`,
    );
  const [mean, std] = [numbers(values, "mean"), numbers(values, "std")];
  const channels = classifier.channels === 1 ? 1 : 3;
  const fill = (v: readonly number[] | undefined, otherwise: number): readonly number[] =>
    (v?.length === 1 ? Array<number>(channels).fill(v[0] as number) : v) ?? Array<number>(channels).fill(otherwise);
  const own = range ?? (mean || std ? "0..1" : undefined);
  const { scale, shift } = RANGES[own ?? "0..1"] as (typeof RANGES)[string];
  const values01 = own === undefined ? {} : { scale, mean: fill(mean, 0).map((m) => m + shift), std: fill(std, 1) };
  return {
    ...base,
    ...values01,
    ...sizing(values, base),
    layout: classifier.layout,
    resample: (choice(values, "resample", ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"]) ??
      base.resample) as Resample,
    channelOrder: isSet(values, "bgr") ? "BGR" : channels === 1 ? "GRAY" : base.channelOrder,
  };
}

function sizing(values: Values, base: Preprocessing): Pick<Preprocessing, "resize" | "crop"> {
  const [resize, crop] = [size(values, "size"), size(values, "crop")];
  if (!resize && !crop) return { resize: base.resize, crop: base.crop };
  if (!resize) return { resize: base.resize, crop: crop && { height: crop[0], width: crop[1] } };
  if (!crop) return { resize: { height: resize[0], width: resize[1] }, crop: null };
  return {
    resize: resize[0] === resize[1] ? { shorterSide: resize[0] } : { height: resize[0], width: resize[1] },
    crop: { height: crop[0], width: crop[1] },
  };
}

/** How the model is to be read. */
export function classifierOptions(values: Values): ClassifierOptions {
  return {
    output: choice(values, "output", ["logits", "probability"]),
    layout: choice(values, "layout", ["nchw", "nhwc"]),
    layer: text(values, "layer"),
    size: size(values, "crop") ?? size(values, "size"),
  };
}

export function deviceOptions(values: Values): DeviceOptions {
  return {
    device: choice(values, "device", ["cpu", "wasm", "webgpu", "cuda"]),
    threads: number(values, "threads", { min: 1 }),
  };
}
