/** @file `regions explain` as a job: the polytope of each picture, the references it holds by nearness, heat maps on the nearest. */
import type { DataItem } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import type { ImageU8 } from "../image/types.ts";
import { has, put } from "../regions/bits.ts";
import type { CoverOptions, Removed } from "../regions/cover.ts";
import { normalLengths, type Ranked, rankedCovered } from "../regions/distance.ts";
import type { RegionFit } from "../regions/fit.ts";
import { heatMap } from "../regions/heat-map.ts";
import { picturesInMemory } from "../regions/pictures.ts";
import { isPositive, openProjector, type Projector, valuesOf } from "../regions/projections.ts";
import { openRegions, type Region } from "../regions/region.ts";
import type { StreamOptions } from "../regions/stream.ts";
import { probabilitiesOf } from "./regions-fit-parts.ts";
import { type LoadedPicture, readAll } from "./regions-network.ts";
import type { OpenRegions } from "./regions-open.ts";
import { type Sample, type SampleOf, sampleFor } from "./regions-sample.ts";
import { openStored, type StoredCover, type StoredRegions } from "./regions-stored.ts";

export interface RegionsExplainOptions extends StreamOptions, Pick<CoverOptions, "delta" | "prune"> {
  /** Covered references that are shown with heat maps; default 10. */
  readonly k?: number | undefined;
  /** Dist by normals of unit length; default false, as in the paper. */
  readonly unitNormals?: boolean | undefined;
}

/** A boundary of a polytope. */
export interface RegionBoundary extends Removed {
  /** Number in the fit; for boundaries sought for one picture, among all that were sought. */
  readonly index: number;
  /** Place of the reference at which it was taken, or toward which it was sought. */
  readonly reference: number;
  readonly pair: readonly [positive: number, next: number];
  /** Of the explained picture; above 0 is the positive side. */
  readonly value: number;
  /** References that it removes, by the network's class: only classes that lose any, in ascending order. */
  readonly excludes: readonly { readonly class: number; readonly count: number }[];
}

/** A picture with the heat map of an interpretation, 0..1, `[height * width]` of the network's input. */
export interface MappedPicture {
  readonly id: string;
  /** The truth, -1 where it is not known. */
  readonly label: number;
  /** The network's class, and its probability. */
  readonly predicted: number;
  readonly probability: number;
  readonly picture: ImageU8 | undefined;
  readonly map: Float64Array;
}
export interface MappedReference extends MappedPicture, Ranked {}

export interface ExplainedRegion {
  readonly input: MappedPicture;
  /** Its place among the references; undefined for a picture from outside. */
  readonly reference: number | undefined;
  readonly region: Region;
  readonly boundaries: readonly RegionBoundary[];
  /** All covered references, nearest first. */
  readonly covered: readonly Ranked[];
  readonly nearest: readonly MappedReference[];
  /** Stored regions that cover it, that of most references first; empty where none does; undefined where none are stored. */
  readonly stored: readonly StoredCover[] | undefined;
  readonly notes: readonly string[];
}

/** Throws as {@link sampleFor}, `cover`, `E_IMAGE_READ`. */
export async function explainByRegions(
  of: SampleOf,
  pictures: readonly LoadedPicture[],
  { stored, ...options }: RegionsExplainOptions & { readonly stored?: StoredRegions | undefined } = {},
): Promise<readonly ExplainedRegion[]> {
  const { network, open } = of;
  const { k = 10, delta, prune, unitNormals, ...stream } = options;
  const rows = pictures.map((p) => p.x);
  const sample = await sampleFor(of, rows, stream);
  const { onProgress: _, ...quiet } = stream;
  const reader = await readerOn(of, sample, { ...quiet, k, delta, prune, unitNormals });
  const judge = stored && (await openStored(network, stored, quiet));
  try {
    const placed = referenceOf(open, sample.fit);
    const found: ExplainedRegion[] = [];
    for (const [i, picture] of pictures.entries()) {
      const own = await reader.explained(picture, sample.candidates[i]);
      found.push({ ...own, reference: placed(own), stored: await judge?.covering(picture.x) });
    }
    return found;
  } finally {
    await Promise.all([reader.dispose(), judge?.dispose()]);
  }
}

/** Values closer than this, by their size, are of one picture: batches of other sizes round otherwise. */
const SAME = 1e-3;

/** The reference of the same name, where it lies at the same place to all boundaries. */
function referenceOf(
  { references }: OpenRegions,
  { projections }: RegionFit,
): (found: Explained) => number | undefined {
  const places = new Map(references.ids.map((id, i) => [id, i]));
  return ({ input: { id }, region: { values } }) => {
    const i = places.get(id);
    if (i === undefined) return undefined;
    return valuesOf(projections, i).every((v, h) => {
      const own = values[h] as number;
      return Math.abs(v - own) <= SAME * (1 + Math.abs(own));
    })
      ? i
      : undefined;
  };
}

type Explained = Omit<ExplainedRegion, "reference" | "stored">;

