/** @file The reference protocol: one picture's interpretation on the references most like it, as each method sees likeness. */
import { scattered, shuffled, uniforms } from "../random.ts";
import { rankedCovered } from "../regions/distance.ts";
import type { RegionFit } from "../regions/fit.ts";
import { type ChannelWeights, heatMap } from "../regions/heat-map.ts";
import { type Pictures, pickedPictures } from "../regions/pictures.ts";
import type { Projector } from "../regions/projections.ts";
import type { StreamOptions } from "../regions/stream.ts";
import { type Kept, keptProbabilities, type MaskMaker, maskByMap } from "./regions-evaluate-keep.ts";
import {
  baselineWeights,
  REGIONS,
  type RegionInterpretation,
  regionsOf,
  regionWeights,
  type WeightedId,
} from "./regions-evaluate-methods.ts";
import type { EvaluatedNetwork } from "./regions-evaluate-network.ts";

export interface TopOptions {
  /** References drawn as inputs. */
  readonly inputs: number;
  /** K, ascending. */
  readonly k: readonly number[];
  readonly seed: number;
  readonly boundaries: number;
  readonly baselines: readonly WeightedId[];
  readonly keep: number;
  readonly stream: StreamOptions;
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

export interface TopResult {
  readonly id: string;
  /** Means over inputs of mAD and mAI over the K most similar, one a K. A region of fewer references gives all it has. */
  readonly drop: readonly number[];
  readonly increase: readonly number[];
}

export interface TopSource {
  readonly network: EvaluatedNetwork;
  readonly projector: Projector;
  readonly fit: RegionFit;
  readonly references: Pictures;
  /** psi of the references. */
  readonly features: Pictures;
}

export async function topProtocol(
  source: TopSource,
  { inputs: wanted, k, seed, boundaries, baselines, keep, stream, onProgress }: TopOptions,
): Promise<readonly TopResult[]> {
  const { network, projector, fit, references, features } = source;
  const n = references.count;
  const inputs = shuffled(n, uniforms(scattered(~seed)), Math.min(wanted, n));
  if (inputs.length === 0 || k.length === 0) return [];
  const most = Math.min(n, k.at(-1) as number);
  const pictures = await pickedPictures(references, inputs);
  const rows = await wholeOf(pictures);
  const regions = regionsOf(fit, inputs, boundaries);
  const own = await regionWeights(network, fit, { regions, pictures: rows }, stream);
  const reused = await baselineWeights(network, pictures, { baselines, ...stream });
  const near = await nearestInFeatures(features, inputs, most);
  const ids = [REGIONS, ...baselines];
  const sums = ids.map((id) => ({ id, drop: k.map(() => 0), increase: k.map(() => 0) }));
  for (const v of inputs.keys()) {
    const ranked = rankedCovered(regions[v] as RegionInterpretation, fit.projections, valuesIn(regions, v));
    const weights = (id: string): ChannelWeights =>
      (id === REGIONS ? own[v] : reused.get(id as WeightedId)?.[v]) as ChannelWeights;
    for (const [list, makers] of [
      [ranked.slice(0, most).map((r) => r.index), [REGIONS]],
      [near[v] as readonly number[], baselines],
    ] as const) {
      if (makers.length === 0) continue;
      const kept = await keptProbabilities(network, projector, {
        pictures: await pickedPictures(references, list),
        makers: makers.map((id) => makerOf(network, { id, keep, weights: weights(id) })),
      });
      makers.forEach((id, m) => {
        const sum = sums[ids.indexOf(id)] as (typeof sums)[number];
        const { drop, increase } = cumulative(kept, m, k);
        for (const at of k.keys()) {
          (sum.drop[at] as number) += (drop[at] as number) / inputs.length;
          (sum.increase[at] as number) += (increase[at] as number) / inputs.length;
        }
      });
    }
    onProgress?.(v + 1, inputs.length);
  }
  return sums;
}

const valuesIn = (regions: readonly RegionInterpretation[], v: number): ArrayLike<number> =>
  (regions[v] as RegionInterpretation).values;

function makerOf(
  { classifier, layer }: EvaluatedNetwork,
  { id, keep, weights }: { readonly id: string; readonly keep: number; readonly weights: ChannelWeights },
): MaskMaker {
  const size = { width: classifier.width, height: classifier.height };
  return maskByMap(id, keep, (psi) => heatMap(psi, weights, { layer, size }));
}

async function wholeOf(pictures: Pictures): Promise<Float32Array> {
  const out = new Float32Array(pictures.count * pictures.width);
  for await (const { first, rows } of pictures.blocks(Math.max(1, pictures.count)))
    out.set(rows, first * pictures.width);
  return out;
}

/** AD and AI of the first K pictures, for each K. */
function cumulative({ whole, left }: Kept, m: number, k: readonly number[]): Pick<TopResult, "drop" | "increase"> {
  const after = left[m] as Float64Array;
  const over = (count: number, value: (i: number) => number): number => {
    const taken = Math.min(count, whole.length);
    let sum = 0;
    for (let i = 0; i < taken; i++) sum += value(i);
    return sum / taken;
  };
  const [y, rest] = [(i: number) => whole[i] as number, (i: number) => after[i] as number];
  return {
    drop: k.map((count) => over(count, (i) => (y(i) > 0 ? Math.max(0, y(i) - rest(i)) / y(i) : 0))),
    increase: k.map((count) => over(count, (i) => Number(y(i) < rest(i)))),
  };
}

const BLOCK = 64;

/** Places of the points nearest to each of some of them, itself first, then by Euclidean distance, the lower place at ties. */
export async function nearestInFeatures(
  points: Pictures,
  of: ArrayLike<number>,
  count: number,
): Promise<readonly (readonly number[])[]> {
  const { width, count: n } = points;
  const centres = await wholeOf(await pickedPictures(points, of));
  const distances = Array.from(of, () => new Float64Array(n));
  for await (const { first, count: taken, rows } of points.blocks(BLOCK))
    for (const [c, own] of distances.entries())
      for (let i = 0; i < taken; i++) {
        let sum = 0;
        for (let w = 0; w < width; w++) sum += (rows[i * width + w]! - centres[c * width + w]!) ** 2;
        own[first + i] = sum;
      }
  return distances.map((own, c) => {
    own[of[c] as number] = -1;
    const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => own[a]! - own[b]! || a - b);
    return Array.from(order.subarray(0, count));
  });
}
