/** @file Interpretations of some pictures by every method: channel weights that any other picture can be seen with. */
import {
  type ClassGradient,
  classGradients,
  gradCamPlusPlusWeights,
  gradCamWeights,
  openScoreCam,
} from "../regions/baselines.ts";
import { boundariesOf } from "../regions/boundary.ts";
import { type Cover, cover } from "../regions/cover.ts";
import type { Interpretation } from "../regions/evaluate.ts";
import type { RegionFit } from "../regions/fit.ts";
import { type ChannelWeights, channelWeights } from "../regions/heat-map.ts";
import { type Pictures, picturesInMemory } from "../regions/pictures.ts";
import { valuesOf } from "../regions/projections.ts";
import type { StreamOptions } from "../regions/stream.ts";
import type { EvaluatedNetwork } from "./regions-evaluate-network.ts";

export const REGIONS = "regions";
/** The same regions, seen by those of their boundaries alone that part their own class from another. */
export const OWN_CLASS = "regions-own-class";

/** Baselines whose channel weights are kept for other pictures. */
export const WEIGHTED = {
  "grad-cam": "Grad-CAM",
  "grad-cam-plus-plus": "Grad-CAM++",
  "score-cam": "Score-CAM",
} as const satisfies Readonly<Record<string, string>>;
export type WeightedId = keyof typeof WEIGHTED;
export const WEIGHTED_IDS: readonly WeightedId[] = Object.keys(WEIGHTED) as WeightedId[];
/** Keeps concepts, no weights. */
export const ACE = "ace";

export type BaselineId = WeightedId | typeof ACE;
export const BASELINE_IDS: readonly BaselineId[] = [...WEIGHTED_IDS, ACE];
/** Those that cost next to nothing. */
export const DEFAULT_BASELINES: readonly BaselineId[] = WEIGHTED_IDS;
export const isWeighted = (id: BaselineId): id is WeightedId => id !== ACE;

const NAMES: Readonly<Record<string, string>> = {
  [REGIONS]: "RI",
  [OWN_CLASS]: "RI, own class",
  ...WEIGHTED,
  [ACE]: "ACE",
};
export const nameOf = (id: string): string => NAMES[id] ?? id;

/** One of the V interpretations by its region. */
export interface RegionInterpretation extends Interpretation, Pick<Cover, "tau" | "covered"> {}

/** Regions of references, read off the fit; of its boundaries only the first `boundaries` are used. */
export function regionsOf(
  { sides, projections }: RegionFit,
  places: ArrayLike<number>,
  boundaries: number,
): readonly RegionInterpretation[] {
  const candidates = Array.from({ length: Math.min(boundaries, sides.boundaries) }, (_, h) => h);
  return Array.from(places, (i): RegionInterpretation => {
    const values = valuesOf(projections, i);
    const label = projections.classes[i] as number;
    const found = cover({ sides, classes: projections.classes }, { values, label }, { candidates });
    const { order, same, other, tau, covered } = found;
    return { order, same, other, tau, covered, label, values };
  });
}

/** Weights of each region; where it has no boundary, of the boundary of the picture itself. */
export async function regionWeights(
  { classifier, layer }: EvaluatedNetwork,
  { boundaries }: RegionFit,
  { regions, pictures }: { readonly regions: readonly RegionInterpretation[]; readonly pictures: Float32Array },
  options: StreamOptions,
): Promise<readonly ChannelWeights[]> {
  const width = pictures.length / regions.length;
  const bare = Array.from(regions.keys()).filter((v) => regions[v]?.order.length === 0);
  const rows = new Float32Array(bare.length * width);
  bare.forEach((v, at) => {
    rows.set(pictures.subarray(v * width, (v + 1) * width), at * width);
  });
  const own =
    bare.length === 0 ? undefined : await boundariesOf(classifier, layer, picturesInMemory(rows, width), options);
  return regions.map(({ order, values }, v) =>
    order.length > 0 || own === undefined
      ? channelWeights(boundaries, layer, { order, values })
      : channelWeights(own, layer, { order: [bare.indexOf(v)], values: Array<number>(bare.length).fill(1) }),
  );
}

/** Boundaries of the region that part its own class from another. */
export const aboutOwnClass = (
  { boundaries: { pairs } }: RegionFit,
  { order, label }: Interpretation,
): readonly number[] => order.filter((h) => pairs[2 * h] === label || pairs[2 * h + 1] === label);

/** {@link regionWeights} of {@link aboutOwnClass}; where there are none, those of the whole region. */
export const ownClassWeights = (
  { layer }: EvaluatedNetwork,
  fit: RegionFit,
  regions: readonly RegionInterpretation[],
  whole: readonly ChannelWeights[],
): readonly ChannelWeights[] =>
  regions.map((region, v) => {
    const order = aboutOwnClass(fit, region);
    return order.length === 0
      ? (whole[v] as ChannelWeights)
      : channelWeights(fit.boundaries, layer, { order, values: region.values });
  });

type Plain = (of: ClassGradient, layer: EvaluatedNetwork["layer"]) => Float64Array;
const PLAIN: Readonly<Partial<Record<WeightedId, Plain>>> = {
  "grad-cam": gradCamWeights,
  "grad-cam-plus-plus": gradCamPlusPlusWeights,
};

/** Weights of every picture by each baseline. */
export async function baselineWeights(
  { classifier, layer }: EvaluatedNetwork,
  pictures: Pictures,
  { baselines, ...options }: StreamOptions & { readonly baselines: readonly WeightedId[] },
): Promise<ReadonlyMap<WeightedId, readonly ChannelWeights[]>> {
  if (baselines.length === 0) return new Map();
  const gradients = await classGradients(classifier, layer, pictures, options);
  const found = new Map<WeightedId, readonly ChannelWeights[]>();
  for (const id of baselines) {
    const plain = PLAIN[id];
    found.set(
      id,
      plain
        ? gradients.map((g) => [plain(g, layer)])
        : await scoreCamWeights({ classifier, layer }, { pictures, gradients }, options),
    );
  }
  return found;
}

async function scoreCamWeights(
  { classifier, layer }: Pick<EvaluatedNetwork, "classifier" | "layer">,
  { pictures, gradients }: { readonly pictures: Pictures; readonly gradients: readonly ClassGradient[] },
  options: StreamOptions,
): Promise<readonly ChannelWeights[]> {
  const scoreCam = await openScoreCam(classifier, layer, options);
  const weights: ChannelWeights[] = [];
  try {
    for await (const { first, rows } of pictures.blocks(1))
      weights.push([(await scoreCam.weights(rows, gradients[first] as ClassGradient)).original]);
  } finally {
    await scoreCam.dispose();
  }
  return weights;
}
