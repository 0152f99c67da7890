/** @file How good a network is on a split: its scores of every picture, the loss over all of them, and what the scores are worth. */
import { openSession } from "#ort";
import { OnnxplainError } from "../errors.ts";
import type { DeviceOptions } from "../explainer.ts";
import type { Model } from "../graph/types.ts";
import { writeModelBytes } from "../graph/write.ts";
import type { Ops } from "../ops/table.ts";
import { addTo, emptyTally, labelsOf, type Tally, topAccuracy } from "../train/accuracy.ts";
import { meanAveragePrecision } from "../train/average-precision.ts";
import type { Feed } from "../train/batch.ts";
import { equalErrors } from "../train/equal-error.ts";
import { lossModel } from "../train/loss-model.ts";
import { findLoss, type Loss } from "../train/losses.ts";
import type { Network } from "../train/network.ts";
import type { SplitMeasure } from "./train-options.ts";

export interface Measuring extends DeviceOptions {
  readonly network: Network;
  readonly ops: Ops;
  readonly loss: Loss;
  readonly lossParams: Readonly<Record<string, unknown>>;
  /** Several labels a picture. */
  readonly several: boolean;
  readonly batch: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface Measured extends SplitMeasure {
  readonly tally: Tally | undefined;
}

/** Pictures of each class are ranked among so many, where there are at least twice as many classes. */
const TOP = 5;

/**
 * `model` is the network with the weights to measure. Throws `E_NUMERIC` when a score is not finite, `E_ABORTED`.
 */
export async function measure(model: Model, feed: Feed, measuring: Measuring): Promise<Measured> {
  const { network, several } = measuring;
  const { classes } = network;
  const { scores, targets, count } = await scoresOf(model, feed, measuring);
  const bad = scores.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0)
    throw new OnnxplainError(
      "E_NUMERIC",
      `the score of picture ${Math.floor(bad / classes)} for class ${bad % classes} is not finite`,
    );
  const loss = await lossOf({ scores, targets, count }, measuring);
  if (several)
    return {
      pictures: count,
      loss,
      accuracy: null,
      top5: null,
      averagePrecision: meanAveragePrecision(scores, targets, classes),
      equalErrors: equalErrors(scores, targets, classes),
      tally: undefined,
    };
  const tally = emptyTally(classes);
  addTo(tally, scores, labelsOf(targets, classes));
  return {
    pictures: count,
    loss,
    accuracy: topAccuracy(tally),
    top5: classes >= 2 * TOP ? topAccuracy(tally, TOP) : null,
    averagePrecision: null,
    equalErrors: null,
    tally,
  };
}

/** The one number that epochs are compared by: accuracy, or mean average precision (11 points). */
export const headline = ({ accuracy, averagePrecision }: SplitMeasure): number | null =>
  accuracy ?? averagePrecision?.elevenPoint ?? null;

export const headlineName = (several: boolean): string => (several ? "mAP (11 points)" : "accuracy");

interface Scored {
  readonly scores: Float32Array;
  readonly targets: Float32Array;
  readonly count: number;
}

async function scoresOf(
  model: Model,
  feed: Feed,
  { network, batch, device, threads, signal, onProgress }: Measuring,
): Promise<Scored> {
  const { classes } = network;
  const session = await openSession(writeModelBytes(scoresOnly(model, network.scores)), { device, threads });
  const scores: Float32Array[] = [];
  const targets: Float32Array[] = [];
  let count = 0;
  try {
    for await (const got of feed.inOrder(batch)) {
      if (signal?.aborted) throw new OnnxplainError("E_ABORTED", "Stopped while measuring.", { cause: signal.reason });
      const images = { dtype: "float32", dims: [got.count, ...feed.dims], data: got.images } as const;
      const result = (await session.run({ [network.input]: images }, [network.scores]))[network.scores];
      scores.push(result?.data as Float32Array);
      targets.push(got.targets);
      count += got.count;
      onProgress?.(count, feed.count);
    }
  } finally {
    await session.dispose();
  }
  return { scores: joined(scores, count * classes), targets: joined(targets, count * classes), count };
}

function joined(parts: readonly Float32Array[], length: number): Float32Array {
  const all = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The model whose one output are the scores. */
function scoresOnly(model: Model, scores: string): Model {
  const { graph } = model;
  const fact = graph.facts.get(scores) ?? graph.outputs.find((p) => p.name === scores);
  return fact
    ? { ...model, graph: { ...graph, outputs: [{ name: scores, dtype: fact.dtype, dims: fact.dims }] } }
    : model;
}

async function lossOf(
  { scores, targets, count }: Scored,
  { loss, lossParams, network, ops, device, threads }: Measuring,
): Promise<number> {
  const { classes } = network;
  const own = loss.paired ? findLoss("cross-entropy") : loss;
  const model = lossModel(own, { classes, params: loss.paired ? {} : lossParams }, ops);
  const session = await openSession(writeModelBytes(model), { device, threads });
  try {
    const matrix = (data: Float32Array) => ({ dtype: "float32", dims: [count, classes], data }) as const;
    const result = await session.run({ scores: matrix(scores), targets: matrix(targets) }, ["loss"]);
    return Number(result.loss?.data[0]);
  } finally {
    await session.dispose();
  }
}
