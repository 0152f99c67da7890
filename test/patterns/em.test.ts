/** @file Expectation and maximisation: the reference set round by round, and what must hold of any start. */
import { describe, expect, it } from "vitest";
import { concentrationOf } from "../../src/patterns/concentration.ts";
import type { Directions } from "../../src/patterns/directions.ts";
import { logLikelihood, maximised } from "../../src/patterns/em.ts";
import { posteriorsOf } from "../../src/patterns/posteriors.ts";
import { drawDirections } from "../../src/patterns/von-mises-fisher.ts";
import { normals, uniforms } from "../../src/random.ts";
import { absent, hasShared } from "../shared.ts";
import { left, MANIFEST, patternCase } from "./golden.ts";

const CASES = ["em_d3", "em_d2", "em_d3_kappa0_20"] as const;

describe.skipIf(!hasShared(MANIFEST))(`EM of the reference set${absent(MANIFEST)}`, () => {
  it.each(CASES)("equals %s in every iteration", (name) => {
    const golden = patternCase(name);
    const [categories, dimension] = [golden.param<number>("C"), golden.param<number>("d")];
    const kappa0 = golden.param<number | string>("kappa0");
    const concentration = concentrationOf({
      dimension,
      sigma: golden.param<number>("sigma"),
      kappa0: kappa0 === "inf" ? Number.POSITIVE_INFINITY : Number(kappa0),
    });
    const points = golden.array("g");
    const rounds: Directions[] = [{ categories, dimension, weights: golden.array("pi0"), means: golden.array("mu0") }];
    for (let t = 0; t < golden.param<number>("iterations"); t++)
      rounds.push(maximised(points, rounds[t] as Directions, concentration));
    golden.expectOutput(
      "pi",
      rounds.flatMap(({ weights }) => [...weights]),
    );
    golden.expectOutput(
      "mu",
      rounds.flatMap(({ means }) => [...means]),
    );
    const curve = rounds.map((directions) => logLikelihood(points, directions, concentration));
    golden.expectOutput("loglik", curve);
    golden.expectOutput("posterior_initial", posteriorsOf(points, rounds[0] as Directions, concentration));
    golden.expectOutput("posterior_final", posteriorsOf(points, rounds.at(-1) as Directions, concentration));
    golden.expectOutput(
      "kappa",
      Array.from({ length: points.length / dimension }, (_, x) =>
        concentration.at(Math.hypot(...points.subarray(x * dimension, (x + 1) * dimension))),
      ),
    );
    for (let t = 1; t < curve.length; t++) expect(curve[t]).toBeGreaterThan((curve[t - 1] as number) - 1e-9);
    expect(left(name)).toEqual([]);
  });
});

/** A mixture of random directions and weights. */
function random(categories: number, dimension: number, seed: number): Directions {
  const uniform = uniforms(seed);
  const raw = Float64Array.from({ length: categories }, () => 0.05 + uniform());
  const sum = raw.reduce((a, b) => a + b, 0);
  return {
    categories,
    dimension,
    weights: raw.map((w) => w / sum),
    means: drawDirections(dimension, 1e-9, categories, seed),
  };
}
const cloud = (count: number, dimension: number, scale: number, seed: number): Float64Array => {
  const normal = normals(seed);
  return Float64Array.from({ length: count * dimension }, () => scale * normal());
};

