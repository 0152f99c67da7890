/** @file ACE as a baseline: the pictures of each cluster are one search, and a picture keeps segments of its nearest cluster's concepts. */
import { scattered, shuffled, uniforms } from "../random.ts";
import { ACE, type AceAsked, type AceOptions, distance, findConcepts } from "../regions/concepts/find.ts";
import type { SeenPicture } from "../regions/concepts/patches.ts";
import { conceptLayer } from "../regions/concepts/readout.ts";
import { openSegmentReader, placedSegments, type SegmentReading, segmentsKept } from "../regions/concepts/reuse.ts";
import { SEGMENTATION } from "../regions/concepts/segments.ts";
import { TCAV } from "../regions/concepts/tcav.ts";
import { type Pictures, pickedPictures } from "../regions/pictures.ts";
import type { StreamOptions } from "../regions/stream.ts";
import type { MaskMaker } from "./regions-evaluate-keep.ts";
import { ACE as ACE_ID } from "./regions-evaluate-methods.ts";
import type { EvaluatedNetwork } from "./regions-evaluate-network.ts";
import { seenPixels } from "./regions-evaluate-seen.ts";

export interface AceColumnOptions extends Pick<AceOptions, "resolutions" | "clusters" | "restarts" | "randomSets"> {
  /** Pictures of a cluster that are searched at most, those nearest to its centre. Default all. */
  readonly pictures?: number | undefined;
}

/** How concepts were searched; plain JSON. */
export interface AceSettings {
  /** About how many superpixels a picture has at each resolution. */
  readonly resolutions: readonly number[];
  /** Groups of patches in one search. */
  readonly clusters: number;
  readonly restarts: number;
  readonly randomSets: number;
  /** Null: all of the cluster. */
  readonly pictures: number | null;
}

export const aceSettings = (options: AceColumnOptions = {}): AceSettings => ({
  resolutions: options.resolutions ?? SEGMENTATION.resolutions,
  clusters: options.clusters ?? ACE.clusters,
  restarts: options.restarts ?? ACE.restarts,
  randomSets: options.randomSets ?? TCAV.randomSets,
  pictures: options.pictures ?? null,
});

/** One search: `ace/<seed>/<cluster>.json`. */
export interface AceSearch {
  /** The class whose slopes were asked for: the network's class of the reference nearest to the centre. */
  readonly label: number;
  readonly pictures: number;
  readonly patches: number;
  /** Groups that they fell into. */
  readonly clusters: number;
  /** Groups that are common and do no more than random patches. */
  readonly dropped: number;
  /** The largest TCAV score first. */
  readonly concepts: readonly {
    readonly centre: readonly number[];
    readonly radius: number;
    readonly tcav: number;
    readonly size: number;
    readonly pictures: number;
  }[];
}

/** Of a cluster that k-means left empty. */
const NOTHING = { pictures: 0, patches: 0, clusters: 0, dropped: 0, concepts: [] } as const;

/** What ACE found and kept in one run. */
export interface AceResult {
  /** One a cluster: {@link AceSearch} with concepts counted. */
  readonly searches: readonly (Omit<AceSearch, "concepts"> & { readonly concepts: number })[];
  /** Segments of an unseen picture, and those of them that belong to a concept; means. */
  readonly segments: number;
  readonly placed: number;
  /** Mean share of pixels that stay. */
  readonly kept: number;
  /** Share of unseen pictures of which fewer pixels stay than were asked for, and of which none stays. */
  readonly short: number;
  readonly nothing: number;
}

/** ACE over all runs of an evaluation; holds a native session. */
export interface AceRuns {
  readonly settings: AceSettings;
  /** Of one picture. */
  readonly pixels: number;
  readonly search: (
    own: Pictures,
    random: Pictures,
    asked: { readonly label: number; readonly seed: number },
  ) => Promise<AceSearch>;
  /** Segments of unseen picture `i` and what the layer says of them: no seed changes that, so what fits `hold` is read once. */
  readonly read: (row: Float32Array, i: number) => Promise<SegmentReading>;
  readonly dispose: () => Promise<void>;
}

export async function openAceRuns(
  { classifier, layer, spec }: EvaluatedNetwork,
  settings: AceSettings,
  { hold, stream }: { readonly hold: number; readonly stream: StreamOptions },
): Promise<AceRuns> {
  const network: Pick<AceAsked, "classifier" | "layer" | "spec"> = {
    classifier,
    layer: conceptLayer(classifier, layer.name),
    spec,
  };
  const { pictures: _, ...search } = settings;
  const seen = (row: Float32Array, id: string): SeenPicture => ({ id, image: seenPixels(row, spec, classifier) });
  const reader = await openSegmentReader(network, { ...stream, resolutions: settings.resolutions });
  const readings = new Map<number, SegmentReading>();
  let held = 0;
  return {
    settings,
    pixels: classifier.width * classifier.height,
    search: async (own, random, { label, seed }) => {
      const pictures = await seenAll(own, seen);
      if (pictures.length === 0) return { label, ...NOTHING };
      const asked = { ...network, target: label, pictures, random: await seenAll(random, seen) };
      const found = await findConcepts(asked, { ...stream, ...search, seed });
      return {
        label,
        pictures: pictures.length,
        patches: found.patches,
        clusters: found.clusters,
        dropped: found.dropped.length,
        concepts: found.concepts.map(({ centre, radius, tcav, size, pictures: distinct }) => ({
          centre: Array.from(centre),
          radius,
          tcav: tcav.mean,
          size,
          pictures: distinct,
        })),
      };
    },
    read: async (row, i) => {
      const known = readings.get(i);
      if (known !== undefined) return known;
      const reading = await reader.read(seen(row, String(i)));
      held += bytesOf(reading);
      if (held <= hold) readings.set(i, reading);
      return reading;
    },
    dispose: reader.dispose,
  };
}

