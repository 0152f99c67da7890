/** @file One run of the evaluation: boundaries and clusters from one seed, V interpretations, what they say of pictures never seen. */
import { chosenForAll, type DecisionQuality, decisionQuality, NONE, serving } from "../regions/evaluate.ts";
import { fitRegions, type RegionFit } from "../regions/fit.ts";
import { type ChannelWeights, heatMap } from "../regions/heat-map.ts";
import { kMeans, nearestCentres } from "../regions/k-means.ts";
import { confidenceChange } from "../regions/keep-top.ts";
import { type Pictures, pickedPictures } from "../regions/pictures.ts";
import type { Projections, Projector } from "../regions/projections.ts";
import type { StreamOptions } from "../regions/stream.ts";
import { type AceResult, type AceRuns, type AceSearch, aceColumn } from "./regions-evaluate-ace.ts";
import { keptProbabilities, type MaskMaker, maskByMap } from "./regions-evaluate-keep.ts";
import {
  aboutOwnClass,
  baselineWeights,
  OWN_CLASS,
  ownClassWeights,
  REGIONS,
  regionsOf,
  regionWeights,
  type WeightedId,
} from "./regions-evaluate-methods.ts";
import type { EvaluatedNetwork } from "./regions-evaluate-network.ts";
import { type TopResult, topProtocol } from "./regions-evaluate-top.ts";

/** A set, its features, its labels (-1: none). */
export interface JudgedSet {
  readonly pictures: Pictures;
  /** psi. */
  readonly features: Pictures;
  readonly labels: Int32Array;
}

export interface SeedOptions {
  readonly seed: number;
  /** V. */
  readonly interpretations: number;
  /** |Q|. */
  readonly boundaries: number;
  /** Further |Q| whose quality is wanted. */
  readonly sweep: readonly number[];
  readonly baselines: readonly WeightedId[];
  /** With it ACE is one more baseline. */
  readonly ace?: AceRuns | undefined;
  /** Share of pixels kept. */
  readonly keep: number;
  /** Rounds of k-means at most. */
  readonly iterations: number;
  readonly top: { readonly inputs: number; readonly k: readonly number[] };
  readonly stream: StreamOptions;
  /** A piece of the work by name, made where it does not stand yet. */
  readonly kept: (name: string, make: () => Promise<AceSearch>) => Promise<AceSearch>;
  readonly onProgress?: ((what: string, done: number, of: number) => void) | undefined;
}

export interface MethodResult {
  readonly id: string;
  readonly drop: number;
  readonly increase: number;
  /** mAD of unseen pictures that a region covers, and of the others; null without any. */
  readonly covered: number | null;
  readonly uncovered: number | null;
}

/** Fractions; null where they are not defined. */
export interface QualityResult {
  readonly labels: number | null;
  readonly model: number | null;
  readonly coverage: number;
}
export interface SetsResult {
  readonly references: QualityResult;
  readonly unseen: QualityResult;
}

/** `seeds/<seed>.json`. */
export interface SeedResult {
  readonly seed: number;
  readonly methods: readonly MethodResult[];
  readonly quality: SetsResult;
  readonly sweep: readonly (SetsResult & { readonly boundaries: number })[];
  readonly top: readonly TopResult[];
  /** Share of unseen pictures that a region of another class than the network's serves. */
  readonly otherClass: number;
  /** Where ACE was asked for. */
  readonly ace?: AceResult | undefined;
  readonly clusters: { readonly rounds: number; readonly converged: boolean };
  /** The V interpretations. */
  readonly regions: readonly {
    readonly reference: number;
    readonly label: number;
    readonly boundaries: number;
    /** Of them, those that part its own class from another. */
    readonly about: number;
    readonly same: number;
    readonly other: number;
    readonly tau: number;
  }[];
  readonly notes: readonly string[];
}