describe("EM", () => {
  it("never lowers the likelihood, keeps weights on the simplex and directions of length 1", () => {
    for (let seed = 1; seed <= 24; seed++) {
      const dimension = 2 + (seed % 2);
      const concentration = concentrationOf({ dimension, kappa0: seed % 3 === 0 ? 12 : Number.POSITIVE_INFINITY });
      const points = cloud(80, dimension, 10 ** ((seed % 5) - 2), seed);
      // more categories than 2^d as well
      let directions = random(2 + (seed % 12), dimension, seed);
      let last = logLikelihood(points, directions, concentration);
      for (let t = 0; t < 25; t++) {
        directions = maximised(points, directions, concentration);
        const next = logLikelihood(points, directions, concentration);
        expect(next, `seed ${seed}, round ${t}`).toBeGreaterThanOrEqual(last - 1e-9 * Math.abs(last));
        last = next;
        expect(directions.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        for (let y = 0; y < directions.categories; y++)
          expect(Math.hypot(...directions.means.subarray(y * dimension, (y + 1) * dimension))).toBeCloseTo(1, 12);
      }
    }
  });

  it("finds again the directions that points were drawn around", () => {
    const axes = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    const rows = drawDirections(3, 40, 900, 3);
    const points = new Float64Array(2700);
    // turned so that the axis of the draws is the axis of the category
    for (let x = 0; x < 900; x++)
      for (let j = 0; j < 3; j++) points[3 * x + ((j + x) % 3)] = 5 * (rows[3 * x + j] as number);
    const concentration = concentrationOf({ dimension: 3 });
    let directions = random(3, 3, 9);
    for (let t = 0; t < 60; t++) directions = maximised(points, directions, concentration);
    for (const axis of axes) {
      const cosines = [0, 1, 2].map((y) =>
        axis.reduce((s, a, j) => s + a * (directions.means[3 * y + j] as number), 0),
      );
      expect(Math.max(...cosines)).toBeGreaterThan(0.999);
    }
    for (const weight of directions.weights) expect(weight).toBeCloseTo(1 / 3, 1);
  });

  it("leaves a direction that nobody follows where it is, its weight 0 for good", () => {
    const concentration = concentrationOf({ dimension: 2 });
    const start: Directions = {
      categories: 2,
      dimension: 2,
      weights: Float64Array.of(0.5, 0.5),
      means: Float64Array.of(1, 0, -1, 0),
    };
    const points = Float64Array.of(60, 1, 70, -1);
    const once = maximised(points, start, concentration);
    expect([...once.weights]).toEqual([1, 0]);
    expect([...once.means.subarray(2)]).toEqual([-1, 0]);
    expect(maximised(points, once, concentration).weights[1]).toBe(0);
  });

  it("leaves everything where it is when all vectors are 0, and a direction whose followers cancel out", () => {
    const concentration = concentrationOf({ dimension: 2 });
    const start = random(3, 2, 4);
    const still = maximised(new Float64Array(10), start, concentration);
    expect(still.means).toEqual(start.means);
    for (let y = 0; y < 3; y++) expect(still.weights[y]).toBeCloseTo(start.weights[y] as number, 14);
    const one: Directions = { ...start, categories: 1, weights: Float64Array.of(1), means: Float64Array.of(0, 1) };
    expect([...maximised(Float64Array.of(2, 0, -2, 0), one, concentration).means]).toEqual([0, 1]);
  });

  it("takes points that are all the same", () => {
    const concentration = concentrationOf({ dimension: 3 });
    let directions = random(4, 3, 2);
    for (let t = 0; t < 10; t++)
      directions = maximised(Float64Array.of(0, 0, 9, 0, 0, 9, 0, 0, 9), directions, concentration);
    expect([...directions.weights, ...directions.means].every(Number.isFinite)).toBe(true);
  });

  it("changes nothing by a common rotation", () => {
    const concentration = concentrationOf({ dimension: 2 });
    const [c, s] = [Math.cos(0.8), Math.sin(0.8)];
    const turn = (rows: Float64Array): Float64Array =>
      rows.map((v, i) => (i % 2 === 0 ? c * v - s * (rows[i + 1] as number) : s * (rows[i - 1] as number) + c * v));
    const [points, directions] = [cloud(50, 2, 3, 8), random(4, 2, 8)];
    const plain = maximised(points, directions, concentration);
    const rotated = maximised(turn(points), { ...directions, means: turn(directions.means) }, concentration);
    const expected = turn(plain.means);
    rotated.means.forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i] as number, 12);
    });
    rotated.weights.forEach((v, i) => {
      expect(v).toBeCloseTo(plain.weights[i] as number, 12);
    });
  });

  it("refuses no points at all", () => {
    expect(() => maximised(new Float64Array(0), random(2, 2, 1), concentrationOf({ dimension: 2 }))).toThrowError(
      expect.objectContaining({ code: "E_DATA_EMPTY" }),
    );
  });
});
