/** @file What a trained pipeline leaves in its folder. */
import type { FisherPipeline } from "../fisher/pipeline.ts";
import { pipelineModel } from "../fisher/pipeline-graph.ts";
import { writeTable } from "../formats/parquet-write.ts";
import { tableOf } from "../formats/table.ts";
import { writeModelBytes } from "../graph/write.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { Size } from "../image/types.ts";
import type { Labelled } from "../train/feeding/survey.ts";
import { VERSION } from "../version.ts";
import { type FittedEncoding, headOf } from "./fisher-encoding.ts";
import type { Learnt } from "./fisher-machines.ts";
import { CLASSIFIERS, classifierBytes, VECTORS } from "./fisher-open.ts";
import type { FisherReport, FisherRun } from "./fisher-options.ts";
import { framedPictures } from "./fisher-pictures.ts";
import type { Training } from "./fisher-training.ts";
import { jsonBytes } from "./kept-files.ts";
import type { Store } from "./representers-store.ts";
import { sidecarsOf } from "./train-card.ts";

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
async function usualSize(pictures: readonly Labelled[], asked: Training["asked"]): Promise<Size> {
  const { framing } = asked;
  if ("size" in framing) return framing.size;
  const count = Math.min(LOOKED_AT, pictures.length);
  const some = Array.from({ length: count }, (_, i) => pictures[Math.floor((i * pictures.length) / count)] as Labelled);
  const seen = new Map<string, { readonly size: Size; readonly count: number }>();
  for await (const got of framedPictures(
    some.map((p) => p.item),
    asked,
  )) {
    if ("error" in got) throw got.error;
    const { width, height } = got.image;
    const key = `${width}x${height}`;
    seen.set(key, { size: { width, height }, count: (seen.get(key)?.count ?? 0) + 1 });
  }
  return [...seen.values()].reduce((a, b) => (b.count > a.count ? b : a)).size;
}

interface Made {
  readonly kept: readonly Labelled[];
  readonly vectors: Store;
  readonly fitted: FittedEncoding;
  readonly machines: Learnt;
}

/** All files; then the run is done. */
export async function writeFisher(
  { job, asked, options, found, tested, clock }: Training,
  { kept, vectors, fitted: { encoding, ...facts }, machines }: Made,
): Promise<FisherRun> {
  const { names } = found;
  const pipeline: FisherPipeline = { encoding, classifiers: machines.classifiers, labels: names };
  const size = await usualSize(kept, asked);
  const { files, notes } = sidecarsOf(names, preprocessingOf(size));
  const report: FisherReport = {
    ...headOf(encoding),
    version: VERSION,
    labels: names,
    framing: asked.framing,
    pictures: kept.length,
    model_size: size,
    data: options.data.name,
    several: found.several,
    per_class: names.map((_, c) => kept.reduce((sum, p) => sum + Number(p.classes.includes(c)), 0)),
    seed: asked.seed,
    samples: facts.samples,
    subtract_mean: asked.subtractMean,
    explained_variance: facts.explained,
    mixture: facts.mixture,
    ...machines.report,
    unread: [
      ...[...found.skipped, ...(tested?.skipped ?? [])].map(({ id, message }) => ({ id, message })),
      ...vectors.unread,
      ...machines.unread,
    ],
    seconds: clock.seconds,
    command: options.command ?? null,
    notes: [...options.data.notes, ...machines.notes, ...notes],
  };
  await job.write("model.onnx", writeModelBytes(pipelineModel(pipeline, size)));
  for (const [name, text] of Object.entries(files)) await job.write(name, text);
  await job.write(CLASSIFIERS, classifierBytes(pipeline, machines.alpha));
  await job.write("training.parquet", trainingTable(kept, names));
  await job.write("fisher.json", jsonBytes(report));
  await job.clear(["sample", "test", ...(options.keepVectors === false ? [VECTORS] : [])]);
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
