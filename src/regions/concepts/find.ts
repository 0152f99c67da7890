/** @file ACE: concepts of a class, found by clustering patches of its pictures and tested for what they do to its score. */
import { OnnxplainError } from "../../errors.ts";
import type { Preprocessing } from "../../image/preprocess.ts";
import type { Classifier } from "../../methods/classifier.ts";
import { scattered, shuffled, uniforms } from "../../random.ts";
import { sourceOf } from "../boundary.ts";
import { type KMeans, kMeans } from "../k-means.ts";
import { picturesInMemory } from "../pictures.ts";
import type { StreamOptions } from "../stream.ts";
import { type Cluster, type PopularOptions, popularClusters } from "./clusters.ts";
import {
  type Patch,
  type PatchOptions,
  patchesOf,
  patchRows,
  pictureRows,
  type Reading,
  type SeenPicture,
} from "./patches.ts";
import { activationGraph, type ConceptLayer, type Positions, type Rows, rowsOf, slopeGraph } from "./readout.ts";
import { type TcavOptions, type TcavResult, testConcept } from "./tcav.ts";

export interface AceOptions extends StreamOptions, PatchOptions, PopularOptions, TcavOptions {
  /** Default 25; no more than there are patches. */
  readonly clusters?: number | undefined;
  /** Starts of k-means, of which the tightest is kept. Default 10. */
  readonly restarts?: number | undefined;
  /** Patches of random pictures that random sets are drawn from. Default 400. */
  readonly randomPatches?: number | undefined;
  /** What activation vectors lie in: the mean over positions (default) or every value. Clusters are of means in either case. */
  readonly positions?: Positions | undefined;
}

export const ACE = { clusters: 25, restarts: 10, randomPatches: 400, positions: "mean" } as const satisfies AceOptions;

/** Random patches that one picture gives on average, where there are pictures enough. */
const FROM_ONE_PICTURE = 4;

export interface AceAsked {
  readonly classifier: Classifier;
  readonly layer: ConceptLayer;
  /** How pictures become inputs; resize and crop have been done. */
  readonly spec: Preprocessing;
  readonly target: number;
  /** Pictures of the class. */
  readonly pictures: readonly SeenPicture[];
  /** Any other pictures. */
  readonly random: readonly SeenPicture[];
}

/** A patch of a concept, the nearest to its centre first. */
export interface ConceptPatch extends Patch {
  /** Euclidean distance to the centre. */
  readonly distance: number;
}

export interface Concept extends Pick<Cluster, "size" | "pictures"> {
  /** Mean activation of the cluster `[channels]`. */
  readonly centre: Float64Array;
  /** Distance of the farthest patch that was kept: what lies beyond is an outlier. */
  readonly radius: number;
  readonly patches: readonly ConceptPatch[];
  readonly tcav: TcavResult;
}

export interface Concepts {
  readonly target: number;
  /** Concepts that passed the test, the largest TCAV score first. */
  readonly concepts: readonly Concept[];
  /** Clusters that are common enough, and do no more than random patches. */
  readonly dropped: readonly Concept[];
  /** Patches of the class's pictures, and clusters they fell into. */
  readonly patches: number;
  readonly clusters: number;
  /** Random patches that sets were drawn from. */
  readonly randomPatches: number;
  readonly notes: readonly string[];
}

export const readingOf = ({ classifier, spec }: Pick<AceAsked, "classifier" | "spec">, grey?: number): Reading => ({
  spec,
  size: { width: classifier.width, height: classifier.height },
  width: sourceOf(classifier, classifier.model).dims.reduce((p, d) => p * d, 1),
  grey,
});

/**
 * Deterministic by `seed`. Source: Ghorbani et al. 2019 (ACE). Throws `E_DATA_EMPTY` for no pictures on either side or no patch, `E_PARAM`, and
 * as {@link slopeGraph}.
 */
