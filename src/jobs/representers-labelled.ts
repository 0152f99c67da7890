/** @file The labelled points of a fit's folder, and the layer fitted to their labels: what debugging and comparing stand on. */
import { OnnxplainError } from "../errors.ts";
import { type FeatureSource, inMemory } from "../representers/features.ts";
import { fitRepresenters } from "../representers/fit.ts";
import type { Representers } from "../representers/representers.ts";
import type { OpenRepresenters } from "./representers-open.ts";
import type { Store } from "./representers-store.ts";

export interface LabelledSet {
  readonly features: FeatureSource;
  readonly labels: Int32Array;
  readonly ids: readonly string[];
  /** Places in the whole set. */
  readonly places: Int32Array;
}

/** Points with a label, of these classes where some are named; on disk where all are, else in memory. Throws `E_DATA_CLASSES`. */
export async function labelledSet(
  { features, labels, ids, name }: Store,
  classes?: readonly number[] | undefined,
): Promise<LabelledSet> {
  const places = Int32Array.from({ length: labels.length }, (_, i) => i).filter((i) => {
    const label = labels[i] as number;
    return classes === undefined ? label >= 0 : classes.includes(label);
  });
  if (places.length === 0)
    throw new OnnxplainError(
      "E_DATA_CLASSES",
      `No point of \`${name}\` has ${classes === undefined ? "a label" : "one of the classes asked for"}. Fit on data with labels.`,
      { file: name },
    );
  if (places.length === labels.length) return { features, labels, ids, places };
  return {
    features: inMemory(await rowsAt(features, places), features.width),
    labels: places.map((i) => labels[i] as number),
    ids: Array.from(places, (i) => ids[i] as string),
    places,
  };
}

/** Rows `[places, width]`; places ascending. */
export async function rowsAt(features: FeatureSource, places: ArrayLike<number>): Promise<Float32Array> {
  const { width } = features;
  const rows = new Float32Array(places.length * width);
  let at = 0;
  for await (const { first, count, rows: block } of features.blocks())
    for (; at < places.length && (places[at] as number) < first + count; at++) {
      const own = (places[at] as number) - first;
      rows.set(block.subarray(own * width, (own + 1) * width), at * width);
    }
  return rows;
}

export interface LabelledFit {
  readonly fitted: Representers;
  readonly train: LabelledSet;
  /** Seconds of the fit; undefined where that of the folder was taken. */
  readonly seconds: number | undefined;
  readonly notes: readonly string[];
}

/** The folder's own fit where it is to labels under a softmax and every point has one; else a new one with its lambda. Throws as `fitRepresenters`. */
export async function labelledFit(
  { fitted, train: store }: OpenRepresenters,
  options: { readonly threads?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<LabelledFit> {
  const train = await labelledSet(store);
  const left = store.labels.length - train.labels.length;
  const { objective, activation, lambda, bias, classes } = fitted;
  if (objective === "labels" && activation === "softmax" && left === 0)
    return { fitted, train, seconds: undefined, notes: [] };
  const began = performance.now();
  const own = await fitRepresenters(train, { ...options, classes, lambda, bias, objective: "labels" });
  return {
    fitted: own,
    train,
    seconds: (performance.now() - began) / 1000,
    notes: [
      ...(left > 0 ? [`${left} training points without a label were left out`] : []),
      `the folder's fit is to \`${objective}\` under ${activation}; the layer was fitted to the labels under a softmax, lambda ${lambda}`,
    ],
  };
}

/** The held-out set. Throws `E_PARAM` where the folder has none. */
export function requireHeldOut({ heldOut, folder }: OpenRepresenters): Store {
  if (heldOut !== undefined) return heldOut;
  throw new OnnxplainError(
    "E_PARAM",
    `\`${folder}\` has no held-out points to measure on. Run \`onnxplain representers fit\` with a held-out set.`,
    { file: folder },
  );
}
