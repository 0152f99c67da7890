/** @file Augmentations: geometry on pictures whose pixels name their place, ranges of what is random, Pillow's colour arithmetic. */
import { describe, expect, it } from "vitest";
import { OnnxplainError } from "../../src/errors.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import { readParams } from "../../src/params.ts";
import { uniforms } from "../../src/random.ts";
import type { Augmentation } from "../../src/train/augment/augmentation.ts";
import { brightened, contrasted, saturated } from "../../src/train/augment/color-jitter.ts";
import { mirror } from "../../src/train/augment/flip.ts";
import { turnHue } from "../../src/train/augment/hue.ts";
import { augmentPipeline } from "../../src/train/augment/pipeline.ts";
import { randomPart } from "../../src/train/augment/resized-crop.ts";
import { AUGMENTATIONS } from "../../src/train/augment/table.ts";
import { paddedSquare } from "../../src/train/augment/ten-crop.ts";
import { drawsOf } from "../../src/train/feeding/stream.ts";

/** Red is x, green y, blue 100 + x + y. */
function places(width: number, height: number): ImageU8 {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set([x, y, 100 + x + y], (y * width + x) * 3);
  return { width, height, channels: 3, data };
}
const at = ({ width, channels, data }: ImageU8, x: number, y: number): readonly number[] =>
  Array.from(data.subarray((y * width + x) * channels, (y * width + x + 1) * channels));
const noise = (width: number, height: number, seed: number, channels: 1 | 3 = 3): ImageU8 => {
  const random = uniforms(seed);
  return {
    width,
    height,
    channels,
    data: Uint8Array.from({ length: width * height * channels }, () => random() * 256),
  };
};
const pixel = (...data: number[]): ImageU8 => ({ width: 1, height: 1, channels: 3, data: Uint8Array.from(data) });

function applied(
  augmentation: Augmentation,
  image: ImageU8,
  {
    params = {},
    random = uniforms(1),
    view = 0,
    size = image,
  }: {
    params?: Record<string, unknown>;
    random?: () => number;
    view?: number;
    size?: { width: number; height: number };
  } = {},
): ImageU8 {
  const setting = {
    params: readParams(augmentation.id, augmentation.params, params),
    size: { width: size.width, height: size.height },
    resample: "bilinear" as const,
  };
  const framed = augmentation.frame?.(image, setting) ?? image;
  return augmentation.apply(framed, { ...setting, random, view });
}
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof OnnxplainError) return error.code;
    throw error;
  }
  return "none";
};
const {
  flip,
  "pad-and-crop": padAndCrop,
  "resized-crop": resizedCrop,
  "color-jitter": jitter,
  "ten-crop": tenCrop,
} = AUGMENTATIONS;

it("every row states its own name and keeps size and channels", () => {
  for (const [id, row] of Object.entries(AUGMENTATIONS)) {
    expect(row.id).toBe(id);
    for (const channels of [1, 3] as const) {
      const out = applied(row, noise(17, 12, 3, channels), { random: uniforms(4) });
      expect([out.width, out.height, out.channels, out.data.length]).toEqual([17, 12, channels, 17 * 12 * channels]);
    }
  }
});

describe("flip", () => {
  it("puts left to the right, and is its own inverse", () => {
    const image = noise(7, 5, 2);
    const other = mirror(image);
    for (let y = 0; y < 5; y++) for (let x = 0; x < 7; x++) expect(at(other, x, y)).toEqual(at(image, 6 - x, y));
    expect(mirror(other).data).toEqual(image.data);
    expect(mirror(mirror(noise(6, 5, 2, 1))).data).toEqual(noise(6, 5, 2, 1).data);
  });
  it("happens as often as it says", () => {
    const image = places(2, 1);
    const random = uniforms(5);
    const flips = Array.from({ length: 4000 }, () => applied(flip, image, { params: { chance: 0.3 }, random })).filter(
      (p) => p !== image,
    ).length;
    expect(Math.abs(flips / 4000 - 0.3)).toBeLessThan(0.03);
    expect(applied(flip, image, { params: { chance: 0 } })).toBe(image);
  });
});

