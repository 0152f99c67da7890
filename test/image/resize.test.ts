/** @file Resizing without any outside file: frozen outputs of the code that passes the whole reference set, and exact laws. */

import { describe, expect, test } from "vitest";
import { resampleWeights } from "../../src/image/resample-weights.ts";
import { resize } from "../../src/image/resize.ts";
import type { ImageU8, Resample } from "../../src/image/types.ts";
import { fnv1a, noise } from "./pictures.ts";

const FROZEN: readonly (readonly [Resample, ImageU8["channels"], number, number, number])[] = [
  ["nearest", 1, 7, 5, 3283709124],
  ["nearest", 1, 40, 11, 2560434753],
  ["nearest", 3, 7, 5, 2620872119],
  ["nearest", 3, 40, 11, 3034836160],
  ["nearest", 4, 7, 5, 4289334025],
  ["nearest", 4, 40, 11, 504662374],
  ["box", 1, 7, 5, 1186601900],
  ["box", 1, 40, 11, 3513527833],
  ["box", 3, 7, 5, 1959536375],
  ["box", 3, 40, 11, 217988379],
  ["box", 4, 7, 5, 2328309112],
  ["box", 4, 40, 11, 1914229018],
  ["bilinear", 1, 7, 5, 1301796800],
  ["bilinear", 1, 40, 11, 1082597367],
  ["bilinear", 3, 7, 5, 2065558928],
  ["bilinear", 3, 40, 11, 3175847073],
  ["bilinear", 4, 7, 5, 2094262090],
  ["bilinear", 4, 40, 11, 3449782985],
  ["hamming", 1, 7, 5, 3109217467],
  ["hamming", 1, 40, 11, 1194893528],
  ["hamming", 3, 7, 5, 1788975312],
  ["hamming", 3, 40, 11, 3912283961],
  ["hamming", 4, 7, 5, 1591573785],
  ["hamming", 4, 40, 11, 39159503],
  ["bicubic", 1, 7, 5, 1740331839],
  ["bicubic", 1, 40, 11, 1094286391],
  ["bicubic", 3, 7, 5, 3399685039],
  ["bicubic", 3, 40, 11, 2329116036],
  ["bicubic", 4, 7, 5, 3992899618],
  ["bicubic", 4, 40, 11, 891751322],
  ["lanczos", 1, 7, 5, 3104392528],
  ["lanczos", 1, 40, 11, 3097630118],
  ["lanczos", 3, 7, 5, 4206091716],
  ["lanczos", 3, 40, 11, 2629621259],
  ["lanczos", 4, 7, 5, 225334138],
  ["lanczos", 4, 40, 11, 2962677326],
];

describe("resize", () => {
  test.each(FROZEN)("%s, %i channels, 23 x 17 to %i x %i", (resample, channels, width, height, sum) => {
    const out = resize(noise(23, 17, channels), { width, height, resample });
    expect([out.width, out.height, out.channels]).toEqual([width, height, channels]);
    expect(fnv1a(out.data)).toBe(sum);
  });

  test.each(["box", "bilinear", "hamming", "bicubic", "lanczos"] as const)(
    "%s keeps a constant picture constant",
    (resample) => {
      const image: ImageU8 = { width: 9, height: 7, channels: 3, data: new Uint8Array(189).fill(201) };
      for (const [width, height] of [
        [4, 3],
        [20, 31],
        [9, 2],
        [1, 1],
      ] as const) {
        expect(new Set(resize(image, { width, height, resample }).data)).toEqual(new Set([201]));
      }
    },
  );

  test("the same size is the same picture", () => {
    const image = noise(5, 4, 3);
    expect(resize(image, { width: 5, height: 4, resample: "lanczos" })).toBe(image);
  });

  test("nearest repeats and picks pixel centres", () => {
    const image: ImageU8 = { width: 4, height: 1, channels: 1, data: Uint8Array.of(1, 2, 3, 4) };
    expect([...resize(image, { width: 2, height: 1, resample: "nearest" }).data]).toEqual([2, 4]);
    expect([...resize(image, { width: 8, height: 1, resample: "nearest" }).data]).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  });

  test("colours under alpha 0 do not bleed", () => {
    const data = Uint8Array.of(255, 0, 0, 0, 0, 0, 200, 255);
    const out = resize({ width: 2, height: 1, channels: 4, data }, { width: 1, height: 1, resample: "box" });
    expect([...out.data]).toEqual([0, 0, 199, 128]);
  });

  test("weights of every row add up to about 1", () => {
    for (const filter of ["box", "bilinear", "hamming", "bicubic", "lanczos"] as const) {
      const { weights, taps } = resampleWeights(31, 12, filter);
      for (let i = 0; i < 12; i++) {
        const sum = weights.subarray(i * taps, (i + 1) * taps).reduce((a, b) => a + b, 0);
        expect(Math.abs(sum - 2 ** 22)).toBeLessThan(taps);
      }
    }
  });

  test("refuses impossible sizes and broken pictures", () => {
    const image = noise(5, 4, 3);
    expect(() => resize(image, { width: 0, height: 4, resample: "box" })).toThrow(
      expect.objectContaining({ code: "E_PARAM" }),
    );
    const broken = { ...image, width: 6 };
    expect(() => resize(broken, { width: 2, height: 2, resample: "box" })).toThrow(
      expect.objectContaining({ code: "E_INPUT_SHAPE" }),
    );
  });
});
