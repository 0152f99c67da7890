/** @file Small trained networks for `patterns fit`, and pictures of four places. */
import { join } from "node:path";
import type { DataSet } from "../../src/data/dataset.ts";
import { dataSetOf } from "../../src/data/records.ts";
import { OnnxplainError } from "../../src/errors.ts";
import { runPatternsFit } from "../../src/jobs/patterns-fit.ts";
import type { PatternsRun } from "../../src/jobs/patterns-fitting.ts";
import { checkpointsOf, patternModels } from "../../src/jobs/patterns-models.ts";
import type { PatternsFitOptions } from "../../src/jobs/patterns-options.ts";
import { runTraining } from "../../src/jobs/train.ts";
import { loadModel } from "../../src/load.ts";
import { tinyCifar } from "./tiny-pictures.ts";

const [SIDE, RECORD] = [32, 1 + 3 * 32 * 32];
export const PLACES = ["north-west", "north-east", "south-west", "south-east"] as const;

export interface MadePictures {
  readonly seed?: number;
  /** Numbers of those that cannot be read. */
  readonly broken?: readonly number[];
  readonly labelled?: boolean;
  /** Every picture is the first. */
  readonly alike?: boolean;
}

/** Pictures whose class is the place of a bright square. */
export function placePictures(
  count: number,
  { seed = 1, broken = [], labelled = true, alike = false }: MadePictures = {},
): DataSet {
  const bytes = tinyCifar(count, { seed });
  return dataSetOf({
    name: "places",
    count,
    classes: PLACES,
    labels: PLACES.map((name, index) => ({ index, name })),
    item: (i) => ({
      id: `places#${i}`,
      label: labelled
        ? { index: bytes[i * RECORD] as number, name: PLACES[bytes[i * RECORD] as number] as string }
        : undefined,
      load: async () => {
        if (broken.includes(i)) throw new OnnxplainError("E_IMAGE_READ", "it is broken");
        const from = alike ? 0 : i;
        const data = new Uint8Array(3 * SIDE * SIDE);
        for (let p = 0; p < data.length; p++)
          data[p] = bytes[from * RECORD + 1 + (p % 3) * SIDE * SIDE + Math.floor(p / 3)] as number;
        return { width: SIDE, height: SIDE, channels: 3, data };
      },
    }),
    notes: [],
  });
}

/** A training with a checkpoint after each of two epochs. */
export async function trainedFolder(root: string, network = "lenet"): Promise<string> {
  const folder = join(root, network);
  await runTraining({
    network,
    data: placePictures(64),
    folder,
    epochs: 2,
    batch: 8,
    rate: 0.02,
    seed: 5,
    threads: 1,
    checkpointEvery: { epochs: 1 },
  });
  return folder;
}

/** Few rounds and epochs. */
export const FAST = { rounds: 6, epochs: 2, threads: 1, batch: 8, shard: 10, shown: 5, seed: 3 } as const;

export async function fitted(
  sources: readonly string[],
  options: Partial<PatternsFitOptions> & Pick<PatternsFitOptions, "folder">,
  layers?: readonly string[],
): Promise<PatternsRun> {
  const models = await patternModels(sources, { load: loadModel, layers, byEpoch: true });
  return runPatternsFit({ ...FAST, data: placePictures(36), models, ...options });
}

export const checkpointFiles = async (folder: string): Promise<readonly string[]> =>
  (await checkpointsOf(folder)).files;
