/** @file What a trained pipeline leaves in its folder; and its encoding, kept as soon as it is known. */
import type { Framing } from "../fisher/framing.ts";
import type { FisherPipeline } from "../fisher/pipeline.ts";
import { pipelineModel } from "../fisher/pipeline-graph.ts";
import { writeTable } from "../formats/parquet-write.ts";
import { readSafetensors, writeSafetensors } from "../formats/safetensors.ts";
import { tableOf } from "../formats/table.ts";
import { writeModelBytes } from "../graph/write.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { Size } from "../image/types.ts";
import type { Labelled, Survey } from "../train/feeding/survey.ts";
import { VERSION } from "../version.ts";
import type { Learnt } from "./fisher-machines.ts";
import {
  CLASSIFIERS,
  classifierBytes,
  ENCODING,
  type EncodingHead,
  encodingIn,
  encodingTensors,
} from "./fisher-open.ts";
import type { FisherReport } from "./fisher-options.ts";
import { framedPictures } from "./fisher-pictures.ts";
import type { FisherRun, FittedEncoding, Training } from "./fisher-train.ts";
import { arraysOf, jsonBytes } from "./regions-open.ts";
import type { Store } from "./representers-store.ts";
import type { JobFolder } from "./run-folder.ts";
import { sidecarsOf } from "./train-card.ts";

/** Facts of an encoding that are not arrays. */
type Facts = EncodingHead & Omit<FittedEncoding, "encoding">;

const headOf = ({ sift, spatial, zeroth, mixture, projection }: FittedEncoding["encoding"]): EncodingHead => ({
  sift,
  spatial,
  zeroth,
  components: mixture.components,
  width: mixture.width,
  projected: { from: projection.from, width: projection.width },
});

export async function keepEncoding(job: JobFolder, { encoding, ...facts }: FittedEncoding): Promise<void> {
  const said: Facts = { ...headOf(encoding), ...facts };
  await job.write(ENCODING, writeSafetensors(encodingTensors(encoding), { facts: JSON.stringify(said) }));
}

/** The encoding that stands in the folder; undefined where there is none. */
export async function keptEncoding(job: JobFolder): Promise<FittedEncoding | undefined> {
  const bytes = await job.read(ENCODING);
  if (bytes === undefined) return undefined;
  const { metadata } = readSafetensors(bytes, ENCODING);
  const { mixture, explained, samples, ...head } = JSON.parse(metadata.facts ?? "{}") as Facts;
  return { mixture, explained, samples, encoding: encodingIn(await arraysOf(job.folder, ENCODING), head) };
}

/** What the network takes: R, G, B in 0 … 1, of one size. */
const preprocessingOf = ({ width, height }: Size): Preprocessing => ({
  resize: { width, height },
  crop: null,
  resample: "bicubic",
  channelOrder: "RGB",
  scale: 1 / 255,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  layout: "nchw",
});

/** Pictures that are looked at for the size of `model.onnx`. */
const LOOKED_AT = 16;

/** The most frequent size of a sample of the pictures, the first of equals. */
async function usualSize(
  pictures: readonly Labelled[],
  as: { readonly framing: Framing } & Training["asked"],
): Promise<Size> {
  if ("size" in as.framing) return as.framing.size;
  const some = Array.from(
    { length: Math.min(LOOKED_AT, pictures.length) },
    (_, i, of = Math.min(LOOKED_AT, pictures.length)) => pictures[Math.floor((i * pictures.length) / of)] as Labelled,
  );
  const seen = new Map<string, { readonly size: Size; readonly count: number }>();
  const items = some.map((p) => p.item);
  for await (const got of framedPictures(items, as)) {
    if ("error" in got) continue;
    const { width, height } = got.image;
    const key = `${width}x${height}`;
    seen.set(key, { size: { width, height }, count: (seen.get(key)?.count ?? 0) + 1 });
  }
  const found = [...seen.values()].reduce((a, b) => (b.count > a.count ? b : a));
  return found.size;
}

interface Made {
  readonly found: Survey;
  readonly kept: readonly Labelled[];
  readonly vectors: Store;
  readonly encoding: FittedEncoding;
  readonly machines: Learnt;
}

/** All files; then the run is done. */
export async function writeFisher(
  { job, asked, options, clock }: Training,
  { found, kept, vectors, encoding: fitted, machines }: Made,
): Promise<FisherRun> {
  const { encoding, ...facts } = fitted;
  const pipeline: FisherPipeline = { encoding, classifiers: machines.classifiers, labels: found.names };
  const size = await usualSize(kept, asked);
  const report: FisherReport = {
    ...headOf(encoding),
    version: VERSION,
    labels: found.names,
    framing: asked.framing,
    pictures: kept.length,
    model_size: size,
    data: options.data.name,
    several: found.several,
    per_class: found.names.map((_, c) => kept.reduce((sum, p) => sum + Number(p.classes.includes(c)), 0)),
    seed: asked.seed,
    samples: facts.samples,
    subtract_mean: asked.subtractMean,
    explained_variance: facts.explained,
    mixture: facts.mixture,
    ...machines.report,
    unread: [...found.skipped.map(({ id, message }) => ({ id, message })), ...vectors.unread, ...machines.unread],
    seconds: clock.seconds,
    origin: options.origin ?? null,
    command: options.command ?? null,
    notes: [...options.data.notes, ...machines.notes],
  };
  const preprocessing = preprocessingOf(size);
  await job.write("model.onnx", writeModelBytes(pipelineModel(pipeline, size)));
  for (const [name, text] of Object.entries(sidecarsOf(found.names, preprocessing).files)) await job.write(name, text);
  await job.write(CLASSIFIERS, classifierBytes(pipeline, machines.alpha));
  await job.write("training.parquet", trainingTable(kept, found.names));
  await job.write("fisher.json", jsonBytes(report));
  await job.clear(["sample", "test", ...(options.keepVectors === false ? ["vectors"] : [])]);
  await job.close();
  return { folder: job.folder, pipeline, report };
}

const trainingTable = (kept: readonly Labelled[], names: readonly string[]): Uint8Array =>
  writeTable(
    tableOf([
      { name: "id", type: "string", values: kept.map((p) => p.item.id) },
      { name: "classes", type: "string", values: kept.map((p) => p.classes.map((c) => names[c]).join("; ")) },
    ]),
  );
