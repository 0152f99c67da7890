/** @file Inverted residuals: expand, filter each channel by itself, project. */
import type { Architecture } from "../architecture.ts";
import { type Feature, Layers } from "./layers.ts";
import { stemPool, stemStride } from "./stem.ts";
import { convNormRelu, pooledScores } from "./units.ts";

const ID = "mobilenet-small";
const SMALLEST = 8;
interface Block {
  readonly channels: number;
  readonly stride: number;
  /** How many times wider a block is inside. */
  readonly expansion: number;
}
const BLOCKS: readonly Block[] = [
  { channels: 16, stride: 1, expansion: 1 },
  { channels: 32, stride: 2, expansion: 4 },
  { channels: 32, stride: 1, expansion: 4 },
  { channels: 64, stride: 2, expansion: 4 },
  { channels: 64, stride: 1, expansion: 4 },
];
const LAST = 128;

/** Blocks of MobileNetV2 with expansion 4 (1 in the first) and plain rectifiers, for pictures of 32 pixels. */
export const mobilenetSmall: Architecture = {
  id: ID,
  title: "MobileNetV2 of 5 inverted residuals (16, 32, 64 channels); 78k weights, 321 kB, 9 M products at 32x32",
  source: "Sandler, Howard, Zhu, Zhmoginov, Chen 2018, MobileNetV2, tables 1 and 2",
  smallest: SMALLEST,
  build: (options) => {
    const net = new Layers(ID, SMALLEST, options);
    const stem = convNormRelu(net, net.input, "stem", "", {
      channels: net.wide(16),
      stride: stemStride(net.input),
    });
    const deep = BLOCKS.reduce(
      (x, b, i) => invertedResidual(net, x, `block${i + 1}`, { ...b, channels: net.wide(b.channels) }),
      stemPool(net, stem),
    );
    return pooledScores(net, convNormRelu(net, deep, "last", "", { channels: net.wide(LAST), kernel: 1 }));
  },
};

/** The projection is linear; x is added where it has the same shape. A block that is no wider inside filters x as it is. */
function invertedResidual(net: Layers, x: Feature, name: string, { channels, stride, expansion }: Block): Feature {
  const inner = x.channels * expansion;
  const expanded = expansion === 1 ? x : convNormRelu(net, x, name, 1, { channels: inner, kernel: 1 });
  const filtered = convNormRelu(net, expanded, name, 2, { channels: inner, stride, group: inner });
  const projection = net.conv(filtered, `${name}.conv3`, { channels, kernel: 1, gain: "linear" });
  const projected = net.norm(projection, `${name}.bn3`);
  return stride === 1 && x.channels === channels ? net.add(projected, x, `${name}.sum`) : projected;
}
