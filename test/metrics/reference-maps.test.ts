/** @file The baselines' maps: chance, centre, edges, inversion. */
import { describe, expect, it } from "vitest";
import { BLIND } from "../../src/metrics/baselines.ts";
import {
  BLIND_MAPS,
  type BlindImage,
  centreMap,
  edgesMap,
  inverted,
  randomMap,
} from "../../src/metrics/reference-maps.ts";

const picture = (x: Float32Array, width: number, height: number, seed = 1): BlindImage => ({
  ...{ x, width, height, seed, channels: x.length / (width * height), layout: "nchw" },
});
const step = picture(
  Float32Array.from({ length: 3 * 6 * 5 }, (_, i) => (i % 6 >= 3 ? 1 : 0)),
  6,
  5,
);

describe("reference maps", () => {
  it("random: the same for a seed, another for another, uniform in [0, 1)", () => {
    const made = randomMap(picture(new Float32Array(3 * 10_000), 100, 100, 8));
    expect(randomMap(picture(new Float32Array(3 * 10_000), 100, 100, 8))).toEqual(made);
    expect(randomMap(picture(new Float32Array(3 * 10_000), 100, 100, 9))).not.toEqual(made);
    const mean = made.reduce((s, v) => s + v, 0) / made.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.015);
    expect(made.every((v) => v >= 0 && v <= 1)).toBe(true);
  });
  it("centre: highest in the middle, the same on all sides, one deviation at a quarter of the side", () => {
    const map = centreMap(picture(new Float32Array(9 * 9), 9, 9));
    expect(map[40]).toBe(1);
    expect(map[4 * 9 + 1]).toBeCloseTo(Math.exp(-((3 / 2.25) ** 2) / 2), 6);
    expect(Array.from(map)).toEqual(Array.from(map).reverse());
    expect(map[0]).toBeLessThan(map[1]!);
  });
  it("edges: 4 along a step of height 1, 0 elsewhere, also at the border", () => {
    const map = edgesMap(step);
    expect(Array.from(map)).toEqual(Array.from({ length: 5 }, () => [0, 0, 4, 4, 0, 0]).flat());
  });
  it("edges: the same for channels last", () => {
    const { x, width, height, channels } = step;
    const last = x.map((_, i) => x[(i % channels) * width * height + Math.floor(i / channels)]!);
    expect(edgesMap({ ...step, x: last, layout: "nhwc" })).toEqual(edgesMap(step));
  });
  it("edges: a corner has both directions", () => {
    const dot = new Float32Array(25);
    dot[12] = 1;
    const map = edgesMap(picture(dot, 5, 5));
    expect(map[12]).toBe(0);
    expect(map[11]).toBe(2);
    expect(map[7]).toBe(2);
    expect(map[6]).toBeCloseTo(Math.SQRT2, 6);
  });
  it("inverted: order reversed, ends kept, twice is the map again", () => {
    const map = Float32Array.of(0.25, -1, 3, 0.5);
    expect(Array.from(inverted(map))).toEqual([1.75, 3, -1, 1.5]);
    expect(inverted(inverted(map))).toEqual(map);
  });
  it("there is a map for every blind baseline, the size of the picture", () => {
    expect(Object.keys(BLIND_MAPS).sort()).toEqual([...BLIND].sort());
    for (const make of Object.values(BLIND_MAPS)) expect(make(step)).toHaveLength(30);
  });
});
