/** @file Size and crop rules. */

import { describe, expect, test } from "vitest";
import { centerCrop, crop } from "../../src/image/crop.ts";
import { cropOffset, resizedSize, sourceWindow } from "../../src/image/geometry.ts";
import { noise } from "./pictures.ts";

describe("resizedSize", () => {
  test("truncates the longer side", () => {
    expect(resizedSize({ width: 500, height: 375 }, { shorterSide: 256 })).toEqual({ width: 341, height: 256 });
    expect(resizedSize({ width: 375, height: 500 }, { shorterSide: 256 })).toEqual({ width: 256, height: 341 });
    expect(resizedSize({ width: 3, height: 9 }, { width: 7, height: 2 })).toEqual({ width: 7, height: 2 });
  });
});

describe("cropOffset", () => {
  test("torchvision rounds half to even, transformers down", () => {
    expect([5, 7, 9, 11].map((n) => cropOffset(n, 4))).toEqual([0, 2, 2, 4]);
    expect([5, 7, 9, 11].map((n) => cropOffset(n, 4, "floor"))).toEqual([0, 1, 2, 3]);
    expect([cropOffset(3, 6), cropOffset(3, 6, "floor")]).toEqual([-1, -2]);
  });
});

describe("crop", () => {
  test("outside the picture is zero", () => {
    const image = noise(3, 2, 1);
    const out = centerCrop(image, { width: 5, height: 4 });
    const [a, b, c, d, e, f] = image.data;
    expect([...out.data]).toEqual([0, 0, 0, 0, 0, 0, a, b, c, 0, 0, d, e, f, 0, 0, 0, 0, 0, 0]);
    expect([...crop(image, { left: 9, top: 0, width: 1, height: 1 }).data]).toEqual([0]);
  });
});

test("sourceWindow is where the crop came from", () => {
  const rules = { resize: { shorterSide: 256 }, crop: { width: 224, height: 224 } };
  expect(sourceWindow({ width: 512, height: 512 }, rules)).toEqual({ left: 32, top: 32, width: 448, height: 448 });
  expect(sourceWindow({ width: 8, height: 6 }, {})).toEqual({ left: 0, top: 0, width: 8, height: 6 });
});
