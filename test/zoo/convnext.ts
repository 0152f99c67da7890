/** @file ConvNeXt: wide depthwise convolutions, then an MLP on channels that come last. */
import type { Value } from "../../src/graph/builder.ts";
import { CLASSES, channelsOf, type Kit, zooNet } from "./kit.ts";
import { layerNorm, linear, mlp, transpose } from "./tokens.ts";

const LAST = [0, 2, 3, 1] as const;
const SECOND = [0, 3, 1, 2] as const;

/** LayerNormalization over the channels of [N,C,H,W]. */
const norm2d = (k: Kit, x: Value): Value => transpose(k, layerNorm(k, transpose(k, x, LAST)), SECOND);

function block(k: Kit, x: Value): Value {
  const c = channelsOf(x);
  const deep = transpose(k, k.conv(x, c, { k: 7, group: c }), LAST);
  const y = transpose(k, mlp(k, layerNorm(k, deep), 4), SECOND);
  return k.add(k.g.op("Mul", [k.around(0.5, 0.3, [c, 1, 1]), y]), x);
}

export const convnextT = zooNet(32, (k, x) => {
  let y = norm2d(k, k.conv(x, 12, { k: 4, s: 4, p: 0 }));
  [12, 16, 24].forEach((c, stage) => {
    if (stage > 0) y = k.conv(norm2d(k, y), c, { k: 2, s: 2, p: 0 });
    y = block(k, y);
  });
  return linear(k, k.flatten(norm2d(k, k.g.op("GlobalAveragePool", [block(k, y)]))), CLASSES);
});
