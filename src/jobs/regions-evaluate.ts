/** @file `regions evaluate` as a job: one evaluation for each seed, kept as it is made, and what they say together. */
import { openJob } from "#run-folder";
import { OnnxplainError } from "../errors.ts";
import { writeTable } from "../formats/parquet-write.ts";
import { streamedFeatures } from "../regions/features.ts";
import { featureWidth } from "../regions/graphs.ts";
import { type Pictures, picturesInMemory } from "../regions/pictures.ts";
import { leading, openProjector, type Projector } from "../regions/projections.ts";
import type { StreamOptions } from "../regions/stream.ts";
import { sortedJson } from "../report/manifest.ts";
import { regionsEvaluationPage, regionsEvaluationPicture } from "../report/regions/evaluate.ts";
import {
  type AceColumnOptions,
  type AceRuns,
  type AceSettings,
  aceSettings,
  openAceRuns,
} from "./regions-evaluate-ace.ts";
import { controls } from "./regions-evaluate-controls.ts";
import { ACE, type BaselineId, DEFAULT_BASELINES, isWeighted } from "./regions-evaluate-methods.ts";
import type { EvaluatedNetwork } from "./regions-evaluate-network.ts";
import { HOLD, type PictureSet, pictureSet } from "./regions-evaluate-pictures.ts";
import { type EvaluationLooks, evaluationPageOf, evaluationTable } from "./regions-evaluate-results.ts";
import { evaluateSeed, type JudgedSet, type MethodResult, type SeedResult } from "./regions-evaluate-seed.ts";
import type { PointSource } from "./representers-points.ts";
import type { JobFolder, Settings } from "./run-folder.ts";
import { PAGE_FILE, packPage } from "./run-page-file.ts";

export interface RegionsEvaluateInput {
  readonly network: EvaluatedNetwork;
  /** Of the model. */
  readonly digest: string;
  readonly references: PointSource;
  readonly unseen: PointSource;
}

export interface RegionsEvaluateOptions extends Omit<StreamOptions, "onProgress"> {
  readonly folder: string;
  /** Go on with the seeds that stand in the folder. Default false. */
  readonly resume?: boolean | undefined;
  /** V; default 10 times the classes that the network knows, at most 40. */
  readonly interpretations?: number | undefined;
  /** |Q|; default 50. */
  readonly boundaries?: number | undefined;
  /** Default 1, 5, 10, 30, 50, 70; empty: no sweep. */
  readonly sweep?: readonly number[] | undefined;
  /** Default 0, 1, 2, 3, 4. */
  readonly seeds?: readonly number[] | undefined;
  /** Default all but `ace`, which searches concepts in each of the V clusters of every run. */
  readonly baselines?: readonly BaselineId[] | undefined;
  /** How `ace` searches, where it is asked for. */
  readonly ace?: AceColumnOptions | undefined;
  /** Share of pixels kept, 0..1; default 0.2. */
  readonly keep?: number | undefined;
  /** Rounds of k-means at most; default 100. */
  readonly iterations?: number | undefined;
  /** References drawn as inputs of the reference protocol; default 20, 0: none. */
  readonly topInputs?: number | undefined;
  /** K of the reference protocol; default 1, 2, 5, 10, 20, 50, 100. */
  readonly topK?: readonly number[] | undefined;
  /** Bytes of pictures, of features, and of segments for ACE, that may be held at once; default 1 GiB each. */
  readonly hold?: number | undefined;
  readonly onProgress?: ((what: string, done: number, of: number | undefined) => void) | undefined;
}

export interface RegionsEvaluation {
  readonly references: number;
  readonly unseen: number;
  readonly interpretations: number;
  readonly boundaries: number;
  readonly keep: number;
  readonly topInputs: number;
  readonly topK: readonly number[];
  readonly layer: string;
  /** How ACE searched; undefined where it was not asked for. */
  readonly ace: AceSettings | undefined;
  /** Accuracy of the network; undefined without labels. */
  readonly accuracy: { readonly references: number | undefined; readonly unseen: number | undefined };
  readonly seeds: readonly SeedResult[];
  readonly controls: readonly MethodResult[];
  /** What was left out, a sentence each. */
  readonly absent: readonly string[];
  readonly notes: readonly string[];
}

