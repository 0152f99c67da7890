/** @file Monotonicity: right, random, inverted; the path of scores. */
import { describe, expect, it } from "vitest";
import { monotonicity } from "../../src/metrics/monotonicity.ts";
import { runMetric } from "./run.ts";
import { isSteady, network, numberOf, OBJECT, PIXELS, RIGHT, refusesBadMaps, sanity, toyImage } from "./toy.ts";

const SMALL = { nr_samples: 4, output: "logit" };

describe("monotonicity", () => {
  it("nguyen: steps that matter are told from those that do not", async () => {
    const { right, random, inverted } = await sanity(monotonicity, "nguyen", SMALL);
    expect(right).toBeGreaterThan(0.4);
    expect(Math.abs(random)).toBeLessThan(0.4);
    expect(inverted).toBeLessThan(-0.4);
  });
  it("arya: from the baseline to the whole image, the object last", async () => {
    const result = await runMetric(monotonicity, toyImage(RIGHT), network(), { ...SMALL, perturb_baseline: "zero" });
    expect(result.values.arya).toBe(1);
    expect(numberOf(result, "arya-share")).toBe(1);
    const path = result.curves?.arya as Float32Array;
    expect(path).toHaveLength(33);
    expect(path[0]).toBe(0);
    const before = PIXELS - OBJECT.reduce((n, v) => n + v, 0);
    expect(path[Math.floor(before / 18)]).toBe(0);
    expect(path[Math.ceil(before / 18)]).toBeGreaterThan(0);
    expect(path[32]).toBeCloseTo(
      RIGHT.reduce((s, v) => s + v, 0),
      4,
    );
  });
  it("arya: a map that takes harmful pixels for unimportant ones falls, whatever is random or inverted", async () => {
    const { right, random, inverted } = await sanity(monotonicity, "arya-share", {
      ...SMALL,
      perturb_baseline: "white",
    });
    expect(right).toBeLessThan(1);
    expect(random).toBeLessThan(1);
    expect(inverted).toBeLessThan(1);
  });
  it("steps of the size that is asked for, the last one what is left", async () => {
    const result = await runMetric(monotonicity, toyImage(RIGHT), network(), { ...SMALL, features_in_step: 100 });
    expect(result.counts).toEqual({ steps: 6 });
    expect(result.scored).toBe(7 + 1 + 6 * 4);
  });
});

refusesBadMaps(monotonicity);
isSteady(monotonicity, { nr_samples: 3 });
