/** @file Windows of a grid [N,H,W,C], cyclic shifts, and what a window's positions have to do with one another. */

import type { Value } from "../../src/graph/builder.ts";
import { tensor } from "../../src/graph/tensor.ts";
import type { Kit } from "./kit.ts";
import { reshape, transpose, widthOf } from "./tokens.ts";

/** Side of the grid, side of a window, and how far the grid is rolled before it is cut. */
export interface Windows {
  readonly side: number;
  readonly window: number;
  readonly shift: number;
}
export const tokensOf = ({ window }: Windows): number => window * window;
const across = ({ side, window }: Windows): number => side / window;

/** [N,H,W,C] to [N windows,tokens,C]. */
export function partition(k: Kit, x: Value, at: Windows): Value {
  const [n, w, c] = [across(at), at.window, widthOf(x)];
  return reshape(k, transpose(k, reshape(k, x, [-1, n, w, n, w, c]), [0, 1, 3, 2, 4, 5]), [-1, w * w, c]);
}
export function unpartition(k: Kit, x: Value, at: Windows): Value {
  const [n, w, c] = [across(at), at.window, widthOf(x)];
  return reshape(k, transpose(k, reshape(k, x, [-1, n, n, w, w, c]), [0, 1, 3, 2, 4, 5]), [-1, at.side, at.side, c]);
}

/** Position i comes from i + by, around the edges, on both axes. */
export function roll(k: Kit, x: Value, by: number): Value {
  const { g } = k;
  const along = (v: Value, axis: number): Value => {
    const cut = (from: number, to: number): Value =>
      g.op("Slice", [v, g.ints([from]), g.ints([to]), g.ints([axis]), g.ints([1])]);
    return k.concat([cut(by, 2 ** 31 - 1), cut(0, by)], axis);
  };
  return by === 0 ? x : along(along(x, 1), 2);
}

const pairs = <T>(n: number, f: (i: number, j: number) => T): readonly T[] =>
  Array.from({ length: n * n }, (_, at) => f(Math.floor(at / n), at % n));

/** Row of a table of (2w-1)² offsets for each pair of a window's positions: [w⁴]. */
export function relativeIndex(w: number): readonly number[] {
  const offset = (a: number, b: number): number => a - b + w - 1;
  return pairs(w * w, (i, j) => offset(Math.floor(i / w), Math.floor(j / w)) * (2 * w - 1) + offset(i % w, j % w));
}

/** A table [(2w-1)²,heads] laid out for attention: [1,heads,tokens,tokens]. */
export function relativeBias(k: Kit, table: Value, w: number): Value {
  const { g } = k;
  const rows = g.op("Gather", [table, g.ints(relativeIndex(w))], { axis: 0 });
  const square = reshape(k, rows, [w * w, w * w, -1]);
  return g.op("Unsqueeze", [transpose(k, square, [2, 0, 1]), g.ints([0])]);
}

/** -100 between positions of a shifted window that were no neighbours before the shift: [windows,1,tokens,tokens]. */
export function shiftMask(k: Kit, at: Windows): Value {
  const { side, window, shift } = at;
  const region = (i: number): number => (i < side - window ? 0 : i < side - shift ? 1 : 2);
  const n = across(at);
  const regions = pairs(n, (row, column) =>
    pairs(window, (i, j) => 3 * region(row * window + i) + region(column * window + j)),
  );
  const values = regions.flatMap((r) => pairs(r.length, (i, j) => (r[i] === r[j] ? 0 : -100)));
  const tokens = tokensOf(at);
  return k.g.constant(tensor("float32", [n * n, 1, tokens, tokens], values), "mask");
}

/** scores [N windows,heads,T,T] + bias, and + mask where windows are shifted. */
export function biased(k: Kit, scores: Value, bias: Value, heads: number, at: Windows): Value {
  const sum = k.add(scores, bias);
  if (at.shift === 0) return sum;
  const tokens = tokensOf(at);
  const apart = reshape(k, sum, [-1, across(at) ** 2, heads, tokens, tokens]);
  return reshape(k, k.add(apart, shiftMask(k, at)), [-1, heads, tokens, tokens]);
}
