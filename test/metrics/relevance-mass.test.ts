/** @file Relevance mass: right, random, inverted; the three readings of signed maps. */
import { describe, expect, it } from "vitest";
import { relevanceMass } from "../../src/metrics/relevance-mass.ts";
import { runMetric } from "./run.ts";
import {
  AREA,
  isSteady,
  network,
  OBJECT,
  PIXELS,
  reasonOf,
  refusesBadMaps,
  refusesBadTruth,
  sanity,
  toyImage,
} from "./toy.ts";

describe("relevance mass", () => {
  it.each(["positive", "absolute", "signed"])("%s: all, the object's share, none of it", async (variant) => {
    const { right, random, inverted } = await sanity(relevanceMass, variant);
    expect(right).toBe(1);
    expect(Math.abs(random - AREA / PIXELS)).toBeLessThan(0.03);
    expect(inverted).toBeLessThan(random);
  });

  it("reads signs as its variants say", async () => {
    const inside = OBJECT.indexOf(1);
    const map = new Float32Array(PIXELS);
    map[inside] = 3;
    map[inside + 1] = -1;
    map[0] = 1;
    map[1] = -2;
    expect(OBJECT[inside + 1]).toBe(1);
    const { values } = await runMetric(relevanceMass, toyImage(map), network());
    expect(values).toEqual({ positive: 3 / 4, absolute: 4 / 7, signed: 2 / 1 });
  });

  it("a sum that is not positive has no share", async () => {
    const map = new Float32Array(PIXELS);
    map[0] = -1;
    const result = await runMetric(relevanceMass, toyImage(map), network());
    expect(reasonOf(result, "signed")).toBe("the signed relevance does not add up to more than 0");
    expect(reasonOf(result, "positive")).toBe("the positive relevance does not add up to more than 0");
    expect(result.values.absolute).toBe(0);
  });
});

refusesBadMaps(relevanceMass);
refusesBadTruth(relevanceMass);
isSteady(relevanceMass);
