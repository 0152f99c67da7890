/** @file p(target | g) over a plane: the reference grid, symmetry, planes of three dimensions. */
import { describe, expect, it } from "vitest";
import { concentrationOf } from "../../src/patterns/concentration.ts";
import { contourOf, planeOf } from "../../src/patterns/contour.ts";
import type { Directions } from "../../src/patterns/directions.ts";
import { posteriorsOf } from "../../src/patterns/posteriors.ts";
import { drawDirections } from "../../src/patterns/von-mises-fisher.ts";
import { absent, hasShared } from "../shared.ts";
import { left, MANIFEST, patternCase } from "./golden.ts";

const even = (dimension: number, means: Float64Array): Directions => {
  const categories = means.length / dimension;
  return { categories, dimension, weights: new Float64Array(categories).fill(1 / categories), means };
};

describe.skipIf(!hasShared(MANIFEST))(`contour of the reference set${absent(MANIFEST)}`, () => {
  it("equals posterior_contour", () => {
    const golden = patternCase("posterior_contour");
    const [dimension, categories] = [golden.param<number>("d"), golden.param<number>("C")];
    const directions: Directions = {
      dimension,
      categories,
      weights: golden.array("pi"),
      means: golden.array("mu"),
    };
    const concentration = concentrationOf({ dimension });
    const [, extent] = golden.param<[number, number]>("extent");
    const { values } = contourOf(directions, concentration, { target: 0, extent, steps: golden.param("grid") });
    golden.expectOutput("p_target", values);
    const strengths = [0, 0.5, 1, 2, 3, 5];
    const towards = (angle: number): number[] =>
      strengths.map((l) => {
        const point = Float64Array.of(l * Math.cos(angle), l * Math.sin(angle));
        return posteriorsOf(point, directions, concentration)[0] as number;
      });
    golden.expectOutput("p_along_target", towards(0));
    golden.expectOutput("p_30deg_off", towards(Math.PI / 6));
    expect(left("posterior_contour")).toEqual([]);
  });
});

describe("a contour", () => {
  const plane = concentrationOf({ dimension: 2 });
  const cross = even(2, Float64Array.of(1, 0, 0, 1, -1, 0, 0, -1));

  it("has rising ticks, rows of y, the weight at 0, and the symmetry of its directions", () => {
    const steps = 21;
    const right = contourOf(cross, plane, { target: 0, extent: 3, steps });
    const up = contourOf(cross, plane, { target: 1, extent: 3, steps });
    expect([right.ticks[0], right.ticks[10], right.ticks[20]]).toEqual([-3, 0, 3]);
    expect(right.values[10 * steps + 10]).toBe(0.25);
    for (let y = 0; y < steps; y++)
      for (let x = 0; x < steps; x++)
        expect(right.values[y * steps + x]).toBeCloseTo(up.values[x * steps + y] as number, 13);
    expect(right.values[10 * steps + 20]).toBeGreaterThan(0.95);
    expect(right.values[10 * steps]).toBeLessThan(0.01);
  });

  it("rises with strength along the target in the plane of two categories", () => {
    const space = concentrationOf({ dimension: 3 });
    const directions = even(3, drawDirections(3, 1e-9, 5, 2));
    const of = planeOf(directions, 3, 1);
    const { values } = contourOf(directions, space, { target: 3, steps: 41, plane: of });
    for (let x = 21; x < 41; x++) expect(values[20 * 41 + x]).toBeGreaterThan(values[20 * 41 + x - 1] as number);
    const mu = directions.means.subarray(3, 6);
    const [a, b] = [of.axes.subarray(0, 3), of.axes.subarray(3)];
    const dot = (u: Float64Array, v: Float64Array): number =>
      u.reduce((s, value, j) => s + value * (v[j] as number), 0);
    expect([...a]).toEqual([...directions.means.subarray(9, 12)]);
    expect(dot(a, b)).toBeCloseTo(0, 14);
    expect(dot(b, b)).toBeCloseTo(1, 14);
    expect(dot(a, mu) ** 2 + dot(b, mu) ** 2).toBeCloseTo(1, 13);
  });

  it("has a plane for a category with itself and with its opposite", () => {
    for (const means of [
      [1, 0, 0, 1, 0, 0],
      [0, 0.6, 0.8, 0, -0.6, -0.8],
    ]) {
      const { axes } = planeOf(even(3, Float64Array.from(means)), 0, 1);
      const [a, b] = [axes.subarray(0, 3), axes.subarray(3)];
      expect(a.reduce((s, v, j) => s + v * (b[j] as number), 0)).toBeCloseTo(0, 14);
      expect(Math.hypot(...b)).toBeCloseTo(1, 14);
    }
  });

  it("refuses a target, a grid and a plane that are none", () => {
    const code = (wanted: string) => expect.objectContaining({ code: wanted });
    expect(() => contourOf(cross, plane, { target: 4 })).toThrowError(code("E_TARGET_RANGE"));
    expect(() => contourOf(cross, plane, { target: 0, steps: 1 })).toThrowError(code("E_PARAM"));
    expect(() => contourOf(cross, plane, { target: 0, extent: Number.NaN })).toThrowError(code("E_PARAM"));
    const wrong = { axes: new Float64Array(6) };
    expect(() => contourOf(cross, plane, { target: 0, plane: wrong })).toThrowError(code("E_INPUT_SHAPE"));
  });
});
