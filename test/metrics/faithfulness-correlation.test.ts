/** @file Faithfulness correlation: right, random, inverted; questions shared by maps. */
import { describe, expect, it } from "vitest";
import { faithfulnessCorrelation } from "../../src/metrics/faithfulness-correlation.ts";
import { runMetric, scoredBy } from "./run.ts";
import {
  isSteady,
  network,
  RANDOM,
  RIGHT,
  reasonOf,
  refusesBadMaps,
  refusesBadScores,
  sanity,
  toyImage,
} from "./toy.ts";

const EXACT = { baseline: "input_zero", score: "logit" };

describe("faithfulness correlation", () => {
  it.each(["pearson", "spearman"])("%s: 1, about 0, -1", async (variant) => {
    const { right, random, inverted } = await sanity(faithfulnessCorrelation, variant, EXACT);
    expect(right).toBeGreaterThan(1 - 1e-4);
    expect(Math.abs(random)).toBeLessThan(0.35);
    expect(inverted).toBeLessThan(-1 + 1e-4);
  });
  it("another map of the image asks nothing new", async () => {
    const known = new Map();
    const first = await runMetric(faithfulnessCorrelation, toyImage(RIGHT), { ...network(), known });
    const second = await runMetric(faithfulnessCorrelation, toyImage(RANDOM), { ...network(), known });
    expect([first.scored, first.asked, second.scored]).toEqual([101, 101, 0]);
  });
  it("a score that never moves, and sets as large as the image, have no correlation", async () => {
    const still = { score: scoredBy(() => [1, 1, 1]) };
    expect(reasonOf(await runMetric(faithfulnessCorrelation, toyImage(RIGHT), still), "pearson")).toBe(
      "the score is the same whatever is removed",
    );
    const all = await runMetric(faithfulnessCorrelation, toyImage(RIGHT), network(), { subset_size: 576 });
    expect(reasonOf(all, "pearson")).toBe("subset_size = 576 is not less than the image's 576 pixels");
  });
});

refusesBadMaps(faithfulnessCorrelation);
refusesBadScores(faithfulnessCorrelation);
isSteady(faithfulnessCorrelation);
