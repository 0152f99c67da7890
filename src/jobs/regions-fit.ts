/** @file `regions fit` as a job: boundaries of a few references, and where all references lie to them; the references are read once. */
import { openJob } from "#run-folder";
import type { DataItem, DataSet } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import { scattered, shuffled, uniforms } from "../random.ts";
import { type Boundaries, boundariesOf } from "../regions/boundary.ts";
import type { RegionFit } from "../regions/fit.ts";
import { featureWidth } from "../regions/graphs.ts";
import { picturesInMemory } from "../regions/pictures.ts";
import { locality } from "../regions/piecewise-linear.ts";
import { openProjector, type Projections, sidesOf } from "../regions/projections.ts";
import type { StreamOptions } from "../regions/stream.ts";
import { VERSION } from "../version.ts";
import { closeParts, placedReferences } from "./regions-fit-parts.ts";
import {
  itemsOf,
  labelsJoined,
  pictureWidth,
  type RegionNetwork,
  read,
  type UnreadPicture,
} from "./regions-network.ts";
import { openRegionsFit, regionsFiles } from "./regions-open.ts";
import type { Settings } from "./run-folder.ts";

/**
 * Where boundaries are taken: `reference`, at references drawn once (the paper); `toward-other-class`, on the way from each explained
 * picture to references of other classes (the authors' code).
 */
export const SAMPLINGS = ["reference", "toward-other-class"] as const;
export type BoundarySampling = (typeof SAMPLINGS)[number];

export interface RegionsFitOptions extends StreamOptions {
  /** |Q|; default 50. All references where it is more. */
  readonly boundaries?: number | undefined;
  readonly sampling?: BoundarySampling | undefined;
  /** Every explained picture draws its own |Q| boundaries, from {@link POOL} times as many. */
  readonly perInput?: boolean | undefined;
  readonly seed?: number | undefined;
  /** References in a part, which is what a kill loses at most. Default 1024. */
  readonly shard?: number | undefined;
  /** Parts are kept here while the fit is made, its files in the end. Without one nothing is written. */
  readonly folder?: string | undefined;
  /** Go on with the parts in the folder; a finished fit is read from it. Default false. */
  readonly resume?: boolean | undefined;
  /** How to find model and data again; plain JSON. */
  readonly origin?: Settings | undefined;
}

/** Boundaries taken for each one that a picture of its own draw uses. */
export const POOL = 4;

/** `fit.json`: the same for the same references, network, settings and seed. */
export interface RegionsReport {
  readonly version: string;
  readonly model: { readonly name: string; readonly sha256: string };
  readonly data: string;
  readonly layer: { readonly name: string; readonly dims: readonly number[] };
  readonly classes: number;
  readonly class_names: readonly string[] | null;
  /** References that were read. */
  readonly count: number;
  /** Numbers in psi. */
  readonly width: number;
  /** |Q| of one explained picture, and boundaries that are kept. */
  readonly boundaries: number;
  readonly kept: number;
  readonly sampling: BoundarySampling;
  readonly per_input: boolean;
  readonly seed: number;
  readonly unread: readonly UnreadPicture[];
  readonly origin: Settings | null;
  readonly notes: readonly string[];
}

/** References in the order of the data; none of those that could not be read. */
export interface ReferenceTable {
  readonly ids: readonly string[];
  /** The truth, -1 where it is not known. */
  readonly labels: Int32Array;
  /** Probability of the class that the network decides for. */
  readonly probabilities: Float64Array;
}

/** A fit. `fit.boundaries` is empty where boundaries are sought for each explained picture. */
export interface RegionsRun {
  readonly report: RegionsReport;
  readonly fit: RegionFit;
  readonly references: ReferenceTable;
}

export interface FittedRegions extends RegionsRun {
  /** Of this call; 0 where the fit was whole already. */
  readonly seconds: { readonly boundaries: number; readonly references: number };
}

const BOUNDARIES = 50;
const SHARD = 1024;

/**
 * Throws `E_PARAM`, also for a folder begun with other settings; `E_FILE` for one that is taken; `E_DATA_EMPTY`, `E_NUMERIC`, `E_ABORTED`
 * (whole parts stay), and as `boundaryGraph` does.
 */
