/** @file Perturbation curves on a network that adds up what it sees: closed forms, order, cost, determinism. */
import { describe, expect, it } from "vitest";
import { deletion } from "../../src/metrics/deletion.ts";
import { insertion } from "../../src/metrics/insertion.ts";
import { irof } from "../../src/metrics/irof.ts";
import { lerf } from "../../src/metrics/lerf.ts";
import type { Metric, MetricImage, Scored } from "../../src/metrics/metric.ts";
import { morf } from "../../src/metrics/morf.ts";
import { pixelFlipping } from "../../src/metrics/pixel-flipping.ts";
import { REASON } from "../../src/metrics/refusal.ts";
import { squareRegions } from "../../src/metrics/regions.ts";
import { selectivity } from "../../src/metrics/selectivity.ts";
import { CONSTANT, NOT_FINITE } from "../../src/metrics/usable-map.ts";
import { imageOf, type Network, runMetric } from "./run.ts";

const [WIDTH, HEIGHT] = [8, 6];
const N = WIDTH * HEIGHT;
/** Class 0 gets the mean of the input, which here is the mean pixel. */
const adding: Network = {
  score: (rows) =>
    rows.map((row): Scored => {
      const v = row.reduce((a, b) => a + b, 0) / row.length;
      return { logits: Float32Array.of(10 * v, 0), probabilities: Float32Array.of(v, 1 - v) };
    }),
};
const values = Float32Array.from({ length: N }, (_, i) => ((i * 29) % N) / N);
const image = (more: Partial<MetricImage> = {}): MetricImage =>
  imageOf({ width: WIDTH, height: HEIGHT, channels: 1, pixels: values, map: values, ...more });
const curve = async (metric: Metric, params: Record<string, unknown> = {}, more: Partial<MetricImage> = {}) =>
  runMetric(metric, image(more), adding, params);
const SMALL = { patch_size: 2 };
const total = values.reduce((a, b) => a + b, 0) / N;
const sorted = Array.from(values).sort((a, b) => b - a);

describe("regions", () => {
  it("tile the image from the top left, smaller at the right and at the bottom, every pixel once", () => {
    const regions = squareRegions({ width: 8, height: 6 }, 3);
    expect(regions.map((r) => r.length)).toEqual([9, 9, 6, 9, 9, 6]);
    expect(regions.flatMap((r) => Array.from(r)).sort((a, b) => a - b)).toEqual(Array.from({ length: N }, (_, i) => i));
    expect(Array.from(regions[2] as Uint32Array)).toEqual([6, 7, 14, 15, 22, 23]);
  });
});

