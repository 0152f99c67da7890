/**
 * @file Watching metrics at work on one picture: every image that they have scored is told as it is answered, and the numbers are those
 * of `evaluate` for the same picture, map, parameters and seed.
 */
import type { DataItem } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import { toPicture } from "../explain/input.ts";
import type { Explainer } from "../explainer.ts";
import type { Scored } from "../metrics/metric.ts";
import { pause } from "../pause.ts";
import { readMetricAsks } from "./ask.ts";
import { scorer } from "./forward.ts";
import { randomizing } from "./randomized.ts";
import { runTasks } from "./scheduler.ts";
import { see } from "./seen.ts";
import {
  PICTURE,
  type WatchAllOptions,
  type Watched,
  type WatchedPicture,
  type WatchOptions,
} from "./watch-options.ts";
import { askedAgain, watching } from "./watch-tasks.ts";
import type { SingleMap } from "./watched-map.ts";
import { answerMaps, type Maker } from "./window.ts";

/**
 * One metric on one map of one picture.
 * @throws OnnxplainError `E_METRIC_UNKNOWN`, `E_PARAM`, `E_INPUT_SHAPE`, `E_FILE`, `E_IMAGE_READ`; `E_ABORTED` when the signal fires.
 * @example const { values, curves } = await watchMetric(model, "photo.jpg", map, { metric: "ccg", onAsked: ({ probability }) => draw(probability) });
 */
export async function watchMetric(
  model: Explainer,
  picture: WatchedPicture,
  map: SingleMap | readonly SingleMap[],
  { metric, params, ...rest }: WatchOptions,
): Promise<Watched> {
  const maps = [{ name: "map", map }];
  const [found] = await watchMetrics(model, picture, { ...rest, maps, metrics: [{ metric, params }] });
  return found as Watched;
}

/**
 * Metrics x maps of one picture, by map, then metric; their questions fill the same batches, and none is asked twice. Between two
 * batches others have a turn. A metric that wants further maps is answered by the explanation's method.
 * @throws OnnxplainError as {@link watchMetric}.
 */
export async function watchMetrics(
  model: Explainer,
  picture: WatchedPicture,
  options: WatchAllOptions,
): Promise<readonly Watched[]> {
  const { maps, signal } = options;
  const metrics = readMetricAsks(options.metrics);
  const twin = maps.find(({ name }, i) => maps.findIndex((m) => m.name === name) !== i);
  if (twin) throw new OnnxplainError("E_PARAM", `Two of the maps are called \`${twin.name}\`. Name each once.`);
  const classifier = model.classifier({ ...options, output: "logits" });
  const { spec } = options.preprocessing ? { spec: options.preprocessing } : model.preprocessing(classifier);
  const preprocessing = { ...spec, layout: classifier.layout };
  const network = scorer(model, classifier, options);
  const check = (): void => {
    if (signal?.aborted) throw new OnnxplainError("E_ABORTED", "Stopped while measuring.", { cause: signal.reason });
  };
  const politely = async <T>(job: () => Promise<T>): Promise<T> => {
    await pause();
    check();
    return job();
  };
  const score = (rows: readonly Float32Array[]): Promise<readonly Scored[]> => politely(() => network.score(rows));
  const seen = await see(await itemOf(picture, options), classifier, preprocessing);
  const [whole] = (await score([seen.x])) as [Scored];
  const methods = lazily(() => askedAgain(model, maps, options));
  const { layers, randomized } = randomizing(model, (changed) => askedAgain(changed, maps, options));
  const bench = { classifier, layers, seed: options.seed ?? 0 };
  const found: Watched[] = [];
  const release = model.hold();
  try {
    await runTasks<Maker>(watching({ bench, options, metrics, seen, whole, preprocessing, found }), {
      batch: network.batch,
      score,
      check,
      map: (questions) => politely(() => answerMaps({ ...bench, methods: methods(), randomized }, questions)),
    });
  } finally {
    release();
  }
  return found;
}

/** The picture as an item of a data set. */
async function itemOf(picture: WatchedPicture, { id = PICTURE, mask }: WatchAllOptions): Promise<DataItem> {
  const image = await toPicture(picture);
  return { id, load: async () => image, label: undefined, ...(mask ? { mask: async () => mask } : {}) };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
