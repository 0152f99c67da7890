/** @file Feeds a training from a data set: decoded once, augmented, preprocessed as the network wants it. */
import type { DataSet } from "../data/dataset.ts";
import { tryItem } from "../data/load-item.ts";
import { prefetch } from "../data/prefetch.ts";
import { OnnxplainError } from "../errors.ts";
import { checkPreprocessing, networkPicture, type Preprocessing } from "../image/preprocess.ts";
import { withInputSize } from "../image/presets.ts";
import type { Size } from "../image/types.ts";
import { type AugmentationChoice, type AugmentPipeline, augmentPipeline } from "./augment/pipeline.ts";
import type { Feed } from "./batch.ts";
import { checkWhole, type FeedOrder, feedFrom } from "./feeding/feed-from.ts";
import {
  DECODED_AT_ONCE,
  type Form,
  framedForm,
  pictureOnly,
  pictureSamples,
  seenForm,
} from "./feeding/picture-samples.ts";
import type { Samples } from "./feeding/samples.ts";
import { type Labelled, requireSome, type Skipped, type SurveyOptions, skippedOf, survey } from "./feeding/survey.ts";
import { type MemoryBound, pictureCache } from "./picture-cache.ts";

export { type ArrayData, arrayFeed, featureFeed } from "./feeding/arrays.ts";
export type { FeedOrder } from "./feeding/feed-from.ts";
export type { Sampling } from "./feeding/order.ts";
export type { Samples } from "./feeding/samples.ts";
export type { Skipped } from "./feeding/survey.ts";

/** 1 GiB. */
export const DEFAULT_MAX_MEMORY: number = 2 ** 30;

export interface FeedOptions extends FeedOrder, SurveyOptions {
  readonly preprocessing: Preprocessing;
  /** The network's picture, where the preprocessing does not state it; pictures are then resized to it. Default: the first picture's. */
  readonly size?: Size | undefined;
  /** Default none. */
  readonly augment?: readonly AugmentationChoice[] | undefined;
  /** Bytes of decoded pictures that are kept; the rest is decoded anew when its turn comes. Default {@link DEFAULT_MAX_MEMORY}. */
  readonly maxMemory?: number | undefined;
  /** Take pictures that are all of one class, as a part of a test set may be. Default false. */
  readonly allowOneClass?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((pictures: number, of: number) => void) | undefined;
}

export interface DataFeed extends Feed {
  /** Names of the classes, in the order of targets. */
  readonly classNames: readonly string[];
  /** Targets are 0 / 1 for each class, not one-hot. */
  readonly several: boolean;
  /** Ids of the pictures, in the order of {@link Feed.inOrder}. */
  readonly ids: readonly string[];
  /** Pictures that show each class. */
  readonly perClass: readonly number[];
  /** Pictures that are left out, and why. */
  readonly skipped: readonly Skipped[];
  /** Bytes of decoded pictures that are kept now. */
  readonly keptBytes: () => number;
  /** What pairs are drawn from. */
  readonly samples: Samples;
}

/**
 * A feed of all pictures of a data set. Every picture is decoded once here, so that what cannot be read is known before training begins;
 * pictures are kept as eight bits a sample, at the size the network or the augmentation takes. Targets are one-hot, or 0 / 1 where
 * labels name several classes. Augmentation happens in `epoch` alone; `count` counts its views, `inOrder` gives each picture once.
 *
 * Throws `E_PARAM` for options that are none and for NHWC, `E_TARGET_RANGE` and `E_TARGET_UNKNOWN` for labels that are no classes,
 * `E_DATA_EMPTY` when no picture is left, `E_DATA_CLASSES` when all are of one class, `E_INPUT_SHAPE` for pictures whose size cannot
 * be the network's, `E_ABORTED`. Batches throw what decoding anew throws.
 * @example const feed = await feedOf(data, { preprocessing, augment: ["flip", "pad-and-crop"], seed: 7 });
 */
export async function feedOf(data: DataSet, options: FeedOptions): Promise<DataFeed> {
  const { seed = 0, sampling, maxMemory = DEFAULT_MAX_MEMORY } = options;
  checkOptions(options.preprocessing, maxMemory);
  const { names, several, labelled, skipped: mislabelled } = await survey(data, options);
  const { spec, size } = await sizedFor(labelled, data.name, options);
  const pipeline = options.augment?.length
    ? augmentPipeline(options.augment, { size, resample: spec.resample })
    : undefined;
  const bound: MemoryBound = { max: maxMemory, used: 0 };
  const seen: Form = { of: seenForm(spec, size), cache: pictureCache(bound) };
  const work = workForm(pipeline, { spec, seen, bound });
  const { pictures, skipped: unread } = await decodedOnce(labelled, work, options);
  const skipped = [...mislabelled, ...unread];
  requireSome(pictures, data.name, skipped);
  if (!options.allowOneClass) requireClasses(pictures, names, data.name);
  const { signal } = options;
  const samples = pictureSamples({
    pictures,
    classes: names.length,
    several,
    size,
    spec,
    seed,
    pipeline,
    seen,
    work,
    signal,
  });
  return {
    ...feedFrom(samples, { seed, sampling }),
    classNames: names,
    several,
    ids: pictures.map((p) => p.item.id),
    perClass: shownBy(pictures, names.length),
    skipped,
    keptBytes: () => bound.used,
    samples,
  };
}

