/** @file One mean strength for all layers. */
import { describe, expect, it } from "vitest";
import { scaledBy, sourceStrength, strengthScale } from "../../src/patterns/strength.ts";
import { someMaps } from "./some-maps.ts";

const source = (values: readonly number[]) => someMaps(Float32Array.from(values), { positions: 2, channels: 2 });
const identity = Float64Array.from([1, 0, 0, 1]);

describe("strength", () => {
  it("is the mean over pictures and positions, whatever the blocks", async () => {
    const maps = source([3, 4, 0, 0, 0, 1, 6, 8, 0, 2, 5, 12]);
    for (const size of [1, 2, 3]) expect(await sourceStrength(maps, identity, { size })).toBeCloseTo(31 / 6, 14);
  });
  it("of a scaled matrix is the common one", async () => {
    const maps = source([3, 4, 0, 0, 0, 1, 6, 8]);
    const scale = strengthScale(await sourceStrength(maps, identity), 3);
    expect(await sourceStrength(maps, scaledBy(identity, scale))).toBeCloseTo(3, 14);
  });
  it("of zero features stays", async () => {
    expect(await sourceStrength(source([0, 0, 0, 0]), identity)).toBe(0);
    expect(strengthScale(0, 3)).toBe(1);
  });
  it("refuses the matrix of another layer, no picture, and numbers that are none", async () => {
    await expect(sourceStrength(source([1, 1, 1, 1]), new Float64Array(3))).rejects.toMatchObject({
      code: "E_INPUT_SHAPE",
    });
    await expect(sourceStrength(source([]), identity)).rejects.toMatchObject({ code: "E_DATA_EMPTY" });
    expect(() => strengthScale(Number.NaN, 1)).toThrow(/mean strengths/);
  });
});
