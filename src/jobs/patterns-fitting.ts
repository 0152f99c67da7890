/** @file What the parts of a fit share: names of pieces, what stands of them, networks in turn, the clock. */
import { OnnxplainError } from "../errors.ts";
import type { Grid } from "../patterns/pooled.ts";
import { scattered, shuffled, uniforms } from "../random.ts";
import type { Categories, chosenCategories } from "./patterns-categories.ts";
import type { PatternModel, PatternNetwork } from "./patterns-network.ts";
import type { PatternStage, PatternsAsked, PatternsFitOptions } from "./patterns-options.ts";
import { type Piece, pieceIn } from "./patterns-pieces.ts";
import type { FrameFacts, PatternsReport } from "./patterns-report.ts";
import { type PatternSamples, type SamplesAbout, samplesIn } from "./patterns-samples.ts";
import type { labelsJoined, UnreadPicture } from "./regions-network.ts";
import type { JobFolder } from "./run-folder.ts";

/** Seconds of this call: of all frames by stage, and of each frame; 0 for what stood already. */
export interface PatternTimes {
  readonly stages: Readonly<Record<PatternStage, number>>;
  readonly frames: readonly number[];
}

export interface PatternsRun {
  readonly folder: string;
  readonly report: PatternsReport;
  readonly times: PatternTimes;
}

/** Names of pieces in the folder. */
export const PATTERN_FILES = {
  pictures: "pictures.safetensors",
  frame: (f: number) => `frames/${number(f)}/frame.safetensors`,
  samples: (f: number) => `frames/${number(f)}/samples.safetensors`,
  layer: (f: number, l: number) => `frames/${number(f)}/layer-${l}.safetensors`,
  fit: (f: number, l: number) => `fits/${number(f)}/layer-${l}.safetensors`,
  start: (f: number, turn: number) => `fits/${number(f)}/samples-${turn}.safetensors`,
  startState: (f: number, turn: number) => `fits/${number(f)}/samples-${turn}.json`,
  state: (f: number, l: number) => `fits/${number(f)}/layer-${l}.json`,
  features: (f: number) => `features/${number(f)}`,
} as const;
const number = (f: number): string => String(f).padStart(3, "0");

/** What is the same in all frames. */
export interface PicturesAbout {
  readonly ids: readonly string[];
  readonly unread: readonly UnreadPicture[];
  readonly notes: readonly string[];
}

export interface PlannedFrame extends Pick<FrameFacts, "name" | "model" | "input" | "after"> {}

export interface Fitting {
  readonly job: JobFolder;
  readonly asked: PatternsAsked;
  readonly options: PatternsFitOptions;
  readonly networks: Networks;
  readonly categories: Categories;
  readonly items: Awaited<ReturnType<typeof chosenCategories>>["items"];
  readonly grid: Grid;
  readonly placeOf: (item: Parameters<ReturnType<typeof labelsJoined>["labelOf"]>[0]) => number;
  readonly plan: readonly PlannedFrame[];
  readonly clock: Clock;
  readonly notes: readonly string[];
}

export async function required<About>(job: JobFolder, name: string): Promise<Piece<About>> {
  const bytes = await job.read(name);
  if (bytes !== undefined) return pieceIn<About>(bytes, name);
  throw new OnnxplainError("E_FILE", `\`${name}\` is missing in \`${job.folder}\`. Fit anew.`, { file: name });
}

export const factsIn = async (job: JobFolder, f: number): Promise<FrameFacts> =>
  (await required<FrameFacts>(job, PATTERN_FILES.frame(f))).about;

export const samplesOf = async ({ job, asked, categories }: Fitting, f: number): Promise<PatternSamples> =>
  samplesIn(await required<SamplesAbout>(job, PATTERN_FILES.samples(f)), {
    dimension: asked.dimension,
    categories: categories.classes.length,
  });

/** Places of the shown pictures, drawn by the seed, rising. */
export const shownOf = ({ seed, shown }: PatternsAsked, count: number): Int32Array =>
  shuffled(count, uniforms(scattered(seed)), Math.min(shown, count)).toSorted();

export type Clock = (<T>(stage: PatternStage, work: () => Promise<T>) => Promise<T>) & {
  readonly stages: Record<PatternStage, number>;
  readonly frames: number[];
};

export function clockOf(): Clock {
  const stages: Record<PatternStage, number> = { features: 0, samples: 0, regions: 0, points: 0 };
  const run = async <T>(stage: PatternStage, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await work();
    stages[stage] += (performance.now() - began) / 1000;
    return result;
  };
  return Object.assign(run, { stages, frames: [] as number[] });
}

export interface Networks {
  readonly at: (model: number) => Promise<PatternNetwork>;
  readonly dispose: () => Promise<void>;
}

/** One network open at a time. */
export function networksInTurn(models: readonly PatternModel[]): Networks {
  let held: { readonly model: number; readonly network: PatternNetwork } | undefined;
  const dispose = async (): Promise<void> => {
    const last = held;
    held = undefined;
    await last?.network.model.dispose();
  };
  return {
    at: async (model) => {
      if (held?.model === model) return held.network;
      await dispose();
      const network = await (models[model] as PatternModel).open();
      held = { model, network };
      return network;
    },
    dispose,
  };
}
