/** @file CaffeNet in small: LRN, grouped convolutions, overlapping pools, three dense layers. */
import type { Architecture } from "../architecture.ts";
import { type Feature, Layers, type LrnOptions } from "./layers.ts";
import { stemStride } from "./stem.ts";

const ID = "caffenet-small";
const SMALLEST = 8;
/** Convolutions 2, 4 and 5 see half of the channels each. */
const GROUPS = 2;
/**
 * α is 1e-4 in the source, for pictures in 0…255. In pictures divided by a deviation of 57.4 (0.225 · 255), x² is 57.4² times smaller,
 * and the same normalisation has α = 1e-4 · 57.4² = 0.33.
 */
const LRN: LrnOptions = { size: 5, alpha: 0.33, beta: 0.75 };

interface Step {
  readonly channels: number;
  readonly kernel: number;
  readonly group?: number;
  readonly pool?: boolean;
  readonly lrn?: boolean;
}
const STEPS: readonly Step[] = [
  { channels: 32, kernel: 5, pool: true, lrn: true },
  { channels: 64, kernel: 5, group: GROUPS, pool: true, lrn: true },
  { channels: 96, kernel: 3 },
  { channels: 96, kernel: 3, group: GROUPS },
  { channels: 64, kernel: 3, group: GROUPS, pool: true },
];
const DENSE: readonly number[] = [128, 128];

/** Order of layers, groups and LRN as in CaffeNet (pool before LRN); no dropout. */
export const caffenetSmall: Architecture = {
  id: ID,
  title: "CaffeNet of 5 convolutions with LRN and groups, 3 dense layers; 302k weights, 1.2 MB, 17 M products at 32x32",
  source:
    "Krizhevsky, Sutskever, Hinton 2012, ImageNet classification with deep convolutional neural networks, section 3; Jia et al. 2014, Caffe",
  smallest: SMALLEST,
  build: (options) => {
    const net = new Layers(ID, SMALLEST, options);
    const map = STEPS.reduce((x, s, i) => step(net, x, s, i + 1), net.input);
    const dense = DENSE.reduce(
      (x, size, i) =>
        net.relu(net.dense(x, `fc${STEPS.length + i + 1}`, net.wide(size)), `relu${STEPS.length + i + 1}`),
      net.flatten(map, "features"),
    );
    return net.scores(dense, `fc${STEPS.length + DENSE.length + 1}`);
  },
};

function step(net: Layers, x: Feature, { channels, kernel, group = 1, pool, lrn }: Step, n: number): Feature {
  const stride = n === 1 ? stemStride(x) : 1;
  const conv = net.conv(x, `conv${n}`, { channels: net.wide(channels, GROUPS), kernel, stride, group, bias: true });
  const relu = net.relu(conv, `relu${n}`);
  const smaller = pool ? net.maxPool(relu, `pool${n}`, { kernel: 3, stride: 2, pad: 1 }) : relu;
  return lrn ? net.lrn(smaller, `norm${n}`, LRN) : smaller;
}