async function seenAll(
  pictures: Pictures,
  seen: (row: Float32Array, id: string) => SeenPicture,
): Promise<readonly SeenPicture[]> {
  const all: SeenPicture[] = [];
  for await (const { rows } of pictures.blocks(1)) all.push(seen(rows, String(all.length)));
  return all;
}

function bytesOf({ segments, activations }: SegmentReading): number {
  const labels = new Set(segments.map((s) => s.labels));
  return [...labels, ...activations].reduce((sum, of) => sum + of.byteLength, 0);
}

export interface AceAskedOfRun {
  readonly seed: number;
  /** Share of pixels kept. */
  readonly keep: number;
  readonly references: Pictures;
  /** psi of the references. */
  readonly features: Pictures;
  /** Cluster of each reference. */
  readonly assignment: Int32Array;
  readonly centres: Float64Array;
  /** Class that each cluster is asked about. */
  readonly labels: readonly number[];
  /** Nearest cluster of each unseen picture. */
  readonly near: Int32Array;
  /** A piece of the work that is not made again. */
  readonly kept: (name: string, make: () => Promise<AceSearch>) => Promise<AceSearch>;
  readonly onProgress?: ((what: string, done: number, of: number) => void) | undefined;
}

/**
 * The column of one run. A picture keeps segments in order of TCAV until they are more than `keep` of it, all of them where they never are.
 * `result` is of the pictures whose masks were made.
 *
 * Source: Lam et al. 2021, section 6; Ghorbani et al. 2019. Throws as `findConcepts`.
 */
export async function aceColumn(
  runs: AceRuns,
  asked: AceAskedOfRun,
): Promise<{ readonly maker: MaskMaker; readonly result: () => AceResult }> {
  const { seed, keep, near, labels, kept, onProgress } = asked;
  const searches: AceSearch[] = [];
  onProgress?.("ACE, concepts of clusters", 0, labels.length);
  for (const [v, label] of labels.entries()) {
    searches.push(await kept(`ace/${seed}/${v}.json`, async () => searchOf(runs, asked, { v, label })));
    onProgress?.("ACE, concepts of clusters", v + 1, labels.length);
  }
  const known = searches.map(({ concepts }) =>
    concepts.map(({ centre, radius, tcav }) => ({ centre: Float64Array.from(centre), radius, tcav: { mean: tcav } })),
  );
  const sums = { pictures: 0, segments: 0, placed: 0, kept: 0, short: 0, nothing: 0 };
  return {
    maker: {
      id: ACE_ID,
      mask: async ({ row }, i) => {
        const reading = await runs.read(row, i);
        const placed = placedSegments(reading, known[near[i] as number] ?? []);
        const mask = segmentsKept(placed, { share: keep, size: runs.pixels });
        const left = mask.reduce((sum, v) => sum + v, 0);
        sums.pictures++;
        sums.segments += reading.segments.length;
        sums.placed += placed.length;
        sums.kept += left / runs.pixels;
        if (left < keep * runs.pixels) sums.short++;
        if (left === 0) sums.nothing++;
        onProgress?.("ACE, unseen pictures", i + 1, near.length);
        return mask;
      },
    },
    result: () => ({
      searches: searches.map((s) => ({ ...s, concepts: s.concepts.length })),
      segments: sums.segments / sums.pictures,
      placed: sums.placed / sums.pictures,
      kept: sums.kept / sums.pictures,
      short: sums.short / sums.pictures,
      nothing: sums.nothing / sums.pictures,
    }),
  };
}

/** Pictures that random patches are cut from. */
const STRANGERS = 100;

/** The pictures of cluster `v` against a draw of the other references; of all, where there are no others. */
async function searchOf(
  runs: AceRuns,
  { references, features, assignment, centres, seed }: AceAskedOfRun,
  { v, label }: { readonly v: number; readonly label: number },
): Promise<AceSearch> {
  const places = Array.from(assignment.keys());
  const width = features.width;
  const centre = centres.subarray(v * width, (v + 1) * width);
  const own = await nearestTo(
    features,
    places.filter((i) => assignment[i] === v),
    { centre, most: runs.settings.pictures ?? Number.POSITIVE_INFINITY },
  );
  const others = places.filter((i) => assignment[i] !== v);
  const from = others.length > 0 ? others : places;
  const at = scattered(scattered(seed) + 1 + v);
  const strangers = shuffled(from.length, uniforms(at), Math.min(STRANGERS, from.length)).map((i) => from[i] as number);
  const [pictures, random] = [await pickedPictures(references, own), await pickedPictures(references, strangers)];
  return runs.search(pictures, random, { label, seed: at });
}

/** Those of the places whose points are nearest, ascending; the lower place at ties. */
async function nearestTo(
  points: Pictures,
  places: readonly number[],
  { centre, most }: { readonly centre: Float64Array; readonly most: number },
): Promise<readonly number[]> {
  if (places.length <= most) return places;
  const far: number[] = [];
  for await (const { rows } of (await pickedPictures(points, places)).blocks(1)) far.push(distance(rows, centre));
  return Array.from(places.keys())
    .sort((a, b) => (far[a] as number) - (far[b] as number) || a - b)
    .slice(0, most)
    .map((i) => places[i] as number)
    .sort((a, b) => a - b);
}