describe("pad-and-crop", () => {
  it("with no padding changes nothing", () => {
    const image = noise(9, 7, 1);
    for (const fill of ["zero", "reflect"])
      expect(applied(padAndCrop, image, { params: { pad: 0, fill } }).data).toEqual(image.data);
  });
  it("moves by whole pixels, black or reflected beyond the edges, every place as likely as any other", () => {
    const image = places(8, 6);
    const mirrored = (i: number, size: number): number => (i < 0 ? -i : i >= size ? 2 * size - 2 - i : i);
    for (const fill of ["zero", "reflect"]) {
      const random = uniforms(9);
      const seen = new Map<string, number>();
      for (let n = 0; n < 2500; n++) {
        const out = applied(padAndCrop, image, { params: { pad: 2, fill }, random });
        const [dx, dy] = shiftOf(out);
        seen.set(`${dx},${dy}`, (seen.get(`${dx},${dy}`) ?? 0) + 1);
        if (n > 200) continue;
        for (let y = 0; y < 6; y++)
          for (let x = 0; x < 8; x++) {
            const [sx, sy] = [x + dx, y + dy];
            const inside = sx >= 0 && sx < 8 && sy >= 0 && sy < 6;
            expect(at(out, x, y)).toEqual(
              inside ? at(image, sx, sy) : fill === "zero" ? [0, 0, 0] : at(image, mirrored(sx, 8), mirrored(sy, 6)),
            );
          }
      }
      expect(seen.size).toBe(25);
      for (const count of seen.values()) expect(Math.abs(count - 100)).toBeLessThan(45);
    }
    // the pixel at (3, 3) is inside for every shift of two
    function shiftOf(out: ImageU8): readonly [number, number] {
      const [x, y] = at(out, 3, 3) as [number, number, number];
      return [x - 3, y - 3];
    }
  });
  it("refuses to reflect what is smaller than the padding", () => {
    expect(codeOf(() => applied(padAndCrop, places(4, 9), { params: { pad: 4, fill: "reflect" } }))).toBe("E_PARAM");
  });
});

describe("resized-crop", () => {
  it("keeps area and ratio within bounds and inside the picture", () => {
    const random = uniforms(3);
    const [scale, ratio] = [
      [0.2, 0.5],
      [0.5, 2],
    ];
    const areas: number[] = [];
    for (let i = 0; i < 3000; i++) {
      const part = randomPart({ width: 200, height: 150 }, { scale, ratio, random });
      const area = (part.width * part.height) / (200 * 150);
      areas.push(area);
      expect(area).toBeGreaterThan(0.19);
      expect(area).toBeLessThan(0.51);
      expect(part.width / part.height).toBeGreaterThan(0.48);
      expect(part.width / part.height).toBeLessThan(2.05);
      expect(part.left >= 0 && part.top >= 0).toBe(true);
      expect(part.left + part.width <= 200 && part.top + part.height <= 150).toBe(true);
    }
    expect([Math.min(...areas) < 0.21, Math.max(...areas) > 0.49]).toEqual([true, true]);
  });
  it("takes the middle where nothing fits after ten attempts", () => {
    let draws = 0;
    const random = (): number => {
      draws++;
      return 0.5;
    };
    const bounds = { scale: [1, 1], ratio: [3 / 4, 4 / 3], random };
    expect(randomPart({ width: 400, height: 100 }, bounds)).toEqual({ left: 133, top: 0, width: 133, height: 100 });
    expect(draws).toBe(20);
    expect(randomPart({ width: 100, height: 400 }, bounds)).toEqual({ left: 0, top: 133, width: 100, height: 133 });
    const square = { scale: [1, 1], ratio: [2, 2], random };
    expect(randomPart({ width: 100, height: 100 }, square)).toEqual({ left: 0, top: 25, width: 100, height: 50 });
  });
  it("of the whole picture is the picture", () => {
    const image = noise(12, 12, 4);
    expect(applied(resizedCrop, image, { params: { scale: "1,1", ratio: "1,1" } }).data).toEqual(image.data);
  });
  it("keeps no more of a photograph than twice the network's side", () => {
    const setting = { params: {}, size: { width: 8, height: 10 }, resample: "bilinear" as const };
    const kept = resizedCrop.frame?.(noise(60, 45, 1), setting) as ImageU8;
    expect([kept.width, kept.height]).toEqual([26, 20]);
  });
});

