/** @file Linear imputation against elimination, and ROAD on a network that adds up what it sees. */
import { Matrix, solve } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { impute } from "../../src/metrics/impute.ts";
import type { MetricImage, Scored } from "../../src/metrics/metric.ts";
import { road } from "../../src/metrics/road.ts";
import { CONSTANT } from "../../src/metrics/usable-map.ts";
import { wave } from "../nets.ts";
import { imageOf, type Network, runMetric, spied } from "./run.ts";

const silent = (): number => 0;
const pictureOf = (width: number, height: number, channels = 1): MetricImage =>
  imageOf({ width, height, channels, pixels: wave(channels * width * height), map: wave(width * height, 3) });

/** Each removed pixel = weighted mean of its 8 neighbours inside the image, by dense elimination. */
function eliminated(values: Float32Array, removed: Uint8Array, width: number): readonly number[] {
  const n = values.length;
  const system = Matrix.zeros(n, n);
  const right = Matrix.zeros(n, 1);
  for (let p = 0; p < n; p++) {
    system.set(p, p, 1);
    if (!removed[p]) {
      right.set(p, 0, values[p] as number);
      continue;
    }
    const [y, x] = [Math.floor(p / width), p % width];
    const near: [number, number][] = [];
    for (let dy = -1; dy <= 1; dy++)
      for (let dx = -1; dx <= 1; dx++) {
        const [ny, nx] = [y + dy, x + dx];
        if ((dy !== 0 || dx !== 0) && ny >= 0 && nx >= 0 && nx < width && ny * width + nx < n)
          near.push([ny * width + nx, dy === 0 || dx === 0 ? 1 / 6 : 1 / 12]);
      }
    const sum = near.reduce((s, [, w]) => s + w, 0);
    for (const [q, w] of near) system.set(p, q, -w / sum);
  }
  return solve(system, right).to1DArray();
}

describe("impute", () => {
  it.each([0.1, 0.5, 0.9])("solves the equations where %f of the pixels is gone", (share) => {
    const [width, height] = [13, 9];
    const image = pictureOf(width, height);
    const order = wave(width * height, 7);
    const removed = Uint8Array.from(order, (v) => ((v + 1) / 2 < share ? 1 : 0));
    const got = impute(image, { removed, guess: image.x, noise: 0, normal: silent });
    for (const [p, want] of eliminated(image.x, removed, width).entries()) expect(got[p]).toBeCloseTo(want, 5);
  });

  it("one kept pixel colours the whole image", () => {
    const image = pictureOf(20, 15);
    const removed = new Uint8Array(300).fill(1);
    removed[77] = 0;
    const got = impute(image, { removed, guess: image.x, noise: 0, normal: silent });
    for (const v of got) expect(v).toBeCloseTo(image.x[77] as number, 4);
  });

  it("leaves a plane as it is away from the edges, and kept pixels untouched", () => {
    const [width, height] = [16, 16];
    const pixels = Float32Array.from({ length: 256 }, (_, i) => 0.02 * (i % width) - 0.01 * Math.floor(i / width));
    const image = imageOf({ width, height, channels: 1, pixels, map: pixels });
    const inside = (i: number): boolean => i % width > 3 && i % width < 12 && i > 64 && i < 192;
    const removed = Uint8Array.from(pixels, (_, i) => (inside(i) ? 1 : 0));
    const got = impute(image, { removed, guess: new Float32Array(256), noise: 0, normal: silent });
    got.forEach((v, i) => {
      expect(v).toBeCloseTo(pixels[i] as number, 5);
      if (!inside(i)) expect(v).toBe(pixels[i]);
    });
  });

  it("acts on each channel in either layout", () => {
    const [width, height] = [6, 5];
    const planar = pictureOf(width, height, 3);
    const removed = Uint8Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const mixed = (x: Float32Array): Float32Array =>
      Float32Array.from(x, (_, i) => x[(i % 3) * 30 + Math.floor(i / 3)] as number);
    const a = impute(planar, { removed, guess: planar.x, noise: 0, normal: silent });
    const x = mixed(planar.x);
    const b = impute({ ...planar, layout: "nhwc", x }, { removed, guess: x, noise: 0, normal: silent });
    expect(b).toEqual(mixed(a));
  });
});

describe("road", () => {
  /** Class 0 sees the first row. */
  const network: Network = {
    score: (rows) =>
      rows.map((row): Scored => {
        const v = row.subarray(0, 10).reduce((a, b) => a + b, 0) / 10;
        return { logits: Float32Array.of(v, 0.4), probabilities: Float32Array.of(v, 1 - v) };
      }),
  };
  const pixels = Float32Array.from({ length: 100 }, (_, i) => (i < 10 ? 0.9 : 0.1));
  const good = Float32Array.from({ length: 100 }, (_, i) => 100 - i);
  const image = (map: Float32Array, seed = 1): MetricImage =>
    imageOf({ width: 10, height: 10, channels: 1, pixels, map, seed });

  it("speaks for a map that finds what the network sees, and against its inverse", async () => {
    const found = await runMetric(road, image(good), network, { noise: 0 });
    const missed = await runMetric(road, image(good.map((v) => -v)), network, { noise: 0 });
    expect(found.scored).toBe(19);
    expect(found.values.combined as number).toBeGreaterThan(0.3);
    expect(missed.values.combined).toBeCloseTo(-(found.values.combined as number), 6);
    expect(found.values["morf-kept"]).toBe(0);
    expect(found.values["lerf-kept"]).toBe(1);
    expect(Object.keys(found.values).sort()).toEqual(road.variants.map((v) => v.id).sort());
  });

  it("removes N - ceil((N-1) p / 100) pixels, ties by position", async () => {
    const { spy, rows } = spied(network);
    const map = Float32Array.from({ length: 100 }, (_, i) => (i < 50 ? 1 : 0));
    await runMetric(road, { ...image(map), x: wave(100) }, spy, { noise: 0, percentiles: [90, 50] });
    const changed = rows.map((row) => Array.from(row.keys()).filter((i) => row[i] !== wave(100)[i]));
    expect(changed[1]).toEqual(Array.from({ length: 10 }, (_, i) => i));
    expect(changed[2]).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it("draws its noise from the seed", async () => {
    const once = async (seed: number) => (await runMetric(road, image(good, seed), network)).curves?.morf;
    expect(await once(1)).toEqual(await once(1));
    expect(await once(1)).not.toEqual(await once(2));
  });

  it("leaves out a constant map, and refuses percentiles of 0 and 100", async () => {
    const { values } = await runMetric(road, image(new Float32Array(100)), network);
    expect(values.combined).toEqual({ excluded: CONSTANT });
    await expect(runMetric(road, image(good), network, { percentiles: "0,50" })).rejects.toThrow(/between 0 and 100/);
  });
});
