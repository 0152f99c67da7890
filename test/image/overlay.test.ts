/** @file Heat maps and overlays: scales, colours, sizes, and the maps that break naive code. */

import { describe, expect, test } from "vitest";
import { colorbar, formatTick } from "../../src/image/colorbar.ts";
import { COLORMAP_NAMES, colormapTable, isDiverging } from "../../src/image/colormap.ts";
import { displayRange } from "../../src/image/display-range.ts";
import { glyph, textWidth } from "../../src/image/font.ts";
import { renderHeatmap } from "../../src/image/heatmap.ts";
import { overlay } from "../../src/image/overlay.ts";
import { sideBySide } from "../../src/image/side-by-side.ts";
import { fnv1a, noise } from "./pictures.ts";

const rgb = (hex: string): number[] => [0, 2, 4].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));

describe("colour maps", () => {
  test.each([
    ["viridis", "440154 482878 3e4a89 31688e 26828e 1f9e89 35b779 6dcd59 b4de2c fde725"],
    ["inferno", "000004 1b0c42 4b0c6b 781c6d a52c60 cf4446 ed6925 fb9a06 f7d03c fcffa4"],
  ] as const)("%s is close to its published colours", (name, hex) => {
    const table = colormapTable(name);
    for (const [i, color] of hex.split(" ").entries()) {
      const at = Math.round((i * 255) / 9) * 3;
      for (const [c, v] of rgb(color).entries())
        expect(Math.abs(table[at + c]! - v), `${color} ${c}`).toBeLessThanOrEqual(8);
    }
  });

  test("jet has matplotlib's ends and corners", () => {
    const table = colormapTable("jet");
    expect([...table.subarray(0, 3)]).toEqual([0, 0, 128]);
    expect([...table.subarray(765)]).toEqual([128, 0, 0]);
    expect([...table.subarray(96 * 3, 96 * 3 + 3)]).toEqual([21, 255, 226].map((v) => expect.closeTo(v, -0.5)));
  });

  test("diverging maps are nearly white in the middle", () => {
    for (const name of COLORMAP_NAMES.filter(isDiverging)) {
      const table = colormapTable(name);
      for (const entry of [127, 128])
        expect(Math.min(...table.subarray(entry * 3, entry * 3 + 3)), name).toBeGreaterThan(235);
    }
  });

  test("viridis and inferno grow lighter all the way", () => {
    for (const name of ["viridis", "inferno"] as const) {
      const t = colormapTable(name);
      const light = Array.from(
        { length: 256 },
        (_, i) => 0.2126 * t[i * 3]! + 0.7152 * t[i * 3 + 1]! + 0.0722 * t[i * 3 + 2]!,
      );
      for (let i = 8; i < 256; i += 8) expect(light[i]!).toBeGreaterThan(light[i - 8]!);
    }
  });

  test("an unknown map lists the known", () => {
    // @ts-expect-error: not a colour map
    expect(() => colormapTable("rainbow")).toThrow(/rainbow.*viridis/);
  });
});

describe("displayRange", () => {
  test("symmetric when signed, from 0 when not", () => {
    expect(displayRange(Float32Array.of(-1, 3))).toEqual({ low: -3, high: 3, signed: true });
    expect(displayRange(Float32Array.of(1, 3))).toEqual({ low: 0, high: 3, signed: false });
    expect(displayRange(Float32Array.of(-1, 3), { signed: false })).toEqual({ low: -1, high: 3, signed: false });
    expect(displayRange(new Float32Array(4), { signed: true })).toEqual({ low: 0, high: 0, signed: true });
    expect(displayRange(Float32Array.of(1), { range: [-1, 2], signed: true })).toEqual({
      low: -2,
      high: 2,
      signed: true,
    });
  });

  test("clip cuts the top of the total magnitude", () => {
    const values = Float32Array.from({ length: 100 }, (_, i) => (i === 99 ? 1000 : 1));
    expect(displayRange(values, { clip: 95 }).high).toBe(1);
    expect(displayRange(values, { clip: 0 }).high).toBe(1000);
  });

  test("NaN, infinity and impossible options are refused", () => {
    const numeric = expect.objectContaining({ code: "E_NUMERIC", message: expect.stringContaining("index 1") });
    expect(() => displayRange(Float32Array.of(0, Number.NaN))).toThrow(numeric);
    expect(() => displayRange(Float32Array.of(0, -Infinity))).toThrow(numeric);
    for (const options of [{ range: [2, 2] as const }, { clip: 100 }, { clip: -1 }]) {
      expect(() => displayRange(Float32Array.of(1), options)).toThrow(expect.objectContaining({ code: "E_PARAM" }));
    }
  });
});

