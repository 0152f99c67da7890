/** @file ROC AUC: right, random, inverted; against counting all pairs. */
import { describe, expect, it } from "vitest";
import { rocAuc } from "../../src/metrics/roc-auc.ts";
import { wave } from "../nets.ts";
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

describe("roc auc", () => {
  it("right, random, inverted", async () => {
    const { right, random, inverted } = await sanity(rocAuc, "signed");
    expect(right).toBe(1);
    expect(Math.abs(random - 0.5)).toBeLessThan(0.1);
    expect(inverted).toBe(0);
  });
  it.each([
    ["signed", (v: number) => v],
    ["absolute", Math.abs],
    ["positive", (v: number) => Math.max(v, 0)],
  ] as const)("%s: the share of pairs in order, ties half", async (variant, read) => {
    const map = wave(PIXELS, 21).map((v) => Math.round(4 * v));
    let pairs = 0;
    for (let i = 0; i < PIXELS; i++)
      for (let j = 0; j < PIXELS; j++)
        if (OBJECT[i] && !OBJECT[j]) pairs += (1 + Math.sign(read(map[i]!) - read(map[j]!))) / 2;
    const result = await runMetric(rocAuc, toyImage(map), network());
    expect(numberOf(result, variant)).toBeCloseTo(pairs / (AREA * (PIXELS - AREA)), 12);
  });
});

refusesBadMaps(rocAuc);
refusesBadTruth(rocAuc);
isSteady(rocAuc);