describe("color-jitter", () => {
  it("of no strength is the picture", () => {
    const image = noise(9, 9, 8);
    const off = { brightness: 0, contrast: 0, saturation: 0, hue: 0 };
    for (let seed = 0; seed < 20; seed++)
      expect(applied(jitter, image, { params: off, random: uniforms(seed) })).toBe(image);
  });
  it("by factor 1 changes nothing, by factor 0 leaves black, the mean luma, the luma", () => {
    const image = noise(8, 8, 6);
    for (const change of [brightened, contrasted, saturated]) expect(change(image, 1).data).toEqual(image.data);
    expect(new Set(brightened(image, 0).data)).toEqual(new Set([0]));
    expect(new Set(contrasted(image, 0).data).size).toBe(1);
    const gray = saturated(image, 0);
    for (let y = 0; y < 8; y++)
      for (let x = 0; x < 8; x++) {
        const [r, g, b] = at(image, x, y) as [number, number, number];
        const luma = (r * 19595 + g * 38470 + b * 7471 + 32768) >> 16;
        expect(at(gray, x, y)).toEqual([luma, luma, luma]);
      }
  });
  it("truncates into 0…255 as Pillow's blend does", () => {
    expect(at(brightened(pixel(10, 101, 200), 1.5), 0, 0)).toEqual([15, 151, 255]);
    // luma of (10, 101, 200) is 85: 85 + 0.5 (10 - 85) = 47.5, 85 + 0.5 * 16 = 93, 85 + 0.5 * 115 = 142.5
    expect(at(saturated(pixel(10, 101, 200), 0.5), 0, 0)).toEqual([47, 93, 142]);
    expect(at(contrasted(pixel(10, 101, 200), 2), 0, 0)).toEqual([0, 117, 255]);
  });
  it("turns hue: red goes to green to blue by thirds, grey stays, and saturation and value stay within rounding", () => {
    expect(at(turnHue(pixel(255, 0, 0), 85), 0, 0)).toEqual([0, 255, 0]);
    expect(at(turnHue(pixel(255, 0, 0), 170), 0, 0)).toEqual([0, 0, 255]);
    expect(at(turnHue(pixel(255, 0, 0), -86), 0, 0)).toEqual([0, 0, 255]);
    expect(at(turnHue(pixel(77, 77, 77), 33), 0, 0)).toEqual([77, 77, 77]);
    const image = noise(16, 16, 12);
    for (const turn of [0, 20, -20, 100]) {
      const out = turnHue(image, turn);
      for (let i = 0; i < image.data.length; i += 3) {
        const [a, b] = [image.data.subarray(i, i + 3), out.data.subarray(i, i + 3)];
        expect(Math.max(...b)).toBe(Math.max(...a));
        expect(Math.abs(Math.min(...b) - Math.min(...a))).toBeLessThanOrEqual(2);
        if (turn === 0) for (let c = 0; c < 3; c++) expect(Math.abs(b[c]! - a[c]!)).toBeLessThanOrEqual(7);
      }
    }
  });
  it("draws each factor from its range", () => {
    const random = uniforms(2);
    const factors = Array.from({ length: 1500 }, () => {
      const out = applied(jitter, pixel(100, 100, 100), {
        params: { brightness: 0.4, contrast: 0, saturation: 0 },
        random,
      });
      return out.data[0]! / 100;
    });
    expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.59);
    expect(Math.min(...factors)).toBeLessThan(0.62);
    expect(Math.max(...factors)).toBeLessThanOrEqual(1.4);
    expect(Math.max(...factors)).toBeGreaterThan(1.38);
  });
});