describe("renderHeatmap", () => {
  test("ends, middle and zeros get the colours they should", () => {
    const bwr = renderHeatmap(Float32Array.of(-2, 0, 2), 3, 1, { cmap: "bwr" }).data;
    expect([...bwr.subarray(0, 3), ...bwr.subarray(6)]).toEqual([0, 0, 255, 255, 0, 0]);
    expect(Math.min(...bwr.subarray(3, 6))).toBeGreaterThan(250);
    expect([...renderHeatmap(Float32Array.of(0, 5), 2, 1, { cmap: "gray" }).data]).toEqual([0, 0, 0, 255, 255, 255]);
    expect([...renderHeatmap(new Float32Array(2), 2, 1, { cmap: "gray" }).data]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(() => renderHeatmap(new Float32Array(3), 2, 1)).toThrow(expect.objectContaining({ code: "E_INPUT_SHAPE" }));
  });
});

describe("overlay", () => {
  const image = noise(32, 32, 3);
  const map = Float32Array.from({ length: 16 }, (_, i) => i / 15);

  test("small pictures grow by a whole factor; the bar stands beside them", () => {
    const bare = overlay(image, map, 4, 4, { colorbar: false });
    expect([bare.width, bare.height]).toEqual([224, 224]);
    const full = overlay(image, map, 4, 4, { title: "grad-cam" });
    expect(full.width).toBeGreaterThan(224);
    expect(full.height).toBe(224 + 11);
  });

  test("alpha 0 is the picture, alpha 1 the map, and the styles their ends", () => {
    const plain = { colorbar: false, minSide: 1 } as const;
    expect([...overlay(image, map, 4, 4, { ...plain, alpha: 0 }).data]).toEqual([...image.data]);
    const heat = overlay(image, map, 4, 4, { ...plain, style: "heat" }).data;
    expect([...overlay(image, map, 4, 4, { ...plain, alpha: 1 }).data]).toEqual([...heat]);
    expect([...overlay(image, map, 4, 4, { ...plain, style: "original" }).data]).toEqual([...image.data]);
    const mask = overlay(image, map, 4, 4, { ...plain, style: "mask" }).data;
    expect([...mask.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect([...mask.subarray(-3)]).toEqual([...image.data.subarray(-3)]);
    expect([...overlay(image, map, 4, 4, { ...plain, style: "fade" }).data.subarray(0, 3)]).toEqual([255, 255, 255]);
  });

  test("maps of zeros and constants are drawn", () => {
    for (const value of [0, 1, -1]) {
      for (const signed of [true, false]) {
        expect(overlay(image, new Float32Array(16).fill(value), 4, 4, { signed }).height).toBe(224);
      }
    }
  });

  test("the frozen picture", () => {
    const picture = overlay(
      image,
      map.map((v) => v - 0.5),
      4,
      4,
      { title: "signed" },
    );
    expect([picture.width, picture.height, fnv1a(picture.data)]).toEqual([267, 235, 3498481438]);
  });

  test("impossible options are refused", () => {
    expect(() => overlay(image, map, 4, 4, { alpha: 2 })).toThrow(/alpha/);
    // @ts-expect-error: not a style
    expect(() => overlay(image, map, 4, 4, { style: "burn" })).toThrow(/burn.*blend/);
    expect(() =>
      overlay(
        image,
        map.map(() => Number.NaN),
        4,
        4,
      ),
    ).toThrow(expect.objectContaining({ code: "E_NUMERIC" }));
  });
});

describe("text", () => {
  test("every printable character has its own glyph of 7 rows", () => {
    const glyphs = Array.from({ length: 95 }, (_, i) => glyph(String.fromCharCode(32 + i)).join());
    expect(new Set(glyphs).size).toBe(95);
    expect(glyphs.every((g) => g.split(",").length === 7 && !g.includes("NaN"))).toBe(true);
    expect(glyph("é")).toEqual(glyph("?"));
    expect([textWidth(""), textWidth("ab")]).toEqual([0, 11]);
  });

  test("ticks have three digits", () => {
    expect([0, -0, 0.25, -12.345, 1234.5, 99999, 3.21e-6, -1e-12].map(formatTick)).toEqual([
      "0",
      "0",
      "0.25",
      "-12.3",
      "1230",
      "1e5",
      "3.21e-6",
      "-1e-12",
    ]);
  });

  test("a short bar keeps its two ends", () => {
    const range = { low: -1, high: 1, signed: true };
    expect(colorbar({ range, cmap: "bwr", height: 16, dot: 1 }).height).toBe(16);
  });
});

test("sideBySide", () => {
  const row = sideBySide([noise(3, 5, 1), noise(4, 2, 4)], { gap: 2 });
  expect([row.width, row.height, row.channels]).toEqual([9, 5, 3]);
  expect([...row.data.subarray(9, 15)]).toEqual(new Array(6).fill(255));
  expect(() => sideBySide([])).toThrow(expect.objectContaining({ code: "E_PARAM" }));
});
