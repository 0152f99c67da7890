/** @file `patterns fit` as a job: for each frame features, samples, regions and knowledge points; a frame after a frame, on the same axes. */
import { openJob } from "#run-folder";
import { jsonSha256 } from "../digest.ts";
import { OnnxplainError } from "../errors.ts";
import type { Grid } from "../patterns/pooled.ts";
import { pairedLayer } from "../report/patterns/change.ts";
import { chosenCategories, classesIn, restricted } from "./patterns-categories.ts";
import { comparisonNotes } from "./patterns-compared.ts";
import { patternFeatures } from "./patterns-features.ts";
import {
  clockOf,
  type Fitting,
  factsIn,
  networksInTurn,
  PATTERN_FILES,
  type PatternsRun,
  type PicturesAbout,
  type PlannedFrame,
  required,
  samplesOf,
  shownOf,
} from "./patterns-fitting.ts";
import { type PatternNetwork, trainedUntil } from "./patterns-network.ts";
import {
  type PatternProgress,
  type PatternStage,
  type PatternsAsked,
  type PatternsFitOptions,
  patternsAsked,
} from "./patterns-options.ts";
import { type Piece, piece } from "./patterns-pieces.ts";
import { countedLayer, fittedLayer, type RegionsAbout } from "./patterns-regions.ts";
import type { FrameFacts } from "./patterns-report.ts";
import { patternSamples } from "./patterns-samples.ts";
import type { PatternStore } from "./patterns-store.ts";
import { finished, written } from "./patterns-written.ts";
import { labelsJoined } from "./regions-network.ts";
import type { Settings } from "./run-folder.ts";

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
      items_sha256: await jsonSha256(items.map((item) => [item.id, item.label ?? null])),
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
