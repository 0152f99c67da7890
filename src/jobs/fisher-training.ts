/** @file A training that is under way: its folder, what was asked, the pictures; and rows made of pictures, kept in the folder. */
import type { Labelled, Survey } from "../train/feeding/survey.ts";
import type { Asked } from "./fisher-asked.ts";
import type { FisherReport, FisherStage, FisherTrainOptions } from "./fisher-options.ts";
import { framedPoints } from "./fisher-pictures.ts";
import { extract, type FeatureReader } from "./representers-extract.ts";
import { requireComplete, type Store } from "./representers-store.ts";
import type { JobFolder } from "./run-folder.ts";

export interface Training {
  readonly job: JobFolder;
  readonly asked: Asked;
  readonly options: FisherTrainOptions;
  /** Pictures that are trained on. */
  readonly found: Survey;
  /** Pictures that are measured at the end. */
  readonly tested: Survey | undefined;
  readonly clock: Clock;
}

export const sessionOf = ({ device, threads }: FisherTrainOptions) => ({ device, threads });

/** Does a stage's work and adds up its seconds. */
export type Clock = (<T>(stage: FisherStage, work: () => Promise<T>) => Promise<T>) & {
  readonly seconds: FisherReport["seconds"];
};

export function stopwatch(): Clock {
  const seconds: Partial<Record<FisherStage, number>> = {};
  const run = async <T>(stage: FisherStage, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await work();
    seconds[stage] = (seconds[stage] ?? 0) + (performance.now() - began) / 1000;
    return result;
  };
  return Object.assign(run, { seconds });
}

/** Numbers in a shard: 32 MB; and pictures, of which a kill costs the last ones. */
const [SHARD_NUMBERS, SHARD_PICTURES] = [2 ** 23, 256];

/** A row for each picture that can be read, in shards of the folder, made where they are missing. */
export function stored(
  { job, asked, options, clock }: Pick<Training, "job" | "asked" | "options" | "clock">,
  {
    stage,
    part,
    reader,
    pictures,
    name,
  }: {
    readonly stage: FisherStage;
    readonly part: string;
    readonly reader: FeatureReader;
    readonly pictures: readonly Labelled[];
    readonly name: string;
  },
): Promise<Store> {
  const items = pictures.map((p) => p.item);
  return clock(stage, async () =>
    requireComplete(
      await extract(job, part, {
        ...sessionOf(options),
        reader,
        source: framedPoints(name, items, asked),
        batch: 1,
        shard: Math.max(1, Math.min(SHARD_PICTURES, Math.floor(SHARD_NUMBERS / reader.width))),
        signal: options.signal,
        onProgress: (done) => options.onProgress?.(stage, done, items.length),
      }),
    ),
  );
}

/** The pictures of a store's rows, in their order, where they are still in the data. */
export function picturesOf({ ids }: Store, { labelled }: Survey): readonly (Labelled | undefined)[] {
  const byId = new Map(labelled.map((l) => [l.item.id, l]));
  return ids.map((id) => byId.get(id));
}
