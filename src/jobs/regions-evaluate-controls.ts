/** @file Maps that are not reused, or know nothing: what the numbers of reused interpretations are read against. */
import { scattered, uniforms } from "../random.ts";
import { classGradients, gradCamWeights } from "../regions/baselines.ts";
import { boundariesOf } from "../regions/boundary.ts";
import { type ChannelWeights, channelWeights, heatMap } from "../regions/heat-map.ts";
import { type Pictures, picturesInMemory } from "../regions/pictures.ts";
import type { Projector } from "../regions/projections.ts";
import type { StreamOptions } from "../regions/stream.ts";
import { keptProbabilities, type MaskMaker, maskByMap } from "./regions-evaluate-keep.ts";
import type { EvaluatedNetwork } from "./regions-evaluate-network.ts";
import { type MethodResult, methodResult } from "./regions-evaluate-seed.ts";

export const CONTROLS: Readonly<Record<string, string>> = {
  "own-boundary": "own boundary",
  "own-grad-cam": "own Grad-CAM",
  random: "random pixels",
};

const BLOCK = 64;

/** `own-boundary` and `own-grad-cam` of each picture itself; `random`, uniform numbers from the seed. */
export async function controls(
  network: EvaluatedNetwork,
  projector: Projector,
  {
    pictures,
    keep,
    seed,
    stream,
  }: { readonly pictures: Pictures; readonly keep: number; readonly seed: number; readonly stream: StreamOptions },
): Promise<readonly MethodResult[]> {
  const { classifier, layer } = network;
  const [boundary, gradCam]: [ChannelWeights[], ChannelWeights[]] = [[], []];
  for await (const { count, rows } of pictures.blocks(BLOCK)) {
    const block = picturesInMemory(rows, pictures.width);
    const own = await boundariesOf(classifier, layer, block, stream);
    const values = Array<number>(count).fill(1);
    for (let i = 0; i < count; i++) boundary.push(channelWeights(own, layer, { order: [i], values }));
    for (const g of await classGradients(classifier, layer, block, stream)) gradCam.push([gradCamWeights(g, layer)]);
  }
  const size = { width: classifier.width, height: classifier.height };
  const pixels = size.width * size.height;
  const draw = uniforms(scattered(seed));
  const overlaid = (id: string, weights: readonly ChannelWeights[]): MaskMaker =>
    maskByMap(id, keep, (psi, i) => heatMap(psi, weights[i] as ChannelWeights, { layer, size }));
  const makers: readonly MaskMaker[] = [
    overlaid("own-boundary", boundary),
    overlaid("own-grad-cam", gradCam),
    maskByMap("random", keep, () => Float64Array.from({ length: pixels }, draw)),
  ];
  const { whole, left } = await keptProbabilities(network, projector, { pictures, makers });
  return makers.map(({ id }, m) => methodResult(id, whole, left[m] as Float64Array, () => true));
}
