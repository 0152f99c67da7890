/** @file From what was asked to what a training runs on: feeds, the network, its loss, and everything that is recorded of them. */
import { runtimeVersion } from "#ort";
import type { DataSet } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import type { Ops } from "../ops/table.ts";
import type { Feed } from "../train/batch.ts";
import { type DataFeed, feedOf, type Skipped } from "../train/feed.ts";
import { findLoss, type Loss } from "../train/losses.ts";
import { pairedFeed } from "../train/pairs.ts";
import { VERSION } from "../version.ts";
import type { JobFolder, Settings } from "./run-folder.ts";
import type { Asked } from "./train-asked.ts";
import { dataDigest, type Splits } from "./train-data.ts";
import { featureFeeds } from "./train-features.ts";
import type { TrainingRunOptions } from "./train-options.ts";
import type { Built, Start } from "./train-start.ts";

export interface Setup extends Built {
  readonly title: string;
  readonly ops: Ops;
  readonly preprocessing: Start["preprocessing"];
  /** What is trained on, and what is measured, in order. */
  readonly feed: Feed;
  readonly train: Feed;
  readonly validation: Feed | undefined;
  /** Pictures of the splits. */
  readonly pictures: { readonly train: number; readonly validation: number | undefined };
  readonly several: boolean;
  readonly loss: Loss;
  readonly lossParams: Readonly<Record<string, unknown>>;
  /** Pictures in a run that measures. */
  readonly measureBatch: number;
  readonly skipped: readonly (Skipped & { readonly split: string })[];
  readonly dataDigest: string;
  readonly notes: readonly string[];
}

interface Parts {
  readonly options: TrainingRunOptions;
  readonly asked: Asked;
  readonly start: Start;
  readonly splits: Splits;
}

/** Pictures are read here. Throws what `feedOf` and features throw, `E_PARAM` for settings that do not go together. */
export async function setUp({ options, asked, start, splits }: Parts, job: JobFolder): Promise<Setup> {
  const { seed, batch, mode } = asked;
  const { preprocessing, size, labelling, freeBatch } = start;
  if (!freeBatch && mode === "all" && batch !== 1)
    throw new OnnxplainError(
      "E_PARAM",
      "The network takes one picture at a time: its batch size is part of its shapes. Set the batch to 1, export it with a free batch, or train its head.",
    );
  const { badLabels, maxMemory, signal } = options;
  const onProgress = (done: number, total: number): void => options.onProgress?.({ phase: "reading", done, total });
  const common = { preprocessing, size, seed, badLabels, maxMemory, signal, onProgress };
  const { augment, sampling } = options;
  const train = await feedOf(splits.train, { ...common, ...labelling, augment, sampling });
  const names = typeof labelling.classes === "object" ? labelling.classes : train.classNames;
  const { validation: held } = splits;
  const validation =
    held &&
    (await feedOf(held, { ...common, ...(labelling.classOf ? labelling : { classes: names }), allowOneClass: true }));
  const { several } = train;
  const loss = findLoss(options.loss ?? (several ? "binary-cross-entropy" : "cross-entropy"));
  if (several && loss.targets === "class")
    throw new OnnxplainError(
      "E_PARAM",
      `The data names several classes a picture, loss \`${loss.id}\` takes one. Use binary-cross-entropy, hinge or squared-hinge.`,
    );
  const built = start.network(names, train.dims);
  const measureBatch = freeBatch ? Math.max(batch, 32) : 1;
  const digest = await dataDigest(validation ? [train, validation] : [train]);
  const feeds =
    built.body &&
    (await featureFeeds(built.body, { train, validation, job, digest, batch: measureBatch, options, ops: start.ops }));
  return {
    ...built,
    title: start.title,
    ops: start.ops,
    preprocessing,
    feed: feeds?.train ?? (loss.paired ? pairedFeed(train.samples, { seed }) : train),
    train: feeds?.train ?? train,
    validation: feeds ? feeds.validation : validation,
    pictures: { train: train.ids.length, validation: validation?.ids.length },
    several,
    loss,
    lossParams: { ...options.lossParams, ...weightsOf(options, train) },
    measureBatch: feeds ? 1024 : measureBatch,
    skipped: [...marked("train", train), ...marked("validation", validation)],
    dataDigest: digest,
    notes: [...new Set([...splits.train.notes, ...start.notes])],
  };
}

const marked = (split: string, feed: DataFeed | undefined): Setup["skipped"] =>
  (feed?.skipped ?? []).map((s) => ({ ...s, split }));

function weightsOf(
  { classWeights }: TrainingRunOptions,
  { perClass, ids }: DataFeed,
): Readonly<Record<string, unknown>> {
  if (classWeights === undefined) return {};
  if (classWeights !== "balanced") return { class_weights: classWeights };
  const all = perClass.length;
  return { class_weights: perClass.map((n) => (n === 0 ? 0 : ids.length / (all * n))) };
}

/** Everything that decides a weight. */
export async function settingsOf({ options, asked, start, splits }: Parts): Promise<Settings> {
  const { network } = options;
  const { checkpointEvery, optimizer, ...plain } = asked;
  const dataOf = (data: DataSet | undefined): unknown =>
    data && { name: data.name, count: data.count ?? null, classes: data.classes ?? null };
  return {
    job: "train",
    network: start.title,
    model_sha256: typeof network === "string" ? null : await network.digest(),
    ...plain,
    optimizer: optimizer?.id ?? "lbfgs",
    optimizer_params: options.optimizerParams ?? {},
    loss: options.loss ?? null,
    loss_params: options.lossParams ?? {},
    class_weights: options.classWeights ?? null,
    clip: options.clip ?? null,
    freeze: options.freeze ?? [],
    batch_norm: options.batchNorm ?? "train",
    augment: options.augment ?? [],
    sampling: options.sampling ?? "natural",
    new_head: options.newHead ?? false,
    feature_layer: options.featureLayer ?? null,
    width_factor: options.widthFactor ?? 1,
    bad_labels: options.badLabels ?? "refuse",
    data: dataOf(splits.train),
    data_id: options.dataId ?? null,
    validation: dataOf(splits.validation) ?? null,
    checkpoint_every: checkpointEvery ?? null,
    preprocessing: start.preprocessing,
    size: start.size,
    device: options.device ?? null,
    threads: options.threads ?? null,
    version: VERSION,
    runtime: await runtimeVersion(),
  };
}