describe("morf and lerf", () => {
  it("take the highest, or the lowest, regions first; the areas follow from the curve", async () => {
    const asked = { patch_size: 1, steps: 10, baseline: "black" };
    const down = await curve(morf, asked);
    const want = Array.from({ length: 11 }, (_, k) => total - sorted.slice(0, k).reduce((a, b) => a + b, 0) / N);
    for (const [k, v] of want.entries()) expect(down.curves?.morf?.[k]).toBeCloseTo(v, 6);
    const drops = want.map((v) => total - v);
    expect(down.values.aopc).toBeCloseTo(drops.reduce((a, b) => a + b, 0) / 11, 6);
    expect(down.values["mean-drop"]).toBeCloseTo(drops.reduce((a, b) => a + b, 0) / 10, 6);
    const sum = want.reduce((a, b) => a + b, 0);
    expect(down.values.auc).toBeCloseTo((sum - ((want[0] as number) + (want[10] as number)) / 2) / 10, 6);
    expect(down.values["auc-steps"]).toBeCloseTo(
      sum - (want[0] as number) - ((want[1] as number) + (want[10] as number)) / 2,
      6,
    );
    const up = await curve(lerf, asked);
    expect(up.values.aopc as number).toBeLessThan(down.values.aopc as number);
    expect(up.curves?.lerf?.[10]).toBeCloseTo(total - sorted.slice(-10).reduce((a, b) => a + b, 0) / N, 6);
  });

  it("stop when no region is left, in requests of at most 16", async () => {
    const ran = await curve(morf, { patch_size: 1, baseline: "black" });
    expect(ran.counts?.steps).toBe(N);
    expect(ran.requests).toEqual([16, 16, 16, 1]);
    expect(ran.curves?.morf?.at(-1)).toBeCloseTo(0, 6);
  });

  it("ask 101 images by default", async () => {
    const side = 100;
    const map = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i));
    const large = imageOf({ width: side, height: side, channels: 1, pixels: map.map(Math.abs), map });
    expect((await runMetric(morf, large, adding)).scored).toBe(101);
  });

  it("replace by chance the same way for the same seed", async () => {
    const [a, b, c] = [await curve(morf, SMALL), await curve(morf, SMALL), await curve(morf, SMALL, { seed: 9 })];
    expect(a.curves?.morf).toEqual(b.curves?.morf);
    expect(a.curves?.morf).not.toEqual(c.curves?.morf);
  });

  it("read the logit where asked", async () => {
    const ran = await curve(morf, { score: "logit", baseline: "black", patch_size: 2 });
    expect(ran.curves?.morf?.[0]).toBeCloseTo(10 * total, 5);
  });

  it("leave the image, the map and the base image as they were", async () => {
    const asked = image();
    const [x, map] = [asked.x.slice(), asked.map.slice()];
    await runMetric(morf, asked, adding, { patch_size: 2 });
    expect(asked.x).toEqual(x);
    expect(asked.map).toEqual(map);
  });

  it("take regions of equal sums by position, and count them", async () => {
    const map = new Float32Array(N);
    map[N - 1] = 1;
    const ran = await curve(morf, { patch_size: 4, steps: 2, baseline: "black" }, { map, maps: [map] });
    expect(ran.counts?.tied_regions).toBe(3);
    const first = squareRegions({ width: WIDTH, height: HEIGHT }, 4)[0] as Uint32Array;
    const at = (k: number): number => ran.curves?.morf?.[k] as number;
    expect(at(1) - at(2)).toBeCloseTo(first.reduce((s, p) => s + (values[p] as number), 0) / N, 6);
  });
});

describe("channels and layouts", () => {
  it.each(["nchw", "nhwc"] as const)("%s: all channels of a pixel go together", async (layout) => {
    const pixels = Float32Array.from({ length: 3 * N }, (_, i) => values[i % N] as number);
    const toInput = (p: Float32Array): Float32Array =>
      layout === "nchw" ? p.slice() : Float32Array.from(p, (_, i) => p[(i % 3) * N + Math.floor(i / 3)] as number);
    const ran = await curve(
      pixelFlipping,
      { features_in_step: 1, baseline: "black" },
      { channels: 3, layout, pixels, toInput, x: toInput(pixels) },
    );
    for (const k of [1, 7, 20])
      expect(ran.curves?.["pixel-flipping"]?.[k]).toBeCloseTo(sorted.slice(k).reduce((a, b) => a + b, 0) / N, 5);
  });
});

describe("pixel flipping", () => {
  it("takes a hundredth of the pixels a step, or single values by the attribution", async () => {
    expect((await curve(pixelFlipping)).counts?.steps).toBe(N);
    const attribution = values.map((v) => -v);
    const ran = await curve(pixelFlipping, { features: "value", features_in_step: 6 }, { attribution });
    expect(ran.counts?.steps).toBe(8);
    expect(ran.curves?.["pixel-flipping"]?.[1]).toBeCloseTo(sorted.slice(0, -6).reduce((a, b) => a + b, 0) / N, 6);
  });
  it("has no single values for a map of pixels", async () => {
    expect((await curve(pixelFlipping, { features: "value" })).values.auc).toEqual({ excluded: REASON.noAttribution });
  });
});

describe("selectivity", () => {
  it("goes on until every region is gone", async () => {
    const ran = await curve(selectivity, { patch_size: 2 });
    expect(ran.scored).toBe(1 + 12);
    expect(ran.curves?.selectivity?.at(-1)).toBeCloseTo(0, 6);
  });
});

