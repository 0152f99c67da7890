/** @file The E step: posteriors of single vectors, at every strength. */
import { describe, expect, it } from "vitest";
import { concentrationOf } from "../../src/patterns/concentration.ts";
import type { Directions } from "../../src/patterns/directions.ts";
import { logLikelihood, posteriorsOf } from "../../src/patterns/posteriors.ts";
import { logNormaliser } from "../../src/patterns/von-mises-fisher.ts";
import { normals } from "../../src/random.ts";

/** `count` unit vectors in the plane at equal angles, alike in weight. */
const star = (count: number): Directions => ({
  categories: count,
  dimension: 2,
  weights: new Float64Array(count).fill(1 / count),
  means: Float64Array.from({ length: 2 * count }, (_, i) =>
    [Math.cos, Math.sin][i % 2]!((2 * Math.PI * Math.floor(i / 2)) / count),
  ),
});
const plane = concentrationOf({ dimension: 2 });
const target = (points: readonly number[], of: Directions = star(6)): number =>
  posteriorsOf(Float64Array.from(points), of, plane)[0] as number;

describe("posteriors", () => {
  it("equal the printed ones along the target and 30 degrees off", () => {
    const along = [0.5, 1, 2, 3, 5].map((l) => target([l, 0]));
    const off = [0.5, 1, 2, 3, 5].map((l) => target([l * Math.cos(Math.PI / 6), l * Math.sin(Math.PI / 6)]));
    for (const [i, wanted] of [0.285747, 0.428482, 0.764082, 0.97449, 0.999992].entries())
      expect(along[i]).toBeCloseTo(wanted, 6);
    for (const [i, wanted] of [0.262319, 0.357001, 0.481171, 0.499726, 0.5].entries())
      expect(off[i]).toBeCloseTo(wanted, 6);
  });

  it("equal the formula written out, and the likelihood with them", () => {
    const normal = normals(5);
    const points = Float64Array.from({ length: 90 }, () => 2 * normal());
    const directions = { ...star(5), weights: Float64Array.of(0.4, 0.3, 0.15, 0.1, 0.05) };
    const found = posteriorsOf(points, directions, plane);
    let likelihood = 0;
    for (let n = 0; n < 45; n++) {
      const [x, y] = [points[2 * n] as number, points[2 * n + 1] as number];
      const l = Math.hypot(x, y);
      const shares = [0, 1, 2, 3, 4].map((c) => {
        const cosine = (x * (directions.means[2 * c] as number) + y * (directions.means[2 * c + 1] as number)) / l;
        return (directions.weights[c] as number) * Math.exp(plane.at(l) * cosine);
      });
      const sum = shares.reduce((a, b) => a + b, 0);
      likelihood += logNormaliser(2, plane.at(l)) + Math.log(sum);
      for (let c = 0; c < 5; c++) expect(found[5 * n + c]).toBeCloseTo((shares[c] as number) / sum, 13);
    }
    expect(logLikelihood(points, directions, plane)).toBeCloseTo(likelihood, 9);
  });

  it("are the weights for the zero vector, which is as likely as on an even circle", () => {
    const weights = Float64Array.of(0.5, 0.2, 0.3);
    const directions = { ...star(3), weights };
    expect(posteriorsOf(Float64Array.of(0, 0), directions, plane)).toEqual(weights);
    expect(logLikelihood(Float64Array.of(0, 0), directions, plane)).toBeCloseTo(-Math.log(2 * Math.PI), 14);
  });

  it("grow with strength along the target, sum to 1 and stay finite from 1e-200 to 1e150", () => {
    let last = 1 / 6;
    for (let e = -200; e <= 150; e++) {
      const point = Float64Array.of(Math.cos(0.1) * 10 ** e, Math.sin(0.1) * 10 ** e);
      const all = posteriorsOf(point, star(6), plane);
      expect(all.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 14);
      expect(all[0], `at 1e${e}`).toBeGreaterThanOrEqual(last - 1e-15);
      last = all[0] as number;
      expect(Number.isFinite(logLikelihood(point, star(6), plane)), `at 1e${e}`).toBe(true);
    }
    expect(last).toBe(1);
  });

  it("leave a category of weight 0 out, even where it alone is near", () => {
    const directions = { ...star(4), weights: Float64Array.of(0, 0.5, 0.5, 0) };
    const found = posteriorsOf(Float64Array.of(900, 1), directions, plane);
    expect([...found]).toEqual([0, 1, 0, 0]);
    expect(Number.isFinite(logLikelihood(Float64Array.of(900, 1), directions, plane))).toBe(true);
  });

  it("are 1 where there is one category, and shared evenly by equal ones", () => {
    expect([...posteriorsOf(Float64Array.of(3, -2), star(1), plane)]).toEqual([1]);
    const twins = { ...star(2), means: Float64Array.of(1, 0, 1, 0) };
    expect([...posteriorsOf(Float64Array.of(3, -2), twins, plane)]).toEqual([0.5, 0.5]);
  });

  it("refuse points that are not finite, and other dimensions", () => {
    expect(() => target([Number.NaN, 1])).toThrowError(expect.objectContaining({ code: "E_NUMERIC" }));
    expect(() => target([1, 0, Infinity, 1])).toThrowError(expect.objectContaining({ code: "E_NUMERIC" }));
    expect(() => target([1, 2, 3])).toThrowError(expect.objectContaining({ code: "E_INPUT_SHAPE" }));
    expect(() => posteriorsOf(new Float64Array(6), star(2), concentrationOf({ dimension: 3 }))).toThrowError(
      expect.objectContaining({ code: "E_INPUT_SHAPE" }),
    );
  });
});
