/** @file Monotonicity: right, random, inverted; the path of scores. */
import { describe, expect, it } from "vitest";
import { monotonicity } from "../../src/metrics/monotonicity.ts";
import { inverted } from "../../src/metrics/reference-maps.ts";
import { type Network, runMetric, scoredBy } from "./run.ts";
import {
  isSteady,
  network,
  numberOf,
  OBJECT,
  OTHER,
  PIXELS,
  RANDOM,
  RIGHT,
  refusesBadMaps,
  refusesBadScores,
  sanity,
  toyImage,
  weightsOf,
} from "./toy.ts";

const SMALL = { nr_samples: 4, score: "logit" };

describe("monotonicity", () => {
  it("nguyen: steps that matter are told from those that do not", async () => {
    const { right, random, inverted } = await sanity(monotonicity, "nguyen", SMALL);
    expect(right).toBeGreaterThan(0.4);
    expect(Math.abs(random)).toBeLessThan(0.4);
    expect(inverted).toBeLessThan(-0.4);
  });
  it("arya: from the baseline to the whole image, the object last", async () => {
    const result = await runMetric(monotonicity, toyImage(RIGHT), network(), { ...SMALL, baseline: "input_zero" });
    expect(result.values.arya).toBe(1);
    expect(numberOf(result, "arya-share")).toBe(1);
    const path = result.curves?.arya as Float32Array;
    expect(path).toHaveLength(33);
    expect(path[0]).toBe(0);
    const before = PIXELS - OBJECT.reduce((n, v) => n + v, 0);
    expect(path[Math.floor(before / 18)]).toBe(0);
    expect(path[Math.ceil(before / 18)]).toBeGreaterThan(0);
    expect(path[32]).toBeCloseTo(
      RIGHT.reduce((s, v) => s + v, 0),
      4,
    );
  });
  it("arya-share: a right map gathers what harms into few steps, a random one does not; inversion it cannot tell", async () => {
    const harm = OTHER.map((v, i) => v * (1 - (OBJECT[i] as number)));
    const gain = weightsOf(0);
    const factor = (1.05 * gain.reduce((s, v) => s + v, 0)) / harm.reduce((s, v) => s + v, 0);
    const weight = gain.map((v, i) => v - factor * (harm[i] as number));
    const mixed: Network = { score: scoredBy((x) => [x.reduce((s, v, i) => s + v * weight[i % PIXELS]!, 0), 0, 0]) };
    const right = RIGHT.map((v, p) => v - (harm[p] ? 0.1 : 0));
    const share = async (map: Float32Array): Promise<number> =>
      numberOf(await runMetric(monotonicity, toyImage(map), mixed, { ...SMALL, baseline: "input_zero" }), "arya-share");
    const [told, chance, upside] = [await share(right), await share(RANDOM), await share(inverted(right))];
    expect(told).toBeGreaterThan(0.85);
    expect(chance).toBeLessThan(0.7);
    expect(upside).toBeGreaterThan(chance);
  });
  it("steps of the size that is asked for, the last one what is left", async () => {
    const result = await runMetric(monotonicity, toyImage(RIGHT), network(), { ...SMALL, features_in_step: 100 });
    expect(result.counts).toEqual({ steps: 6 });
    expect(result.scored).toBe(7 + 1 + 6 * 4);
  });
});

refusesBadMaps(monotonicity);
refusesBadScores(monotonicity);
isSteady(monotonicity, { nr_samples: 3 });
