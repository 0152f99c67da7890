/** @file `patterns fit` as a job: for each frame features, samples, regions and knowledge points; a frame after a frame, on the same axes. */
import { openJob } from "#run-folder";
import { OnnxplainError } from "../errors.ts";
import { writeTable } from "../formats/parquet-write.ts";
import { type TensorToWrite, writeSafetensors } from "../formats/safetensors.ts";
import type { Grid } from "../patterns/pooled.ts";
import { scattered, shuffled, uniforms } from "../random.ts";
import { sortedJson } from "../report/manifest.ts";
import { pairedLayer } from "../report/patterns/change.ts";
import { VERSION } from "../version.ts";
import { type Categories, chosenCategories, classesIn, restricted } from "./patterns-categories.ts";
import { comparisonNotes } from "./patterns-compared.ts";
import { patternFeatures } from "./patterns-features.ts";
import { type PatternModel, type PatternNetwork, trainedUntil } from "./patterns-network.ts";
import {
  type PatternProgress,
  type PatternStage,
  type PatternsAsked,
  type PatternsFitOptions,
  patternsAsked,
} from "./patterns-options.ts";
import { type Piece, piece, pieceIn } from "./patterns-pieces.ts";
import { countedLayer, fittedLayer, type RegionsAbout } from "./patterns-regions.ts";
import {
  type FittedFrame,
  type FrameFacts,
  type FrameReport,
  knowledgeTable,
  type PatternsReport,
  samplesTable,
} from "./patterns-report.ts";
import { type PatternSamples, patternSamples, type SamplesAbout, samplesIn } from "./patterns-samples.ts";
import type { PatternStore } from "./patterns-store.ts";
import { labelsJoined, type UnreadPicture } from "./regions-network.ts";
import type { JobFolder, Settings } from "./run-folder.ts";

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

/**
 * Fits into a folder: `patterns.json`, `fit.safetensors` (M, mu, pi, Lambda of each frame), `samples.parquet`, `knowledge.parquet`,
 * `grids.safetensors` (regional features of shown pictures), `pictures.safetensors` (labels, thumbnails), `frames/` (each frame whole) and
 * `times.json`. Stopped at any moment and resumed, it goes on with the first shard, fit or layer that is missing and gives the same files,
 * but for `times.json`. Features of one frame are on disk at a time.
 *
 * Throws `E_PARAM` for settings out of range or other than those the folder was begun with; `E_FILE`, `E_DATA_EMPTY`, `E_DATA_CLASSES`,
 * `E_TARGET_UNKNOWN`, `E_LAYER_UNKNOWN`, `E_LAYER_UNSUITABLE`, `E_NO_DERIVATIVE`, `E_UNSUPPORTED_OP`, `E_NUMERIC`, `E_ABORTED`.
 */
export async function runPatternsFit(options: PatternsFitOptions): Promise<PatternsRun> {
  const asked = patternsAsked(options);
  const networks = networksInTurn(options.models);
  try {
    const first = await networks.at(0);
    const { categories, items, notes } = await chosenCategories(first, options.data, options.classes);
    const grid = options.grid ?? (first.layers.at(-1)?.grid as Grid);
    const settings = {
      what: "patterns",
      ...asked,
      models: options.models.map(({ name, sha256 }) => ({ name, sha256 })),
      data: options.data.name,
      items_sha256: await digestOf(items.map((item) => [item.id, item.label ?? null])),
      categories: categories.classes,
      layers: first.layers.map((layer) => layer.name),
      preprocessing: first.preprocessing ?? null,
      grid,
      batch: options.batch ?? null,
      shard: options.shard ?? null,
    } satisfies Settings;
    const job = await openJob(options.folder, settings, options.resume ?? false);
    if (job.done) return await finished(job);
    const { labelOf } = labelsJoined(first, options.data);
    const fitting: Fitting = {
      job,
      asked,
      options,
      networks,
      categories,
      items,
      grid,
      placeOf: (item) => categories.classes.indexOf(labelOf(item)),
      plan: planned(options, asked),
      clock: clockOf(),
      notes,
    };
    for (let f = 0; f < fitting.plan.length; f++) await framed(fitting, f);
    return await written(fitting);
  } finally {
    await networks.dispose();
  }
}

