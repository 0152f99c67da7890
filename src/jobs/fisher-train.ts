/** @file `fisher train` as a job: descriptors, projection, mixture, Fisher vectors, machines, and the whole as one ONNX graph. */
import { openJob } from "#run-folder";
import { OnnxplainError } from "../errors.ts";
import { fitMixture } from "../fisher/em.ts";
import { TOOLKIT_FRAMING } from "../fisher/framing.ts";
import { gramMatrix } from "../fisher/gram.ts";
import { fitProjection, projectAll } from "../fisher/pca.ts";
import type { Encoding, FisherPipeline } from "../fisher/pipeline.ts";
import type { Projection } from "../fisher/projection.ts";
import type { RowSource } from "../fisher/rows.ts";
import { type SiftSettings, TOOLKIT_SIFT } from "../fisher/sift-settings.ts";
import { inMemory } from "../representers/features.ts";
import { type Labelled, type Survey, survey } from "../train/feeding/survey.ts";
import { learnt } from "./fisher-machines.ts";
import { VECTORS } from "./fisher-open.ts";
import type { FisherReport, FisherSettings, FisherStage, FisherTrainOptions } from "./fisher-options.ts";
import { framedPoints } from "./fisher-pictures.ts";
import { descriptorReader, sampled, sampledCount, vectorReader } from "./fisher-readers.ts";
import { keepEncoding, keptEncoding, writeFisher } from "./fisher-write.ts";
import { extract } from "./representers-extract.ts";
import { requireComplete, type Store } from "./representers-store.ts";
import type { JobFolder, Settings } from "./run-folder.ts";

/** What `fisher train` leaves, in memory too. */
export interface FisherRun {
  readonly folder: string;
  readonly pipeline: FisherPipeline;
  readonly report: FisherReport;
}

/** Every setting, said or by default; costs stay open where cross-validation has its own. */
export type Asked = {
  readonly [K in keyof Omit<FisherSettings, "sift" | "costs">]-?: NonNullable<FisherSettings[K]>;
} & { readonly sift: SiftSettings; readonly costs: readonly number[] | undefined };

const askedOf = (o: FisherTrainOptions): Asked => ({
  sift: { ...TOOLKIT_SIFT, ...o.sift },
  framing: o.framing ?? TOOLKIT_FRAMING,
  components: o.components ?? 256,
  width: o.width ?? 80,
  samples: o.samples ?? 200_000,
  subtractMean: o.subtractMean ?? true,
  start: o.start ?? "k-means",
  iterations: o.iterations ?? 100,
  spatial: o.spatial ?? "none",
  zeroth: o.zeroth ?? true,
  loss: o.loss ?? "hinge",
  costs: o.costs,
  folds: o.folds ?? 5,
  seed: o.seed ?? 0,
});

/**
 * Train into a folder: `model.onnx` with `config.json` and `preprocessor_config.json` beside it, so that it loads like any other model;
 * `fisher.json`, `pipeline.safetensors`, `training.parquet`, and the training pictures' Fisher vectors. Stopped at any moment and
 * resumed, it goes on with the first piece that is missing and gives the same files.
 *
 * @throws OnnxplainError `E_PARAM` for settings out of range or other than those the folder was begun with; `E_DATA_EMPTY`,
 * `E_TARGET_RANGE`, `E_TARGET_UNKNOWN` for data that cannot be trained on; `E_FILE` for a folder that is taken; `E_ABORTED`.
 * @example await runFisherTrain({ data, folder: "fv", components: 64 });
 */
export async function runFisherTrain(options: FisherTrainOptions): Promise<FisherRun> {
  const asked = askedOf(options);
  const found = await survey(options.data, { badLabels: options.badLabels });
  const job = await openJob(options.folder, settingsOf(options, asked, found), options.resume ?? false);
  if (job.done)
    throw new OnnxplainError("E_FILE", `The training in \`${job.folder}\` is complete; there is nothing to resume.`, {
      file: job.folder,
    });
  const clock = stopwatch();
  const training = { job, asked, options, clock };
  const encoding = (await keptEncoding(job)) ?? (await fittedEncoding(training, found));
  const vectors = await stored(training, {
    stage: "vectors",
    part: VECTORS,
    reader: vectorReader(encoding.encoding),
    pictures: found.labelled,
    name: options.data.name,
  });
  const kept = keptOf(found, vectors);
  const gram = await clock("products", () =>
    gramMatrix(vectors.features, {
      ...sessionOf(options),
      signal: options.signal,
      onProgress: (done, of) => options.onProgress?.("products", done, of),
    }),
  );
  const machines = await learnt(training, { vectors, gram, kept, found, encoding: encoding.encoding });
  return writeFisher(training, { found, kept, vectors, encoding, machines });
}

/** Where a training is, for its parts. */
export interface Training {
  readonly job: JobFolder;
  readonly asked: Asked;
  readonly options: FisherTrainOptions;
  readonly clock: Clock;
}

export const sessionOf = ({ device, threads }: FisherTrainOptions) => ({ device, threads });

