/** @file Model randomisation: a map that follows the weights, one that does not, and the depths that are asked for. */
import { describe, expect, it } from "vitest";
import type { MapQuery, Randomized } from "../../src/metrics/metric.ts";
import { depthsOf, modelRandomization } from "../../src/metrics/model-randomization.ts";
import { edgesMap, randomMap } from "../../src/metrics/reference-maps.ts";
import { runMetric } from "./run.ts";
import {
  INVERTED,
  isSteady,
  network,
  numberOf,
  picture,
  RIGHT,
  reasonOf,
  refusesBadMaps,
  SIZE,
  toyImage,
} from "./toy.ts";

const noise = (r: Randomized): Float32Array =>
  randomMap({
    width: SIZE,
    height: SIZE,
    seed: r.seed + 10 * r.depth + (r.mode === "cascading" ? 1 : 0),
  });
/** Follows the weights: noise on a random network. */
const honest = ({ randomized }: MapQuery): Float32Array => (randomized ? noise(randomized) : RIGHT);
const EDGES = edgesMap({ width: SIZE, height: SIZE, channels: 3, layout: "nchw", x: picture });

describe("model randomisation", () => {
  it("a map that follows the weights is lost with them", async () => {
    const result = await runMetric(modelRandomization, toyImage(RIGHT), network(honest));
    for (const mode of ["cascading", "independent"]) {
      expect(Math.abs(numberOf(result, `${mode}-spearman`))).toBeLessThan(0.1);
      expect(numberOf(result, `${mode}-ssim`)).toBeLessThan(0.3);
      expect(result.curves?.[`${mode}-cosine`]).toHaveLength(3);
    }
    expect(result.counts).toEqual({ depths: 3, "constant-or-missing": 0 });
  });
  it("an edge detector does not notice", async () => {
    const result = await runMetric(
      modelRandomization,
      toyImage(EDGES),
      network(() => EDGES),
    );
    for (const { id } of modelRandomization.variants) expect(numberOf(result, id)).toBeCloseTo(1, 9);
  });
  it("an inverted map is its own opposite", async () => {
    const result = await runMetric(
      modelRandomization,
      toyImage(RIGHT),
      network(() => INVERTED),
    );
    expect(numberOf(result, "cascading-spearman")).toBeCloseTo(-1, 9);
  });
  it("asks the depths and orders that are wanted, under keys of their own", async () => {
    const asked: MapQuery[] = [];
    const spy = (q: MapQuery): Float32Array => {
      asked.push(q);
      return honest(q);
    };
    const params = { layer_order: "independent", nr_depths: 4, seed: 7 };
    const result = await runMetric(modelRandomization, toyImage(RIGHT, { layers: 54 }), network(spy), params);
    expect(asked.map((q) => q.randomized)).toEqual(
      [0, 18, 35, 53].map((depth) => ({ mode: "independent", depth, seed: 7 })),
    );
    expect(new Set(asked.map((q) => q.key)).size).toBe(4);
    expect(reasonOf(result, "cascading-ssim")).toBe("not asked for (`layer_order`)");
  });
  it("depths have both ends", () => {
    expect(depthsOf(3, 6)).toEqual([0, 1, 2]);
    expect(depthsOf(100, 6)).toEqual([0, 20, 40, 59, 79, 99]);
    expect(depthsOf(5, 1)).toEqual([4]);
    expect(depthsOf(1, 6)).toEqual([0]);
  });
  it("constant maps of random networks are left out and counted", async () => {
    const dead = (q: MapQuery): Float32Array | null =>
      q.randomized?.depth === 0 ? honest(q) : q.randomized?.depth === 1 ? new Float32Array(SIZE * SIZE) : null;
    const result = await runMetric(modelRandomization, toyImage(RIGHT), network(dead));
    expect(result.counts).toEqual({ depths: 3, "constant-or-missing": 4 });
    expect(Array.from(result.curves?.["cascading-ssim"] as Float32Array, Number.isFinite)).toEqual([
      true,
      false,
      false,
    ]);
    const none = await runMetric(
      modelRandomization,
      toyImage(RIGHT),
      network(() => null),
    );
    expect(reasonOf(none, "cascading-ssim")).toBe("no random network gave a map that is not constant");
    const fixed = await runMetric(modelRandomization, toyImage(RIGHT, { layers: 0 }), network(honest));
    expect(reasonOf(fixed, "cascading-ssim")).toBe("the network has no layer whose weights can be replaced");
  });
});

refusesBadMaps(modelRandomization);
isSteady(modelRandomization, {}, honest);
