/** @file A loaded model read at a layer, and pictures of a data set as it takes them. */
import type { DataItem, DataSet } from "../data/dataset.ts";
import { joinLabels } from "../data/join-labels.ts";
import { prefetch } from "../data/prefetch.ts";
import { OnnxplainError } from "../errors.ts";
import { readInput } from "../explain/input.ts";
import type { ClassifierOptions, Explainer } from "../explainer.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { ImageU8 } from "../image/types.ts";
import type { Classifier } from "../methods/classifier.ts";
import { defaultLayer, type Layer, namedLayer } from "../methods/layers.ts";
import { sourceOf } from "../regions/boundary.ts";
import type { PictureBlock, Pictures } from "../regions/pictures.ts";

export interface RegionNetworkOptions {
  /** psi; default the last feature map. */
  readonly layer?: string | undefined;
  readonly reading?: ClassifierOptions | undefined;
  readonly preprocessing?: Preprocessing | undefined;
  readonly wnids?: readonly (string | undefined)[] | undefined;
}

/** A classifier, its psi, and how it takes pictures. */
export interface RegionNetwork extends Pick<RegionNetworkOptions, "preprocessing" | "wnids"> {
  readonly model: Explainer;
  readonly classifier: Classifier;
  readonly layer: Layer;
}

/** Throws `E_MODEL_INVALID`, `E_LAYER_UNKNOWN`, `E_LAYER_UNSUITABLE`. */
export function regionNetwork(model: Explainer, options: RegionNetworkOptions = {}): RegionNetwork {
  const { layer, reading, preprocessing, wnids } = options;
  const classifier = model.classifier({ ...reading, layer, preprocessing });
  return {
    model,
    classifier,
    layer: layer === undefined ? defaultLayer(classifier) : namedLayer(classifier, layer),
    preprocessing,
    wnids,
  };
}

/** A picture of a data set by name and truth. */
export interface PictureHead {
  readonly id: string;
  /** The model's class that the data states; -1 where it states none. */
  readonly label: number;
}
export interface UnreadPicture {
  readonly id: string;
  readonly message: string;
}

/** A picture, as the network takes it and as it looks. */
export interface LoadedPicture extends PictureHead {
  readonly x: Float32Array;
  readonly picture: ImageU8 | undefined;
}

/** Items of a data set without their pictures; nothing is read. */
export async function itemsOf(data: DataSet): Promise<readonly DataItem[]> {
  const items: DataItem[] = [];
  for await (const { id, label, load } of data.items()) items.push({ id, label, load });
  return items;
}

export type LabelOf = (item: Pick<DataItem, "label">) => number;

/** The model's class of each label, -1 for those that join none; and what the join had to say. */
export function labelsJoined(
  { model, classifier, wnids }: Pick<RegionNetwork, "model" | "classifier" | "wnids">,
  data: DataSet,
): { readonly labelOf: LabelOf; readonly notes: readonly string[] } {
  const joined = joinLabels(data, { count: classifier.classes, labels: model.labels, wnids });
  return { labelOf: ({ label }) => joined.of(label) ?? -1, notes: joined.report.notes };
}

/** Pictures decoded ahead of the network. */
const AHEAD = 8;
const NO_LABEL: LabelOf = () => -1;

export interface ReadOptions {
  readonly labelOf?: LabelOf | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Pictures in the order of the items, one that cannot be read as words in its place. */
export async function* read(
  { model, classifier, preprocessing }: RegionNetwork,
  items: Iterable<DataItem>,
  { labelOf = NO_LABEL, signal }: ReadOptions = {},
): AsyncGenerator<LoadedPicture | UnreadPicture, void, void> {
  for await (const got of prefetch(items, AHEAD, { signal })) {
    const { id } = got.item;
    if ("error" in got) yield { id, message: got.error.message };
    else {
      const { rows, picture } = await readInput(model, classifier, got.image, { preprocessing });
      yield { id, label: labelOf(got.item), x: rows[0] as Float32Array, picture };
    }
  }
}

/** All of them. Throws `E_IMAGE_READ` for the first that cannot be read. */
export async function readAll(
  network: RegionNetwork,
  items: Iterable<DataItem>,
  options: ReadOptions = {},
): Promise<readonly LoadedPicture[]> {
  const pictures: LoadedPicture[] = [];
  for await (const got of read(network, items, options)) {
    if ("message" in got) throw new OnnxplainError("E_IMAGE_READ", `\`${got.id}\`: ${got.message}`);
    pictures.push(got);
  }
  return pictures;
}

export interface PicturesOptions extends ReadOptions {
  /** Called in order at every walk. */
  readonly onRead?: ((head: PictureHead) => void) | undefined;
  readonly onUnread?: ((picture: UnreadPicture) => void) | undefined;
}

/** Numbers in one picture. */
export const pictureWidth = ({ classifier }: RegionNetwork): number =>
  sourceOf(classifier, classifier.model).dims.reduce((p, d) => p * d, 1);

/**
 * Items as a set that is walked: the next block is read while one is worked on, and what cannot be read is passed over, so that blocks may
 * hold fewer pictures than `count` says.
 */
export function picturesOfItems(
  network: RegionNetwork,
  items: readonly DataItem[],
  { onRead, onUnread, ...options }: PicturesOptions = {},
): Pictures {
  const width = pictureWidth(network);
  async function* inTurn(size: number): AsyncGenerator<PictureBlock, void, void> {
    // one is filled while the other is worked on
    const buffers = [new Float32Array(size * width), new Float32Array(size * width)] as const;
    let [first, count, rows] = [0, 0, buffers[0]];
    for await (const got of read(network, items, options)) {
      if ("message" in got) {
        onUnread?.(got);
        continue;
      }
      onRead?.({ id: got.id, label: got.label });
      rows.set(got.x, count++ * width);
      if (count < size) continue;
      yield { first, count, rows };
      [first, count, rows] = [first + count, 0, rows === buffers[0] ? buffers[1] : buffers[0]];
    }
    if (count > 0) yield { first, count, rows: rows.subarray(0, count * width) };
  }
  return {
    count: items.length,
    width,
    blocks: (size) => oneAhead(inTurn(size)),
    at: async (places) => {
      const found = await readAll(
        network,
        Array.from(places, (i) => items[i] as DataItem),
        options,
      );
      const rows = new Float32Array(found.length * width);
      found.forEach(({ x }, i) => void rows.set(x, i * width));
      return rows;
    },
  };
}

/** The next value is under way while one is worked on. */
async function* oneAhead<T>(values: AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
  let next = values.next();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done) return;
      next = values.next();
      next.catch(() => undefined);
      yield value as T;
    }
  } finally {
    await next.catch(() => undefined);
    await values.return();
  }
}
