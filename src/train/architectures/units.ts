/** @file Runs of layers that several architectures share. */
import type { Network } from "../network.ts";
import type { ConvOptions, Feature, Layers } from "./layers.ts";

/** Convolution, BatchNormalization, ReLU, named `<block>.conv<n>`, `<block>.bn<n>`, `<block>.relu<n>`. */
export function convNormRelu(net: Layers, x: Feature, block: string, n: number | "", options: ConvOptions): Feature {
  const conv = net.conv(x, `${block}.conv${n}`, options);
  return net.relu(net.norm(conv, `${block}.bn${n}`), `${block}.relu${n}`);
}

/** Mean over positions, then one dense layer: class scores are sums over places, which is what CAM reads. */
export const pooledScores = (net: Layers, x: Feature): Network =>
  net.scores(net.flatten(net.globalAveragePool(x, "pool"), "features"), "head");
