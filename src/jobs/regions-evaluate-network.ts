/** @file A network read at a layer, and what a black pixel is to it. */
import type { RegionNetwork } from "./regions-network.ts";

export interface EvaluatedNetwork extends RegionNetwork {
  /** A black pixel as the network takes it, one number a channel: RGB 0 after the preprocessing. */
  readonly black: ArrayLike<number>;
}

export function evaluatedNetwork(network: RegionNetwork): EvaluatedNetwork {
  const { mean, std } = network.preprocessing ?? network.model.preprocessing(network.classifier).spec;
  return { ...network, black: Float32Array.from(mean, (m, c) => -m / (std[c] as number)) };
}
