/** @file Relevance rank: right, random, inverted; ties shared evenly. */
import { describe, expect, it } from "vitest";
import { relevanceRank } from "../../src/metrics/relevance-rank.ts";
import { runMetric } from "./run.ts";
import {
  AREA,
  isSteady,
  network,
  numberOf,
  OBJECT,
  PIXELS,
  refusesBadMaps,
  refusesBadTruth,
  sanity,
  toyImage,
} from "./toy.ts";

describe("relevance rank", () => {
  it.each(["signed", "absolute"])("%s: all, about the object's share, none", async (variant) => {
    const { right, random, inverted } = await sanity(relevanceRank, variant);
    expect(right).toBe(1);
    expect(Math.abs(random - AREA / PIXELS)).toBeLessThan(0.12);
    expect(inverted).toBe(0);
  });

  it("a map that marks one pixel of the object leaves the rest to chance, wherever the object lies", async () => {
    const map = new Float32Array(PIXELS);
    map[OBJECT.indexOf(1)] = 1;
    const result = await runMetric(relevanceRank, toyImage(map), network());
    const rest = ((AREA - 1) * (AREA - 1)) / (PIXELS - 1);
    expect(numberOf(result, "signed")).toBeCloseTo((1 + rest) / AREA, 12);
    expect(result.counts).toEqual({ tied: PIXELS - 1 });
  });

  it("magnitudes rank negative relevance high", async () => {
    const map = Float32Array.from(OBJECT, (v, i) => -v - i / 1e4);
    const { values } = await runMetric(relevanceRank, toyImage(map), network());
    expect(values).toEqual({ signed: 0, absolute: 1 });
  });
});

refusesBadMaps(relevanceRank);
refusesBadTruth(relevanceRank);
isSteady(relevanceRank);
