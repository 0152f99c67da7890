/** @file The order of pixels, masks of the highest, growth of masks. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dilate } from "../../src/metrics/dilate.ts";
import { ascending, descending, tied } from "../../src/metrics/order.ts";
import { areaOf, intersection, topMask } from "../../src/metrics/top-mask.ts";

const floats = fc.float32Array({ minLength: 1, maxLength: 200, noNaN: true });
const few = fc.array(fc.constantFrom(-1, -0, 0, 0.5, 2), { minLength: 1, maxLength: 60 });

describe("order", () => {
  it.each([
    ["descending", descending, -1],
    ["ascending", ascending, 1],
  ] as const)("%s is the stable sort, any floats, infinities and -0 included", (_, order, sign) => {
    fc.assert(
      fc.property(fc.oneof(floats, few.map(Float32Array.from.bind(Float32Array))), (values) => {
        const want = Array.from(values.keys()).sort((a, b) => {
          const [u, v] = [values[a] as number, values[b] as number];
          return u === v ? a - b : u < v ? -sign : sign;
        });
        expect(Array.from(order(values))).toEqual(want);
      }),
    );
  });

  it("counts the values that only their index tells apart", () => {
    const values = Float32Array.of(3, 1, 3, 2, 0, -0);
    expect(tied(values, descending(values))).toBe(4);
    expect(tied(Float32Array.of(3, 1), Uint32Array.of(0, 1))).toBe(0);
  });
});

describe("top mask", () => {
  it("keeps exactly round(share * N) pixels: 2,576 and 12,882 of 227 x 227", () => {
    const map = Float32Array.from({ length: 227 * 227 }, (_, i) => Math.sin(i));
    for (const [share, area] of [
      [0.05, 2576],
      [0.25, 12_882],
    ] as const) {
      expect(topMask(map, share).area).toBe(area);
      expect(areaOf(topMask(map, share).mask)).toBe(area);
    }
  });

  it("breaks ties by position and says so", () => {
    const top = topMask(Float32Array.of(0, 1, 0, 0, 2, 0), 0.5);
    expect(Array.from(top.mask)).toEqual([1, 1, 0, 0, 1, 0]);
    expect(top).toMatchObject({ area: 3, tiedAtCut: 4, notPositive: 1 });
    expect(topMask(Float32Array.of(4, 3, 2, 1), 0.5)).toMatchObject({ tiedAtCut: 0, notPositive: 0 });
  });

  it("the intersection is part of every mask", () => {
    expect(Array.from(intersection([Uint8Array.of(1, 1, 0, 1), Uint8Array.of(0, 1, 1, 1)]))).toEqual([0, 1, 0, 1]);
  });
});

describe("dilation", () => {
  const at = (x: number, y: number): Uint8Array => {
    const mask = new Uint8Array(5 * 4);
    mask[y * 5 + x] = 1;
    return mask;
  };
  it("one pixel becomes 9 inside, 6 at an edge, 4 in a corner; rows do not run into each other", () => {
    expect(areaOf(dilate(at(2, 1), 5))).toBe(9);
    expect(areaOf(dilate(at(4, 1), 5))).toBe(6);
    expect(areaOf(dilate(at(0, 3), 5))).toBe(4);
    expect(Array.from(dilate(at(4, 0), 5))).toEqual([0, 0, 0, 1, 1, 0, 0, 0, 1, 1, ...new Array(10).fill(0)]);
  });
  it("is extensive, and leaves an empty mask empty", () => {
    const mask = Uint8Array.from({ length: 20 }, (_, i) => (i % 7 === 3 ? 1 : 0));
    expect(dilate(mask, 5).every((v, i) => v >= (mask[i] as number))).toBe(true);
    expect(areaOf(dilate(new Uint8Array(20), 5))).toBe(0);
  });
});