export async function runRegionsFit(
  network: RegionNetwork,
  data: DataSet,
  options: RegionsFitOptions = {},
): Promise<FittedRegions> {
  const {
    boundaries: wanted = BOUNDARIES,
    sampling = "reference",
    perInput = false,
    seed = 0,
    shard = SHARD,
    folder,
    resume = false,
    origin = null,
    onProgress,
    ...stream
  } = options;
  for (const [name, value] of Object.entries({ boundaries: wanted, shard }))
    if (!(Number.isInteger(value) && value >= 1))
      throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be an integer from 1 up, got ${value}.`);
  const { classifier, layer, model, preprocessing = null } = network;
  const items = await itemsOf(data);
  const asked = { boundaries: wanted, sampling, per_input: perInput || sampling === "toward-other-class", seed };
  const sha256 = await model.digest();
  const settings: Settings = {
    verb: "regions fit",
    model: sha256,
    layer: layer.name,
    data: data.name,
    items: items.length,
    preprocessing,
    ...asked,
    shard,
    batch: stream.batch ?? null,
    device: stream.device ?? null,
    origin,
  };
  const job = folder === undefined ? undefined : await openJob(folder, settings, resume);
  if (job?.done) return { ...(await openRegionsFit(job.folder)), seconds: { boundaries: 0, references: 0 } };
  const { labelOf, notes } = labelsJoined(network, data);
  const began = performance.now();
  const draw = sampling === "reference" ? wanted * (perInput ? POOL : 1) : 0;
  const { places, boundaries } = await sampledBoundaries(network, items, { wanted: draw, seed, stream });
  const taken = performance.now();
  let through = 0;
  const onPart = (first: number): void => {
    through = first;
  };
  const projector = await openProjector(classifier, layer, {
    ...stream,
    onProgress: (done) => onProgress?.(through + done, items.length),
  });
  try {
    const { heads, unread, projections, probabilities } = await placedReferences(
      network,
      items,
      { projector, boundaries },
      { labelOf, signal: stream.signal, size: shard, job, onPart },
    );
    refuseNone(data, projections, unread);
    const place = placesOfRead(items, new Set(unread.map((u) => u.id)));
    const report: RegionsReport = {
      version: VERSION,
      model: { name: model.source.name, sha256 },
      data: data.name,
      layer: { name: layer.name, dims: layer.dims.slice(1) as readonly number[] },
      classes: classifier.classes,
      class_names: model.labels ?? null,
      count: heads.length,
      width: boundaries.width,
      ...asked,
      kept: boundaries.count,
      unread,
      origin,
      notes: [...notes, ...locality(classifier, layer), ...fewer(draw, boundaries.count, heads.length)],
    };
    const fit: RegionFit = {
      sampled: Int32Array.from(places, (i) => place[i] as number),
      boundaries,
      projections,
      sides: sidesOf(projections),
      notes: report.notes,
    };
    const references = { ids: heads.map((h) => h.id), labels: Int32Array.from(heads, (h) => h.label), probabilities };
    const run = { report, fit, references };
    if (job) {
      for (const [name, bytes] of regionsFiles(run)) await job.write(name, bytes);
      await closeParts(job, settings);
    }
    const ended = performance.now();
    return { ...run, seconds: { boundaries: (taken - began) / 1000, references: (ended - taken) / 1000 } };
  } finally {
    await projector.dispose();
  }
}

/** Drawn references that cannot be read give way to the next of the draw. */
async function sampledBoundaries(
  network: RegionNetwork,
  items: readonly DataItem[],
  { wanted, seed, stream }: { readonly wanted: number; readonly seed: number; readonly stream: StreamOptions },
): Promise<{ readonly places: readonly number[]; readonly boundaries: Boundaries }> {
  const { classifier, layer } = network;
  const width = featureWidth(layer);
  if (wanted === 0) return { places: [], boundaries: noBoundaries(width) };
  const order = shuffled(items.length, uniforms(scattered(seed)));
  const rows = new Map<number, Float32Array>();
  for (let at = 0; at < order.length && rows.size < wanted; ) {
    const drawn = order.subarray(at, at + wanted - rows.size);
    at += drawn.length;
    // data lie in blocks: in their order each block is read once
    const places = drawn.toSorted();
    let next = 0;
    for await (const got of read(
      network,
      Array.from(places, (i) => items[i] as DataItem),
      { signal: stream.signal },
    )) {
      const place = places[next++] as number;
      if (!("message" in got)) rows.set(place, got.x);
    }
  }
  const places = Array.from(order).filter((place) => rows.has(place));
  if (places.length === 0) return { places, boundaries: noBoundaries(width) };
  const { onProgress: _, ...quiet } = stream;
  const own = pictureWidth(network);
  const x = new Float32Array(places.length * own);
  for (const [i, place] of places.entries()) x.set(rows.get(place) as Float32Array, i * own);
  return { places, boundaries: await boundariesOf(classifier, layer, picturesInMemory(x, own), quiet) };
}

export const noBoundaries = (width: number): Boundaries => ({
  count: 0,
  width,
  normals: new Float32Array(0),
  offsets: new Float64Array(0),
  pairs: new Int32Array(0),
  gaps: new Float64Array(0),
});

/** For each item its place among those that were read. */
function placesOfRead(items: readonly DataItem[], gone: ReadonlySet<string>): Int32Array {
  let next = 0;
  return Int32Array.from(items, ({ id }) => (gone.has(id) ? -1 : next++));
}

function refuseNone(data: DataSet, { count }: Projections, [first]: readonly UnreadPicture[]): void {
  if (count > 0) return;
  throw new OnnxplainError(
    "E_DATA_EMPTY",
    `No picture of \`${data.name}\` can be read.${first ? ` ${first.id}: ${first.message}` : ""} Name other data.`,
  );
}

const fewer = (wanted: number, kept: number, count: number): readonly string[] =>
  kept < wanted ? [`${wanted} boundaries were asked for; there are ${count} references, so ${kept} were taken.`] : [];