describe("insertion and deletion", () => {
  it("mirror each other on a network that adds, where the base image is black", async () => {
    const asked = { step: 5, baseline: "black" };
    const [into, from] = [await curve(insertion, asked), await curve(deletion, asked)];
    expect(into.curves?.insertion?.length).toBe(1 + Math.ceil(N / 5));
    into.curves?.insertion?.forEach((v, k) => {
      expect(v + (from.curves?.deletion?.[k] as number)).toBeCloseTo(total, 6);
    });
    expect((into.values.auc as number) + (from.values.auc as number)).toBeCloseTo(total, 6);
  });
  it("step by a row's worth of pixels, and share the ends with other metrics", async () => {
    const known = new Map<string, Scored>();
    expect((await runMetric(deletion, image(), { ...adding, known })).scored).toBe(1 + HEIGHT);
    expect((await runMetric(deletion, image(), { ...adding, known })).scored).toBe(HEIGHT);
  });
});

describe("irof", () => {
  const segments = Float32Array.from({ length: N }, (_, i) => Math.floor((i % WIDTH) / 2));
  it("takes segments by their mean: S - trapezoid(r)", async () => {
    const map = Float32Array.from(segments, (s) => [0.1, 0.4, 0.3, 0.2][s] as number);
    const pixels = new Float32Array(N).fill(1);
    const ran = await curve(irof, { segments, baseline: "black" }, { map, maps: [map], pixels, x: pixels });
    expect(Array.from(ran.curves?.irof ?? [])).toEqual([1, 0.75, 0.5, 0.25, 0]);
    expect(ran.values["aoc-steps"]).toBeCloseTo(4 - (0.75 / 2 + 0.5 + 0.25), 6);
    expect(ran.values.aoc).toBeCloseTo(0.5, 6);
  });
  it("finds superpixels of its own", async () => {
    const pixels = Float32Array.from({ length: N }, (_, i) => (i % WIDTH < 4 ? 0.2 : 0.9));
    const ran = await curve(irof, { n_segments: 6 }, { pixels, x: pixels });
    expect(ran.counts?.steps).toBeGreaterThan(1);
    expect(Number.isFinite(ran.values.aoc)).toBe(true);
  });
  it("has no value for a picture of one superpixel", async () => {
    expect((await curve(irof, { segments: new Float32Array(N) })).values.aoc).toEqual({ excluded: REASON.oneRegion });
    expect((await curve(morf, { patch_size: 8 })).values.aopc).toEqual({ excluded: REASON.oneRegion });
    expect((await curve(selectivity, { patch_size: 8 })).values.auc).toEqual({ excluded: REASON.oneRegion });
  });
  it("has no value where the image itself scores 0", async () => {
    const pixels = new Float32Array(N);
    const ran = await curve(irof, { segments }, { pixels, x: pixels });
    expect(ran.values.aoc).toEqual({ excluded: REASON.zeroScore });
  });
});

describe("maps that order nothing", () => {
  it.each([morf, lerf, selectivity, insertion, deletion, irof, pixelFlipping])(
    "$id leaves them out",
    async (metric) => {
      for (const [map, reason] of [
        [new Float32Array(N).fill(2), CONSTANT],
        [values.map((v, i) => (i === 5 ? Number.POSITIVE_INFINITY : v)), NOT_FINITE],
        [values.slice(1), REASON.size],
      ] as const) {
        const ran = await curve(metric, {}, { map, maps: [map] });
        expect(ran.asked).toBe(0);
        for (const { id } of metric.variants) expect(ran.values[id]).toEqual({ excluded: reason });
      }
    },
  );
  it.each([morf, lerf, selectivity, insertion, deletion, irof, pixelFlipping])(
    "$id measures every variant it lists",
    async (metric) => {
      const ran = await curve(metric, metric.id === "morf" || metric.id === "lerf" ? { patch_size: 2 } : {});
      expect(Object.keys(ran.values).sort()).toEqual(metric.variants.map((v) => v.id).sort());
    },
  );
});
