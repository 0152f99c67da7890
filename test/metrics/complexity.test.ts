/** @file Complexity: few pixels, random, inverted; known entropies. */
import { describe, expect, it } from "vitest";
import { complexity } from "../../src/metrics/complexity.ts";
import { runMetric } from "./run.ts";
import { AREA, isSteady, network, numberOf, PIXELS, refusesBadMaps, sanity, toyImage } from "./toy.ts";

describe("complexity", () => {
  it.each(["entropy", "normalised-entropy"])("%s: right (few pixels), random, inverted", async (variant) => {
    const { right, random, inverted } = await sanity(complexity, variant);
    expect(right).toBeLessThan(random);
    expect(random).toBeLessThan(inverted);
  });
  it("effective: the pixels that count", async () => {
    expect(await sanity(complexity, "effective")).toMatchObject({ right: AREA, random: PIXELS, inverted: PIXELS - 1 });
  });
  it("two equal pixels: ln 2", async () => {
    const map = new Float32Array(PIXELS);
    map[7] = -0.5;
    map[9] = 0.5;
    const result = await runMetric(complexity, toyImage(map), network());
    expect(numberOf(result, "entropy")).toBeCloseTo(Math.LN2, 9);
    expect(numberOf(result, "normalised-entropy")).toBeCloseTo(Math.LN2 / Math.log(PIXELS), 9);
    expect(numberOf(result, "effective")).toBe(2);
  });
});

refusesBadMaps(complexity);
isSteady(complexity);
