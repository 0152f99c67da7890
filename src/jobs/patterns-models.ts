/** @file The networks of `patterns fit`: files one by one, or the checkpoints of a training in their order. */
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import type { Explainer } from "../explainer.ts";
import {
  type PatternModel,
  type PatternNetwork,
  type PatternNetworkOptions,
  patternNetwork,
  trainedUntil,
} from "./patterns-network.ts";

export interface PatternModelsOptions extends Omit<PatternNetworkOptions, "preprocessing"> {
  /** `loadModel`, with whatever is to be said of each. */
  readonly load: (source: string) => Promise<Explainer>;
  /** Names are epochs (or steps) of a training rather than files. */
  readonly byEpoch?: boolean | undefined;
  /** Preprocessing of a loaded model where it is not its own. */
  readonly preprocessingOf?: ((model: Explainer) => PatternNetworkOptions["preprocessing"]) | undefined;
}

/** Each is loaded once for its digest and again when its turn comes. Throws `E_FILE`, `E_MODEL_READ`, `E_MODEL_INVALID`. */
export async function patternModels(
  sources: readonly string[],
  options: PatternModelsOptions,
): Promise<readonly PatternModel[]> {
  const found: PatternModel[] = [];
  for (const source of sources) {
    const model = await options.load(source);
    const { step, epoch } = trainedUntil(model);
    const time = epoch === null ? (step === null ? undefined : `step ${step}`) : `epoch ${epoch}`;
    const name = (options.byEpoch ? time : undefined) ?? shortName(source);
    found.push({ name, sha256: await model.digest(), open: () => opened(source, options) });
    await model.dispose();
  }
  // networks that would bear one name go by their files
  const twice = (name: string): boolean => found.filter((m) => m.name === name).length > 1;
  return found.map((m, i) => (twice(m.name) ? { ...m, name: `${shortName(sources[i] as string)} (${i + 1})` } : m));
}

async function opened(
  source: string,
  { load, preprocessingOf, ...options }: PatternModelsOptions,
): Promise<PatternNetwork> {
  const model = await load(source);
  try {
    return patternNetwork(model, { ...options, preprocessing: preprocessingOf?.(model) });
  } catch (cause) {
    await model.dispose();
    throw cause;
  }
}

const shortName = (source: string): string =>
  source
    .replace(/[\\/]+$/, "")
    .split(/[\\/]/)
    .slice(-2)
    .join("/");

export interface Checkpoints {
  /** Files in the order of steps; the last is the finished network, where there is one. */
  readonly files: readonly string[];
  readonly notes: readonly string[];
}

/**
 * `checkpoints/*.onnx` of a folder of `train`, then `model.onnx` where it is not the last of them once more. Gaps in a regular sequence
 * are noted. Throws `E_FILE` where there is no checkpoint.
 */
export async function checkpointsOf(folder: string): Promise<Checkpoints> {
  const inner = files.join(folder, "checkpoints");
  const names = (await files.isFolder(inner))
    ? (await files.list(inner)).flatMap((e) => (!e.folder && e.name.endsWith(".onnx") ? [e.name] : []))
    : [];
  if (names.length === 0)
    throw new OnnxplainError(
      "E_FILE",
      `\`${folder}\` holds no checkpoints. Expected a folder of \`onnxplain train --checkpoint-every N\`, with \`checkpoints/step-….onnx\`.`,
      { file: folder },
    );
  const stepOf = (name: string): number => Number(/(\d+)\.onnx$/.exec(name)?.[1] ?? Number.NaN);
  const ordered = names.toSorted((a, b) => stepOf(a) - stepOf(b) || (a < b ? -1 : 1));
  const last = files.join(folder, "model.onnx");
  const final = await files.read(last);
  const same = final !== undefined && equal(final, await files.read(files.join(inner, ordered.at(-1) as string)));
  return {
    files: [...ordered.map((name) => files.join(inner, name)), ...(final === undefined || same ? [] : [last])],
    notes: [
      ...gapsOf(ordered.map(stepOf)),
      ...(final === undefined ? [`\`${folder}\` has no model.onnx: the training is not finished.`] : []),
    ],
  };
}

const equal = (a: Uint8Array, b: Uint8Array | undefined): boolean =>
  a.length === b?.length && a.every((v, i) => v === b[i]);

function gapsOf(steps: readonly number[]): readonly string[] {
  const gaps = steps.map((step, i) => step - (steps[i - 1] ?? 0));
  const regular = gaps.toSorted((a, b) => a - b)[Math.floor((gaps.length - 1) / 2)] as number;
  return gaps.flatMap((gap, i) =>
    gap > 1.5 * regular
      ? [
          `Between step ${steps[i - 1] ?? 0} and step ${steps[i]} there are no checkpoints; others are ${regular} steps apart.`,
        ]
      : [],
  );
}
