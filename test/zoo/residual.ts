/** @file Residual networks of ReLUs: ResNet, ResNeXt, Wide ResNet, RegNet. */
import type { Value } from "../../src/graph/builder.ts";
import { CLASSES, channelsOf, type Kit, zooNet } from "./kit.ts";
import { squeezeExcite } from "./squeeze-excite.ts";

type Block = (k: Kit, x: Value, width: number, stride: number) => Value;

/** The sum with the input, projected where sizes change. */
function residual(k: Kit, x: Value, y: Value, stride: number): Value {
  const same = stride === 1 && channelsOf(x) === channelsOf(y);
  return k.relu(k.add(y, same ? x : k.bn(k.conv(x, channelsOf(y), { s: stride, bias: false }))));
}

const basic: Block = (k, x, c, s) => {
  const a = k.relu(k.bn(k.conv(x, c, { k: 3, s, bias: false })));
  return residual(k, x, k.bn(k.conv(a, c, { k: 3, bias: false })), s);
};

interface Bottleneck {
  readonly inner: (width: number) => number;
  readonly expansion: number;
  readonly group: (inner: number) => number;
  /** Squeeze and excite after the 3x3, down to a quarter of the input's channels. */
  readonly excite?: boolean;
}

/** The stride sits in the 3x3. */
const bottleneck =
  ({ inner, expansion, group, excite = false }: Bottleneck): Block =>
  (k, x, c, s) => {
    const wide = inner(c);
    const a = k.relu(k.bn(k.conv(x, wide, { bias: false })));
    const b = k.relu(k.bn(k.conv(a, wide, { k: 3, s, group: group(wide), bias: false })));
    const e = excite ? squeezeExcite(k, b, channelsOf(x) >> 2) : b;
    return residual(k, x, k.bn(k.conv(e, c * expansion, { bias: false })), s);
  };

const resnet = (block: Block, repeats: readonly number[]): ReturnType<typeof zooNet> =>
  zooNet(48, (k, x) => {
    let y = k.maxPool(k.relu(k.bn(k.conv(x, 8, { k: 7, s: 2, bias: false }))), 3, { p: 1 });
    repeats.forEach((count, stage) => {
      for (let i = 0; i < count; i++) y = block(k, y, 8 << Math.min(stage, 2), stage > 0 && i === 0 ? 2 : 1);
    });
    return k.dense(k.pooled(y), CLASSES);
  });

const one = (): number => 1;
export const resnet18 = resnet(basic, [2, 1, 1, 1]);
export const resnet50 = resnet(bottleneck({ inner: (c) => c, expansion: 4, group: one }), [2, 1, 1, 1]);
export const resnext50 = resnet(bottleneck({ inner: (c) => 2 * c, expansion: 4, group: () => 8 }), [2, 1, 1, 1]);
export const wideResnet50 = resnet(bottleneck({ inner: (c) => 2 * c, expansion: 4, group: one }), [1, 1, 1, 1]);

const GROUP_WIDTH = 8;
const regnet = (excite: boolean): ReturnType<typeof zooNet> =>
  zooNet(48, (k, x) => {
    const block = bottleneck({ inner: (c) => c, expansion: 1, group: (c) => c / GROUP_WIDTH, excite });
    let y = k.relu(k.bn(k.conv(x, 8, { k: 3, s: 2, bias: false })));
    for (const [count, c] of [
      [1, 8],
      [1, 16],
      [2, 24],
      [1, 32],
    ] as const)
      for (let i = 0; i < count; i++) y = block(k, y, c, i === 0 ? 2 : 1);
    return k.dense(k.pooled(y), CLASSES);
  });

export const regnetX = regnet(false);
export const regnetY = regnet(true);
