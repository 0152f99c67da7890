/** @file Networks of branches that are joined by Concat: DenseNet, GoogLeNet, Inception v3. */

import type { Value } from "../../src/graph/builder.ts";
import { tensor } from "../../src/graph/tensor.ts";
import { CLASSES, type ConvOptions, channelsOf, type Kit, zooNet } from "./kit.ts";

/** Convolution, BatchNormalization, ReLU. */
const unit = (k: Kit, x: Value, out: number, options: ConvOptions = {}): Value =>
  k.relu(k.bn(k.conv(x, out, { ...options, bias: false })));

const GROWTH = 6;
function denseLayer(k: Kit, x: Value): Value {
  const narrow = k.conv(k.relu(k.bn(x)), 2 * GROWTH, { bias: false });
  return k.concat([x, k.conv(k.relu(k.bn(narrow)), GROWTH, { k: 3, bias: false })]);
}

export const densenet121 = zooNet(64, (k, x) => {
  let y = k.maxPool(unit(k, x, 12, { k: 7, s: 2 }), 3, { p: 1 });
  [3, 3, 2, 2].forEach((layers, block) => {
    if (block > 0) y = k.avgPool(k.conv(k.relu(k.bn(y)), channelsOf(y) >> 1, { bias: false }), 2);
    for (let i = 0; i < layers; i++) y = denseLayer(k, y);
  });
  return k.dense(k.pooled(k.relu(k.bn(y))), CLASSES);
});

/** Each colour by its own affine map, as in the ported networks that expect another normalisation. */
function transformInput(k: Kit, x: Value): Value {
  const { g } = k;
  const colour = (i: number): Value => {
    const plane = g.op("Unsqueeze", [g.op("Gather", [x, g.scalar(i, "int64")], { axis: 1 }), g.ints([1])]);
    const scaled = g.op("Mul", [plane, g.constant(tensor("float32", [], [0.45 + 0.01 * i]))]);
    return k.bias ? g.op("Add", [scaled, g.scalar(-0.03 - 0.03 * i)]) : scaled;
  };
  return k.concat([0, 1, 2].map(colour));
}

/** Widths of the 1x1 branch, the two 3x3 branches, and the pool's projection. */
function inception(k: Kit, x: Value, [a, b, c, d]: readonly [number, number, number, number]): Value {
  return k.concat([
    unit(k, x, a),
    unit(k, unit(k, x, b >> 1), b, { k: 3 }),
    unit(k, unit(k, x, c >> 1), c, { k: 3 }),
    unit(k, k.maxPool(x, 3, { s: 1, p: 1, ceil: true }), d),
  ]);
}

export const googlenet = zooNet(64, (k, x) => {
  let y = k.maxPool(unit(k, transformInput(k, x), 8, { k: 7, s: 2 }), 3, { ceil: true });
  y = k.maxPool(unit(k, unit(k, y, 8), 16, { k: 3 }), 3, { ceil: true });
  y = k.maxPool(inception(k, inception(k, y, [6, 8, 4, 4]), [8, 8, 6, 4]), 3, { ceil: true });
  y = k.maxPool(inception(k, inception(k, y, [8, 10, 4, 4]), [8, 12, 6, 6]), 2, { ceil: true });
  return k.dense(k.pooled(inception(k, y, [12, 12, 8, 8])), CLASSES);
});

const poolBranch = (k: Kit, x: Value, out: number): Value => unit(k, k.avgPool(x, 3, { s: 1, p: 1 }), out);

const inceptionA = (k: Kit, x: Value): Value =>
  k.concat([
    unit(k, x, 6),
    unit(k, unit(k, x, 4), 6, { k: 5 }),
    unit(k, unit(k, unit(k, x, 4), 6, { k: 3 }), 6, { k: 3 }),
    poolBranch(k, x, 4),
  ]);
const inceptionB = (k: Kit, x: Value): Value =>
  k.concat([
    unit(k, x, 12, { k: 3, s: 2, p: 0 }),
    unit(k, unit(k, unit(k, x, 4), 6, { k: 3 }), 6, { k: 3, s: 2, p: 0 }),
    k.maxPool(x, 3),
  ]);
/** 7x7 as 1x7 and 7x1. */
function inceptionC(k: Kit, x: Value): Value {
  const row: ConvOptions = { k: [1, 7] };
  const column: ConvOptions = { k: [7, 1] };
  const twice = (v: Value): Value => unit(k, unit(k, v, 6, column), 6, row);
  return k.concat([
    unit(k, x, 8),
    unit(k, unit(k, unit(k, x, 6), 6, row), 8, column),
    unit(k, unit(k, twice(unit(k, x, 6)), 6, column), 8, row),
    poolBranch(k, x, 8),
  ]);
}
function inceptionD(k: Kit, x: Value): Value {
  const seven = unit(k, unit(k, unit(k, x, 8), 8, { k: [1, 7] }), 8, { k: [7, 1] });
  return k.concat([
    unit(k, unit(k, x, 8), 12, { k: 3, s: 2, p: 0 }),
    unit(k, seven, 8, { k: 3, s: 2, p: 0 }),
    k.maxPool(x, 3),
  ]);
}
/** Branches that branch again. */
function inceptionE(k: Kit, x: Value): Value {
  const fork = (v: Value): Value => k.concat([unit(k, v, 8, { k: [1, 3] }), unit(k, v, 8, { k: [3, 1] })]);
  return k.concat([unit(k, x, 8), fork(unit(k, x, 8)), fork(unit(k, unit(k, x, 8), 8, { k: 3 })), poolBranch(k, x, 6)]);
}

export const inceptionV3 = zooNet(107, (k, x) => {
  let y = unit(k, transformInput(k, x), 4, { k: 3, s: 2, p: 0 });
  y = k.maxPool(unit(k, unit(k, y, 4, { k: 3, p: 0 }), 6, { k: 3 }), 3);
  y = k.maxPool(unit(k, unit(k, y, 8), 12, { k: 3, p: 0 }), 3);
  y = inceptionC(k, inceptionB(k, inceptionA(k, y)));
  return k.dense(k.pooled(inceptionE(k, inceptionD(k, y))), CLASSES);
});
