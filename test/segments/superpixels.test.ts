/** @file SLIC against scikit-image's label maps, and what superpixels promise. */
import { describe, expect, it } from "vitest";
import { mostSuperpixels, type Planes, type SlicOptions, slic } from "../../src/segments/superpixels.ts";
import { wave } from "../nets.ts";
import { absent, hasShared, readSharedNpy } from "../shared.ts";

const planesOf = (height: number, width: number, channels: number): Planes => ({
  height,
  width,
  planes: Array.from({ length: channels }, (_, k) =>
    Float64Array.from({ length: height * width }, (__, i) => {
      const [y, x] = [Math.floor(i / width), i % width];
      return Math.sin(x / 3 + k) + Math.cos(y / 4 - k) + 0.3 * Math.sin(1.7 * x * (k + 1) + 0.9 * y);
    }),
  ),
});
const printed = ({ labels }: { readonly labels: Int32Array }, width: number): readonly string[] =>
  Array.from({ length: labels.length / width }, (_, y) =>
    Array.from(labels.subarray(y * width, (y + 1) * width), (v) => v.toString(36)).join(""),
  );

describe("labels are those of skimage.segmentation.slic 0.26 (start_label=0)", () => {
  it.each<[string, Planes, SlicOptions, readonly string[]]>([
    [
      "a coarse grid, pieces cut off and joined",
      planesOf(12, 16, 3),
      { n_segments: 8 },
      [
        "0000011111122233",
        "0000011111222233",
        "4400001111223233",
        "4400001111223333",
        "4440001122233333",
        "4440000222233533",
        "4444400223233555",
        "4444400223333555",
        "4444400223555555",
        "4444443233555555",
        "4444443333555555",
        "4444443333555555",
      ],
    ],
    [
      "smoothed",
      planesOf(12, 16, 3),
      { n_segments: 12, compactness: 20, sigma: 1 },
      [
        "0000111111222233",
        "0000111111222333",
        "4000011112222333",
        "4400001112223333",
        "4440005552266333",
        "4444005555666777",
        "4444455556666777",
        "8444455596667777",
        "8844499996aa7777",
        "888899999aabbbbb",
        "88889999aaabbbbb",
        "88889999aaabbbbb",
      ],
    ],
    [
      "wide, colour before position",
      planesOf(9, 20, 3),
      { n_segments: 5, compactness: 3, sigma: 0.6 },
      [
        "00011111111111222222",
        "00011111111111222222",
        "00011111111122222222",
        "00001111111222222222",
        "00000011111222222222",
        "00000011111222222222",
        "00000011122222222222",
        "00000001122222222222",
        "00000001122222222222",
      ],
    ],
    [
      "two channels as they are",
      planesOf(14, 6, 2),
      { n_segments: 6, compactness: 0.3 },
      [
        "000111",
        "000111",
        "000111",
        "000111",
        "220033",
        "222233",
        "422233",
        "422233",
        "444535",
        "444555",
        "444555",
        "666577",
        "666677",
        "666677",
      ],
    ],
    [
      "lower than a step",
      planesOf(3, 24, 3),
      { n_segments: 5 },
      ["000001111122222333344444", "000001111122222333344444", "000000111122222333344444"],
    ],
  ])("%s", (_, planes, options, want) => {
    expect(printed(slic(planes, options), planes.width)).toEqual(want);
  });
  it.skipIf(!hasShared("golden/inputs.npy"))(`six photographs of 64 x 64${absent("golden")}`, () => {
    const inputs = readSharedNpy("golden/inputs.npy").data as Float32Array;
    const want = readSharedNpy("golden/arrays/a_vgg/metrics/slic_segments.npy").data as Int32Array;
    const pixels = 64 * 64;
    for (let image = 0; image < 6; image++) {
      const planes = [0, 1, 2].map((c) => inputs.subarray((3 * image + c) * pixels, (3 * image + c + 1) * pixels));
      const { labels, count } = slic({ planes, height: 64, width: 64 });
      expect(Array.from(labels)).toEqual(Array.from(want.subarray(image * pixels, (image + 1) * pixels)));
      expect(count).toBe(1 + Math.max(...labels));
    }
  });
});

const noise = (height: number, width: number, channels: number, seed: number): Planes => {
  const values = wave(channels * height * width, seed);
  return {
    height,
    width,
    planes: Array.from({ length: channels }, (_, c) => values.subarray(c * height * width, (c + 1) * height * width)),
  };
};

describe("superpixels", () => {
  const sizes = [
    [1, 1, 1],
    [1, 9, 3],
    [9, 2, 4],
    [8, 8, 100],
    [13, 29, 12],
    [32, 32, 50],
    [40, 24, 7],
  ] as const;
  it.each(sizes)(
    "of %d x %d, about %d: labels 0..count-1 all occur, each in one piece, no more than the bound",
    (h, w, n) => {
      for (const planes of [noise(h, w, 3, h), planesOf(h, w, 3)]) {
        const { labels, count } = slic(planes, { n_segments: n });
        expect(new Set(labels)).toEqual(new Set(Array.from({ length: count }, (_, i) => i)));
        expect(pieces(labels, w)).toBe(count);
        expect(count).toBeLessThanOrEqual(mostSuperpixels(h, w, n));
      }
    },
  );
  it("are the same every time", () => {
    const planes = noise(20, 30, 3, 5);
    expect(slic(planes).labels).toEqual(slic(planes).labels);
  });
  it("of a grey picture are those of the grey picture in colour", () => {
    const grey = planesOf(20, 20, 1);
    const [plane] = grey.planes as readonly [Float64Array];
    const colour = { ...grey, planes: [plane, plane, plane] };
    expect(slic(grey, { n_segments: 10 }).labels).toEqual(slic(colour, { n_segments: 10 }).labels);
  });
  it("of a flat picture are squares", () => {
    const planes = { height: 10, width: 10, planes: [0, 1, 2].map(() => new Float32Array(100).fill(7)) };
    expect(printed(slic(planes, { n_segments: 4 }), 10)).toEqual([
      ...new Array<string>(5).fill("0000011111"),
      ...new Array<string>(5).fill("2222233333"),
    ]);
  });
  it("of NaN there are none", () => {
    const planes = noise(4, 4, 3, 1);
    expect(() =>
      slic({ ...planes, planes: [...planes.planes.slice(1), new Float32Array(16).fill(Number.NaN)] }),
    ).toThrow(expect.objectContaining({ code: "E_PARAM" }));
  });
});

/** Connected pieces of equal labels. */
function pieces(labels: Int32Array, width: number): number {
  const seen = new Uint8Array(labels.length);
  let count = 0;
  for (let start = 0; start < labels.length; start++) {
    if (seen[start]) continue;
    count++;
    const open = [start];
    seen[start] = 1;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const near = [
        at - width,
        at + width,
        ...(at % width > 0 ? [at - 1] : []),
        ...(at % width < width - 1 ? [at + 1] : []),
      ];
      for (const to of near)
        if (labels[to] === labels[at] && !seen[to]) {
          seen[to] = 1;
          open.push(to);
        }
    }
  }
  return count;
}
