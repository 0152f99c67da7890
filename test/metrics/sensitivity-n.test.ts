/** @file Sensitivity-n: right, random, inverted; the sizes of sets. */
import { describe, expect, it } from "vitest";
import { sensitivityN, setSizes } from "../../src/metrics/sensitivity-n.ts";
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

const EXACT = { baseline: "input_zero" };

describe("sensitivity-n", () => {
  it("1, about 0, -1", async () => {
    const { right, random, inverted } = await sanity(sensitivityN, "mean-pearson", EXACT);
    expect(right).toBeGreaterThan(1 - 1e-4);
    expect(Math.abs(random)).toBeLessThan(0.2);
    expect(inverted).toBeLessThan(-1 + 1e-4);
  });
  it("sizes go from one pixel to the share that is asked for", () => {
    expect(setSizes(460, 8)).toEqual([1, 2, 6, 14, 33, 80, 192, 460]);
    expect(setSizes(3, 8)).toEqual([1, 2, 3]);
    expect(setSizes(5, 1)).toEqual([5]);
  });
  it("one value a size; other maps ask nothing new", async () => {
    const known = new Map();
    const first = await runMetric(sensitivityN, toyImage(RIGHT), { ...network(), known });
    expect(first.curves?.pearson).toHaveLength(8);
    expect(first.scored).toBe(401);
    expect((await runMetric(sensitivityN, toyImage(RANDOM), { ...network(), known })).scored).toBe(0);
  });
  it("a score that never moves", async () => {
    const still = { score: scoredBy(() => [1, 1, 1]) };
    const result = await runMetric(sensitivityN, toyImage(RIGHT), still);
    expect(reasonOf(result, "mean-pearson")).toBe("the score is the same whatever is removed");
    expect(result.counts).toEqual({ "undefined-sizes": 8 });
  });
});

refusesBadMaps(sensitivityN);
refusesBadScores(sensitivityN);
isSteady(sensitivityN, { nr_samples: 10 });