interface PlannedFrame extends Pick<FrameFacts, "name" | "model" | "input" | "after"> {}

interface Fitting {
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

/** Each network clean, after the clean one before it, and attacked, after itself. */
function planned({ models }: PatternsFitOptions, { attack }: PatternsAsked): readonly PlannedFrame[] {
  const each = attack ? 2 : 1;
  return models.flatMap(({ name }, model): PlannedFrame[] => [
    { name, model, input: "clean", after: model === 0 ? null : (model - 1) * each },
    ...(attack
      ? [{ name: `${name}, ${attack.name}`, model, input: "attacked", after: model * each } satisfies PlannedFrame]
      : []),
  ]);
}

/** One frame whole, unless it stands. */
async function framed(fitting: Fitting, f: number): Promise<void> {
  const { job, asked, options, networks, categories, items, grid, placeOf, plan, clock } = fitting;
  const { signal, saveEvery = 30 } = options;
  if ((await job.read(PATTERN_FILES.frame(f))) !== undefined) return;
  const began = performance.now();
  const { name, model, input, after } = plan[f] as PlannedFrame;
  const tell =
    (stage: PatternStage, layer?: string) =>
    (done: number, of: number | undefined): void =>
      options.onProgress?.({ stage, frame: f, frames: plan.length, name, layer, done, of } satisfies PatternProgress);
  const network = await networks.at(model);
  const classes = classesIn(network, categories);
  const { labelOf } = labelsJoined(network, options.data);
  const store = await clock("features", () =>
    patternFeatures({
      job,
      part: PATTERN_FILES.features(f),
      network,
      items,
      classOf: labelOf,
      placeOf,
      grid,
      attack: input === "attacked" ? asked.attack : null,
      thumbnails: f === 0,
      seed: asked.seed,
      batch: options.batch ?? 32,
      shard: options.shard,
      session: { device: options.device, threads: options.threads },
      signal,
      onProgress: tell("features"),
    }),
  );
  const { ids } = (await picturesOf(fitting, store)).about;
  refuseOther(ids, store);
  const factsBefore = after === null ? undefined : await factsIn(job, after);
  const facts = factsOf(fitting, f, { network, before: factsBefore });
  const before = after === null ? undefined : await samplesOf(fitting, after);
  const fixed = input === "attacked" && asked.attack?.fit === "same";
  const samples = await clock("samples", () =>
    patternSamples({
      job,
      names: {
        result: PATTERN_FILES.samples(f),
        fit: (turn) => PATTERN_FILES.start(f, turn),
        state: (turn) => PATTERN_FILES.startState(f, turn),
      },
      saveEvery,
      asked,
      store,
      probabilities: restricted(store.scores, network.classifier.classes, classes),
      before,
      warm: facts.warm,
      fixed,
      signal,
      onRound: tell("samples"),
    }),
  );
  const shown = shownOf(asked, store.count);
  for (const [l, layer] of network.layers.entries()) {
    const of = {
      job,
      names: { state: PATTERN_FILES.state(f, l), fit: PATTERN_FILES.fit(f, l), points: PATTERN_FILES.layer(f, l) },
      saveEvery,
      asked,
      store,
      layer: l,
      samples,
      shown,
      before: await layerBefore(fitting, facts, l),
      warm: facts.warm,
      fixed,
      signal,
      onStep: ({ step, steps }: { readonly step: number; readonly steps: number }) =>
        tell("regions", layer.name)(step, steps),
    };
    const fit = await clock("regions", () => fittedLayer(of));
    await clock("points", () => countedLayer(of, fit));
    tell("points", layer.name)(l + 1, network.layers.length);
  }
  const { residual } = samples.about;
  const compared = factsBefore ? comparisonNotes(facts, factsBefore, { residual, categories: classes.length }) : [];
  const about: FrameFacts = { ...facts, notes: [...facts.notes, ...compared] };
  await piece(job, PATTERN_FILES.frame(f), async () => ({ arrays: {}, about }));
  if (!options.keepFeatures) await job.clear([PATTERN_FILES.features(f)]);
  await job.clear(["fits"]);
  clock.frames.push((performance.now() - began) / 1000);
}

/** Ids, labels and thumbnails: those of the first frame. */
const picturesOf = (
  { job, notes }: Pick<Fitting, "job" | "notes">,
  store: PatternStore,
): Promise<Piece<PicturesAbout>> =>
  piece(job, PATTERN_FILES.pictures, async () => {
    const { ids, unread, labels, thumbnails } = store;
    return {
      about: { ids, unread, notes },
      arrays: {
        labels: { dims: [ids.length], data: labels },
        ...(thumbnails ? { thumbnails: { dims: [ids.length, ...thumbnails.dims, 3], data: thumbnails.pixels } } : {}),
      },
    };
  });

function refuseOther(ids: readonly string[], store: PatternStore): void {
  const odd = store.ids.findIndex((id, i) => id !== ids[i]);
  if (odd < 0 && ids.length === store.count) return;
  throw new OnnxplainError(
    "E_PARAM",
    `Frames must show the same pictures: the first has ${ids.length}, this one ${store.count}${odd < 0 ? "" : ` with \`${store.ids[odd]}\` in place of \`${ids[odd]}\``}. Begin anew with data that does not change.`,
  );
}

function factsOf(
  { plan }: Pick<Fitting, "plan">,
  f: number,
  { network, before }: { readonly network: PatternNetwork; readonly before: FrameFacts | undefined },
): FrameFacts {
  const layers = network.layers.map(({ name, op, grid, channels }) => ({ name, op, size: grid, channels }));
  const features = { value: network.end.features, pooled: network.end.pooled };
  const like = (facts: Pick<FrameFacts, "layers" | "features">): string =>
    JSON.stringify([facts.layers, facts.features]);
  return {
    ...(plan[f] as PlannedFrame),
    ...trainedUntil(network.model),
    warm: before !== undefined && like(before) === like({ layers, features }),
    features,
    layers,
    layer_rule: network.rule,
    notes: network.notes,
  };
}

async function required<About>(job: JobFolder, name: string): Promise<Piece<About>> {
  const bytes = await job.read(name);
  if (bytes !== undefined) return pieceIn<About>(bytes, name);
  throw new OnnxplainError("E_FILE", `\`${name}\` is missing in \`${job.folder}\`. Fit anew.`, { file: name });
}

