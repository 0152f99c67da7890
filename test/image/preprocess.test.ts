/** @file Preprocessing: arithmetic, layouts, presets, and the way back. */

import { describe, expect, test } from "vitest";
import { toGray, toRgb } from "../../src/image/channels.ts";
import { inputRange, tensorPicture } from "../../src/image/input-range.ts";
import { type Preprocessing, preprocess } from "../../src/image/preprocess.ts";
import { PRESETS, preset, withInputSize } from "../../src/image/presets.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import { noise } from "./pictures.ts";

const pixel: ImageU8 = { width: 1, height: 1, channels: 3, data: Uint8Array.of(10, 100, 250) };

describe("preprocess", () => {
  test("float32 step by step", () => {
    const f = Math.fround;
    const { mean, std } = PRESETS.torchvision;
    const { data, dims } = preprocess(pixel, { ...PRESETS.torchvision, resize: null, crop: null });
    const expected = [10, 100, 250].map((u, c) => f(f(f(u / 255) - f(mean[c]!)) / f(std[c]!)));
    expect([...data]).toEqual(expected);
    expect(dims).toEqual([1, 3, 1, 1]);
  });

  test("BGR, NHWC, grey and raw values", () => {
    const base = { ...PRESETS.raw, mean: [1, 2, 3] } as const;
    expect([...preprocess(pixel, { ...base, channelOrder: "BGR" }).data]).toEqual([249, 98, 7]);
    const gray: Preprocessing = { ...PRESETS.raw, channelOrder: "GRAY", mean: [0], std: [1] };
    expect(preprocess(pixel, gray)).toMatchObject({
      dims: [1, 1, 1, 1],
      data: Float32Array.of(90),
      cropped: { channels: 3 },
    });
    const two = noise(2, 1, 3);
    expect(preprocess(two, PRESETS.raw).dims).toEqual([1, 3, 1, 2]);
    const nhwc = preprocess(two, { ...PRESETS.raw, layout: "nhwc" });
    expect(nhwc.dims).toEqual([1, 1, 2, 3]);
    expect([...nhwc.data]).toEqual([...two.data]);
  });

  test("alpha is dropped, grey repeated", () => {
    const rgba: ImageU8 = { width: 1, height: 1, channels: 4, data: Uint8Array.of(10, 100, 250, 0) };
    expect([...preprocess(rgba, PRESETS.raw).data]).toEqual([10, 100, 250]);
    expect([...toRgb({ width: 1, height: 1, channels: 1, data: Uint8Array.of(7) }).data]).toEqual([7, 7, 7]);
    expect([...toGray(rgba).data]).toEqual([(10 * 19595 + 100 * 38470 + 250 * 7471 + 32768) >> 16]);
  });

  test("-1…1 presets reach both ends", () => {
    const ends: ImageU8 = { width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 255) };
    expect([...preprocess(ends, PRESETS.signed).data]).toEqual([-1, 1, -1, 1, -1, 1]);
  });

  test("refuses a spec that does not fit its channels", () => {
    expect(() => preprocess(pixel, { ...PRESETS.raw, mean: [0] })).toThrow(/`mean`.*3 finite/);
    expect(() => preprocess(pixel, { ...PRESETS.raw, std: [1, 0, 1] })).toThrow(/`std`/);
    expect(() => preprocess(pixel, { ...PRESETS.raw, scale: 0 })).toThrow(/`scale`/);
  });
});

describe("presets", () => {
  test.each(Object.entries(PRESETS))("%s: picture, tensor, picture", (_, spec) => {
    const { data, dims, cropped } = preprocess(noise(30, 20, 3), spec);
    expect([...tensorPicture({ data, dims }, spec).data]).toEqual([...cropped.data]);
    const { low, high } = inputRange(spec);
    const sorted = data.toSorted();
    expect(sorted[0]).toBeGreaterThanOrEqual(Math.min(...low) - 1e-6);
    expect(sorted.at(-1)).toBeLessThanOrEqual(Math.max(...high) + 1e-4);
  });

  test("an unknown name lists the known", () => {
    expect(() => preset("torchvison")).toThrow(/torchvison.*Known: torchvision/);
  });

  test("withInputSize keeps the proportion of the crop", () => {
    expect(withInputSize(PRESETS.torchvision, { width: 176, height: 176 })).toMatchObject({
      resize: { shorterSide: 201 },
      crop: { width: 176, height: 176 },
    });
    expect(withInputSize(PRESETS.unit, { width: 28, height: 20 }).resize).toEqual({ width: 28, height: 20 });
  });

  test("a tensor of another shape is refused", () => {
    const data = new Float32Array(12);
    expect(() => tensorPicture({ data, dims: [1, 1, 3, 4] }, PRESETS.raw)).toThrow(
      expect.objectContaining({ code: "E_INPUT_SHAPE" }),
    );
  });
});
