/** @file Random logit: maps of other classes, a map that knows no class, and the class that is drawn. */
import { describe, expect, it } from "vitest";
import type { MapQuery } from "../../src/metrics/metric.ts";
import { otherClass, randomLogit } from "../../src/metrics/random-logit.ts";
import { randomMap } from "../../src/metrics/reference-maps.ts";
import { runMetric } from "./run.ts";
import {
  INVERTED,
  isSteady,
  network,
  numberOf,
  RANDOM,
  RIGHT,
  reasonOf,
  refusesBadMaps,
  SIZE,
  toyImage,
  weightsOf,
} from "./toy.ts";

const gradient = ({ target }: MapQuery): Float32Array => weightsOf(target);
const two = { classes: 2 };

describe("random logit", () => {
  it("a right method has another map for another class", async () => {
    const result = await runMetric(randomLogit, toyImage(weightsOf(0), two), network(gradient));
    expect(numberOf(result, "cosine")).toBe(0);
    expect(numberOf(result, "spearman")).toBeLessThan(0.1);
    expect(numberOf(result, "ssim")).toBeLessThan(0.7);
    expect(result.counts).toEqual({ "other-class": 1 });
  });
  it("a map that knows no class is the same again", async () => {
    const result = await runMetric(
      randomLogit,
      toyImage(RIGHT, two),
      network(() => RIGHT),
    );
    for (const id of ["spearman", "spearman-absolute", "ssim", "cosine"])
      expect(numberOf(result, id)).toBeCloseTo(1, 9);
  });
  it("random maps are unlike, inverted ones are opposite", async () => {
    const other = randomMap({ width: SIZE, height: SIZE, seed: 5 });
    const random = await runMetric(
      randomLogit,
      toyImage(RANDOM, two),
      network(() => other),
    );
    expect(Math.abs(numberOf(random, "spearman"))).toBeLessThan(0.15);
    expect(Math.abs(numberOf(random, "ssim"))).toBeLessThan(0.2);
    const opposite = await runMetric(
      randomLogit,
      toyImage(RIGHT, two),
      network(() => INVERTED),
    );
    expect(numberOf(opposite, "spearman")).toBeCloseTo(-1, 9);
  });
  it("draws every other class, and never the same", () => {
    const drawn = Array.from({ length: 200 }, (_, seed) => otherClass(2, 5, seed));
    expect([...new Set(drawn)].sort()).toEqual([0, 1, 3, 4]);
  });
  it("no map, a constant map, one class: reasons", async () => {
    const reason = async (map: () => Float32Array | null, more = {}) =>
      reasonOf(await runMetric(randomLogit, toyImage(RIGHT, { ...two, ...more }), network(map)), "ssim");
    expect(await reason(() => null)).toBe("the method gave no map of another class");
    expect(await reason(() => new Float32Array(SIZE * SIZE))).toBe("class 1: the map is constant: no pixel stands out");
    expect(await reason(() => RIGHT, { classes: 1 })).toBe("the network has one class");
  });
});

refusesBadMaps(randomLogit);
isSteady(randomLogit, {}, () => RIGHT);
