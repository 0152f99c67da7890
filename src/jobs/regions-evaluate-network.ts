/** @file A network read at a layer, and what a black pixel is to it. */
import type { Preprocessing } from "../image/preprocess.ts";
import type { RegionNetwork } from "./regions-network.ts";

export interface EvaluatedNetwork extends RegionNetwork {
  /** A black pixel as the network takes it, one number a channel: RGB 0 after the preprocessing. */
  readonly black: ArrayLike<number>;
  /** How pixels become its input. */
  readonly spec: Preprocessing;
}

export function evaluatedNetwork(network: RegionNetwork): EvaluatedNetwork {
  const { model, classifier, preprocessing } = network;
  const stated = preprocessing ?? model.preprocessing(classifier).spec;
  const { mean, std } = stated;
  return {
    ...network,
    black: Float32Array.from(mean, (m, c) => -m / (std[c] as number)),
    spec: { ...stated, layout: classifier.layout },
  };
}
