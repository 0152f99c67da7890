/** @file Segments and patches: every label takes part, tiny and repeated ones do not, crops are whole. */
import { expect, test } from "vitest";
import { cutOut, GREY, patchesOf, patchOf, patchRows } from "../../../src/regions/concepts/patches.ts";
import { isIn, jaccard, type Segment, segmentsOf } from "../../../src/regions/concepts/segments.ts";
import { plain, RED, SIDE, SPEC, squareOf } from "./nets.ts";

const image = squareOf(RED, 4);
const pixels = SIDE * SIDE;

test("one resolution covers the picture once: the last label is not skipped", () => {
  const segments = segmentsOf(image, { resolutions: [12] });
  expect(segments.length).toBeGreaterThan(3);
  expect(segments.reduce((sum, s) => sum + s.area, 0)).toBe(pixels);
  for (const s of segments) expect(s.labels.filter((l) => l === s.label).length).toBe(s.area);
});

test("later resolutions bring nothing that is nearly there: the same one twice adds no segment", () => {
  const once = segmentsOf(image, { resolutions: [12] });
  expect(segmentsOf(image, { resolutions: [12, 12] }).length).toBe(once.length);
  expect(segmentsOf(image, { resolutions: [12, 12], overlap: 1 }).length).toBe(2 * once.length);
  const both = segmentsOf(image, { resolutions: [6, 24] });
  for (const a of both)
    for (const b of both) if (a.resolution > b.resolution) expect(jaccard(a, b, SIDE)).toBeLessThanOrEqual(0.5);
});

test("segments of at most the smallest share are left out", () => {
  const all = segmentsOf(image, { resolutions: [40] });
  const limit = all[0]?.area as number;
  const large = segmentsOf(image, { resolutions: [40], smallest: limit / pixels });
  expect(large.map((s) => s.area)).toEqual(all.map((s) => s.area).filter((a) => a > limit));
});

test("a Jaccard index by hand", () => {
  const of = (labels: number[], box: Segment["box"]): Segment => ({
    ...{ resolution: 0, label: 1, labels: Int32Array.from(labels), area: labels.filter((l) => l === 1).length, box },
  });
  const a = of([1, 1, 0, 1, 1, 0], { left: 0, top: 0, width: 2, height: 2 });
  const b = of([0, 1, 1, 0, 1, 1], { left: 1, top: 0, width: 2, height: 2 });
  expect(jaccard(a, b, 3)).toBeCloseTo(2 / 6, 15);
  expect(jaccard(a, a, 3)).toBe(1);
});

test("a patch keeps the last row and column of its box, grey around, and has the network's size", () => {
  const [segment] = segmentsOf(image, { resolutions: [6] }) as [Segment];
  const { left, top, width, height } = segment.box;
  const cut = cutOut(image, segment);
  expect([cut.width, cut.height]).toEqual([width, height]);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y + top) * SIDE + x + left;
      const want = isIn(segment, from) ? image.data[3 * from] : GREY;
      expect(cut.data[3 * (y * width + x)]).toBe(want);
    }
  const large = patchOf(image, segment, { size: { width: 40, height: 30 } });
  expect([large.width, large.height]).toEqual([40, 30]);
});

test("patches are the same at every walk, whatever the block", async () => {
  const pictures = [
    { id: "a", image },
    { id: "b", image: squareOf(RED, 5) },
  ];
  const patches = patchesOf(pictures, { resolutions: [6] });
  const rows = patchRows(pictures, patches, {
    ...{ spec: SPEC, size: { width: SIDE, height: SIDE }, width: 3 * pixels },
  });
  const read = async (size: number): Promise<number[]> => {
    const out: number[] = [];
    for await (const block of rows.blocks(size)) out.push(...block.rows);
    return out;
  };
  expect(patches.map((p) => p.picture)).toEqual(patches.map((p) => p.picture).toSorted((a, b) => a - b));
  expect(await read(1)).toEqual(await read(7));
});

test("a picture of one colour has segments, and a grey one too", () => {
  const flat = segmentsOf(plain(RED), { resolutions: [4] });
  expect(flat.reduce((sum, s) => sum + s.area, 0)).toBe(pixels);
  const grey = { width: SIDE, height: SIDE, channels: 1 as const, data: new Uint8Array(pixels).fill(9) };
  expect(segmentsOf(grey, { resolutions: [4] }).length).toBe(flat.length);
});

test.each([[[]], [[0]], [[2.5]]])("resolutions %j are refused", (resolutions) => {
  expect(() => segmentsOf(image, { resolutions })).toThrow(/resolutions/);
});
