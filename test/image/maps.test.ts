/** @file Enlarging and folding maps of numbers. */

import { describe, expect, test } from "vitest";
import { CHANNEL_REDUCERS, type ChannelReducer, reduceChannels } from "../../src/image/reduce.ts";
import { upsampleBilinear } from "../../src/image/upsample.ts";

describe("upsampleBilinear", () => {
  test("half-pixel centres, clamped edges", () => {
    const values = Float64Array.of(0, 4);
    expect([...upsampleBilinear({ width: 2, height: 1, values }, { width: 4, height: 1 })]).toEqual([0, 1, 3, 4]);
    expect([...upsampleBilinear({ width: 1, height: 2, values }, { width: 1, height: 4 })]).toEqual([0, 1, 3, 4]);
  });

  test("the same size changes nothing, a constant stays, the type stays", () => {
    const values = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
    expect(upsampleBilinear({ width: 4, height: 3, values }, { width: 4, height: 3 })).toEqual(values);
    const third = new Float64Array(6).fill(1 / 3);
    expect(new Set(upsampleBilinear({ width: 3, height: 2, values: third }, { width: 31, height: 17 }))).toEqual(
      new Set([1 / 3]),
    );
  });

  test("agrees with the definition at every point", () => {
    const values = Float64Array.from({ length: 15 }, (_, i) => Math.cos(i * 1.7));
    const out = upsampleBilinear({ width: 5, height: 3, values }, { width: 13, height: 8 });
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 13; x++) {
        const [sx, sy] = [Math.max(((x + 0.5) * 5) / 13 - 0.5, 0), Math.max(((y + 0.5) * 3) / 8 - 0.5, 0)];
        let sum = 0;
        for (let i = 0; i < 15; i++) {
          const wx = Math.max(0, 1 - Math.abs(Math.min(sx, 4) - (i % 5)));
          sum += wx * Math.max(0, 1 - Math.abs(Math.min(sy, 2) - Math.trunc(i / 5))) * values[i]!;
        }
        expect(out[y * 13 + x]).toBeCloseTo(sum, 12);
      }
    }
  });

  test("refuses a map of another size", () => {
    const map = { width: 2, height: 2, values: new Float32Array(3) };
    expect(() => upsampleBilinear(map, { width: 4, height: 4 })).toThrow(
      expect.objectContaining({ code: "E_INPUT_SHAPE" }),
    );
  });
});

describe("reduceChannels", () => {
  const values = Float32Array.of(3, -1, -4, 2);
  const expected: Readonly<Record<ChannelReducer, readonly number[]>> = {
    sum: [-1, 1],
    mean: [-0.5, 0.5],
    absmax: [4, 2],
    l2: [5, Math.fround(Math.sqrt(5))],
    max: [3, 2],
    "abs-sum": [7, 3],
  };

  test.each(CHANNEL_REDUCERS)("%s", (reducer) => {
    expect([...reduceChannels(values, [2, 1, 2], reducer)]).toEqual(expected[reducer]);
  });

  test("refuses other shapes and names", () => {
    expect(() => reduceChannels(values, [2, 2], "sum")).toThrow(expect.objectContaining({ code: "E_INPUT_SHAPE" }));
    // @ts-expect-error: not a reducer
    expect(() => reduceChannels(values, [2, 1, 2], "median")).toThrow(/median.*sum/);
  });
});
