/** @file SCG and CCG on a network of one formula: values, exclusions, cost, agreement. */
import { describe, expect, it } from "vitest";
import { baseImage } from "../../src/metrics/base-image.ts";
import { ccg } from "../../src/metrics/ccg.ts";
import type { MetricImage, Scored } from "../../src/metrics/metric.ts";
import { REASON } from "../../src/metrics/refusal.ts";
import { scg } from "../../src/metrics/scg.ts";
import { CONSTANT, NOT_FINITE } from "../../src/metrics/usable-map.ts";
import { imageOf, type Network, runMetric } from "./run.ts";

const SIDE = 10;
const N = SIDE * SIDE;
/** p(class 0) as a function of the picture. */
const network = (p: (row: Float32Array) => number): Network => ({
  score: (rows) =>
    rows.map((row): Scored => {
      const v = p(row);
      return { logits: Float32Array.of(v, 0.5), probabilities: Float32Array.of(v, 1 - v) };
    }),
});
const bright = (row: Float32Array): number => row.reduce((a, b) => a + b, 0) / row.length;
/** Importance falls from the first pixel to the last. */
const falling = Float32Array.from({ length: N }, (_, i) => N - i);
const image = (more: Partial<MetricImage> = {}): MetricImage =>
  imageOf({
    ...{ width: SIDE, height: SIDE, channels: 1 },
    pixels: new Float32Array(N).fill(0.9),
    map: falling,
    ...more,
  });

describe("scg", () => {
  it("asks 3 forward images for one base, 5 for both, and 1 or 2 more for another map of the image", async () => {
    const known = new Map<string, Scored>();
    const asking = { ...network(bright), known };
    expect((await runMetric(scg, image(), network(bright), { base: "zero" })).scored).toBe(3);
    expect((await runMetric(scg, image(), asking)).scored).toBe(5);
    const other = falling.map((v) => -v);
    expect((await runMetric(scg, image({ map: other, maps: [other] }), asking)).scored).toBe(2);
    expect((await runMetric(scg, image(), asking)).scored).toBe(0);
  });

  it("is rho for a network that counts bright pixels, 1 for the whole image, and does not care for the scale of p", async () => {
    for (const [rho, want] of [
      [0.25, 0.25],
      [0.05, 0.05],
      [1, 1],
    ] as const) {
      const ran = await runMetric(scg, image(), network(bright), { rho, base: "zero" });
      expect(ran.values.zero).toBeCloseTo(want, 6);
      const scaled = await runMetric(
        scg,
        image(),
        network((row) => 0.1 + 0.5 * bright(row)),
        { rho, base: "zero" },
      );
      expect(scaled.values.zero).toBeCloseTo(want, 6);
    }
  });

  it("p(I)=.9, p(I_K)=.1, p(I_M)=.7 of 12,882 of 51,529 pixels: SCG .75, CCG 3.000058", async () => {
    const side = 227;
    const size = side * side;
    const map = Float32Array.from({ length: size }, (_, i) => -i);
    const p = (row: Float32Array): number => {
      const seen = row.reduce((a, b) => a + b, 0);
      return seen === size ? 0.9 : seen === 0 ? 0.1 : 0.7;
    };
    const large = imageOf({ width: side, height: side, channels: 1, pixels: new Float32Array(size).fill(1), map });
    const asked = { rho: 0.25, base: "zero" };
    expect((await runMetric(scg, large, network(p), asked)).values.zero).toBeCloseTo(0.75, 6);
    const concise = await runMetric(ccg, large, network(p), asked);
    expect(concise.values.zero).toBeCloseTo(3.000058, 5);
    expect(concise.counts).toMatchObject({ dilations_zero: 0, area_zero: 12_882 });
  });

  it("exceeds 1 where the hybrid is surer than the image", async () => {
    const p = (row: Float32Array): number => (row[N - 1] ? 0.5 : row[0] ? 0.9 : 0.1);
    expect((await runMetric(scg, image(), network(p), { base: "zero" })).values.zero).toBeCloseTo(2, 6);
  });

  it.each<[string, Partial<MetricImage>, (row: Float32Array) => number, string]>([
    ["the base image beats the original", {}, (row) => 1 - bright(row), REASON.baseWins],
    ["the base image equals the original", {}, () => 0.5, REASON.baseWins],
    ["the hybrid falls below the base image", {}, (r) => (r[N - 1] ? 0.9 : r[0] ? 0.1 : 0.4), REASON.hybridLoses],
    ["no score", {}, () => Number.NaN, REASON.noScore],
    ["a constant map", { map: new Float32Array(N), maps: [new Float32Array(N)] }, bright, CONSTANT],
    ["a NaN map", { maps: [falling.map((v, i) => (i === 7 ? Number.NaN : v))] }, bright, NOT_FINITE],
    ["a map of another size", { maps: [falling.subarray(1)] }, bright, REASON.size],
    ["maps that share no pixel", { maps: [falling, falling.map((v) => -v)] }, bright, REASON.emptyMask],
  ])("is left out, and so is CCG: %s", async (_, more, p, reason) => {
    for (const metric of [scg, ccg]) {
      const { values } = await runMetric(metric, image(more), network(p), { base: "zero" });
      expect(values.zero).toEqual({ excluded: reason });
    }
  });

  it("of several maps takes what they share", async () => {
    const second = Float32Array.from(falling, (v, i) => (i < 10 ? 0 : v));
    const ran = await runMetric(scg, image({ maps: [falling, second] }), network(bright), { rho: 0.2, base: "zero" });
    expect(ran.counts?.area).toBe(10);
    expect(ran.values.zero).toBeCloseTo(0.1, 6);
  });
});

