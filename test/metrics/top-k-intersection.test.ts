/** @file Top-k intersection: right, random, inverted; k against the size of the image. */
import { describe, expect, it } from "vitest";
import { topKIntersection } from "../../src/metrics/top-k-intersection.ts";
import { runMetric } from "./run.ts";
import {
  AREA,
  isSteady,
  network,
  numberOf,
  PIXELS,
  RIGHT,
  reasonOf,
  refusesBadMaps,
  refusesBadTruth,
  sanity,
  toyImage,
} from "./toy.ts";

describe("top-k intersection", () => {
  it("right, random, inverted", async () => {
    const { right, random, inverted } = await sanity(topKIntersection, "signed", { k: 40 });
    expect(right).toBe(1);
    expect(Math.abs(random - AREA / PIXELS)).toBeLessThan(0.15);
    expect(inverted).toBe(0);
  });
  it("more pixels than the object has cannot all lie on it", async () => {
    const result = await runMetric(topKIntersection, toyImage(RIGHT), network(), { k: 2 * AREA });
    expect(numberOf(result, "signed")).toBeCloseTo(1 / 2, 12);
    expect(numberOf(result, "concept-influence")).toBeCloseTo(PIXELS / (2 * AREA), 12);
  });
  it("k must be less than the image", async () => {
    const result = await runMetric(topKIntersection, toyImage(RIGHT), network(), { k: PIXELS });
    expect(reasonOf(result, "signed")).toBe("k = 576 is not less than the map's 576 pixels");
  });
});

refusesBadMaps(topKIntersection);
refusesBadTruth(topKIntersection);
isSteady(topKIntersection, { k: 100 });
