/** @file Average drop, increase and gain: the variants that share their names, on a network of one formula. */
import { describe, expect, it } from "vitest";
import { averageDrop } from "../../src/metrics/average-drop.ts";
import { averageGain } from "../../src/metrics/average-gain.ts";
import { averageIncrease } from "../../src/metrics/average-increase.ts";
import type { MetricImage, Scored } from "../../src/metrics/metric.ts";
import { REASON } from "../../src/metrics/refusal.ts";
import { CONSTANT, NOT_FINITE } from "../../src/metrics/usable-map.ts";
import { imageOf, type Network, runMetric, spied } from "./run.ts";

/** Inputs are pixels less one half; p of class 0 is `p` of the input. */
const network = (p: (row: Float32Array) => number): Network => ({
  score: (rows) =>
    rows.map((row): Scored => {
      const v = p(row);
      return { logits: Float32Array.of(v, 0), probabilities: Float32Array.of(v, 1 - v) };
    }),
});
const MAP = Float32Array.from({ length: 10 }, (_, i) => (i < 2 ? 4 - i : i < 5 ? 1 : -i));
const image = (more: Partial<MetricImage> = {}): MetricImage =>
  imageOf({
    ...{ width: 5, height: 2, channels: 1 },
    pixels: new Float32Array(10).fill(1),
    map: MAP,
    toInput: (pixels) => pixels.map((v) => v - 0.5),
    ...more,
  });
/** Mean of the pixels, 0 … 1. */
const bright = (row: Float32Array): number => row.reduce((a, b) => a + b + 0.5, 0) / row.length;

describe("average drop", () => {
  it("tells the 20 %, the 50 %, the weighted pixels and the weighted input apart", async () => {
    const { values, scored } = await runMetric(averageDrop, image(), network(bright));
    expect(scored).toBe(5);
    expect(values.top20).toBeCloseTo(0.8, 6);
    expect(values.top50).toBeCloseTo(0.5, 6);
    // weights 1, .75, .25 three times, 0 five times: 2.5 of 10
    expect(values.weighted).toBeCloseTo(0.75, 6);
    // the input is 0.5 everywhere, so what is not weighted is grey, not black
    expect(values["weighted-input"]).toBeCloseTo(0.375, 6);
  });

  it("relative and absolute differ by the image's probability", async () => {
    const { values } = await runMetric(
      averageDrop,
      image(),
      network((row) => 0.5 * bright(row)),
    );
    expect(values.top20).toBeCloseTo(0.8, 6);
    expect(values["top20-absolute"]).toBeCloseTo(0.4, 6);
  });

  it("Y=(.9,.8,.5,.99), Y'=(.45,.85,.5,0): mean drop .375, mean increase .25", async () => {
    const pairs = [
      [0.9, 0.45],
      [0.8, 0.85],
      [0.5, 0.5],
      [0.99, 0],
    ] as const;
    let [drop, rise] = [0, 0];
    for (const [y, left] of pairs) {
      const two = network((row) => (bright(row) > 0.99 ? y : left));
      drop += (await runMetric(averageDrop, image(), two)).values.top20 as number;
      rise += (await runMetric(averageIncrease, image(), two)).values.top20 as number;
    }
    expect(drop / 4).toBeCloseTo(0.375, 6);
    expect(rise / 4).toBe(0.25);
  });

  it.each([
    ["minmax", (v: number) => (v + 9) / 13],
    ["cam", (v: number) => Math.max(0, v) / 4],
    ["none", (v: number) => v],
  ] as const)("weights by `scale=%s`", async (scale, weight) => {
    const { spy, rows } = spied(network(bright));
    await runMetric(averageDrop, image(), spy, { scale });
    expect(Array.from(rows[3] as Float32Array)).toEqual(
      Array.from(MAP, (v) => Math.fround(Math.fround(weight(v)) - 0.5)),
    );
    expect(Array.from(rows[4] as Float32Array)).toEqual(
      Array.from(MAP, (v) => Math.fround(Math.fround(weight(v)) * 0.5)),
    );
  });

  it("has no relative value where the image scores 0, and no weighted one where nothing is positive", async () => {
    const none = await runMetric(
      averageDrop,
      image(),
      network(() => 0),
    );
    expect(none.values.top20).toEqual({ excluded: REASON.zeroScore });
    expect(none.values["top20-absolute"]).toBe(0);
    const map = MAP.map((v) => v - 10);
    const negative = await runMetric(averageDrop, image({ map, maps: [map] }), network(bright));
    expect(negative.values.weighted).toEqual({ excluded: REASON.notPositive });
    expect(negative.values.top20).toBeCloseTo(0.8, 6);
    expect(negative.scored).toBe(3);
  });
});

describe("average gain", () => {
  it("is what is won of what lacks", async () => {
    const p = (row: Float32Array): number => (bright(row) > 0.99 ? 0.6 : 0.7);
    const { values } = await runMetric(averageGain, image(), network(p));
    expect(values.top20).toBeCloseTo(0.25, 5);
    expect(values["top20-absolute"]).toBeCloseTo(0.1, 5);
  });
  it("has no value where nothing lacks", async () => {
    const { values } = await runMetric(
      averageGain,
      image(),
      network(() => 1),
    );
    expect(values.top50).toEqual({ excluded: REASON.fullScore });
  });
});

describe("drop, increase and gain", () => {
  const METRICS = [averageDrop, averageIncrease, averageGain];
  it("share their five forward images", async () => {
    const shared: Network = { ...network(bright), known: new Map() };
    const scored = [];
    for (const metric of METRICS) scored.push((await runMetric(metric, image(), shared)).scored);
    expect(scored).toEqual([5, 0, 0]);
  });
  it("measure every variant they list", async () => {
    for (const metric of METRICS) {
      const { values } = await runMetric(metric, image(), network(bright));
      expect(Object.keys(values).sort()).toEqual(metric.variants.map((v) => v.id).sort());
    }
  });
  it.each([
    ["constant", new Float32Array(10).fill(3), CONSTANT],
    ["NaN", MAP.map((v, i) => (i === 3 ? Number.NaN : v)), NOT_FINITE],
    ["of another size", MAP.slice(1), REASON.size],
  ])("leave out a map that is %s", async (_, map, reason) => {
    for (const metric of METRICS) {
      const { values, asked } = await runMetric(metric, image({ map, maps: [map] }), network(bright));
      expect(asked).toBe(0);
      for (const v of Object.values(values)) expect(v).toEqual({ excluded: reason });
    }
  });
  it("say so when the network gives no number", async () => {
    const { values } = await runMetric(
      averageIncrease,
      image(),
      network(() => Number.NaN),
    );
    expect(values.top20).toEqual({ excluded: REASON.noScore });
  });
});
