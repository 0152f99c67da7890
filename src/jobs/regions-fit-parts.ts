/** @file References past the boundaries part by part: a part in the folder of the fit stands whole or not at all, and is not made again. */
import { openRun } from "#run-folder";
import type { DataItem } from "../data/dataset.ts";
import { writeSafetensors } from "../formats/safetensors.ts";
import type { Boundaries } from "../regions/boundary.ts";
import { softmaxOf } from "../regions/probabilities.ts";
import type { Projections, Projector } from "../regions/projections.ts";
import { arraysIn } from "./kept-files.ts";
import {
  type LabelOf,
  type PictureHead,
  picturesOfItems,
  type RegionNetwork,
  type UnreadPicture,
} from "./regions-network.ts";
import type { JobFolder, Settings } from "./run-folder.ts";

/** References of one part that were read, in order, and those that were not. */
interface FitPart {
  readonly heads: readonly PictureHead[];
  readonly unread: readonly UnreadPicture[];
  /** `[heads, boundaries]`; class and its probability `[heads]`. */
  readonly values: Float64Array;
  readonly classes: Int32Array;
  readonly probabilities: Float64Array;
}

export interface PartsOptions {
  readonly labelOf: LabelOf;
  readonly signal: AbortSignal | undefined;
  /** Items of a part. */
  readonly size: number;
  /** Where parts are kept; nothing is written without one. */
  readonly job: JobFolder | undefined;
  /** Called before each part with the items that are through. */
  readonly onPart: (first: number) => void;
}

/** All parts as one; `projections` and `probabilities` of the references that were read. */
export interface PlacedReferences extends Pick<FitPart, "heads" | "unread" | "probabilities"> {
  readonly projections: Projections;
}

/** Never holds more than a part beside the results. Throws `E_FILE` for a part that was changed, and as `Projector.project` does. */
export async function placedReferences(
  network: RegionNetwork,
  items: readonly DataItem[],
  { projector, boundaries }: { readonly projector: Projector; readonly boundaries: Boundaries },
  { labelOf, signal, size, job, onPart }: PartsOptions,
): Promise<PlacedReferences> {
  const q = boundaries.count;
  const values = new Float64Array(items.length * q);
  const classes = new Int32Array(items.length);
  const probabilities = new Float64Array(items.length);
  const [heads, unread]: [PictureHead[], UnreadPicture[]] = [[], []];
  for (let first = 0, index = 0; first < items.length; first += size, index++) {
    onPart(first);
    const name = `parts/${String(index).padStart(6, "0")}.safetensors`;
    const known = job?.resumed ? await job.read(name) : undefined;
    const own = items.slice(first, first + size);
    const part = known
      ? unpacked(known, { name, folder: job?.folder ?? "", boundaries: q })
      : await made(network, own, { projector, boundaries }, { labelOf, signal });
    if (!known) await job?.write(name, packed(part, q));
    values.set(part.values, heads.length * q);
    classes.set(part.classes, heads.length);
    probabilities.set(part.probabilities, heads.length);
    heads.push(...part.heads);
    unread.push(...part.unread);
  }
  const count = heads.length;
  return {
    heads,
    unread,
    probabilities: probabilities.subarray(0, count),
    projections: {
      count,
      boundaries: q,
      values: values.subarray(0, count * q),
      classes: classes.subarray(0, count),
    },
  };
}

/** The results stand: parts are taken away. */
export async function closeParts({ folder }: JobFolder, settings: Settings): Promise<void> {
  const run = await openRun(folder, settings, true);
  await run.close();
}

async function made(
  network: RegionNetwork,
  items: readonly DataItem[],
  { projector, boundaries }: { readonly projector: Projector; readonly boundaries: Boundaries },
  options: Pick<PartsOptions, "labelOf" | "signal">,
): Promise<FitPart> {
  const [heads, unread]: [PictureHead[], UnreadPicture[]] = [[], []];
  const pictures = picturesOfItems(network, items, {
    ...options,
    onRead: (head) => void heads.push(head),
    onUnread: (picture) => void unread.push(picture),
  });
  const { scores, values, classes } = await projector.project(pictures, boundaries, (i) => heads[i]?.id);
  const count = heads.length;
  const decided = classes.subarray(0, count);
  return {
    heads,
    unread,
    values: values.subarray(0, count * boundaries.count),
    classes: decided,
    probabilities: probabilitiesOf(network, scores, { count, classes: decided }),
  };
}

/** Of the decided class of each row. */
export function probabilitiesOf(
  { classifier: { classes, scoreKind } }: RegionNetwork,
  scores: Float32Array,
  { classes: decided }: Pick<Projections, "count" | "classes">,
): Float64Array {
  return Float64Array.from(decided, (c, i) => {
    const own = scores.subarray(i * classes, (i + 1) * classes);
    return (scoreKind === "logits" ? softmaxOf(own) : own)[c] as number;
  });
}

const packed = ({ heads, unread, values, classes, probabilities }: FitPart, boundaries: number): Uint8Array =>
  writeSafetensors(
    {
      values: { dims: [heads.length, boundaries], data: values },
      classes: { dims: [heads.length], data: classes },
      labels: { dims: [heads.length], data: Int32Array.from(heads, (h) => h.label) },
      probabilities: { dims: [heads.length], data: probabilities },
    },
    { ids: JSON.stringify(heads.map((h) => h.id)), unread: JSON.stringify(unread) },
  );

function unpacked(
  bytes: Uint8Array,
  { name, folder, boundaries }: { readonly name: string; readonly folder: string; readonly boundaries: number },
): FitPart {
  const { arrays, metadata } = arraysIn(bytes, folder, name);
  const ids = JSON.parse(metadata.ids ?? "[]") as readonly string[];
  const labels = arrays.int32("labels", ids.length);
  return {
    heads: ids.map((id, i) => ({ id, label: labels[i] as number })),
    unread: JSON.parse(metadata.unread ?? "[]") as FitPart["unread"],
    values: arrays.float64("values", ids.length * boundaries),
    classes: arrays.int32("classes", ids.length),
    probabilities: arrays.float64("probabilities", ids.length),
  };
}
