/** @file `regions map` as a job: a handful of polytopes, of the references in the middle of k clusters, as the rules of the whole network. */
import type { DataItem } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import { placesIn } from "../regions/bits.ts";
import type { CoverOptions } from "../regions/cover.ts";
import type { Ranked } from "../regions/distance.ts";
import { chosenForAll, covering } from "../regions/evaluate.ts";
import { streamedFeatures } from "../regions/features.ts";
import { kMeans } from "../regions/k-means.ts";
import { type Pictures, picturesInMemory } from "../regions/pictures.ts";
import { openProjector, type Projections, type Projector, valuesOf } from "../regions/projections.ts";
import type { Region } from "../regions/region.ts";
import type { StreamOptions } from "../regions/stream.ts";
import { type MappedPicture, type MappedReference, type RegionBoundary, readerOn } from "./regions-explain.ts";
import { type LabelOf, type LoadedPicture, picturesOfItems, readAll } from "./regions-network.ts";
import { type SampleOf, sampleFor } from "./regions-sample.ts";
import { compacted, type StoredRegions } from "./regions-stored.ts";

export interface RegionsMapOptions extends StreamOptions, Pick<CoverOptions, "delta" | "prune"> {
  /** V; default 20, or all references where there are fewer. */
  readonly inputs?: number | undefined;
  /** Covered references on the sheet of each region; default 8. */
  readonly k?: number | undefined;
  readonly unitNormals?: boolean | undefined;
  /** Of k-means; default that of the fit. */
  readonly seed?: number | undefined;
  /** Bytes of features that may be held; above it they are computed again at every walk. Default 1 GiB. */
  readonly memory?: number | undefined;
  /** Pictures that nothing covers, to show; default 24. */
  readonly outliers?: number | undefined;
  readonly labelOf?: LabelOf | undefined;
}

export interface LabelCount {
  readonly label: number;
  readonly count: number;
}

/** A rule: the polytopes of inputs of one class that hold the same references. */
export interface RegionGroup {
  readonly input: MappedPicture;
  /** Its place among the references. */
  readonly reference: number;
  /** Further inputs whose polytopes hold the same references. */
  readonly also: readonly number[];
  readonly region: Region;
  readonly boundaries: readonly RegionBoundary[];
  readonly covered: readonly Ranked[];
  readonly nearest: readonly MappedReference[];
  /** Covered references that no other region covers. */
  readonly alone: number;
  /** References of the k-means clusters whose middle the inputs are. */
  readonly cluster: number;
  /** Truth of covered references, most first; empty where none is known. */
  readonly labels: readonly LabelCount[];
  /** Share of the most frequent label among covered references with a label; null where none has one. */
  readonly purity: number | null;
}

export interface ClassSummary {
  readonly class: number;
  readonly references: number;
  /** Covered by a region of this class; only by regions of others. */
  readonly own: number;
  readonly others: number;
}

export interface RegionsMap {
  /** By class, the largest first. */
  readonly groups: readonly RegionGroup[];
  readonly inputs: Int32Array;
  readonly classes: readonly ClassSummary[];
  /** For each reference the group that covers it and most other references, -1 where none does. */
  readonly chosen: Int32Array;
  /** How many groups cover each reference. */
  readonly times: Int32Array;
  /** Least probable first. */
  readonly outliers: { readonly places: readonly number[]; readonly shown: readonly LoadedPicture[] };
  readonly stored: StoredRegions;
  readonly kMeans: { readonly rounds: number; readonly converged: boolean; readonly inertia: number };
  readonly notes: readonly string[];
}

const GIB = 2 ** 30;

/** Throws as `explainByRegions`, `kMeans`; `E_PARAM`. */
export async function mapRegions(of: SampleOf, options: RegionsMapOptions = {}): Promise<RegionsMap> {
  const { open, network, items } = of;
  const { count, seed: fitted } = open.report;
  const { inputs: wanted = Math.min(20, count), k = 8, outliers: most = 24, memory = GIB, ...rest } = options;
  const { seed = fitted, labelOf, delta, prune, unitNormals, onProgress, ...stream } = rest;
  if (!(Number.isInteger(wanted) && wanted >= 1 && wanted <= count))
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`inputs\` to be an integer from 1 to the ${count} references, got ${wanted}.`,
    );
  const clusters = await clustered(of, { wanted, seed, memory, onProgress, stream });
  const places = [...new Set(clusters.representatives)];
  const pictures = await readAll(
    network,
    places.map((i) => items[i] as DataItem),
    { labelOf },
  );
  const sample = await sampleFor(
    of,
    pictures.map((p) => p.x),
    stream,
  );
  const reader = await readerOn(of, sample, { ...stream, k: 0, delta, prune, unitNormals });
  try {
    const found: Found[] = [];
    for (const [i, picture] of pictures.entries()) {
      const own = await reader.explained(picture, sample.candidates[i]);
      const reference = places[i] as number;
      const cluster = clusters.assignment.filter((c) => clusters.representatives[c] === reference).length;
      found.push({ ...own, reference, cluster });
    }
    const merged = mergedGroups(found);
    const regions = merged.map(({ region, input }) => ({ ...region, input: input.id }));
    const { projections } = sample.fit;
    const times = Int32Array.from({ length: count }, (_, i) => covering(regions, valuesOf(projections, i)).length);
    const groups: RegionGroup[] = [];
    for (const { notes: _, nearest: __, ...group } of merged)
      groups.push({
        ...group,
        nearest: await reader.sheet(group.covered.slice(0, k), group.region),
        alone: group.covered.filter(({ index }) => times[index] === 1).length,
        ...labelsOf(group.covered, open.references.labels),
      });
    const bare = Array.from(times.keys())
      .filter((i) => times[i] === 0)
      .sort((a, b) => probability(of, a) - probability(of, b) || a - b);
    return {
      groups,
      inputs: Int32Array.from(places),
      classes: classesOf(groups, projections),
      chosen: chosenForAll(regions, projections),
      times,
      outliers: {
        places: bare,
        shown: await readAll(
          network,
          bare.slice(0, most).map((i) => items[i] as DataItem),
          { labelOf },
        ),
      },
      stored: compacted({ boundaries: sample.fit.boundaries, regions }),
      kMeans: { rounds: clusters.rounds, converged: clusters.converged, inertia: clusters.inertia },
      notes: [...new Set([...sample.notes, ...found.flatMap((f) => f.notes)]), ...clusters.notes],
    };
  } finally {
    await reader.dispose();
  }
}

