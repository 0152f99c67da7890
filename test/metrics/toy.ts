/** @file A linear classifier whose right answer is known, the maps that are right, random and inverted there, and bad input for every metric. */
import { describe, expect, it } from "vitest";
import type { Measured, Metric, MetricImage, Outcome } from "../../src/metrics/metric.ts";
import { inverted, randomMap } from "../../src/metrics/reference-maps.ts";
import { REASON } from "../../src/metrics/refusal.ts";
import { EMPTY_TRUTH, FULL_TRUTH, NO_TRUTH } from "../../src/metrics/truth.ts";
import { CONSTANT, NOT_FINITE } from "../../src/metrics/usable-map.ts";
import { wave } from "../nets.ts";
import { imageOf, type Network, runMetric, scoredBy } from "./run.ts";

export const SIZE = 24;
export const PIXELS = SIZE * SIZE;
export const CHANNELS = 3;

/** 1 inside a disc. */
const disc = (cx: number, cy: number, r: number): Uint8Array =>
  Uint8Array.from({ length: PIXELS }, (_, i) =>
    ((i % SIZE) - cx) ** 2 + (Math.floor(i / SIZE) - cy) ** 2 < r * r ? 1 : 0,
  );

/** What class 0 looks at, and what class 1 does. */
export const OBJECT = disc(8, 9, 5);
export const OTHER = disc(17, 17, 4);
export const AREA = OBJECT.reduce((n, v) => n + v, 0);

/** Positive weights, all different, so that no two pixels of the right map are equal. */
const strength = wave(PIXELS, 5).map((v) => 0.2 + 0.1 * v);
/** Weights of a class: the same for all channels of a pixel; the third class sees nothing. */
export const weightsOf = (target: number): Float32Array => {
  const region = [OBJECT, OTHER][target];
  return strength.map((v, i) => v * (region?.[i] ?? 0));
};

export const picture = wave(CHANNELS * PIXELS, 9).map((v) => 0.5 + 0.4 * v);

const logitsOf = (x: Float32Array): readonly number[] =>
  [0, 1, 2].map((target) => {
    const w = weightsOf(target);
    return x.reduce((s, v, i) => s + v * w[i % PIXELS]!, 0);
  });

/** The network, and a method (the gradient) that may be asked again. */
export const network = (map?: Network["map"]): Network => ({ score: scoredBy(logitsOf), ...(map ? { map } : {}) });

/** Input times gradient of class 0 for each element. */
export const attribution = picture.map((v, i) => v * weightsOf(0)[i % PIXELS]!);
/** … and summed over channels: what is right. */
export const RIGHT = Float32Array.from({ length: PIXELS }, (_, p) =>
  [0, 1, 2].reduce((s, c) => s + attribution[c * PIXELS + p]!, 0),
);
export const RANDOM = randomMap({ width: SIZE, height: SIZE, seed: 77 });
export const INVERTED = inverted(RIGHT);

export const toyImage = (map: Float32Array, more: Partial<MetricImage> = {}): MetricImage =>
  imageOf({
    width: SIZE,
    height: SIZE,
    channels: CHANNELS,
    pixels: picture,
    map,
    mask: OBJECT,
    classes: 3,
    layers: 3,
    ...more,
  });

export const numberOf = (result: Measured, variant: string): number => {
  const value = result.values[variant] as Outcome;
  expect(typeof value, `${variant}: ${JSON.stringify(value)}`).toBe("number");
  return value as number;
};
export const reasonOf = (result: Measured, variant: string): string => {
  const value = result.values[variant] as Outcome;
  expect(typeof value, variant).toBe("object");
  return (value as { readonly excluded: string }).excluded;
};

export interface Sanity {
  readonly right: number;
  readonly random: number;
  readonly inverted: number;
}
/** What a right, a random and an inverted map score. */
export async function sanity(
  metric: Metric,
  variant: string,
  params: Readonly<Record<string, unknown>> = {},
  maps: Readonly<Record<keyof Sanity, Float32Array>> = { right: RIGHT, random: RANDOM, inverted: INVERTED },
): Promise<Sanity> {
  const score = async (map: Float32Array): Promise<number> =>
    numberOf(await runMetric(metric, toyImage(map), network(), params), variant);
  return { right: await score(maps.right), random: await score(maps.random), inverted: await score(maps.inverted) };
}

/** Every variant has a number inside its range, or a reason; and nothing else is reported. */
export function inRange(metric: Metric, result: Measured): void {
  expect(Object.keys(result.values).sort()).toEqual(metric.variants.map((v) => v.id).sort());
  for (const { id, range } of metric.variants) {
    const value = result.values[id] as Outcome;
    if (typeof value !== "number") continue;
    expect(value, id).toBeGreaterThanOrEqual(range[0] - 1e-12);
    expect(value, id).toBeLessThanOrEqual(range[1] + 1e-12);
  }
}