export async function findConcepts(asked: AceAsked, options: AceOptions = {}): Promise<Concepts> {
  const { classifier, layer, target, pictures, random } = asked;
  const {
    seed = 0,
    positions = ACE.positions,
    randomPatches = ACE.randomPatches,
    batch,
    device,
    threads,
    signal,
  } = options;
  const stream: StreamOptions = { batch, device, threads, signal };
  refuseEmpty(pictures, random);
  const reading = readingOf(asked, options.grey);
  const slopes = await rowsOf(
    classifier,
    slopeGraph(classifier, layer, { target, positions }),
    pictureRows(pictures, reading),
    stream,
  );
  const patches = patchesOf(pictures, options);
  const strangers = someOf(random, Math.ceil(randomPatches / FROM_ONE_PICTURE), seed);
  const others = someOf(patchesOf(strangers, options), randomPatches, seed);
  if (patches.length === 0 || others.length < 2)
    throw new OnnxplainError(
      "E_DATA_EMPTY",
      `The pictures of the class gave ${patches.length} patches, the random ones ${others.length}; one and two are the least. Lower \`smallest\`, or give more pictures.`,
    );
  const means = await rowsOf(
    classifier,
    activationGraph(classifier, layer, "mean"),
    patchRows(pictures, patches, reading),
    { ...stream, onProgress: options.onProgress },
  );
  const { centres, assignment, distances } = await clustered(means, options);
  const clusters = popularClusters(
    {
      assignment,
      distances,
      pictureOf: patches.map((p) => p.picture),
      centres: centres.length,
      all: pictures.length,
    },
    options,
  );
  const activations = activationGraph(classifier, layer, positions);
  const randomRows = await rowsOf(classifier, activations, patchRows(strangers, others, reading), stream);
  const found: Concept[] = [];
  for (const { centre, size, pictures: distinct, members } of clusters) {
    const own = members.map((i) => patches[i] as Patch);
    const concept =
      positions === "mean"
        ? members.map((i) => means[i] as Float32Array)
        : await rowsOf(classifier, activations, patchRows(pictures, own, reading), stream);
    found.push({
      centre: centres[centre] as Float64Array,
      radius: distances[members.at(-1) as number] as number,
      size,
      pictures: distinct,
      patches: members.map((i) => ({ ...(patches[i] as Patch), distance: distances[i] as number })),
      tcav: testConcept({ concept, random: randomRows, slopes }, options),
    });
  }
  const order = found.sort((a, b) => b.tcav.mean - a.tcav.mean || b.size - a.size);
  const concepts = order.filter((c) => c.tcav.significant);
  return {
    target,
    concepts,
    dropped: order.filter((c) => !c.tcav.significant),
    patches: patches.length,
    clusters: centres.length,
    randomPatches: others.length,
    notes: notesOn({ slopes, found, examples: others.length, concepts: concepts.length }),
  };
}

function refuseEmpty(pictures: readonly SeenPicture[], random: readonly SeenPicture[]): void {
  if (pictures.length > 0 && random.length > 0) return;
  throw new OnnxplainError(
    "E_DATA_EMPTY",
    `Concepts need pictures of the class and random others, got ${pictures.length} and ${random.length}. Name the class as the data does, and give random pictures (\`--random\`).`,
  );
}

/** `count` of them at most, in their order. */
function someOf<T>(all: readonly T[], count: number, seed: number): readonly T[] {
  const places = shuffled(all.length, uniforms(scattered(seed)), Math.min(count, all.length));
  return Array.from(places.toSorted(), (i) => all[i] as T);
}

interface Clustered {
  readonly centres: readonly Float64Array[];
  readonly assignment: Int32Array;
  /** Euclidean, of each patch to its centre. */
  readonly distances: Float64Array;
}

async function clustered(means: Rows, options: AceOptions): Promise<Clustered> {
  const { clusters = ACE.clusters, restarts = ACE.restarts, seed = 0, device, threads, signal } = options;
  if (!(Number.isInteger(restarts) && restarts >= 1))
    throw new OnnxplainError("E_PARAM", `Expected \`restarts\` to be an integer from 1 up, got ${restarts}.`);
  const width = means[0]?.length as number;
  const flat = new Float32Array(means.length * width);
  means.forEach((row, i) => {
    flat.set(row, i * width);
  });
  const points = picturesInMemory(flat, width);
  let best: KMeans | undefined;
  for (let r = 0; r < restarts; r++) {
    const own = { clusters: Math.min(clusters, means.length), seed: scattered(seed) + r, device, threads, signal };
    const got = await kMeans(points, own);
    if (best === undefined || got.inertia < best.inertia) best = got;
  }
  const { centres, assignment } = best as KMeans;
  const each = Array.from({ length: centres.length / width }, (_, k) => centres.slice(k * width, (k + 1) * width));
  return {
    centres: each,
    assignment,
    distances: Float64Array.from(means, (row, i) => distance(row, each[assignment[i] as number] as Float64Array)),
  };
}

/** Euclidean. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

function notesOn(got: {
  readonly slopes: Rows;
  readonly found: readonly Concept[];
  readonly examples: number;
  readonly concepts: number;
}): readonly string[] {
  const level = got.slopes.filter((s) => s.every((v) => v === 0)).length;
  const short = got.found.filter((c) => c.tcav.examples < c.patches.length).length;
  return [
    ...(level > 0
      ? [`The score of ${level} of ${got.slopes.length} pictures has no slope at this layer; they count as not rising.`]
      : []),
    ...(short > 0
      ? [
          `${short} concepts have more patches than half of the ${got.examples} random ones; classifiers took the most typical patches only. More random pictures help.`,
        ]
      : []),
    ...(got.found.length === 0
      ? ["No cluster is large and common enough to be a concept. Give more pictures, or lower `fewest`."]
      : got.concepts === 0
        ? ["No cluster does more to the score than random patches do."]
        : []),
  ];
}