describe("ccg", () => {
  /** Class 0 wins as soon as more than `limit` of the picture is seen. */
  const from = (limit: number) => network((row) => (bright(row) / 0.9 > limit ? 0.9 : 0.45 * (bright(row) / 0.9)));

  it("without dilation is SCG / rho", async () => {
    const asked = { rho: 0.25, base: "zero" };
    const simple = (await runMetric(scg, image(), from(0.1), asked)).values.zero as number;
    expect((await runMetric(ccg, image(), from(0.1), asked)).values.zero).toBeCloseTo(simple / 0.25, 6);
  });

  it("grows the mask until the class is predicted, and counts how often", async () => {
    const middle = Float32Array.from({ length: N }, (_, i) => (i === 45 ? 1 : -i));
    const ran = await runMetric(ccg, image({ map: middle, maps: [middle] }), from(0.4), { rho: 0.01, base: "zero" });
    expect(ran.counts).toMatchObject({ area: 1, dilations_zero: 3, area_zero: 49 });
    expect(Array.from(ran.curves?.zero ?? [], (v) => v.toFixed(4))).toEqual(["0.0045", "0.0405", "0.1125", "0.9000"]);
    expect(ran.values.zero).toBeCloseTo(((0.9 - 0) * N) / (0.9 * 49), 5);
    expect(ran.scored).toBe(2 + 3 + 1);
  });

  it("is given up after 50 dilations, not before", async () => {
    const wide = 120;
    const map = Float32Array.from({ length: wide }, (_, i) => (i === 0 ? 1 : -i));
    const line = (reach: number) =>
      runMetric(
        ccg,
        imageOf({ width: wide, height: 1, channels: 1, pixels: new Float32Array(wide).fill(1), map }),
        network((row) => (row[reach] ? 0.9 : 0.1 * bright(row))),
        { rho: 1 / wide, base: "zero" },
      );
    expect((await line(50)).counts?.dilations_zero).toBe(50);
    expect((await line(50)).values.zero).toBeCloseTo(wide / 51, 6);
    expect((await line(51)).values.zero).toEqual({ excluded: REASON.growth });
  });

  it("a tie of scores goes to the lowest class", async () => {
    const even: Network = {
      score: (rows) =>
        rows.map((row) => ({ logits: Float32Array.of(1, 1), probabilities: Float32Array.of(bright(row), 0) })),
    };
    expect((await runMetric(ccg, image(), even, { base: "zero" })).counts?.dilations_zero).toBe(0);
    const second = await runMetric(ccg, image({ target: 1 }), even, { base: "zero", rho: 0.5 });
    expect(second.values.zero).toEqual({ excluded: REASON.baseWins });
  });
});

describe("base images", () => {
  const picture = imageOf({
    ...{ width: 4, height: 3, channels: 2, layout: "nhwc" as const },
    pixels: Float32Array.from({ length: 24 }, (_, i) => i / 24),
    map: new Float32Array(12),
    toInput: (planes) =>
      Float32Array.from({ length: 24 }, (_, i) => (planes[(i % 2) * 12 + (i >> 1)] as number) * 2 - 1),
  });
  it("stand in pixels before normalisation, in the input's layout", () => {
    expect(Array.from(baseImage(picture, "black"))).toEqual(new Array(24).fill(-1));
    expect(Array.from(baseImage(picture, "white"))).toEqual(new Array(24).fill(1));
    expect(Array.from(baseImage(picture, "input_zero"))).toEqual(new Array(24).fill(0));
    const [first, second] = baseImage(picture, "mean");
    expect([first, second]).toEqual([
      Math.fround(2 * Math.fround(5.5 / 24) - 1),
      Math.fround(2 * Math.fround(17.5 / 24) - 1),
    ]);
  });
  it("blur leaves a flat picture flat, also at its edges", () => {
    const flat = imageOf({
      ...{ width: 5, height: 7, channels: 1 },
      pixels: new Float32Array(35).fill(0.25),
      map: new Float32Array(35),
    });
    for (const v of baseImage(flat, "blur")) expect(v).toBeCloseTo(0.25, 6);
  });
  it("random ones follow the seed, are made once, and never in place", () => {
    const again = { ...picture, seed: 2 };
    expect(baseImage(picture, "random")).toBe(baseImage(picture, "random"));
    expect(baseImage(again, "random")).not.toEqual(baseImage(picture, "random"));
    expect(baseImage({ ...picture, pixels: picture.pixels.slice() }, "random")).toEqual(baseImage(picture, "random"));
  });
});
