/** @file Sparseness: one pixel, random, inverted; known Gini indices. */
import { describe, expect, it } from "vitest";
import { gini, sparseness } from "../../src/metrics/sparseness.ts";
import { isSteady, PIXELS, refusesBadMaps, sanity } from "./toy.ts";

describe("sparseness", () => {
  it("right (few pixels), random (uniform: 1/3), inverted (most pixels)", async () => {
    const { right, random, inverted } = await sanity(sparseness, "absolute");
    expect(right).toBeGreaterThan(0.8);
    expect(Math.abs(random - 1 / 3)).toBeLessThan(0.03);
    expect(inverted).toBeLessThan(random);
  });
  it("one pixel of n: 1 - 1/n; incomes 1, 2, 3, 4: 1/4", () => {
    const one = new Float64Array(PIXELS);
    one[5] = 1e6;
    expect(gini(one)).toBeCloseTo(1 - 1 / PIXELS, 9);
    expect(gini(Float64Array.of(4, 1, 3, 2))).toBeCloseTo(0.25, 7);
  });
});

refusesBadMaps(sparseness);
isSteady(sparseness);