const factsIn = async (job: JobFolder, f: number): Promise<FrameFacts> =>
  (await required<FrameFacts>(job, PATTERN_FILES.frame(f))).about;

const samplesOf = async ({ job, asked, categories }: Fitting, f: number): Promise<PatternSamples> =>
  samplesIn(await required<SamplesAbout>(job, PATTERN_FILES.samples(f)), {
    dimension: asked.dimension,
    categories: categories.classes.length,
  });

/** The layer of the frame before that layer `l` is compared with. */
async function layerBefore(
  { job }: Fitting,
  { after, layers }: FrameFacts,
  l: number,
): Promise<Piece<RegionsAbout> | undefined> {
  if (after === null) return undefined;
  const place = pairedLayer(layers, (await factsIn(job, after)).layers, l);
  return place === undefined ? undefined : required<RegionsAbout>(job, PATTERN_FILES.layer(after, place));
}

/** Places of the shown pictures, drawn by the seed, rising. */
const shownOf = ({ seed, shown }: PatternsAsked, count: number): Int32Array =>
  shuffled(count, uniforms(scattered(seed)), Math.min(shown, count)).toSorted();

async function written(fitting: Fitting): Promise<PatternsRun> {
  const { job, asked, options, categories, grid, plan, clock } = fitting;
  const pictures = await required<PicturesAbout>(job, PATTERN_FILES.pictures);
  const { ids, unread, notes } = pictures.about;
  const labels = pictures.int32("labels");
  const shown = shownOf(asked, ids.length);
  const [fit, grids]: [Record<string, TensorToWrite>, Record<string, TensorToWrite>] = [{}, {}];
  const frames: Pick<FittedFrame, "facts" | "samples">[] = [];
  const reports: FrameReport[] = [];
  for (let f = 0; f < plan.length; f++) {
    const facts = await factsIn(job, f);
    const samples = await samplesOf(fitting, f);
    const { matrix, width, directions } = samples;
    fit[`${f}/M`] = { dims: [asked.dimension, width], data: matrix };
    fit[`${f}/pi`] = { dims: [directions.categories], data: directions.weights };
    fit[`${f}/mu`] = { dims: [directions.categories, asked.dimension], data: directions.means };
    const regions: RegionsAbout[] = [];
    for (let l = 0; l < facts.layers.length; l++) {
      const layer = await required<RegionsAbout>(job, PATTERN_FILES.layer(f, l));
      fit[`${f}/Lambda/${l}`] = { dims: layer.dims("matrix"), data: layer.float64("matrix") };
      Object.assign(grids, gridsOf(`${f}/${l}`, layer, shown));
      regions.push(layer.about);
    }
    frames.push({ facts, samples });
    reports.push({ ...facts, samples: samples.about, regions });
  }
  const report: PatternsReport = {
    version: VERSION,
    data: options.data.name,
    models: options.models.map(({ name, sha256 }) => ({ name, sha256 })),
    categories: categories.names.map((name, y) => ({ name, index: categories.classes[y] as number })),
    count: ids.length,
    labelled: labels.filter((label) => label >= 0).length,
    grid,
    settings: asked,
    frames: reports,
    shown: Array.from(shown),
    unread,
    origin: options.origin ?? null,
    command: options.command ?? null,
    notes,
  };
  const times: PatternTimes = { stages: clock.stages, frames: clock.frames };
  await job.write("fit.safetensors", writeSafetensors(fit));
  await job.write("grids.safetensors", writeSafetensors({ ...grids, shown: { dims: [shown.length], data: shown } }));
  await job.write("samples.parquet", writeTable(samplesTable(frames, { ids, labels, names: categories.names })));
  await job.write("knowledge.parquet", writeTable(knowledgeTable(reports)));
  await job.write("times.json", json(times));
  await job.write("patterns.json", json(report));
  await job.clear(options.keepFeatures ? ["fits"] : ["fits", "features"]);
  await job.close();
  return { folder: job.folder, report, times };
}

