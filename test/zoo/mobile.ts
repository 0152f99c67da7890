/** @file Inverted residuals: MobileNet v2 and v3, MnasNet, EfficientNet v1 and v2. */
import type { Value } from "../../src/graph/builder.ts";
import { CLASSES, type ConvOptions, channelsOf, type Kit, zooNet } from "./kit.ts";
import { squeezeExcite } from "./squeeze-excite.ts";

type Activation = (k: Kit, x: Value) => Value;
const relu: Activation = (k, x) => k.relu(x);
const relu6: Activation = (k, x) => k.relu6(x);
const silu: Activation = (k, x) => k.silu(x);
const hardSwish: Activation = (k, x) => k.hardSwish(x);

type Excite = (k: Kit, x: Value, inputs: number) => Value;
/** Gate by a hard sigmoid, squeeze to a quarter of the expanded width. */
const hardExcite: Excite = (k, x) => squeezeExcite(k, x, channelsOf(x) >> 2, { gate: (v) => k.hardSigmoid(v) });
/** SiLU inside, squeeze to a quarter of the block's input. */
const smoothExcite: Excite = (k, x, inputs) => squeezeExcite(k, x, inputs >> 2, { inner: (v) => k.silu(v) });

interface Block {
  /** How many times wider than the input the block is inside; 1 = no expansion. */
  readonly t: number;
  readonly c: number;
  readonly s?: number;
  readonly k?: number;
  readonly act: Activation;
  readonly excite?: Excite | undefined;
  /** One dense 3x3 instead of expansion and depthwise 3x3. */
  readonly fused?: boolean;
}

const unit = (k: Kit, x: Value, out: number, act: Activation, options: ConvOptions = {}): Value =>
  act(k, k.bn(k.conv(x, out, { ...options, bias: false })));
const project = (k: Kit, x: Value, out: number): Value => k.bn(k.conv(x, out, { bias: false }));

function inside(k: Kit, x: Value, { t, c, s = 1, k: size = 3, act, excite, fused = false }: Block): Value {
  const wide = channelsOf(x) * t;
  if (fused) return t === 1 ? unit(k, x, c, act, { k: 3, s }) : project(k, unit(k, x, wide, act, { k: 3, s }), c);
  const expanded = t === 1 ? x : unit(k, x, wide, act);
  const deep = unit(k, expanded, wide, act, { k: size, s, group: wide });
  return project(k, excite ? excite(k, deep, channelsOf(x)) : deep, c);
}

function inverted(k: Kit, x: Value, block: Block): Value {
  const y = inside(k, x, block);
  return (block.s ?? 1) === 1 && channelsOf(x) === block.c ? k.add(x, y) : y;
}

const blocks = (k: Kit, x: Value, list: readonly Block[]): Value => list.reduce((y, b) => inverted(k, y, b), x);

export const mobilenetV2 = zooNet(48, (k, x) => {
  const b = (t: number, c: number, s = 1): Block => ({ t, c, s, act: relu6 });
  const y = blocks(k, unit(k, x, 8, relu6, { k: 3, s: 2 }), [
    b(1, 8),
    b(4, 12, 2),
    b(4, 12),
    b(4, 16, 2),
    b(4, 16),
    b(4, 24, 2),
  ]);
  return k.dense(k.pooled(unit(k, y, 48, relu6)), CLASSES);
});

const mobilenetV3 = (list: readonly Block[]): ReturnType<typeof zooNet> =>
  zooNet(48, (k, x) => {
    const y = blocks(k, unit(k, x, 8, hardSwish, { k: 3, s: 2 }), list);
    const features = k.pooled(unit(k, y, 6 * channelsOf(y), hardSwish));
    return k.dense(k.hardSwish(k.dense(features, 48)), CLASSES);
  });

export const mobilenetV3Small = mobilenetV3([
  { t: 1, c: 8, s: 2, act: relu, excite: hardExcite },
  { t: 4, c: 12, s: 2, act: relu },
  { t: 4, c: 12, act: relu },
  { t: 4, c: 16, k: 5, s: 2, act: hardSwish, excite: hardExcite },
  { t: 6, c: 16, k: 5, act: hardSwish, excite: hardExcite },
]);
export const mobilenetV3Large = mobilenetV3([
  { t: 1, c: 8, act: relu },
  { t: 4, c: 12, s: 2, act: relu },
  { t: 3, c: 16, k: 5, s: 2, act: relu, excite: hardExcite },
  { t: 6, c: 24, s: 2, act: hardSwish },
  { t: 2, c: 24, act: hardSwish },
  { t: 6, c: 24, k: 5, act: hardSwish, excite: hardExcite },
]);

export const mnasnet = zooNet(48, (k, x) => {
  const b = (t: number, c: number, s = 1, size = 3): Block => ({ t, c, s, k: size, act: relu });
  const stem = unit(k, unit(k, x, 8, relu, { k: 3, s: 2 }), 8, relu, { k: 3, group: 8 });
  const y = blocks(k, project(k, stem, 8), [b(3, 12, 2), b(3, 12), b(3, 16, 2, 5), b(6, 24, 2, 5), b(6, 24)]);
  return k.dense(k.pooled(unit(k, y, 48, relu)), CLASSES);
});

const efficientnet = (list: readonly Omit<Block, "act">[]): ReturnType<typeof zooNet> =>
  zooNet(48, (k, x) => {
    const stem = unit(k, x, 8, silu, { k: 3, s: 2 });
    const y = blocks(
      k,
      stem,
      list.map((b) => ({ ...b, act: silu, excite: b.fused ? undefined : smoothExcite })),
    );
    return k.dense(k.pooled(unit(k, y, 48, silu)), CLASSES);
  });

export const efficientnetB0 = efficientnet([
  { t: 1, c: 8 },
  { t: 6, c: 8, s: 2 },
  { t: 6, c: 12, s: 2, k: 5 },
  { t: 6, c: 12, k: 5 },
  { t: 6, c: 16, s: 2 },
  { t: 6, c: 24, k: 5 },
]);
export const efficientnetV2S = efficientnet([
  { t: 1, c: 8, fused: true },
  { t: 4, c: 12, s: 2, fused: true },
  { t: 4, c: 12, fused: true },
  { t: 4, c: 16, s: 2 },
  { t: 6, c: 16 },
  { t: 6, c: 24, s: 2 },
]);