describe("ten-crop", () => {
  const size = { width: 5, height: 5 };
  const view = (image: ImageU8, k: number): ImageU8 => applied(tenCrop, image, { params: { side: 8 }, size, view: k });

  it("cuts four corners and the middle, then the same mirrored", () => {
    const image = places(8, 8);
    const corners = [0, 1, 2, 3, 4].map((k) => at(view(image, k), 0, 0).slice(0, 2));
    // the middle of 8 by 5: 1.5 rounds half to even, 2
    expect(corners).toEqual([
      [0, 0],
      [3, 0],
      [0, 3],
      [3, 3],
      [2, 2],
    ]);
    for (let k = 0; k < 5; k++) {
      const plain = view(image, k);
      const [x0, y0] = at(plain, 0, 0) as [number, number, number];
      for (let y = 0; y < 5; y++)
        for (let x = 0; x < 5; x++) expect(at(plain, x, y)).toEqual([x0 + x, y0 + y, 100 + x0 + x + y0 + y]);
      expect(view(image, k + 5).data).toEqual(mirror(plain).data);
    }
  });
  it("pads the shorter side with the nearest pixels, the odd one at the end", () => {
    const image = places(8, 5);
    const square = paddedSquare(image, 8, "bilinear");
    const rows = [0, 0, 1, 2, 3, 4, 4, 4];
    for (let y = 0; y < 8; y++)
      for (let x = 0; x < 8; x++) expect(at(square, x, y)).toEqual([x, rows[y], 100 + x + rows[y]!]);
    const tall = paddedSquare(places(5, 8), 8, "bilinear");
    for (let y = 0; y < 8; y++)
      for (let x = 0; x < 8; x++) expect(at(tall, x, y)).toEqual([rows[x], y, 100 + y + rows[x]!]);
  });
  it("resizes the longer side: 256 for a network of 227, in proportion for another", () => {
    const framed = (network: number): ImageU8 =>
      tenCrop.frame?.(noise(40, 30, 1), {
        params: readParams("ten-crop", tenCrop.params, {}),
        size: { width: network, height: network },
        resample: "bilinear",
      }) as ImageU8;
    expect([227, 32].map((n) => [framed(n).width, framed(n).height])).toEqual([
      [256, 256],
      [36, 36],
    ]);
  });
  it("refuses a square smaller than the network's picture", () => {
    expect(codeOf(() => applied(tenCrop, places(8, 8), { params: { side: 4 }, size }))).toBe("E_PARAM");
  });
});

describe("a pipeline", () => {
  const setting = { size: { width: 6, height: 6 }, resample: "bilinear" } as const;
  it("puts the one that cuts first, and counts its views", () => {
    const made = augmentPipeline(["flip", "ten-crop"], setting);
    expect(made.views).toBe(10);
    const framed = made.frame?.(noise(20, 14, 2)) as ImageU8;
    const out = made.apply(framed, { random: () => 0, view: 3 });
    expect(out.data).toEqual(mirror(made.apply(framed, { random: () => 0.9, view: 3 })).data);
    expect([out.width, out.height]).toEqual([6, 6]);
    expect(augmentPipeline(["flip"], setting)).toMatchObject({ views: 1, frame: undefined });
  });
  it("refuses two that cut, unknown names and parameters, and what is out of range", () => {
    const make = (...choices: unknown[]) => codeOf(() => augmentPipeline(choices as never, setting));
    expect([
      make("ten-crop", "resized-crop"),
      make("flop"),
      make("toString"),
      make({ id: "flip", params: { p: 1 } }),
      make({ id: "flip", params: { chance: 1.5 } }),
      make({ id: "color-jitter", params: { hue: 0.6 } }),
      make({ id: "resized-crop", params: { scale: [0.5, 0.1] } }),
      make({ id: "resized-crop", params: { scale: [0, 1] } }),
      make({ id: "pad-and-crop", params: { pad: -1 } }),
      make({ id: "pad-and-crop", params: { pad: 2, fill: "reflect" } }),
    ]).toEqual([...Array.from({ length: 9 }, () => "E_PARAM"), "none"]);
  });
});

it("draws of neighbouring places are independent: the first three of them, two by two", () => {
  const cells = 8;
  const draws = Array.from({ length: 20_000 }, (_, i) => {
    const random = drawsOf(3, { epoch: i % 50, place: Math.floor(i / 50) });
    return [random(), random(), random()];
  });
  for (const [a, b] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    const counts = new Float64Array(cells * cells);
    for (const d of draws) counts[Math.floor(d[a]! * cells) * cells + Math.floor(d[b]! * cells)]!++;
    const expected = draws.length / counts.length;
    const chi2 = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 63 degrees of freedom: mean 63, 0.9999 quantile 109
    expect(chi2).toBeLessThan(109);
  }
});
