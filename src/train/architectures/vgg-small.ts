/** @file Three stages of two 3x3 convolutions each, a pool between them. */
import type { Architecture } from "../architecture.ts";
import { Layers } from "./layers.ts";
import { stemPool, stemStride } from "./stem.ts";
import { convNormRelu, pooledScores } from "./units.ts";

const ID = "vgg-small";
const SMALLEST = 8;
const STAGES: readonly number[] = [32, 64, 128];

/** Configuration of VGG with BatchNormalization, narrow, with one pooled dense layer in place of three. */
export const vggSmall: Architecture = {
  id: ID,
  title:
    "VGG of 6 convolutions (32, 64, 128 channels) with BatchNormalization; 290k weights, 1.16 MB, 39 M products at 32x32",
  source:
    "Simonyan, Zisserman 2015, Very deep convolutional networks, table 1; head: Lin, Chen, Yan 2014, Network in network",
  smallest: SMALLEST,
  build: (options) => {
    const net = new Layers(ID, SMALLEST, options);
    const last = STAGES.reduce((x, channels, i) => {
      const stage = `stage${i + 1}`;
      const wide = net.wide(channels);
      const stride = i === 0 ? stemStride(x) : 1;
      const smaller = i === 0 ? x : net.maxPool(x, `${stage}.pool`, { kernel: 2, stride: 2 });
      const first = convNormRelu(net, smaller, stage, 1, { channels: wide, stride });
      return convNormRelu(net, i === 0 ? stemPool(net, first) : first, stage, 2, { channels: wide });
    }, net.input);
    return pooledScores(net, last);
  },
};