/** What decides the files. */
const settingsOf = ({ data, test }: FisherTrainOptions, asked: Asked, { names, labelled }: Survey): Settings => ({
  what: "fisher",
  ...asked,
  costs: asked.costs ?? null,
  data: data.name,
  test: test?.name ?? null,
  classes: names,
  pictures: labelled.length,
});

type Clock = (<T>(stage: FisherStage, work: () => Promise<T>) => Promise<T>) & {
  readonly seconds: FisherReport["seconds"];
};

function stopwatch(): Clock {
  const seconds: Partial<Record<FisherStage, number>> = {};
  const run = async <T>(stage: FisherStage, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await work();
    seconds[stage] = (seconds[stage] ?? 0) + (performance.now() - began) / 1000;
    return result;
  };
  return Object.assign(run, { seconds });
}

/** Pictures of {@link Survey.labelled} that have a Fisher vector, in the order of vectors. */
function keptOf({ labelled }: Survey, { ids }: Store): readonly Labelled[] {
  const byId = new Map(labelled.map((l) => [l.item.id, l]));
  return ids.map((id) => {
    const found = byId.get(id);
    if (found) return found;
    throw new OnnxplainError(
      "E_PARAM",
      `\`${id}\` has a Fisher vector but is not in the data any more. Restore the data, or begin anew.`,
    );
  });
}

/** Rows of pictures in shards of the folder, made where they are missing. */
export async function stored(
  { job, asked, options, clock }: Training,
  {
    stage,
    part,
    reader,
    pictures,
    name,
  }: {
    readonly stage: FisherStage;
    readonly part: string;
    readonly reader: Parameters<typeof extract>[2]["reader"];
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
        // some 32 MB each
        shard: Math.max(1, Math.min(256, Math.floor(2 ** 23 / reader.width))),
        signal: options.signal,
        onProgress: (done) => options.onProgress?.(stage, done, items.length),
      }),
    ),
  );
}

export interface FittedEncoding {
  readonly encoding: Encoding;
  readonly mixture: FisherReport["mixture"];
  /** Share of the descriptors' variance along the axes that are kept. */
  readonly explained: number;
  readonly samples: number;
}

/** Projection and mixture, from a sample of descriptors. */
async function fittedEncoding(training: Training, { labelled }: Survey): Promise<FittedEncoding> {
  const { job, asked, options, clock } = training;
  const perPicture = Math.max(1, Math.ceil(asked.samples / labelled.length));
  const pictures = await stored(training, {
    stage: "descriptors",
    part: "sample",
    reader: descriptorReader(asked.sift, perPicture),
    pictures: labelled,
    name: options.data.name,
  });
  const samples = await sampledCount(pictures.features);
  const reading = { ...sessionOf(options), signal: options.signal };
  options.onProgress?.("projection", 0, undefined);
  const { projection, explained, rows } = await clock("projection", async () => {
    const descriptors = sampled(pictures.features, "descriptors", samples);
    const whole = await fitProjection(descriptors, { ...reading, width: 128, subtractMean: asked.subtractMean });
    const projection = narrowed(whole, asked.width);
    const share = (of: Float64Array): number => of.reduce((a, b) => a + b, 0);
    const reduced = await projectAll(descriptors, projection, reading);
    return {
      projection,
      explained: share(projection.variances) / share(whole.variances),
      rows: asked.spatial === "xy" ? await placed(reduced, sampled(pictures.features, "places", samples)) : reduced,
    };
  });
  const width = asked.width + (asked.spatial === "xy" ? 2 : 0);
  const fit = await clock("mixture", () =>
    fitMixture(inMemory(rows, width), {
      ...reading,
      components: asked.components,
      start: asked.start,
      seed: asked.seed,
      iterations: asked.iterations,
      onIteration: ({ iteration }) => options.onProgress?.("mixture", iteration, undefined),
    }),
  );
  const { mixture, converged, empty, logLikelihoods } = fit;
  const { sift, spatial, zeroth } = asked;
  const fitted: FittedEncoding = {
    encoding: { sift, projection, mixture, spatial, zeroth },
    mixture: { start: asked.start, converged, likelihoods: logLikelihoods, empty },
    explained,
    samples,
  };
  await keepEncoding(job, fitted);
  return fitted;
}

/** The first axes of a projection. */
function narrowed({ from, width, axes, variances, mean }: Projection, to: number): Projection {
  if (!(Number.isInteger(to) && to >= 1 && to <= width))
    throw new OnnxplainError("E_PARAM", `Expected a width of descriptors from 1 to ${width}, got ${to}.`);
  const first = new Float64Array(from * to);
  for (let d = 0; d < from; d++) first.set(axes.subarray(d * width, d * width + to), d * to);
  return { from, width: to, mean, axes: first, variances: variances.slice(0, to) };
}

/** Two numbers more behind every row. */
async function placed(rows: Float32Array, places: RowSource): Promise<Float32Array> {
  const width = rows.length / places.count;
  const out = new Float32Array(rows.length + 2 * places.count);
  for await (const { first, count, rows: own } of places.blocks())
    for (let i = 0; i < count; i++) {
      const at = (first + i) * (width + 2);
      out.set(rows.subarray((first + i) * width, (first + i + 1) * width), at);
      out.set(own.subarray(2 * i, 2 * i + 2), at + width);
    }
  return out;
}
