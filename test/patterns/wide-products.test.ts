import { describe, expect, it } from "vitest";
import { projected, pulledBack, rowCount } from "../../src/patterns/wide-products.ts";
import { normals } from "../../src/random.ts";

const random = normals(5);
const list = (length: number): Float64Array => Float64Array.from({ length }, () => random());

describe("products with wide features", () => {
  // 1 to 9 rows: every remainder of four
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])("equal sums written out, %i rows", (count) => {
    const [width, d] = [7, 3];
    const features = Float32Array.from(list(count * width));
    const [matrix, points] = [list(d * width), list(count * d)];
    const got = projected({ features, width }, matrix, d);
    const back = pulledBack({ features, width }, points, d);
    for (let i = 0; i < count; i++)
      for (let k = 0; k < d; k++) {
        let sum = 0;
        for (let j = 0; j < width; j++) sum += (matrix[k * width + j] as number) * (features[i * width + j] as number);
        expect(got[i * d + k]).toBeCloseTo(sum, 12);
      }
    for (let k = 0; k < d; k++)
      for (let j = 0; j < width; j++) {
        let sum = 0;
        for (let i = 0; i < count; i++) sum += (points[i * d + k] as number) * (features[i * width + j] as number);
        expect(back[k * width + j]).toBeCloseTo(sum, 12);
      }
  });

  it("takes rows by place, in the order named, and again where named twice", () => {
    const [width, d] = [5, 2];
    const features = list(6 * width);
    const matrix = list(d * width);
    const all = projected({ features, width }, matrix, d);
    const places = Int32Array.of(4, 0, 4, 3, 1);
    const some = projected({ features, width, places }, matrix, d);
    places.forEach((place, i) => {
      expect(Array.from(some.subarray(i * d, (i + 1) * d))).toEqual(
        Array.from(all.subarray(place * d, (place + 1) * d)),
      );
    });
    const points = list(5 * d);
    expect(rowCount({ features, width, places })).toBe(5);
    const rows = new Float64Array(5 * width);
    places.forEach((place, i) => {
      rows.set(features.subarray(place * width, (place + 1) * width), i * width);
    });
    expect(pulledBack({ features, width, places }, points, d)).toEqual(
      pulledBack({ features: rows, width }, points, d),
    );
  });

  it("refuses features that are no whole rows", () => {
    expect(() => rowCount({ features: new Float32Array(7), width: 3 })).toThrow(
      expect.objectContaining({ code: "E_INPUT_SHAPE" }),
    );
  });
});
