/** @file Swin transformers: attention inside windows that shift from block to block. */

import type { Value } from "../../src/graph/builder.ts";
import { tensor } from "../../src/graph/tensor.ts";
import { CLASSES, type Kit, zooNet } from "./kit.ts";
import {
  attend,
  headsOf,
  joinHeads,
  layerNorm,
  linear,
  mlp,
  type Norm,
  reshape,
  spelledNorm,
  transpose,
  widthOf,
} from "./tokens.ts";
import { biased, partition, relativeBias, roll, tokensOf, unpartition, type Windows } from "./windows.ts";

/** One of the two versions. */
interface Version {
  readonly norm: Norm;
  /** Attention of a window's tokens [B,T,C]. */
  readonly attention: (k: Kit, x: Value, heads: number, at: Windows) => Value;
  /** x plus a branch, normalised before it or after it. */
  readonly branch: (k: Kit, x: Value, norm: Norm, f: (x: Value) => Value) => Value;
  /** 4C channels of four neighbours to 2C. */
  readonly merge: (k: Kit, x: Value, norm: Norm) => Value;
}

const first: Version = {
  norm: spelledNorm,
  attention: (k, x, heads, at) => {
    const [q, key, v] = headsOf(k, x, heads, tokensOf(at));
    const scaled = k.g.op("Mul", [q, k.g.scalar((widthOf(x) / heads) ** -0.5)]);
    const bias = relativeBias(k, k.around(0, 0.5, [(2 * at.window - 1) ** 2, heads]), at.window);
    return joinHeads(
      k,
      attend(k, [scaled, key, v], (scores) => biased(k, scores, bias, heads, at)),
      tokensOf(at),
    );
  },
  branch: (k, x, norm, f) => k.add(x, f(norm(k, x))),
  merge: (k, x, norm) => linear(k, norm(k, x), widthOf(x) / 2, { bias: false }),
};

/** x / max(‖x‖, 1e-12) along the last axis. */
function unitLength(k: Kit, x: Value): Value {
  const { g } = k;
  const length = g.op("Clip", [g.op("ReduceL2", [x, g.ints([-1])], { keepdims: 1 }), g.scalar(1e-12)]);
  return g.op("Div", [x, g.op("Expand", [length, g.op("Shape", [x])])]);
}

/** 16 σ(MLP(log-spaced offsets)): made of constants, but left to be computed. */
function continuousBias(k: Kit, heads: number, w: number): Value {
  const { g } = k;
  const spaced = (offset: number): number => (Math.sign(offset) * Math.log2(1 + Math.abs((8 * offset) / (w - 1)))) / 3;
  const span = 2 * w - 1;
  const coordinates = Array.from({ length: span * span }, (_, i) => [
    spaced(Math.floor(i / span) - w + 1),
    spaced((i % span) - w + 1),
  ]).flat();
  const offsets = g.constant(tensor("float32", [span * span, 2], coordinates), "offsets");
  const table = linear(k, k.relu(linear(k, offsets, 32)), heads, { bias: false });
  return g.op("Mul", [g.op("Sigmoid", [relativeBias(k, table, w)]), g.scalar(16)]);
}

const second: Version = {
  norm: layerNorm,
  attention: (k, x, heads, at) => {
    const { g } = k;
    const [q, key, v] = headsOf(k, x, heads, tokensOf(at));
    const scale = g.op("Exp", [g.op("Clip", [k.around(2, 0.5, [heads, 1, 1]), null, g.scalar(Math.log(100))])]);
    const bias = continuousBias(k, heads, at.window);
    const scored = (scores: Value): Value => biased(k, g.op("Mul", [scores, scale]), bias, heads, at);
    return joinHeads(k, attend(k, [unitLength(k, q), unitLength(k, key), v], scored), tokensOf(at));
  },
  branch: (k, x, norm, f) => k.add(x, norm(k, f(x))),
  merge: (k, x, norm) => norm(k, linear(k, x, widthOf(x) / 2, { bias: false })),
};

function block(k: Kit, x: Value, { norm, attention, branch }: Version, heads: number, at: Windows): Value {
  const inside = (v: Value): Value => {
    const windows = partition(k, roll(k, v, at.shift), at);
    const back = unpartition(k, attention(k, windows, heads, at), at);
    return roll(k, back, at.shift === 0 ? 0 : at.side - at.shift);
  };
  return branch(k, branch(k, x, norm, inside), norm, (v) => mlp(k, v));
}

/** The four neighbours of each 2x2 cell, one after another: [N,H/2,W/2,4C]. */
function neighbours(k: Kit, x: Value): Value {
  const { g } = k;
  const every = (v: Value, from: number, axis: number): Value =>
    g.op("Slice", [v, g.ints([from]), g.ints([2 ** 31 - 1]), g.ints([axis]), g.ints([2])]);
  const corner = (row: number, column: number): Value => every(every(x, row, 1), column, 2);
  return k.concat([corner(0, 0), corner(1, 0), corner(0, 1), corner(1, 1)], -1);
}

/** Side, window, heads of the stages. */
const STAGES = [
  { side: 8, window: 4, heads: 2 },
  { side: 4, window: 4, heads: 4 },
] as const;

const swin = (version: Version): ReturnType<typeof zooNet> =>
  zooNet(32, (k, x) => {
    const { norm, merge } = version;
    let y = norm(k, transpose(k, k.conv(x, 16, { k: 4, s: 4, p: 0 }), [0, 2, 3, 1]));
    STAGES.forEach(({ side, window, heads }, stage) => {
      if (stage > 0) y = merge(k, neighbours(k, y), norm);
      const shift = window < side ? window / 2 : 0;
      for (const by of [0, shift]) y = block(k, y, version, heads, { side, window, shift: by });
    });
    const grid = transpose(k, norm(k, y), [0, 3, 1, 2]);
    return linear(k, reshape(k, k.g.op("GlobalAveragePool", [grid]), [-1, widthOf(y)]), CLASSES);
  });

export const swinT = swin(first);
export const swinV2T = swin(second);
