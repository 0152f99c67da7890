/** @file Decoding: Pillow's pixels, and clear refusals. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import sharp, { type Sharp } from "sharp";
import { describe, expect, test } from "vitest";
import { toRgb } from "../../src/image/channels.ts";
import { decodeImage } from "../../src/image/decode-node.ts";
import { encodePng } from "../../src/image/png.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import { fnv1a, noise } from "./pictures.ts";

const IMAGES = fileURLToPath(new URL("../../../shared/images/", import.meta.url));
const bytesOf = async (pipeline: Sharp): Promise<Uint8Array> => new Uint8Array(await pipeline.toBuffer());
const asSharp = ({ width, height, channels, data }: ImageU8): Sharp =>
  sharp(data, { raw: { width, height, channels } });
const refusal = (message: RegExp): unknown =>
  expect.objectContaining({ code: "E_IMAGE_READ", message: expect.stringMatching(message) });

/** FNV-1a of the pixels that Pillow 9.4 gives for `Image.open(...).convert("RGB")`. */
const PILLOW = [
  ["imagenet-sample/n01440764_tench.jpg", 651108627],
  ["imagenet-sample/n01601694_water_ouzel.jpg", 209818925],
  ["imagenet-sample/n02692877_airship.jpg", 4064213574],
  ["oxford-pets-masks/Abyssinian_1.jpg", 229759954],
] as const;

describe.skipIf(!existsSync(IMAGES))(
  `photographs${existsSync(IMAGES) ? "" : " (skipped: ../shared/images is not there)"}`,
  () => {
    test.each(PILLOW)("%s has Pillow's pixels", async (path, sum) => {
      expect(fnv1a(toRgb(await decodeImage(readFileSync(IMAGES + path), path)).data)).toBe(sum);
    });
  },
);

describe("PNG round trip", () => {
  test.each([1, 3, 4] as const)("%i channels", async (channels) => {
    const image = noise(37, 21, channels);
    expect(await decodeImage(await encodePng(image))).toEqual(image);
  });

  test("smooth rows are filtered and shrink", async () => {
    const data = Uint8Array.from({ length: 128 * 128 }, (_, i) => (i % 128) + Math.trunc(i / 128));
    const image: ImageU8 = { width: 128, height: 128, channels: 1, data };
    const png = await encodePng(image);
    expect(png.length).toBeLessThan(1000);
    expect(await decodeImage(png)).toEqual(image);
  });
});

describe("formats", () => {
  const image = noise(20, 12, 3);

  test.each(["webp", "tiff", "gif"] as const)("lossless %s", async (format) => {
    const few: ImageU8 = { ...image, data: image.data.map((v) => (v > 127 ? 255 : 0)) };
    const file = await bytesOf(asSharp(few).toFormat(format, { lossless: true, compression: "lzw" }));
    expect(Array.from(toRgb(await decodeImage(file)).data)).toEqual(Array.from(few.data));
  });

  test("EXIF orientation is applied", async () => {
    const file = await bytesOf(asSharp(image).withMetadata({ orientation: 6 }).png());
    const turned = await decodeImage(file);
    expect([turned.width, turned.height]).toEqual([12, 20]);
    expect(Array.from(turned.data.subarray(11 * 3, 12 * 3))).toEqual(Array.from(image.data.subarray(0, 3)));
  });

  test("a colour profile does not move pixels", async () => {
    const file = await bytesOf(asSharp(image).withIccProfile("p3", { attach: true }).png());
    const plain = await bytesOf(sharp(file, { ignoreIcc: true }).png());
    expect((await sharp(file).metadata()).hasProfile).toBe(true);
    expect(Array.from((await decodeImage(file)).data)).toEqual(Array.from((await decodeImage(plain)).data));
  });

  test("16 bits keep their upper 8", async () => {
    const wide = await bytesOf(asSharp(image).toColourspace("rgb16").png());
    expect((await sharp(wide).metadata()).depth).toBe("ushort");
    expect(Array.from((await decodeImage(wide)).data)).toEqual(Array.from(image.data));
  });

  test("CMYK: white paper is white, full black ink is black", async () => {
    const cmyk = await bytesOf(
      asSharp({ ...image, data: image.data.map((_, i) => (i < 360 ? 255 : 0)) })
        .toColourspace("cmyk")
        .jpeg({ quality: 100 }),
    );
    expect((await sharp(cmyk).metadata()).space).toBe("cmyk");
    const { channels, data } = await decodeImage(cmyk);
    expect(channels).toBe(3);
    expect(data[0]).toBeGreaterThan(245);
    expect(data.at(-1)).toBeLessThan(60);
  });
});

describe("refusals", () => {
  test("an empty file", async () => {
    await expect(decodeImage(new Uint8Array(), "a.png")).rejects.toThrow(refusal(/`a\.png`.*empty/));
  });

  test("no picture", async () => {
    await expect(decodeImage(new TextEncoder().encode("hello, this is text"), "a.txt")).rejects.toThrow(
      refusal(/a\.txt/),
    );
  });

  test("a vector drawing", async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"></svg>';
    await expect(decodeImage(new TextEncoder().encode(svg))).rejects.toThrow(refusal(/svg/));
  });

  test.each(["jpeg", "png", "webp", "tiff", "gif"] as const)("a cut %s file", async (format) => {
    const file = await bytesOf(asSharp(noise(64, 64, 3)).toFormat(format));
    for (const share of [0.3, 0.6, 0.95]) {
      await expect(decodeImage(file.subarray(0, Math.trunc(file.length * share)))).rejects.toThrow(refusal(/./));
    }
  });

  test("a decompression bomb, before it is unpacked", async () => {
    const png = await encodePng(noise(1, 1, 1));
    new DataView(png.buffer).setUint32(16, 60000);
    new DataView(png.buffer).setUint32(20, 60000);
    const { crc32 } = (await import("node:zlib")) as unknown as { crc32?: (data: Uint8Array) => number };
    if (crc32) new DataView(png.buffer).setUint32(29, crc32(png.subarray(12, 29)));
    await expect(decodeImage(png)).rejects.toThrow(refusal(crc32 ? /more than 268435456 pixels/ : /./));
  });
});
