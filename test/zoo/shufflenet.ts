/** @file ShuffleNet v2: half of the channels pass by, then both halves are shuffled. */
import type { Value } from "../../src/graph/builder.ts";
import { CLASSES, channelsOf, type Kit, zooNet } from "./kit.ts";
import { reshape, transpose } from "./tokens.ts";

/** Channel c of half h becomes channel 2c + h. */
function shuffle(k: Kit, x: Value): Value {
  const [, c, h, w] = x.dims as readonly [unknown, number, number, number];
  const halves = reshape(k, x, [-1, 2, c / 2, h, w]);
  return reshape(k, transpose(k, halves, [0, 2, 1, 3, 4]), [-1, c, h, w]);
}

const point = (k: Kit, x: Value, c: number): Value => k.relu(k.bn(k.conv(x, c, { bias: false })));
const depth = (k: Kit, x: Value, s: number): Value =>
  k.bn(k.conv(x, channelsOf(x), { k: 3, s, group: channelsOf(x), bias: false }));
const branch = (k: Kit, x: Value, c: number, s: number): Value => point(k, depth(k, point(k, x, c), s), c);

function down(k: Kit, x: Value, c: number): Value {
  return shuffle(k, k.concat([point(k, depth(k, x, 2), c / 2), branch(k, x, c / 2, 2)]));
}
function keep(k: Kit, x: Value): Value {
  const half = channelsOf(x) / 2;
  const [a, b] = k.g.ops("Split", [x, k.g.ints([half, half])], { attrs: { axis: 1 }, outputs: 2 }) as [Value, Value];
  return shuffle(k, k.concat([a, branch(k, b, half, 1)]));
}

export const shufflenetV2 = zooNet(48, (k, x) => {
  let y = k.maxPool(k.relu(k.bn(k.conv(x, 12, { k: 3, s: 2, bias: false }))), 3, { p: 1 });
  for (const c of [16, 32, 48]) y = keep(k, down(k, y, c));
  const last = point(k, y, 64);
  return k.dense(k.g.op("ReduceMean", [last, k.g.ints([2, 3])], { keepdims: 0 }), CLASSES);
});
