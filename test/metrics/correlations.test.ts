/** @file Correlations and likeness of lists against what is known of them. */
import { describe, expect, it } from "vitest";
import { cosine, norm, pearson, ranks, spearman, ssim } from "../../src/metrics/correlations.ts";
import { wave } from "../nets.ts";

describe("correlations", () => {
  it("pearson: exact on lines, -1 when turned, 0.8 for the classic list", () => {
    expect(pearson([1, 2, 3], [5, 7, 9])).toBeCloseTo(1, 14);
    expect(pearson([1, 2, 3], [9, 7, 5])).toBeCloseTo(-1, 14);
    expect(pearson([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(0.8, 14);
  });
  it("spearman sees order alone; equal values share a rank", () => {
    expect(Array.from(ranks([3, 1, 3, 2, 3]))).toEqual([4, 1, 4, 2, 4]);
    expect(spearman([1, 2, 3, 4], [1, 10, 100, 1000])).toBeCloseTo(1, 14);
    expect(spearman([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(0.9486832980505138, 14);
  });
  it("constant lists have no correlation", () => {
    expect(pearson([1, 1, 1], [1, 2, 3])).toBeNaN();
    expect(spearman([0.1, 0.1, 0.1], [1, 2, 3])).toBeNaN();
    expect(cosine([0, 0], [1, 2])).toBeNaN();
  });
  it("cosine and norm", () => {
    expect(cosine([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 14);
    expect(norm([3, 4])).toBe(5);
  });
});

/** Window by window, straight from the definition. */
function slowSsim(a: Float32Array, b: Float32Array, width: number, height: number, range: number): number {
  const [c1, c2] = [(0.01 * range) ** 2, (0.03 * range) ** 2];
  const found: number[] = [];
  for (let y = 0; y + 7 <= height; y++)
    for (let x = 0; x + 7 <= width; x++) {
      const at = Array.from({ length: 49 }, (_, k) => (y + Math.floor(k / 7)) * width + x + (k % 7));
      const avg = (of: (i: number) => number): number => at.reduce((s, i) => s + of(i), 0) / 49;
      const [ma, mb] = [avg((i) => a[i]!), avg((i) => b[i]!)];
      const spread = (of: (i: number) => number): number => (avg(of) * 49) / 48;
      const va = spread((i) => (a[i]! - ma) ** 2);
      const vb = spread((i) => (b[i]! - mb) ** 2);
      const vab = spread((i) => (a[i]! - ma) * (b[i]! - mb));
      found.push(((2 * ma * mb + c1) * (2 * vab + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2)));
    }
  return found.reduce((s, v) => s + v, 0) / found.length;
}

describe("structural similarity", () => {
  const [a, b] = [wave(12 * 10, 1), wave(12 * 10, 2)];
  const size = { width: 12, height: 10 };
  it("equals the definition, window by window", () => {
    const mixed = a.map((v, i) => 0.7 * v + 0.3 * b[i]!);
    expect(ssim(a, mixed, size, 2)).toBeCloseTo(slowSsim(a, mixed, 12, 10, 2), 10);
    expect(ssim(a, b, size, 1)).toBeCloseTo(slowSsim(a, b, 12, 10, 1), 10);
  });
  it("is 1 for the same map, also where the map is smaller than a window", () => {
    expect(ssim(a, a, size, 2)).toBeCloseTo(1, 12);
    expect(ssim(a.subarray(0, 12), a.subarray(0, 12), { width: 4, height: 3 }, 2)).toBeCloseTo(1, 12);
  });
});
