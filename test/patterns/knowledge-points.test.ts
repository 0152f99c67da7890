/** @file Knowledge points: reference counts, thresholds, ties, what is undefined. */
import { describe, expect, it } from "vitest";
import { concentrationOf } from "../../src/patterns/concentration.ts";
import type { Directions } from "../../src/patterns/directions.ts";
import { certaintyOf, type KnowledgePoints, knowledgePoints } from "../../src/patterns/knowledge-points.ts";
import { meanStrength } from "../../src/patterns/sample-start.ts";
import { scaledBy, strengthScale } from "../../src/patterns/strength.ts";
import { absent, hasShared } from "../shared.ts";
import { left, MANIFEST, patternCase } from "./golden.ts";

const concentration = concentrationOf({ dimension: 3 });

describe.skipIf(!hasShared(MANIFEST))(`knowledge points of the reference set${absent(MANIFEST)}`, () => {
  const mixture = (the: ReturnType<typeof patternCase>): Directions => ({
    categories: the.shape("pi")[0] as number,
    dimension: 3,
    weights: the.array("pi"),
    means: the.array("mu"),
  });
  /** Layers of `h [layers, n, HW, 3]`, each scaled to the common strength. */
  const layersOf = (the: ReturnType<typeof patternCase>, common: number) => {
    const [layers = 0, n = 0, positions = 0] = the.shape("h");
    const all = the.array("h");
    return Array.from({ length: layers }, (_, at) => {
      const own = all.slice(at * n * positions * 3, (at + 1) * n * positions * 3);
      const scale = strengthScale(meanStrength(own, 3), common);
      return { scale, positions, ...certaintyOf(scaledBy(own, scale), mixture(the), concentration) };
    });
  };
  const each = (
    found: readonly (readonly KnowledgePoints[])[],
    of: (k: KnowledgePoints) => ArrayLike<number> | number | null,
  ) =>
    found.flat().flatMap((k) => {
      const v = of(k);
      return v === null || typeof v === "number" ? [v ?? -1] : Array.from(v);
    });

  it("knowledge_points", () => {
    const the = patternCase("knowledge_points");
    const layers = layersOf(the, meanStrength(the.array("g"), 3));
    const labels = the.array("labels");
    const found = layers.map((l) =>
      the.param<number[]>("taus").map((tau) => knowledgePoints(l, l.positions, labels, tau)),
    );
    the.expectOutput(
      "scale",
      layers.map((l) => l.scale),
    );
    the.expectOutput(
      "max_p",
      layers.flatMap((l) => Array.from(l.largest)),
    );
    the.expectOutput(
      "count",
      each(found, (k) => k.counts),
    );
    the.expectOutput(
      "reliable",
      each(found, (k) => k.reliable),
    );
    the.expectOutput(
      "ratio_per_image",
      each(found, (k) => k.ratios.map((r) => r ?? -1)),
    );
    the.expectOutput(
      "ratio_pooled",
      each(found, (k) => k.pooledRatio),
    );
    the.expectOutput(
      "ratio_mean_of_defined",
      each(found, (k) => k.meanRatio),
    );
    the.expectOutput(
      "mean_count",
      each(found, (k) => k.meanCount),
    );
    expect(left("knowledge_points")).toEqual([]);
    for (const ofTaus of found)
      for (const [i, k] of ofTaus.entries())
        if (i > 0) expect(k.meanCount).toBeLessThanOrEqual(ofTaus[i - 1]?.meanCount as number);
  });

  it("net_knowledge", () => {
    const the = patternCase("net_knowledge");
    const layers = layersOf(the, the.value<number>("common_strength"));
    const labels = the.array("labels");
    const found = layers.map((l) => [knowledgePoints(l, l.positions, labels, the.param<number>("tau"))]);
    the.expectOutput(
      "scale",
      layers.map((l) => l.scale),
    );
    the.expectOutput(
      "count",
      each(found, (k) => k.counts),
    );
    the.expectOutput(
      "reliable",
      each(found, (k) => k.reliable),
    );
    the.expectValue(
      "mean_count",
      each(found, (k) => k.meanCount),
    );
    the.expectValue(
      "pooled_ratio",
      each(found, (k) => k.pooledRatio),
    );
    expect(left("net_knowledge")).toEqual([]);
  });
});

describe("knowledge points", () => {
  const certainty = {
    largest: Float64Array.from([0.4, 0.41, 0.9, 0.2, 0.4, 0.1]),
    winners: Int32Array.from([0, 1, 0, 0, 1, 1]),
  };
  it("lie strictly above the threshold; 0 / 0 is undefined", () => {
    const found = knowledgePoints(certainty, 3, [0, 1]);
    expect(found.tau).toBe(0.4);
    expect(Array.from(found.counts)).toEqual([2, 0]);
    expect(Array.from(found.reliable)).toEqual([1, 0]);
    expect(found.ratios).toEqual([0.5, null]);
    expect([found.meanCount, found.pooledRatio, found.meanRatio]).toEqual([1, 0.5, 0.5]);
    const none = knowledgePoints(certainty, 3, [0, 1], 1);
    expect([none.meanCount, none.pooledRatio, none.meanRatio]).toEqual([0, null, null]);
  });
  it("of a picture without a label count, but are in no ratio", () => {
    const found = knowledgePoints(certainty, 3, [-1, 1], 0.3);
    expect(Array.from(found.counts)).toEqual([3, 1]);
    expect(found.ratios).toEqual([null, 1]);
    expect([found.pooledRatio, found.meanRatio]).toEqual([1, 1]);
  });
  it("a zero feature has the mixture's weights: every region counts below 1 / C, none at 1", () => {
    const directions: Directions = {
      categories: 2,
      dimension: 3,
      weights: Float64Array.from([0.5, 0.5]),
      means: Float64Array.from([1, 0, 0, 0, 1, 0]),
    };
    const zero = certaintyOf(new Float64Array(6), directions, concentration);
    expect(Array.from(zero.largest)).toEqual([0.5, 0.5]);
    expect(Array.from(zero.winners)).toEqual([0, 0]);
    expect(knowledgePoints(zero, 2, [0], 0.49).meanCount).toBe(2);
    expect(knowledgePoints(zero, 2, [0], 1).meanCount).toBe(0);
  });
  it("refuses sizes that do not fit and a threshold that is none", () => {
    expect(() => knowledgePoints(certainty, 3, [0])).toThrow(/labelled pictures/);
    expect(() => knowledgePoints(certainty, 3, [0, 1], Number.NaN)).toThrow(/tau/);
  });
});
