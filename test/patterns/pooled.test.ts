/** @file Adaptive average pooling: to fewer cells, to more, in numbers and as a graph. */
import { describe, expect, it } from "vitest";
import { binsOf, emitPooled, type Grid, pooled } from "../../src/patterns/pooled.ts";
import { net, wave } from "../nets.ts";
import { runOnce } from "./run-once.ts";

describe("adaptive average pooling", () => {
  it("has bins that overlap where sizes do not divide, and repeat where the grid is finer", () => {
    expect(binsOf(5, 3)).toEqual([
      [0, 2],
      [1, 4],
      [3, 5],
    ]);
    expect(binsOf(2, 4)).toEqual([
      [0, 1],
      [0, 1],
      [1, 2],
      [1, 2],
    ]);
  });
  it("averages cells", () => {
    expect(Array.from(pooled([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [3, 4], [1, 2]))).toEqual([5.5, 7.5]);
    expect(Array.from(pooled([1, 2, 3, 4], [2, 2], [4, 2]))).toEqual([1, 2, 1, 2, 3, 4, 3, 4]);
    expect(Array.from(pooled([3, 5], [1, 1], [2, 2]))).toEqual([3, 3, 3, 3, 5, 5, 5, 5]);
  });
  const SIZES: readonly (readonly [Grid, Grid])[] = [
    [
      [6, 8],
      [3, 4],
    ],
    [
      [7, 5],
      [3, 3],
    ],
    [
      [3, 2],
      [7, 7],
    ],
    [
      [4, 9],
      [4, 2],
    ],
    [
      [4, 9],
      [3, 9],
    ],
    [
      [5, 5],
      [5, 5],
    ],
    [
      [6, 7],
      [1, 1],
    ],
  ];
  it.each(SIZES)("emitted, %j to %j, is that in numbers", async (from, to) => {
    const x = wave(2 * 3 * from[0] * from[1]);
    const model = net([2, 3, ...from], ({ g, x: planes }) => ({ y: emitPooled(g, planes, from, to) }));
    const { y } = await runOnce(model, { x: { dims: [2, 3, ...from], data: x } });
    const wanted = pooled(x, from, to);
    expect(y?.dims).toEqual([2, 3, ...to]);
    wanted.forEach((v, i) => {
      expect(Math.abs((y?.data[i] as number) - v)).toBeLessThan(1e-6);
    });
  });
});