/** Reads interpretations with their sheets; holds native sessions. */
export interface SheetReader {
  readonly explained: (picture: LoadedPicture, candidates: readonly number[] | undefined) => Promise<Explained>;
  /** The nearest of these covered references with the heat maps of a region. */
  readonly sheet: (ranked: readonly Ranked[], region: Region) => Promise<readonly MappedReference[]>;
  readonly dispose: () => Promise<void>;
}

export async function readerOn(
  of: SampleOf,
  { fit, notes }: Sample,
  { k = 10, delta, prune, unitNormals = false, ...stream }: RegionsExplainOptions = {},
): Promise<SheetReader> {
  const { network } = of;
  const { classifier, layer } = network;
  const regions = await openRegions(classifier, layer, fit, stream);
  const projector = await openProjector(classifier, layer, stream);
  const size = { width: classifier.width, height: classifier.height };
  const lengths = unitNormals ? normalLengths(fit.boundaries) : undefined;
  const sheet = (ranked: readonly Ranked[], region: Region): Promise<readonly MappedReference[]> =>
    mapped(of, projector, { ranked, region });
  return {
    explained: async (picture, candidates) => {
      const region = await regions.region(picture.x, { delta, prune, candidates });
      const { scores } = await projector.features(picturesInMemory(picture.x, picture.x.length));
      const covered = rankedCovered(region, fit.projections, region.values, { lengths });
      const [probability = 0] = probabilitiesOf(network, scores, { count: 1, classes: Int32Array.of(region.label) });
      return {
        input: {
          id: picture.id,
          label: picture.label,
          predicted: region.label,
          probability,
          picture: picture.picture,
          map: heatMap(region.psi, region.weights, { layer, size }),
        },
        region,
        boundaries: boundariesOfRegion(fit, region),
        covered,
        nearest: await sheet(covered.slice(0, k), region),
        notes: [...notes, ...remarks(region)],
      };
    },
    sheet,
    dispose: async () => void (await Promise.all([regions.dispose(), projector.dispose()])),
  };
}

const remarks = ({ order, met, other, delta }: Region): readonly string[] => [
  ...(order.length === 0
    ? ["No boundary is needed, so the region holds every reference; heat maps are of the picture's own boundary."]
    : []),
  ...(met
    ? []
    : [`${other} references of other classes stay, more than the ${delta} allowed: no boundary parts them.`]),
];

async function mapped(
  { network, items, open }: SampleOf,
  projector: Projector,
  { ranked, region }: { readonly ranked: readonly Ranked[]; readonly region: Region },
): Promise<readonly MappedReference[]> {
  if (ranked.length === 0) return [];
  const { classifier, layer } = network;
  const size = { width: classifier.width, height: classifier.height };
  const loaded = await readAll(
    network,
    ranked.map(({ index }) => items[index] as DataItem),
  );
  const rows = new Float32Array(loaded.length * (loaded[0]?.x.length ?? 0));
  loaded.forEach(({ x }, i) => void rows.set(x, i * x.length));
  const { psi } = await projector.features(picturesInMemory(rows, rows.length / loaded.length));
  const width = psi.length / loaded.length;
  return ranked.map(({ index, distance }, i) => ({
    index,
    distance,
    id: open.references.ids[index] as string,
    label: open.references.labels[index] as number,
    predicted: open.fit.projections.classes[index] as number,
    probability: open.references.probabilities[index] as number,
    picture: loaded[i]?.picture,
    map: heatMap(psi.subarray(i * width, (i + 1) * width), region.weights, { layer, size }),
  }));
}

/** The boundaries of a polytope in the order of choice, and whom each keeps out. */
export function boundariesOfRegion(
  { boundaries, projections, sides, sampled }: RegionFit,
  { order, removed, values }: Pick<Region, "order" | "removed" | "values">,
): readonly RegionBoundary[] {
  const gone = new Uint32Array(sides.words);
  return order.map((h, at) => {
    const inside = isPositive(values[h] as number);
    const row = sides.bits.subarray(h * sides.words, (h + 1) * sides.words);
    const counts = new Map<number, number>();
    for (let i = 0; i < sides.count; i++) {
      if (has(gone, i) || has(row, i) === inside) continue;
      put(gone, i);
      const c = projections.classes[i] as number;
      counts.set(c, (counts.get(c) ?? 0) + 1);
    }
    return {
      ...(removed[at] as Removed),
      index: h,
      reference: sampled[h] as number,
      pair: [boundaries.pairs[2 * h] as number, boundaries.pairs[2 * h + 1] as number],
      value: values[h] as number,
      excludes: [...counts].sort(([a], [b]) => a - b).map(([c, count]) => ({ class: c, count })),
    };
  });
}

/** The references as the fit has them; one that is no longer there throws `E_FILE` when it is loaded. */
export function fittedItems({ references, folder }: OpenRegions, items: readonly DataItem[]): readonly DataItem[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  return references.ids.map((id) => byId.get(id) ?? missing(id, folder));
}

const missing = (id: string, folder: string): DataItem => ({
  id,
  label: undefined,
  load: async () => {
    throw new OnnxplainError("E_FILE", `Reference \`${id}\` of \`${folder}\` is gone. Restore it, or fit anew.`);
  },
});
