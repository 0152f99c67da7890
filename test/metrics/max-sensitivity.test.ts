/** @file Max-sensitivity: a steady method, a random one, and what inversion cannot tell. */
import { describe, expect, it } from "vitest";
import { maxSensitivity } from "../../src/metrics/max-sensitivity.ts";
import type { MapQuery } from "../../src/metrics/metric.ts";
import { inverted, randomMap } from "../../src/metrics/reference-maps.ts";
import { runMetric } from "./run.ts";
import {
  isSteady,
  network,
  numberOf,
  PIXELS,
  picture,
  RANDOM,
  RIGHT,
  reasonOf,
  refusesBadMaps,
  SIZE,
  toyImage,
  weightsOf,
} from "./toy.ts";

/** Input times gradient, summed over channels. */
const byInput = ({ x, target }: MapQuery): Float32Array =>
  weightsOf(target).map((w, p) => w * (x[p]! + x[PIXELS + p]! + x[2 * PIXELS + p]!));
const gradient = ({ target }: MapQuery): Float32Array => weightsOf(target);
const chance = (): ((q: MapQuery) => Float32Array) => {
  let seed = 0;
  return () => randomMap({ width: SIZE, height: SIZE, seed: seed++ });
};

describe("max-sensitivity", () => {
  it("0 for a method that does not move, more for one that follows the input, most for chance", async () => {
    const still = await runMetric(maxSensitivity, toyImage(weightsOf(0)), network(gradient));
    expect(still.values).toEqual({ absolute: 0, relative: 0, "over-input": 0, average: 0 });
    const moving = await runMetric(maxSensitivity, toyImage(RIGHT), network(byInput));
    const random = await runMetric(maxSensitivity, toyImage(RANDOM), network(chance()));
    for (const id of ["relative", "average"]) {
      expect(numberOf(moving, id)).toBeGreaterThan(0.01);
      expect(numberOf(random, id)).toBeGreaterThan(2 * numberOf(moving, id));
    }
  });
  it("says nothing of truth: an inverted map that does not move is as steady", async () => {
    const result = await runMetric(
      maxSensitivity,
      toyImage(inverted(weightsOf(0))),
      network(() => inverted(weightsOf(0))),
    );
    expect(result.values.absolute).toBe(0);
  });
  it("a hand-made move of length 2 on a map of length 4", async () => {
    const map = new Float32Array(PIXELS);
    map[3] = 4;
    const moved = map.map((v, i) => (i === 9 ? 2 : v));
    const result = await runMetric(
      maxSensitivity,
      toyImage(map),
      network(() => moved),
      { nr_samples: 3 },
    );
    const input = Math.sqrt(picture.reduce((s, v) => s + v * v, 0));
    expect(result.values.absolute).toBe(2);
    expect(result.values.relative).toBe(0.5);
    expect(result.values.average).toBe(0.5);
    expect(numberOf(result, "over-input")).toBeCloseTo(2 / input, 12);
  });
  it("noise stays within its bound, and every sample is another", async () => {
    const seen: Float32Array[] = [];
    const spy = (q: MapQuery): Float32Array => {
      seen.push(q.x);
      return RIGHT;
    };
    await runMetric(maxSensitivity, toyImage(RIGHT), network(spy), { lower_bound: 0.05 });
    expect(seen).toHaveLength(10);
    const moves = seen.map((x) => Math.max(...x.map((v, i) => Math.abs(v - picture[i]!))));
    expect(Math.max(...moves)).toBeLessThanOrEqual(0.05 + 1e-6);
    expect(Math.min(...moves)).toBeGreaterThan(0.049);
    expect(new Set(seen.map((x) => x[0])).size).toBe(10);
  });
  it("maps that fail are counted; none at all is a reason", async () => {
    let turn = 0;
    const some = await runMetric(
      maxSensitivity,
      toyImage(RIGHT),
      network((q) => (turn++ % 2 ? byInput(q) : null)),
    );
    expect(some.counts).toEqual({ missing: 5 });
    const none = await runMetric(
      maxSensitivity,
      toyImage(RIGHT),
      network(() => null),
    );
    expect(reasonOf(none, "absolute")).toBe("the method gave no map of a perturbed image");
  });
});

refusesBadMaps(maxSensitivity);
isSteady(maxSensitivity, { nr_samples: 40 }, byInput);
