/** @file Dense SIFT, plain: the reference set, and what is defined where there is little to describe. */
import { describe, expect, it } from "vitest";
import { frameCount, frameGrids, framesOf } from "../../src/fisher/frames.ts";
import { denseSift, greyOf } from "../../src/fisher/sift.ts";
import { binWeights } from "../../src/fisher/sift-kernels.ts";
import { DESCRIPTOR_WIDTH, TOOLKIT_SIFT } from "../../src/fisher/sift-settings.ts";
import { wave } from "../nets.ts";
import { absent, hasShared } from "../shared.ts";
import { goldenCase, MANIFEST } from "./golden.ts";

/** Grey values in 0 … 1 of a reference picture. */
const reference = (id: string) => {
  const c = goldenCase(id);
  const [height, width] = c.shape("image_u8") as [number, number];
  return { c, size: { width, height }, grey: c.array("image_u8").map((v) => v / 255) };
};

describe.skipIf(!hasShared(MANIFEST))(`dense SIFT against reference code${absent(MANIFEST)}`, () => {
  it("grey", () => {
    const c = goldenCase("rgb_to_gray");
    const [height, width] = c.shape("rgb_u8") as [number, number];
    c.expectOutput("gray", greyOf({ width, height, channels: 3, data: Uint8Array.from(c.array("rgb_u8")) }));
  });

  it("numbers of frames", () => {
    const c = goldenCase("sift_counts");
    const sides = c.array("width_height");
    const grids = Array.from({ length: sides.length / 2 }, (_, i) =>
      frameGrids({ width: sides[2 * i] as number, height: sides[2 * i + 1] as number }, TOOLKIT_SIFT),
    );
    c.expectOutput(
      "grid",
      grids.flat().flatMap(({ columns, rows }) => [columns, rows]),
    );
    c.expectOutput("total", grids.map(frameCount));
  });

  it("weights of bins", () => {
    const { sizes, window } = TOOLKIT_SIFT;
    goldenCase("sift_bin_weights").expectOutput(
      "wbar",
      sizes.flatMap((s) => Array.from(binWeights(s, window))),
    );
  });

  it.each(["dense_sift_0", "dense_sift_1", "dense_sift_2"])("%s", (id) => {
    const { c, size, grey } = reference(id);
    const { descriptors, contrast, grids } = denseSift(grey, size, TOOLKIT_SIFT);
    c.expectOutput("frames", framesOf(grids));
    c.expectOutput("contrast", contrast);
    c.expectOutput("descriptors_u8", descriptors);
    const exact = denseSift(grey, size, { ...TOOLKIT_SIFT, quantised: false, contrast: 0 });
    const [rows] = c.shape("descriptors_before_truncation") as [number];
    c.expectOutput("descriptors_before_truncation", exact.descriptors.subarray(0, rows * DESCRIPTOR_WIDTH));
  });
});

describe("dense SIFT where there is little to describe", () => {
  const flat = (side: number): Float64Array => new Float64Array(side * side).fill(0.25);
  const drawn = (side: number): Float64Array => Float64Array.from(wave(side * side), (v) => 0.5 + 0.5 * v);
  const sift = (grey: Float64Array, side: number) => denseSift(grey, { width: side, height: side }, TOOLKIT_SIFT);

  it("a flat picture: zero vectors, no contrast", () => {
    const { descriptors, contrast, grids } = sift(flat(40), 40);
    expect(contrast.length).toBe(frameCount(grids));
    expect(contrast.every((c) => Math.abs(c) < 1e-12)).toBe(true);
    expect(descriptors.every((v) => v === 0)).toBe(true);
    const kept = denseSift(flat(40), { width: 40, height: 40 }, { ...TOOLKIT_SIFT, contrast: 0, quantised: false });
    expect(kept.descriptors.every(Number.isFinite)).toBe(true);
  });

  it("a picture below the largest size: the others; below all: no descriptors", () => {
    expect(sift(drawn(30), 30).grids.map(({ rows }) => rows)).toEqual([3, 2, 1, 0]);
    const none = sift(drawn(12), 12);
    expect([none.descriptors.length, none.contrast.length, frameCount(none.grids)]).toEqual([0, 0, 0]);
    expect(sift(flat(1), 1).descriptors.length).toBe(0);
  });

  it("one frame of one size; turned by half a circle, bins and orientations turn along", () => {
    const settings = { ...TOOLKIT_SIFT, sizes: [10], quantised: false };
    const [side, grey] = [31, drawn(31)];
    const of = (f: Float64Array) => denseSift(f, { width: side, height: side }, settings);
    const there = of(grey);
    expect(framesOf(there.grids)).toEqual(Float32Array.of(15, 15, 10));
    const turned = of(grey.toReversed()).descriptors;
    for (let i = 0; i < DESCRIPTOR_WIDTH; i++) {
      const [bin, t] = [i >> 3, i & 7];
      expect(turned[8 * (15 - bin) + ((t + 4) % 8)]).toBeCloseTo(there.descriptors[i] as number, 9);
    }
    expect(Math.sqrt(there.descriptors.reduce((sum, v) => sum + v * v, 0))).toBeCloseTo(512, 9);
  });

  it("whole numbers 0 … 255 that do not change with brightness; faint pictures vanish", () => {
    const { descriptors } = sift(drawn(40), 40);
    expect(descriptors.every((v) => Number.isInteger(v) && v >= 0 && v <= 255)).toBe(true);
    expect(descriptors.some((v) => v > 0)).toBe(true);
    const faint = sift(
      drawn(40).map((v) => v * 1e-4),
      40,
    );
    expect(faint.contrast.every((c) => c > 0 && c < TOOLKIT_SIFT.contrast)).toBe(true);
    expect(faint.descriptors.every((v) => v === 0)).toBe(true);
  });

  it("grey: one channel as it is, alpha left out", () => {
    const size = { width: 1, height: 1 } as const;
    expect(greyOf({ ...size, channels: 1, data: Uint8Array.of(51) })[0]).toBeCloseTo(0.2, 15);
    const colour = greyOf({ ...size, channels: 3, data: Uint8Array.of(255, 102, 51) })[0] as number;
    expect(colour).toBeCloseTo(0.2989 + 0.587 * 0.4 + 0.114 * 0.2, 15);
    expect(greyOf({ ...size, channels: 4, data: Uint8Array.of(255, 102, 51, 7) })[0]).toBe(colour);
  });
});