/** Throws as {@link fitRegions}, `kMeans`, and what measures do. */
export async function evaluateSeed(
  network: EvaluatedNetwork,
  projector: Projector,
  { references, unseen }: { readonly references: JudgedSet; readonly unseen: JudgedSet },
  options: SeedOptions,
): Promise<SeedResult> {
  const { seed, interpretations, boundaries, sweep, baselines, ace, keep, iterations, top, stream, onProgress } =
    options;
  const { classifier, layer } = network;
  const quiet = { ...stream, onProgress: undefined };
  const fit = await fitRegions(classifier, layer, references.pictures, {
    ...stream,
    boundaries: Math.max(boundaries, ...sweep),
    seed,
    onProgress: (done, of) => onProgress?.("sides of references", done, of),
  });
  const { signal, device, threads } = stream;
  const clusters = await kMeans(references.features, {
    clusters: interpretations,
    seed,
    iterations,
    signal,
    device,
    threads,
    onRound: (round) => onProgress?.("rounds of k-means", round + 1, iterations),
  });
  const { representatives } = clusters;
  const seen = await projector.project(unseen.pictures, fit.boundaries);
  const inputs = await pickedPictures(references.pictures, representatives);
  const judge = (q: number): SetsResult => judged(fit, seen, { references, unseen }, { representatives, q });

  const regions = regionsOf(fit, representatives, boundaries);
  const rows = (await firstBlock(inputs)) as Float32Array;
  const ownWeights = await regionWeights(network, fit, { regions, pictures: rows }, quiet);
  const reused = await baselineWeights(network, inputs, { baselines, ...quiet });
  const near = await nearestCentres(unseen.features, clusters.centres, { signal, device, threads });
  const covered = chosenForAll(regions, seen);
  const served = serving(covered, near);
  const size = { width: classifier.width, height: classifier.height };
  const maker = (id: string, weights: readonly ChannelWeights[], by: Int32Array): MaskMaker =>
    maskByMap(id, keep, (psi, i) => heatMap(psi, weights[by[i] as number] as ChannelWeights, { layer, size }));
  const column =
    ace &&
    (await aceColumn(ace, {
      seed,
      keep,
      references: references.pictures,
      features: references.features,
      assignment: clusters.assignment,
      centres: clusters.centres,
      labels: regions.map((r) => r.label),
      near,
      kept: options.kept,
      onProgress,
    }));
  onProgress?.("unseen pictures", 0, unseen.pictures.count);
  const makers = [
    maker(REGIONS, ownWeights, served),
    maker(OWN_CLASS, ownClassWeights(network, fit, regions, ownWeights), served),
    ...Array.from(reused, ([id, weights]) => maker(id, weights, near)),
    ...(column ? [column.maker] : []),
  ];
  const probabilities = await keptProbabilities(network, projector, { pictures: unseen.pictures, makers });
  const about = regions.map((r) => aboutOwnClass(fit, r).length);
  const isCovered = (i: number): boolean => covered[i] !== NONE;

  return {
    seed,
    methods: makers.map(({ id }, m) =>
      methodResult(id, probabilities.whole, probabilities.left[m] as Float64Array, isCovered),
    ),
    quality: judge(boundaries),
    sweep: [...new Set(sweep.map((q) => Math.min(q, fit.boundaries.count)))].map((q) => ({
      boundaries: q,
      ...judge(q),
    })),
    top: await topProtocol(
      { network, projector, fit, references: references.pictures, features: references.features },
      {
        ...top,
        seed,
        boundaries,
        baselines,
        keep,
        stream: quiet,
        onProgress: (done, of) => onProgress?.("inputs of the reference protocol", done, of),
      },
    ),
    otherClass: served.filter((v, i) => regions[v]?.label !== seen.classes[i]).length / served.length,
    ...(column ? { ace: column.result() } : {}),
    clusters: { rounds: clusters.rounds, converged: clusters.converged },
    regions: regions.map(({ label, order, same, other, tau }, v) => ({
      reference: representatives[v] as number,
      label,
      boundaries: order.length,
      about: about[v] as number,
      same,
      other,
      tau,
    })),
    notes: fit.notes,
  };
}

async function firstBlock(pictures: Pictures): Promise<Float32Array | undefined> {
  for await (const { rows } of pictures.blocks(Math.max(1, pictures.count))) return rows;
  return undefined;
}

/** Means over all unseen pictures, and over those that a region covers or not. */
export function methodResult(
  id: string,
  whole: Float64Array,
  left: Float64Array,
  isCovered: (i: number) => boolean,
): MethodResult {
  const part = (wanted: boolean): number | null => {
    const at = Array.from(whole.keys()).filter((i) => isCovered(i) === wanted);
    const pick = (of: Float64Array): readonly number[] => at.map((i) => of[i] as number);
    return at.length === 0 ? null : confidenceChange(pick(whole), pick(left)).drop;
  };
  return { id, ...confidenceChange(whole, left), covered: part(true), uncovered: part(false) };
}

function judged(
  fit: RegionFit,
  seen: Projections,
  sets: { readonly references: JudgedSet; readonly unseen: JudgedSet },
  { representatives, q }: { readonly representatives: Int32Array; readonly q: number },
): SetsResult {
  const regions = regionsOf(fit, representatives, q);
  const of = (projections: Projections, { labels }: JudgedSet): QualityResult => {
    const truth = labels.includes(-1) ? undefined : labels;
    return plain(
      decisionQuality(regions, chosenForAll(regions, projections), { classes: projections.classes, labels: truth }),
    );
  };
  return { references: of(fit.projections, sets.references), unseen: of(seen, sets.unseen) };
}

const plain = ({ labels, model, coverage }: DecisionQuality): QualityResult => ({
  labels: labels ?? null,
  model: model ?? null,
  coverage,
});
