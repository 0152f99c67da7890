/** @file MaxViT: an inverted residual, then attention inside blocks, then attention across a grid. */
import type { Value } from "../../src/graph/builder.ts";
import { CLASSES, channelsOf, type Kit, zooNet } from "./kit.ts";
import { squeezeExcite } from "./squeeze-excite.ts";
import { layerNorm, linear, mlp, reshape, softmax, transpose, widthOf } from "./tokens.ts";
import { relativeBias } from "./windows.ts";

/** BatchNormalization first; where the size halves, the shortcut is pooled and projected. */
function mbconv(k: Kit, x: Value, out: number, s: number): Value {
  const wide = 4 * out;
  const a = k.gelu(k.bn(k.conv(k.bn(x), wide, { bias: false })));
  const b = k.gelu(k.bn(k.conv(a, wide, { k: 3, s, group: wide, bias: false })));
  const y = k.conv(squeezeExcite(k, b, out >> 2, { inner: (v) => k.silu(v) }), out);
  const same = s === 1 && channelsOf(x) === out;
  return k.add(same ? x : k.conv(s === 2 ? k.avgPool(x, 3, { p: 1 }) : x, out), y);
}

const HEAD = 8;

/** Attention of [B,G,P,C] among the P positions of each of G groups; w² = P. */
function attention(k: Kit, x: Value, w: number): Value {
  const { g } = k;
  const [, groups, p, c] = x.dims as readonly [unknown, number, number, number];
  const heads = c / HEAD;
  const parts = g.ops("Split", [linear(k, x, 3 * c), g.ints([c, c, c])], { attrs: { axis: -1 }, outputs: 3 });
  const [q, key, v] = parts.map((part) =>
    transpose(k, reshape(k, part, [-1, groups, p, heads, HEAD]), [0, 1, 3, 2, 4]),
  ) as [Value, Value, Value];
  const scaled = g.op("Mul", [key, g.scalar(HEAD ** -0.5)]);
  const scores = g.op("Einsum", [q, scaled], { equation: "abcde,abcfe->abcdf" });
  const bias = relativeBias(k, k.around(0, 0.5, [(2 * w - 1) ** 2, heads]), w);
  const y = g.op("Einsum", [softmax(k, k.add(scores, bias)), v], { equation: "abcde,abcef->abcdf" });
  return linear(k, reshape(k, transpose(k, y, [0, 1, 3, 2, 4]), [-1, groups, p, c]), c);
}

/** [N,C,H,W] cut into windows of side `w`: [N,windows,w²,C]; and back. */
function cut(k: Kit, x: Value, w: number): Value {
  const [, c, h] = x.dims as readonly [unknown, number, number];
  const n = h / w;
  return reshape(k, transpose(k, reshape(k, x, [-1, c, n, w, n, w]), [0, 2, 4, 3, 5, 1]), [-1, n * n, w * w, c]);
}
function joined(k: Kit, x: Value, w: number, side: number): Value {
  const n = side / w;
  const c = widthOf(x);
  return reshape(k, transpose(k, reshape(k, x, [-1, n, n, w, w, c]), [0, 5, 1, 3, 2, 4]), [-1, c, side, side]);
}

/** Neighbours attend to one another (`grid` false), or positions that lie `side / w` apart do. */
function partitioned(k: Kit, x: Value, w: number, grid: boolean): Value {
  const [, , side] = x.dims as readonly [unknown, unknown, number];
  const size = grid ? side / w : w;
  const swap = (v: Value): Value => (grid ? transpose(k, v, [0, 2, 1, 3]) : v);
  let y = swap(cut(k, x, size));
  y = k.add(y, attention(k, layerNorm(k, y), w));
  y = k.add(y, mlp(k, layerNorm(k, y)));
  return joined(k, swap(y), size, side);
}

const WINDOW = 4;

export const maxvitT = zooNet(32, (k, x) => {
  const { g } = k;
  let y = k.conv(k.gelu(k.bn(k.conv(x, 8, { k: 3, s: 2, bias: false }))), 8, { k: 3 });
  for (const [c, s] of [
    [8, 2],
    [16, 1],
  ] as const) {
    y = mbconv(k, y, c, s);
    for (const grid of [false, true]) y = partitioned(k, y, WINDOW, grid);
  }
  const hidden = g.op("Tanh", [linear(k, layerNorm(k, k.pooled(y)), 16)]);
  return linear(k, hidden, CLASSES, { bias: false });
});