const json = (value: object): string => sortedJson(value as unknown as Parameters<typeof sortedJson>[0]);

/** `arrows`, `largest` and `winners` of the shown pictures. */
export function gridsOf(
  name: string,
  layer: Piece<RegionsAbout>,
  shown: Int32Array,
): Readonly<Record<string, TensorToWrite & { readonly data: Float32Array | Int32Array }>> {
  const [, positions = 0] = layer.dims("largest");
  const [largest, winners] = [new Float32Array(shown.length * positions), new Int32Array(shown.length * positions)];
  shown.forEach((place, i) => {
    const [from, to] = [place * positions, (place + 1) * positions];
    largest.set(layer.float32("largest").subarray(from, to), i * positions);
    winners.set(layer.int32("winners").subarray(from, to), i * positions);
  });
  return {
    [`${name}/arrows`]: { dims: layer.dims("arrows"), data: layer.float32("arrows") },
    [`${name}/largest`]: { dims: [shown.length, positions], data: largest },
    [`${name}/winners`]: { dims: [shown.length, positions], data: winners },
  };
}

/** A fit that is whole already. */
async function finished(job: JobFolder): Promise<PatternsRun> {
  const bytes = await job.read("patterns.json");
  if (bytes === undefined)
    throw new OnnxplainError("E_FILE", `\`patterns.json\` is missing in \`${job.folder}\`. Fit anew.`);
  const report = JSON.parse(new TextDecoder().decode(bytes)) as PatternsReport;
  return { folder: job.folder, report, times: { stages: clockOf().stages, frames: report.frames.map(() => 0) } };
}

type Clock = (<T>(stage: PatternStage, work: () => Promise<T>) => Promise<T>) & {
  readonly stages: Record<PatternStage, number>;
  readonly frames: number[];
};

function clockOf(): Clock {
  const stages: Record<PatternStage, number> = { features: 0, samples: 0, regions: 0, points: 0 };
  const run = async <T>(stage: PatternStage, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await work();
    stages[stage] += (performance.now() - began) / 1000;
    return result;
  };
  return Object.assign(run, { stages, frames: [] as number[] });
}

interface Networks {
  readonly at: (model: number) => Promise<PatternNetwork>;
  readonly dispose: () => Promise<void>;
}

/** One network open at a time. */
function networksInTurn(models: readonly PatternModel[]): Networks {
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

/** SHA-256, hexadecimal. */
async function digestOf(value: unknown): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(value)));
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
}
