/** @file What `fisher evaluate` is asked for, and every default. */
import type { DataSet } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import type { RunOptions } from "../explain.ts";
import type { Explainer } from "../explainer.ts";
import type { Area } from "../fisher/areas.ts";
import type { RelevanceVariant } from "../fisher/relevance.ts";
import { DEFAULT_EPSILON } from "../fisher/relevance.ts";
import type { Device } from "../runtime/session.ts";
import type { OpenFisher } from "./fisher-open.ts";

/** The network beside the pipeline, and how it is read. */
export interface EvaluatedBeside {
  readonly model: Explainer;
  readonly options?: Omit<RunOptions, "seed" | "signal" | "onProgress"> | undefined;
  /** Of its relevance maps; default `lrp-caffe`: convolutions alpha 2, beta -1, dense layers epsilon 1. */
  readonly composite?: string | undefined;
}

export interface FisherEvaluateSettings {
  /** Default all three. */
  readonly decompositions?: readonly RelevanceVariant[] | undefined;
  /** Of the decomposition `epsilon`, one order for each; the first is that of all maps. Default 100. */
  readonly epsilons?: readonly number[] | undefined;
  readonly area?: Area | undefined;
  /** Descriptors replaced, at most; default 10,000. */
  readonly replacements?: number | undefined;
  /** Replacements between measurements; default 100. */
  readonly batchOf?: number | undefined;
  /** Default 5. */
  readonly repetitions?: number | undefined;
  /** Pictures of a class that are explained, the first ones recognised; default all. Scores are of all pictures. */
  readonly limitPerClass?: number | undefined;
  /** Pictures of a class whose pixels are perturbed; default 2, 0: none. */
  readonly pixelPictures?: number | undefined;
  /** Regions perturbed one after the other; default 50. */
  readonly pixelSteps?: number | undefined;
  /** Side of a region in pixels; default 9. */
  readonly pixelRegion?: number | undefined;
  /** Pictures of a class on its sheet; default 3. */
  readonly sheets?: number | undefined;
  readonly seed?: number | undefined;
}

export interface FisherEvaluateOptions extends FisherEvaluateSettings {
  readonly folder: string;
  readonly resume?: boolean | undefined;
  readonly pipeline: OpenFisher;
  readonly network?: EvaluatedBeside | undefined;
  readonly data: DataSet;
  readonly badLabels?: "refuse" | "skip" | undefined;
  readonly csv?: boolean | undefined;
  readonly device?: Device | undefined;
  readonly threads?: number | undefined;
  readonly command?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((stage: FisherEvaluateStage, done: number, of: number) => void) | undefined;
}

export const EVALUATE_STAGES = ["scores", "relevance", "sheets"] as const;
export type FisherEvaluateStage = (typeof EVALUATE_STAGES)[number];

/** {@link FisherEvaluateSettings}, said or by default. */
export interface Judging {
  readonly decompositions: readonly RelevanceVariant[];
  readonly epsilons: readonly number[];
  readonly area: Area;
  readonly replacements: number;
  readonly batchOf: number;
  readonly repetitions: number;
  readonly limitPerClass: number | null;
  readonly pixelPictures: number;
  readonly pixelSteps: number;
  readonly pixelRegion: number;
  readonly sheets: number;
  readonly seed: number;
  /** Null without a network. */
  readonly composite: string | null;
}

/** Throws `E_PARAM` for what is out of range. */
export function judgingOf(o: FisherEvaluateOptions): Judging {
  const judging: Judging = {
    decompositions: o.decompositions ?? ["plain", "epsilon", "absolute"],
    epsilons: o.epsilons ?? [DEFAULT_EPSILON],
    area: o.area ?? "4s",
    replacements: o.replacements ?? 10_000,
    batchOf: o.batchOf ?? 100,
    repetitions: o.repetitions ?? 5,
    limitPerClass: o.limitPerClass ?? null,
    pixelPictures: o.pixelPictures ?? 2,
    pixelSteps: o.pixelSteps ?? 50,
    pixelRegion: o.pixelRegion ?? 9,
    sheets: o.sheets ?? 3,
    seed: o.seed ?? 0,
    composite: o.network ? (o.network.composite ?? "lrp-caffe") : null,
  };
  for (const [name, least] of LEAST) {
    const value = judging[name];
    if (value !== null && !(Number.isSafeInteger(value) && value >= least))
      throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be a whole number from ${least} up, got ${value}.`);
  }
  if (judging.epsilons.length === 0 || judging.epsilons.some((e) => !(e > 0)))
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`epsilons\` to be positive numbers, one at least, got [${judging.epsilons}].`,
    );
  if (judging.decompositions.length === 0)
    throw new OnnxplainError("E_PARAM", "Expected one decomposition or more, got none.");
  return judging;
}

const LEAST = [
  ["replacements", 1],
  ["batchOf", 1],
  ["repetitions", 1],
  ["limitPerClass", 1],
  ["pixelPictures", 0],
  ["pixelSteps", 1],
  ["pixelRegion", 1],
  ["sheets", 0],
  ["seed", 0],
] as const satisfies readonly (readonly [keyof Judging, number])[];