const onlyReason = (metric: Metric, result: Measured): string => {
  const reasons = new Set(metric.variants.map((v) => reasonOf(result, v.id)));
  expect(reasons.size).toBe(1);
  return [...reasons][0] as string;
};

const withNaN = RIGHT.map((v, i) => (i === 40 ? Number.NaN : v));

/** Suite: maps that cannot be judged are excluded with the reason, before anything is asked of the network. */
export function refusesBadMaps(metric: Metric): void {
  describe(`${metric.id}: maps that cannot be judged`, () => {
    it.each([
      ["NaN", withNaN, NOT_FINITE],
      ["infinity", RIGHT.map((v, i) => (i === 3 ? Number.POSITIVE_INFINITY : v)), NOT_FINITE],
      ["another size", RIGHT.slice(1), REASON.size],
      ["constant", new Float32Array(PIXELS).fill(0.5), CONSTANT],
      ["zero", new Float32Array(PIXELS), CONSTANT],
    ])("%s", async (_, map, reason) => {
      const result = await runMetric(
        metric,
        toyImage(map),
        network(() => RIGHT),
      );
      expect(onlyReason(metric, result)).toBe(reason);
      expect(result.asked).toBe(0);
    });
  });
}

/** Suite: a network that answers NaN gives a reason, not a number. */
export function refusesBadScores(metric: Metric): void {
  it(`${metric.id}: scores that are not finite`, async () => {
    const broken = { score: scoredBy(() => [Number.NaN, 0, 0]) };
    expect(onlyReason(metric, await runMetric(metric, toyImage(RIGHT, { attribution }), broken))).toBe(REASON.noScore);
  });
}

/** Suite: a truth that says nothing excludes the image, with the reason. */
export function refusesBadTruth(metric: Metric): void {
  const reason = async (more: Partial<MetricImage>, params = {}): Promise<string> =>
    onlyReason(metric, await runMetric(metric, toyImage(RIGHT, more), network(), params));
  describe(`${metric.id}: truth that says nothing`, () => {
    it("none", async () => {
      expect(await reason({ mask: undefined })).toBe(NO_TRUTH);
      expect(await reason({ mask: undefined, boxes: [] })).toBe(NO_TRUTH);
      expect(await reason({}, { truth: "boxes" })).toBe("the image has no boxes");
    });
    it("empty mask, or boxes outside the picture", async () => {
      expect(await reason({ mask: new Uint8Array(PIXELS) })).toBe(EMPTY_TRUTH);
      const box = { x0: SIZE, y0: 3, x1: SIZE + 4, y1: 8 };
      expect(await reason({ mask: undefined, boxes: [box] })).toBe(EMPTY_TRUTH);
    });
    it("a mask or box that covers everything", async () => {
      expect(await reason({ mask: new Uint8Array(PIXELS).fill(1) })).toBe(FULL_TRUTH);
      expect(await reason({ mask: undefined, boxes: [{ x0: -3, y0: -3, x1: 99, y1: 99 }] })).toBe(FULL_TRUTH);
    });
    it("a mask of another size", async () => {
      expect(await reason({ mask: new Uint8Array(9).fill(1) })).toBe("the mask has 9 pixels, the image 576 (24x24)");
    });
    it("boxes stand for a mask", async () => {
      const box = { x0: 4, y0: 5, x1: 13, y1: 14 };
      const mask = Uint8Array.from({ length: PIXELS }, (_, i) => {
        const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
        return x >= 4 && x < 13 && y >= 5 && y < 14 ? 1 : 0;
      });
      const [byBox, byMask] = [
        await runMetric(metric, toyImage(RIGHT, { mask: undefined, boxes: [box] }), network()),
        await runMetric(metric, toyImage(RIGHT, { mask }), network()),
      ];
      expect(byBox.values).toEqual(byMask.values);
    });
  });
}

/** Suite: the same numbers again, and never more than 32 rows asked for at once. */
export function isSteady(metric: Metric, params: Readonly<Record<string, unknown>> = {}, map?: Network["map"]): void {
  it(`${metric.id}: deterministic, in portions, in range`, async () => {
    const run = () => runMetric(metric, toyImage(RANDOM, { attribution }), network(map), params);
    const [first, second] = [await run(), await run()];
    expect(second).toEqual(first);
    expect(Math.max(0, ...first.requests)).toBeLessThanOrEqual(32);
    inRange(metric, first);
  });
}
