/** @file Edits of pictures: every fill on every kind of picture, their text, and every wrong one. */
import { describe, expect, it } from "vitest";
import { blurImage } from "../../src/image/blur.ts";
import { applyEdits, type Edit, type Fill } from "../../src/image/edit.ts";
import { parseEdit } from "../../src/image/edit-text.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import { noise } from "./pictures.ts";

const at = ({ width, channels, data }: ImageU8, x: number, y: number): readonly number[] =>
  Array.from(data.subarray((y * width + x) * channels, (y * width + x + 1) * channels));
const edit = (x0: number, y0: number, x1: number, y1: number, fill: Fill): Edit => ({ x0, y0, x1, y1, fill });
const RED: Fill = { kind: "color", color: [255, 0, 0] };

/** Pixels that differ, as `x,y`. */
function changed(a: ImageU8, b: ImageU8): ReadonlySet<string> {
  const out = new Set<string>();
  for (let y = 0; y < a.height; y++)
    for (let x = 0; x < a.width; x++) if (String(at(a, x, y)) !== String(at(b, x, y))) out.add(`${x},${y}`);
  return out;
}

describe("the text of an edit", () => {
  it.each([
    ["box=1,2,30,40,fill=grey", { kind: "color", color: [128, 128, 128] }],
    ["box=1,2,30,40,fill=gray", { kind: "color", color: [128, 128, 128] }],
    ["box=1, 2, 30, 40, fill=mean", { kind: "mean" }],
    ["box=1,2,30,40,fill=blur", { kind: "blur" }],
    ["box=1,2,30,40,fill=blur:2.5", { kind: "blur", sigma: 2.5 }],
    ["box=1,2,30,40,fill=#0aF310", { kind: "color", color: [10, 243, 16] }],
    ["box=1,2,30,40,fill=from:7,0", { kind: "from", x: 7, y: 0 }],
  ] as const)("%s", (text, fill) => {
    expect(parseEdit(text)).toEqual({ x0: 1, y0: 2, x1: 30, y1: 40, fill });
  });
  it.each([
    ["", "is none"],
    ["fill=grey", "is none"],
    ["box=1,2,3,4", "is none"],
    ["box=1,2,3,fill=grey", "has the box `1,2,3`, not four whole numbers"],
    ["box=1,2,3,4.5,fill=grey", "not four whole numbers"],
    ["box=5,2,5,4,fill=grey", "has a box without pixels"],
    ["box=1,2,3,4,fill=pink", "has the fill `pink`, which is not known"],
    ["box=1,2,3,4,fill=#12345", "has the fill `#12345`"],
    ["box=1,2,3,4,fill=from:1", "has the fill `from:1`"],
    ["box=1,2,3,4,fill=from:-1,0", "has the fill `from:-1,0`"],
    ["box=1,2,3,4,fill=blur:x", "has the fill `blur:x`"],
  ])("`%s` is refused, and the grammar told", (text, why) => {
    expect(() => parseEdit(text)).toThrow(why);
    expect(() => parseEdit(text)).toThrow(/Expected `box=x0,y0,x1,y1,fill=grey\|mean\|/);
  });
});

describe("an edit", () => {
  it.each([1, 3, 4] as const)("changes the box and nothing else, in %i channels", (channels) => {
    const image = noise(12, 9, channels);
    const before = image.data.slice();
    const { image: edited, notes } = applyEdits(image, [edit(3, 2, 7, 5, RED)]);
    expect(at(edited, 3, 2)).toEqual({ 1: [76], 3: [255, 0, 0], 4: [255, 0, 0, 255] }[channels]);
    expect(changed(image, edited).size).toBe(12);
    for (const place of changed(image, edited)) expect(place).toMatch(/^[3-6],[2-4]$/);
    expect(notes).toEqual([]);
    expect(image.data).toEqual(before);
  });
  it("paints the mean of the picture as it stands, one after the other", () => {
    const image: ImageU8 = {
      width: 4,
      height: 1,
      channels: 3,
      data: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 90, 60, 30]),
    };
    const { image: edited } = applyEdits(image, [
      edit(0, 0, 1, 1, { kind: "mean" }),
      edit(1, 0, 2, 1, { kind: "mean" }),
    ]);
    expect(at(edited, 0, 0)).toEqual([23, 15, 8]);
    expect(at(edited, 1, 0)).toEqual([28, 19, 10]);
  });
  it("leaves transparent pixels out of the mean", () => {
    const image: ImageU8 = { width: 2, height: 1, channels: 4, data: Uint8Array.from([200, 0, 0, 0, 10, 20, 30, 255]) };
    expect(at(applyEdits(image, [edit(0, 0, 1, 1, { kind: "mean" })]).image, 0, 0)).toEqual([10, 20, 30, 255]);
  });
  it.each([1, 3, 4] as const)("blurs the box as the whole picture is blurred, in %i channels", (channels) => {
    const image = noise(40, 31, channels);
    const whole = blurImage(image, 2);
    const { image: edited } = applyEdits(image, [edit(20, 11, 29, 19, { kind: "blur", sigma: 2 })]);
    for (const [x, y] of [
      [20, 11],
      [28, 18],
      [24, 15],
    ] as const)
      expect(at(edited, x, y)).toEqual(at(whole, x, y));
    expect(at(edited, 19, 11)).toEqual(at(image, 19, 11));
    const own = applyEdits(image, [edit(20, 11, 29, 19, { kind: "blur" })]).image;
    expect(own.data).toEqual(edited.data); // a quarter of 8 pixels
  });
  it("copies a patch of the picture, also over itself", () => {
    const image = noise(10, 10, 3);
    const { image: edited } = applyEdits(image, [edit(1, 1, 6, 6, { kind: "from", x: 3, y: 3 })]);
    for (let y = 0; y < 5; y++)
      for (let x = 0; x < 5; x++) expect(at(edited, 1 + x, 1 + y)).toEqual(at(image, 3 + x, 3 + y));
  });
  it("copies a patch of another picture, whatever its channels", () => {
    const grey: ImageU8 = { width: 3, height: 3, channels: 1, data: Uint8Array.from({ length: 9 }, (_, i) => i) };
    const onto = (channels: ImageU8["channels"]) =>
      at(
        applyEdits(noise(8, 8, channels), [edit(5, 5, 7, 7, { kind: "from", x: 1, y: 1 })], { patches: grey }).image,
        5,
        5,
      );
    expect([onto(1), onto(3), onto(4)]).toEqual([[4], [4, 4, 4], [4, 4, 4, 255]]);
  });
  it("cuts a box at the edge, says so, and takes the matching part of a patch", () => {
    const image = noise(8, 8, 3);
    const { image: edited, notes } = applyEdits(image, [edit(-2, 6, 2, 9, { kind: "from", x: 3, y: 0 })]);
    expect(notes).toEqual(["box -2,6,2,9 cut at the picture's edge (8 x 8)"]);
    expect(at(edited, 0, 6)).toEqual(at(image, 5, 0));
    expect(at(edited, 1, 7)).toEqual(at(image, 6, 1));
    expect(at(edited, 2, 7)).toEqual(at(image, 2, 7));
  });
  it("refuses a box outside the picture and a patch that is not inside", () => {
    const image = noise(8, 8, 3);
    expect(() => applyEdits(image, [edit(8, 0, 9, 1, RED)])).toThrow(/lies outside the picture of 8 x 8/);
    expect(() => applyEdits(image, [edit(0, 0, 4, 4, { kind: "from", x: 5, y: 0 })])).toThrow(
      /patch of 4 x 4 pixels from 5,0 is not wholly inside the picture of 8 x 8/,
    );
  });
  it("gives the same picture for no edits", () => {
    const image = noise(3, 3, 1);
    expect(applyEdits(image, [])).toEqual({ image, notes: [] });
  });
});

describe("blur", () => {
  it("keeps a flat picture, also at the edges and in a picture smaller than its kernel", () => {
    for (const [width, height] of [
      [20, 15],
      [1, 1],
      [2, 9],
    ] as const) {
      const flat: ImageU8 = { width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(77) };
      expect(blurImage(flat, 3).data).toEqual(flat.data);
    }
  });
  it("spreads a point as a Gaussian does", () => {
    const data = new Uint8Array(21 * 21);
    data[10 * 21 + 10] = 255;
    const out = blurImage({ width: 21, height: 21, channels: 1, data }, 1).data;
    const one = 1 / Array.from({ length: 9 }, (_, i) => Math.exp(-((i - 4) ** 2) / 2)).reduce((a, b) => a + b, 0);
    for (const [dx, dy] of [
      [0, 0],
      [1, 0],
      [1, 2],
    ] as const)
      expect(out[(10 + dy) * 21 + 10 + dx]).toBe(Math.round(255 * one ** 2 * Math.exp(-(dx ** 2 + dy ** 2) / 2)));
  });
  it("does not let the colour of transparent pixels in", () => {
    const image: ImageU8 = { width: 2, height: 1, channels: 4, data: Uint8Array.from([255, 0, 0, 0, 0, 0, 200, 255]) };
    expect(at(blurImage(image, 1), 0, 0).slice(0, 2)).toEqual([0, 0]);
  });
});
