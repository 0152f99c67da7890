/** @file A residual network of three blocks. */
import type { Architecture } from "../architecture.ts";
import { type Feature, Layers } from "./layers.ts";
import { stemPool, stemStride } from "./stem.ts";
import { convNormRelu, pooledScores } from "./units.ts";

const ID = "resnet-small";
const SMALLEST = 8;
const BLOCKS: readonly { readonly channels: number; readonly stride: number }[] = [
  { channels: 16, stride: 1 },
  { channels: 32, stride: 2 },
  { channels: 64, stride: 2 },
];

/** The CIFAR network of He et al. with n = 1; shortcuts that change size are 1x1 convolutions (option B). */
export const resnetSmall: Architecture = {
  id: ID,
  title: "ResNet of 3 blocks (16, 32, 64 channels); 79k weights, 320 kB, 12.5 M products at 32x32",
  source: "He, Zhang, Ren, Sun 2016, Deep residual learning for image recognition, sections 3.3 and 4.2",
  smallest: SMALLEST,
  build: (options) => {
    const net = new Layers(ID, SMALLEST, options);
    const stem = convNormRelu(net, net.input, "stem", "", { channels: net.wide(16), stride: stemStride(net.input) });
    const last = BLOCKS.reduce(
      (x, { channels, stride }, i) => block(net, x, `block${i + 1}`, net.wide(channels), stride),
      stemPool(net, stem),
    );
    return pooledScores(net, last);
  },
};

/** relu(shortcut(x) + bn2(conv2(relu(bn1(conv1(x)))))). */
function block(net: Layers, x: Feature, name: string, channels: number, stride: number): Feature {
  const inner = convNormRelu(net, x, name, 1, { channels, stride });
  const branch = net.norm(net.conv(inner, `${name}.conv2`, { channels, gain: "linear" }), `${name}.bn2`);
  return net.relu(net.add(branch, shortcut(net, x, name, channels, stride), `${name}.sum`), `${name}.relu2`);
}

function shortcut(net: Layers, x: Feature, name: string, channels: number, stride: number): Feature {
  if (x.channels === channels && stride === 1) return x;
  const conv = net.conv(x, `${name}.downsample.conv`, { channels, kernel: 1, stride, gain: "linear" });
  return net.norm(conv, `${name}.downsample.bn`);
}
