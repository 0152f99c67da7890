/** @file The context ratio: closed forms on drawn maps, every undefined case, means over a class. */
import { describe, expect, it } from "vitest";
import { type ContextQuestion, contextOfClasses, contextRatio } from "../../src/fisher/context.ts";
import type { Box } from "../../src/metrics/metric.ts";

const [width, height] = [6, 4];
const box: Box = { x0: 1, y0: 1, x1: 3, y1: 3 };
/** `inside` in the union of the boxes, `outside` elsewhere. */
const drawn = (inside: number, outside: number): Float64Array =>
  Float64Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x >= 1 && x < 3 && y >= 1 && y < 3 ? inside : outside;
  });
const mu = (map: Float32Array | Float64Array, rest: Partial<ContextQuestion> = {}) =>
  contextRatio({ map, width, height, boxes: [box], ...rest });

describe("mu of a picture", () => {
  it("is the ratio of means, of signed or of positive relevance", () => {
    expect(mu(drawn(4, 1))).toBeCloseTo(0.25, 12);
    expect(mu(drawn(2, 3))).toBeCloseTo(1.5, 12);
    expect(mu(drawn(2, -3))).toBeCloseTo(-1.5, 12);
    expect(mu(drawn(2, -3), { positiveOnly: true })).toBe(0);
    expect(mu(Float32Array.from(drawn(4, 1)))).toBeCloseTo(0.25, 6);
    expect(mu(drawn(7, 7))).toBeCloseTo(1, 12);
  });
  it("takes the union of boxes, cut to the picture", () => {
    // 4 pixels of the first, 2 x 3 of the second inside the picture, one of both
    const second: Box = { x0: 2, y0: 2, x1: 5, y1: 9 };
    const map = drawn(1, 1).map((v, i) => v + (i === 0 ? 9 : 0));
    expect(mu(map, { boxes: [box, second] })).toBeCloseTo((24 - 9 + 9) / (24 - 9) / 1, 12);
    expect(mu(map, { boxes: [box, box] })).toBe(mu(map));
  });
  it.each([
    ["the mean inside is 0", drawn(0, 1), {}],
    ["the mean inside is negative", drawn(-1, 1), {}],
    ["nothing inside is positive", drawn(-1, 1), { positiveOnly: true }],
    ["no box", drawn(1, 1), { boxes: [] }],
    ["a box of no pixel", drawn(1, 1), { boxes: [{ x0: 8, y0: 0, x1: 9, y1: 2 }] }],
    ["a box around everything", drawn(1, 1), { boxes: [{ x0: 0, y0: 0, x1: 6, y1: 4 }] }],
    ["a map that is not finite", drawn(Number.NaN, 1), {}],
    ["a map of another size", new Float64Array(5), {}],
  ])("is undefined, with the reason: %s", (_, map, rest) => {
    expect(mu(map, rest)).toEqual({ excluded: expect.any(String) });
  });
});

it("the mean of a class is over pictures where it is present and predicted", () => {
  const at = (c: number, present: boolean, predicted: boolean, value?: ReturnType<typeof mu>) =>
    ({ class: c, present, predicted, mu: value }) as const;
  const found = contextOfClasses(
    [
      at(0, true, true, 0.5),
      at(0, true, true, 1.5),
      at(0, true, true, { excluded: "why" }),
      at(0, true, true),
      at(0, true, false, 99),
      at(0, false, true, 99),
      at(2, true, true, { excluded: "why" }),
    ],
    3,
  );
  expect(found[0]).toMatchObject({ mu: 1, images: 2, present: 5, presentAndPredicted: 4, undefinedImages: 2 });
  expect(Object.values(found[0]?.reasons ?? {})).toEqual([1, 1]);
  expect(found[1]).toMatchObject({ mu: null, images: 0, present: 0, undefinedImages: 0, reasons: {} });
  expect(found[2]).toMatchObject({ mu: null, images: 0, undefinedImages: 1, reasons: { why: 1 } });
});
