/** @file Attribution localisation: right, random, inverted; weighted by size. */
import { describe, expect, it } from "vitest";
import { attributionLocalisation } from "../../src/metrics/attribution-localisation.ts";
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

describe("attribution localisation", () => {
  it("right, random, inverted", async () => {
    const { right, random, inverted } = await sanity(attributionLocalisation, "inside-total");
    expect(right).toBeCloseTo(1, 9);
    expect(Math.abs(random - AREA / PIXELS)).toBeLessThan(0.03);
    expect(inverted).toBeLessThan(random);
  });
  it("weighted: 1 for relevance spread as the pixels are", async () => {
    const { right, random } = await sanity(attributionLocalisation, "weighted");
    expect(right).toBeCloseTo(PIXELS / AREA, 8);
    expect(Math.abs(random - 1)).toBeLessThan(0.15);
  });
  it("no positive relevance, no number", async () => {
    const result = await runMetric(attributionLocalisation, toyImage(Float32Array.from(OBJECT, (v) => -v)), network());
    expect(reasonOf(result, "inside-total")).toBe("the map has no positive relevance");
  });
});

refusesBadMaps(attributionLocalisation);
refusesBadTruth(attributionLocalisation);
isSteady(attributionLocalisation);