const WITHOUT_ACE =
  "ACE is left out: it searches concepts anew in each of the V clusters of every run, patches and random sets included. Name `ace` among the baselines to have it.";
const NO_ACE_ON_TOP =
  "ACE has no line over similar references: it would search concepts anew for every input, among its 49 nearest references.";

const absentOf = (ace: boolean, topInputs: number): readonly string[] =>
  ace ? (topInputs > 0 ? [NO_ACE_ON_TOP] : []) : [WITHOUT_ACE];

const MOST_INTERPRETATIONS = 40;
const EACH_CLASS = 10;
const BLOCK = 64;

/**
 * Throws `E_PARAM` for numbers out of range or a folder begun with other settings, `E_FILE`, `E_DATA_EMPTY`, `E_ABORTED` (whole seeds
 * stay), and as fits and measures do.
 *
 * Source: Lam et al. 2021, section 6 and appendices C to E.
 */
export async function runRegionsEvaluate(
  { network, digest, references, unseen }: RegionsEvaluateInput,
  options: RegionsEvaluateOptions,
): Promise<{ readonly job: JobFolder; readonly evaluation: RegionsEvaluation }> {
  const { folder, resume = false, hold = HOLD, onProgress, signal, batch, device, threads } = options;
  const asked = askedOf(network, options);
  const { classifier, layer } = network;
  const settings: Settings = {
    verb: "regions evaluate",
    model: digest,
    layer: layer.name,
    references: references.name,
    unseen: unseen.name,
    ...asked,
    seeds: undefined,
  };
  const job = await openJob(folder, settings, resume);
  const width = (classifier.input.dims ?? []).slice(1).reduce<number>((p, d) => p * Number(d), 1);
  const read = (source: PointSource, what: string): Promise<PictureSet> =>
    pictureSet(source, width, { hold, signal, onProgress: (done, of) => onProgress?.(what, done, of) });
  const [known, fresh] = [await read(references, "references read"), await read(unseen, "unseen pictures read")];
  const stream: StreamOptions = { batch, device, threads, signal };
  const projector = await openProjector(classifier, layer, stream);
  let ace: AceRuns | undefined;
  try {
    if (asked.ace !== undefined) ace = await openAceRuns(network, asked.ace, { hold, stream });
    const sets = {
      references: await judgedSet(projector, known, { width: featureWidth(layer), hold }),
      unseen: await judgedSet(projector, fresh, { width: featureWidth(layer), hold }),
    };
    const seeds: SeedResult[] = [];
    for (const [at, seed] of asked.seeds.entries())
      seeds.push(
        await kept(job, `seeds/${seed}.json`, () =>
          evaluateSeed(network, projector, sets, {
            ...asked,
            baselines: asked.baselines.filter(isWeighted),
            ace,
            seed,
            top: { inputs: asked.topInputs, k: asked.topK },
            stream,
            kept: (name, make) => kept(job, name, make),
            onProgress: (what, done, of) => onProgress?.(`seed ${at + 1} of ${asked.seeds.length}, ${what}`, done, of),
          }),
        ),
      );
    const beside = await kept(job, "controls.json", () =>
      controls(network, projector, {
        pictures: fresh.pictures,
        keep: asked.keep,
        seed: asked.seeds[0] as number,
        stream,
      }),
    );
    return {
      job,
      evaluation: {
        ...asked,
        references: known.pictures.count,
        unseen: fresh.pictures.count,
        layer: layer.name,
        accuracy: {
          references: await accuracyOf(projector, known, classifier.classes),
          unseen: await accuracyOf(projector, fresh, classifier.classes),
        },
        seeds,
        controls: beside,
        absent: absentOf(asked.ace !== undefined, asked.topInputs),
        notes: [...new Set([...known.notes, ...fresh.notes, ...seeds.flatMap((s) => s.notes)])],
      },
    };
  } finally {
    await ace?.dispose();
    await projector.dispose();
  }
}