function checkOptions(preprocessing: Preprocessing, maxMemory: number): void {
  checkPreprocessing(preprocessing);
  checkWhole("maxMemory", maxMemory, 0);
  if (preprocessing.layout === "nchw") return;
  throw new OnnxplainError(
    "E_PARAM",
    "Training feeds [N, C, H, W]; the preprocessing is `nhwc`. Use the network's own NCHW export, or one whose Transpose is folded away, and layout `nchw`.",
  );
}

/** The preprocessing that ends at the network's size, and that size. */
async function sizedFor(
  labelled: readonly Labelled[],
  name: string,
  { preprocessing, size: wanted, signal }: FeedOptions,
): Promise<{ readonly spec: Preprocessing; readonly size: Size }> {
  const { resize, crop } = preprocessing;
  const spec = wanted && !resize && !crop ? withInputSize(preprocessing, wanted) : preprocessing;
  const stated = spec.crop ?? (spec.resize && "width" in spec.resize ? spec.resize : wanted);
  if (stated && wanted && (stated.width !== wanted.width || stated.height !== wanted.height))
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `The preprocessing gives ${stated.width} x ${stated.height}, the network takes ${wanted.width} x ${wanted.height}. Make them agree.`,
    );
  if (stated) return { spec, size: { width: stated.width, height: stated.height } };
  const skipped: Skipped[] = [];
  for (const { item } of labelled) {
    if (signal?.aborted) break;
    const got = await tryItem(pictureOnly(item));
    if ("error" in got) {
      skipped.push(skippedOf(item.id, got.error));
      continue;
    }
    const { width, height } = networkPicture(got.image, spec);
    return { spec, size: { width, height } };
  }
  if (signal?.aborted)
    throw new OnnxplainError("E_ABORTED", "Stopped before the first picture.", { cause: signal.reason });
  return requireSome([], name, skipped);
}

function workForm(
  pipeline: AugmentPipeline | undefined,
  { spec, seen, bound }: { readonly spec: Preprocessing; readonly seen: Form; readonly bound: MemoryBound },
): Form {
  const frame = pipeline?.frame;
  return frame ? { of: framedForm(spec, frame), cache: pictureCache(bound) } : seen;
}

/** Every picture decoded once and kept where there is room. */
async function decodedOnce(
  labelled: readonly Labelled[],
  { of, cache }: Form,
  { signal, onProgress }: FeedOptions,
): Promise<{ readonly pictures: readonly Labelled[]; readonly skipped: readonly Skipped[] }> {
  const pictures: Labelled[] = [];
  const skipped: Skipped[] = [];
  let at = 0;
  for await (const got of prefetch(
    labelled.map((l) => pictureOnly(l.item)),
    DECODED_AT_ONCE,
    { signal },
  )) {
    const own = labelled[at++] as Labelled;
    if ("error" in got) skipped.push(skippedOf(own.item.id, got.error));
    else {
      cache.offer(pictures.length, of(got.image, own.item.id));
      pictures.push(own);
    }
    onProgress?.(at, labelled.length);
  }
  return { pictures, skipped };
}

function shownBy(pictures: readonly Labelled[], classes: number): readonly number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const p of pictures) for (const c of p.classes) counts[c] = (counts[c] as number) + 1;
  return counts;
}

/** Throws `E_DATA_CLASSES` where every picture shows the same. */
function requireClasses(pictures: readonly Labelled[], names: readonly string[], name: string): void {
  const first = pictures[0]?.classes ?? [];
  const key = (classes: readonly number[]): string => [...classes].sort((a, b) => a - b).join(",");
  if (pictures.some((p) => key(p.classes) !== key(first))) return;
  throw new OnnxplainError(
    "E_DATA_CLASSES",
    `All ${pictures.length} pictures of \`${name}\` are labelled ${first.map((c) => `\`${names[c]}\``).join(" and ")}: there is nothing to tell apart. ` +
      "Add pictures of another class, or name a folder whose sub-folders are the classes.",
  );
}