const probability = ({ open }: SampleOf, i: number): number => open.references.probabilities[i] as number;

interface Found extends Omit<RegionGroup, "also" | "alone" | "labels" | "purity"> {
  readonly notes: readonly string[];
}

/** One group for each set of covered references and class; by class, the largest first. */
function mergedGroups(found: readonly Found[]): readonly (Found & Pick<RegionGroup, "also">)[] {
  const byKey = new Map<string, Found & Pick<RegionGroup, "also">>();
  for (const one of found) {
    const key = `${one.region.label}:${Array.from(one.region.covered).join()}`;
    const known = byKey.get(key);
    byKey.set(
      key,
      known
        ? { ...known, also: [...known.also, one.reference], cluster: known.cluster + one.cluster }
        : { ...one, also: [] },
    );
  }
  const size = ({ region }: Found): number => region.same + region.other;
  return [...byKey.values()].sort(
    (a, b) => a.region.label - b.region.label || size(b) - size(a) || a.reference - b.reference,
  );
}

interface Clustering {
  readonly wanted: number;
  readonly seed: number;
  readonly memory: number;
  readonly onProgress: StreamOptions["onProgress"];
  readonly stream: StreamOptions;
}

async function clustered({ network, open, items }: SampleOf, { wanted, seed, memory, onProgress, stream }: Clustering) {
  const { classifier, layer } = network;
  const { batch: _, ...session } = stream;
  const projector = await openProjector(classifier, layer, stream);
  try {
    const references = picturesOfItems(network, items, { signal: stream.signal });
    const { count, width } = open.report;
    const held = 4 * count * width <= memory;
    const points = held
      ? await heldFeatures(projector, references, { width, onProgress })
      : streamedFeatures(projector, references, width);
    const found = await kMeans(points, { ...session, clusters: wanted, seed });
    const notes = found.converged ? [] : [`k-means was stopped after ${found.rounds} rounds.`];
    return { ...found, notes };
  } finally {
    await projector.dispose();
  }
}

const BLOCK = 64;

/** psi of all pictures, computed once. */
async function heldFeatures(
  projector: Pick<Projector, "features">,
  pictures: Pictures,
  { width, onProgress }: { readonly width: number; readonly onProgress: StreamOptions["onProgress"] },
): Promise<Pictures> {
  const all = new Float32Array(pictures.count * width);
  for await (const { first, count, rows } of pictures.blocks(BLOCK)) {
    const { psi } = await projector.features(picturesInMemory(rows, pictures.width));
    all.set(psi, first * width);
    onProgress?.(first + count, pictures.count);
  }
  return {
    ...picturesInMemory(all, width),
    at: async (places) => {
      const out = new Float32Array(places.length * width);
      for (let k = 0; k < places.length; k++) {
        const i = places[k] as number;
        out.set(all.subarray(i * width, (i + 1) * width), k * width);
      }
      return out;
    },
  };
}

function labelsOf(covered: readonly Ranked[], truth: Int32Array): Pick<RegionGroup, "labels" | "purity"> {
  const counts = new Map<number, number>();
  for (const { index } of covered) {
    const label = truth[index] as number;
    if (label >= 0) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const labels = [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || a.label - b.label);
  const known = labels.reduce((n, l) => n + l.count, 0);
  return { labels, purity: known === 0 ? null : (labels[0]?.count ?? 0) / known };
}

/** Classes that some reference has. */
function classesOf(groups: readonly RegionGroup[], { classes }: Projections): readonly ClassSummary[] {
  const present = [...new Set(classes)].sort((a, b) => a - b);
  const own = new Set<number>();
  const any = new Set<number>();
  for (const { region } of groups)
    for (const i of placesIn(region.covered)) {
      any.add(i);
      if (classes[i] === region.label) own.add(i);
    }
  return present.map((c) => {
    const members = Array.from(classes.keys()).filter((i) => classes[i] === c);
    return {
      class: c,
      references: members.length,
      own: members.filter((i) => own.has(i)).length,
      others: members.filter((i) => any.has(i) && !own.has(i)).length,
    };
  });
}
