/** @file Intersection over union at the top: right, random, inverted. */
import { describe, expect, it } from "vitest";
import { iouAtTop } from "../../src/metrics/iou-at-top.ts";
import { runMetric } from "./run.ts";
import {
  AREA,
  isSteady,
  network,
  numberOf,
  PIXELS,
  RIGHT,
  refusesBadMaps,
  refusesBadTruth,
  sanity,
  toyImage,
} from "./toy.ts";

describe("iou at top", () => {
  it("right, random, inverted", async () => {
    const { right, random, inverted } = await sanity(iouAtTop, "mask-size");
    expect(right).toBe(1);
    const share = AREA / PIXELS;
    expect(Math.abs(random - share / (2 - share))).toBeLessThan(0.08);
    expect(inverted).toBe(0);
  });
  it("a fixed share marks more or less than the object", async () => {
    const result = await runMetric(iouAtTop, toyImage(RIGHT), network());
    expect(numberOf(result, "5-percent")).toBeCloseTo(29 / AREA, 12);
    expect(numberOf(result, "50-percent")).toBeCloseTo(AREA / 288, 12);
  });
});

refusesBadMaps(iouAtTop);
refusesBadTruth(iouAtTop);
isSteady(iouAtTop);
