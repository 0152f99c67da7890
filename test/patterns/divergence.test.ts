import { describe, expect, it } from "vitest";
import { concentrationOf } from "../../src/patterns/concentration.ts";
import type { Directions } from "../../src/patterns/directions.ts";
import { divergenceOf } from "../../src/patterns/divergence.ts";
import { posteriorsOf } from "../../src/patterns/posteriors.ts";
import { projected, pulledBack } from "../../src/patterns/wide-products.ts";
import { normals, scattered, uniforms } from "../../src/random.ts";
import { absent, hasShared } from "../shared.ts";
import { MANIFEST, patternCase } from "./golden.ts";

describe.skipIf(!hasShared(MANIFEST))(`divergence and gradient of the reference set${absent(MANIFEST)}`, () => {
  it.each(["kl_gradient", "kl_gradient_kappa0_5"])("%s", (id) => {
    const golden = patternCase(id);
    const [categories, dimension, width, count] = ["C", "d", "D", "n"].map((p) => golden.param<number>(p)) as [
      number,
      number,
      number,
      number,
    ];
    const kappa0 = golden.param<number | "inf">("kappa0");
    const concentration = concentrationOf({ dimension, kappa0: kappa0 === "inf" ? Number.POSITIVE_INFINITY : kappa0 });
    const directions = { categories, dimension, weights: golden.array("pi"), means: golden.array("mu") };
    const rows = { features: golden.array("F"), width };
    const points = projected(rows, golden.array("M"), dimension);
    golden.expectOutput("g", points);
    golden.expectOutput("Q", posteriorsOf(points, directions, concentration));
    const { mean, gradient } = divergenceOf(points, golden.array("P"), directions, concentration);
    golden.expectValue("L", mean);
    golden.expectOutput("dL_dg", gradient);
    golden.expectOutput(
      "dL_dM",
      pulledBack(rows, gradient, dimension).map((v) => v / count),
    );
  });
});

function mixture(dimension: number, categories: number, seed: number): Directions {
  const [normal, uniform] = [normals(scattered(seed)), uniforms(scattered(seed + 1))];
  const means = Float64Array.from({ length: categories * dimension }, () => normal());
  for (let y = 0; y < categories; y++) {
    const mean = means.subarray(y * dimension, (y + 1) * dimension);
    const length = Math.hypot(...mean);
    for (let k = 0; k < dimension; k++) mean[k]! /= length;
  }
  const weights = Float64Array.from({ length: categories }, () => 0.1 + uniform());
  const sum = weights.reduce((a, b) => a + b, 0);
  return { categories, dimension, weights: weights.map((w) => w / sum), means };
}

describe("divergence", () => {
  it.each([
    [2, Number.POSITIVE_INFINITY],
    [2, 7],
    [3, Number.POSITIVE_INFINITY],
    [3, 7],
    [6, Number.POSITIVE_INFINITY],
  ])("has the gradient of its finite differences, d = %i, kappa0 = %d", (dimension, kappa0) => {
    const [categories, step] = [5, 1e-4];
    const concentration = concentrationOf({ dimension, kappa0 });
    const directions = mixture(dimension, categories, 3);
    const random = normals(scattered(dimension));
    // lengths from 0.05 to some 20
    const points = Float64Array.from(
      { length: 8 * dimension },
      (_, at) => random() * 0.05 * 2 ** Math.floor(at / dimension),
    );
    const wanted = mixture(dimension, categories, 9).weights;
    const probabilities = Float64Array.from({ length: 8 * categories }, (_, at) => wanted[at % categories] as number);
    const { gradient } = divergenceOf(points, probabilities, directions, concentration);
    const at = (moved: number, by: number): number => {
      const there = points.slice();
      there[moved]! += by;
      return 8 * divergenceOf(there, probabilities, directions, concentration).mean;
    };
    for (let i = 0; i < points.length; i++) {
      const slope = (8 * (at(i, step) - at(i, -step)) - (at(i, 2 * step) - at(i, -2 * step))) / (12 * step);
      expect(Math.abs(slope - gradient[i]!)).toBeLessThan(1e-7 * (1 + Math.abs(slope)));
    }
  });

  it("has at 0 the limit of its gradient, and finite numbers at lengths that underflow and overflow", () => {
    const concentration = concentrationOf({ dimension: 3 });
    const directions = mixture(3, 4, 5);
    const probabilities = Float64Array.of(0.7, 0.1, 0.1, 0.1);
    const at = (length: number): Float64Array =>
      divergenceOf(Float64Array.of(0.6 * length, 0, 0.8 * length), probabilities, directions, concentration).gradient;
    const [zero, near] = [at(0), at(1e-7)];
    for (let k = 0; k < 3; k++) expect(zero[k]).toBeCloseTo(near[k]!, 6);
    expect(Math.hypot(...zero)).toBeGreaterThan(0.01);
    for (const length of [1e-300, 1e-160, 1e-20, 1e3, 1e6])
      expect(at(length).every(Number.isFinite), `${length}`).toBe(true);
  });

  it("is 0 where Q is P, and counts impossible categories as nothing", () => {
    const concentration = concentrationOf({ dimension: 3 });
    const directions = mixture(3, 4, 7);
    const points = Float64Array.of(1, 2, -1, 0, 0, 0, 3, 3, 3);
    const own = posteriorsOf(points, directions, concentration);
    const same = divergenceOf(points, own, directions, concentration);
    expect(same.mean).toBeCloseTo(0, 14);
    for (const v of same.gradient) expect(v).toBeCloseTo(0, 13);
    const certain = divergenceOf(points.subarray(0, 3), Float64Array.of(0, 1, 0, 0), directions, concentration);
    expect(certain.mean).toBeCloseTo(-Math.log(own[1]!), 12);
  });

  it("refuses points that are not finite", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e200])
      expect(() =>
        divergenceOf(
          Float64Array.of(1, bad),
          Float64Array.of(0.5, 0.5),
          mixture(2, 2, 1),
          concentrationOf({ dimension: 2 }),
        ),
      ).toThrow(expect.objectContaining({ code: "E_NUMERIC" }));
  });

  it("stays finite where a category has vanished", () => {
    const directions = {
      categories: 2,
      dimension: 2,
      weights: Float64Array.of(1, 0),
      means: Float64Array.of(1, 0, 0, 1),
    };
    const { mean } = divergenceOf(
      Float64Array.of(1, 0),
      Float64Array.of(0.5, 0.5),
      directions,
      concentrationOf({ dimension: 2 }),
    );
    expect(mean).toBeGreaterThan(300);
    expect(mean).toBeLessThan(400);
  });
});