/** The results of an evaluation beside its seeds, and the folder is done. */
export async function writeRegionsEvaluation(
  job: JobFolder,
  evaluation: RegionsEvaluation,
  looks: EvaluationLooks,
): Promise<void> {
  const page = evaluationPageOf(evaluation, looks);
  await job.write("evaluate.json", evaluationJson(evaluation));
  await job.write("evaluate.parquet", writeTable(evaluationTable(evaluation)));
  await job.write("curves.png", await regionsEvaluationPicture(page));
  await job.write(PAGE_FILE, packPage("regions evaluate", page));
  await job.write("evaluate.html", await regionsEvaluationPage(page));
  await job.close();
}

/** `evaluate.json`. */
export const evaluationJson = (evaluation: RegionsEvaluation): string =>
  sortedJson(JSON.parse(JSON.stringify(evaluation)));

/** What stands is not made again. */
async function kept<T>(job: JobFolder, name: string, make: () => Promise<T>): Promise<T> {
  const found = await job.read(name);
  if (found !== undefined) return JSON.parse(new TextDecoder().decode(found)) as T;
  const made = await make();
  await job.write(name, sortedJson(made));
  return made;
}

function askedOf({ classifier }: EvaluatedNetwork, options: RegionsEvaluateOptions) {
  const {
    interpretations = Math.min(MOST_INTERPRETATIONS, EACH_CLASS * classifier.classes),
    boundaries = 50,
    sweep = [1, 5, 10, 30, 50, 70],
    seeds = [0, 1, 2, 3, 4],
    baselines = DEFAULT_BASELINES,
    keep = 0.2,
    iterations = 100,
    topInputs = 20,
    topK = [1, 2, 5, 10, 20, 50, 100],
  } = options;
  const whole = (name: string, values: readonly number[], least: number): void => {
    const bad = values.find((v) => !(Number.isInteger(v) && v >= least));
    if (bad !== undefined)
      throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be integers from ${least} up, got ${bad}.`);
  };
  whole("interpretations", [interpretations], 1);
  whole("boundaries", [boundaries], 1);
  whole("sweep", sweep, 1);
  whole("seeds", seeds, 0);
  whole("iterations", [iterations], 1);
  whole("topInputs", [topInputs], 0);
  whole("topK", topK, 1);
  if (!(keep >= 0 && keep <= 1))
    throw new OnnxplainError("E_PARAM", `Expected the share of pixels kept to lie in 0..1, got ${keep}.`);
  if (seeds.length === 0) throw new OnnxplainError("E_PARAM", "Expected one seed or more, got none.");
  const ace = baselines.includes(ACE) ? aceSettings(options.ace) : undefined;
  if (ace !== undefined) {
    whole("resolutions", ace.resolutions, 1);
    if (ace.resolutions.length === 0) throw new OnnxplainError("E_PARAM", "Expected one resolution or more, got none.");
    whole("clusters of patches", [ace.clusters], 1);
    whole("restarts", [ace.restarts], 1);
    whole("randomSets", [ace.randomSets], 2);
    if (ace.pictures !== null) whole("pictures of a cluster", [ace.pictures], 1);
  }
  const ascending = (values: readonly number[]): readonly number[] => [...new Set(values)].sort((a, b) => a - b);
  return {
    interpretations,
    boundaries,
    sweep: ascending(sweep),
    seeds: [...new Set(seeds)],
    baselines,
    ace,
    keep,
    iterations,
    topInputs,
    topK: ascending(topK),
  };
}

/** Features are held where they fit. */
async function judgedSet(
  projector: Projector,
  { pictures, labels }: PictureSet,
  { width, hold }: { readonly width: number; readonly hold: number },
): Promise<JudgedSet> {
  const fits = 4 * width * pictures.count <= hold;
  const features: Pictures = fits
    ? picturesInMemory((await projector.features(pictures)).psi, width)
    : streamedFeatures(projector, pictures, width);
  return { pictures, labels, features };
}

async function accuracyOf(
  projector: Projector,
  { pictures, labels }: PictureSet,
  classes: number,
): Promise<number | undefined> {
  if (labels.includes(-1)) return undefined;
  let right = 0;
  for await (const { first, rows } of pictures.blocks(BLOCK)) {
    const { scores } = await projector.features(picturesInMemory(rows, pictures.width));
    leading(scores, classes).forEach((label, i) => {
      if (label === labels[first + i]) right++;
    });
  }
  return right / labels.length;
}
