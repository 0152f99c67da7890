/** @file Context ratio mu: right, random, inverted; undefined denominators. */
import { describe, expect, it } from "vitest";
import { outsideInside } from "../../src/metrics/outside-inside.ts";
import { runMetric } from "./run.ts";
import {
  AREA,
  isSteady,
  network,
  numberOf,
  OBJECT,
  PIXELS,
  reasonOf,
  refusesBadMaps,
  refusesBadTruth,
  sanity,
  toyImage,
} from "./toy.ts";

describe("outside-inside ratio", () => {
  it.each(["signed", "positive", "absolute"])("%s: 0, about 1, more than 1", async (variant) => {
    const { right, random, inverted } = await sanity(outsideInside, variant);
    expect(right).toBe(0);
    expect(Math.abs(random - 1)).toBeLessThan(0.2);
    expect(inverted).toBeGreaterThan(1);
  });
  it("is a ratio of means, not of sums", async () => {
    const map = Float32Array.from(OBJECT, (v) => (v ? 4 : 1));
    expect(numberOf(await runMetric(outsideInside, toyImage(map), network()), "signed")).toBe(0.25);
    expect(AREA).not.toBe(PIXELS - AREA);
  });
  it("signed, negative relevance outside goes below 0 without bound: that has no better end", async () => {
    const map = Float32Array.from(OBJECT, (v) => (v ? 1 : -40));
    const { values } = await runMetric(outsideInside, toyImage(map), network());
    expect(values).toEqual({ signed: -40, positive: 0, absolute: 40 });
    expect(outsideInside.variants.map((v) => [v.id, v.better])).toEqual([
      ["signed", "neither"],
      ["positive", "lower"],
      ["absolute", "lower"],
    ]);
  });
  it("relevance inside that is not positive has no ratio", async () => {
    const map = Float32Array.from(OBJECT, (v) => (v ? -1 : 1));
    const result = await runMetric(outsideInside, toyImage(map), network());
    expect(reasonOf(result, "signed")).toBe("the mean signed relevance inside the object is not greater than 0");
    expect(reasonOf(result, "positive")).toBe("the mean positive relevance inside the object is not greater than 0");
    expect(result.values.absolute).toBe(1);
  });
});

refusesBadMaps(outsideInside);
refusesBadTruth(outsideInside);
isSteady(outsideInside);
