/** @file The path rules: published Gauss-Legendre nodes, Captum's Riemann sums, exactness on polynomials. */
import { describe, expect, it } from "vitest";
import { QUADRATURES, type Quadrature, quadrature } from "../../src/methods/quadrature.ts";

const sum = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0);
const integral = ({ alphas, weights }: Quadrature, f: (t: number) => number): number =>
  sum(alphas.map((a, i) => f(a) * (weights[i] as number)));

/** Nodes and weights on [-1,1], Abramowitz and Stegun table 25.4. */
const PUBLISHED: Readonly<Record<number, readonly (readonly [number, number])[]>> = {
  2: [
    [-0.577350269189626, 1],
    [0.577350269189626, 1],
  ],
  3: [
    [-0.774596669241483, 0.555555555555556],
    [0, 0.888888888888889],
    [0.774596669241483, 0.555555555555556],
  ],
  4: [
    [-0.861136311594053, 0.347854845137454],
    [-0.339981043584856, 0.652145154862546],
    [0.339981043584856, 0.652145154862546],
    [0.861136311594053, 0.347854845137454],
  ],
  5: [
    [-0.906179845938664, 0.236926885056189],
    [-0.538469310105683, 0.478628670499366],
    [0, 0.568888888888889],
    [0.538469310105683, 0.478628670499366],
    [0.906179845938664, 0.236926885056189],
  ],
};

describe("Gauss-Legendre", () => {
  it.each(Object.entries(PUBLISHED))("%s nodes are the published ones", (n, want) => {
    const { alphas, weights } = quadrature("gausslegendre", Number(n));
    for (const [i, [t, weight]] of want.entries()) {
      expect(alphas[i]).toBeCloseTo((1 + t) / 2, 13);
      expect(weights[i]).toBeCloseTo(weight / 2, 13);
    }
  });
  it.each([1, 2, 3, 7, 20, 50, 200, 1000])("%i nodes lie inside, in order, weights sum to 1", (n) => {
    const { alphas, weights } = quadrature("gausslegendre", n);
    expect([alphas.length, weights.length]).toEqual([n, n]);
    expect(alphas.every((a, i) => a > (alphas[i - 1] ?? 0) && a < 1)).toBe(true);
    expect(weights.every((v) => v > 0)).toBe(true);
    expect(sum(weights)).toBeCloseTo(1, 12);
    for (const [i, a] of alphas.entries()) expect(a + (alphas[n - 1 - i] as number)).toBeCloseTo(1, 13);
  });
  it.each([1, 2, 5, 10])("%i nodes integrate polynomials up to degree 2n-1 exactly, and no higher", (n) => {
    const rule = quadrature("gausslegendre", n);
    for (let degree = 0; degree < 2 * n; degree++)
      expect(
        integral(rule, (t) => t ** degree),
        `t^${degree}`,
      ).toBeCloseTo(1 / (degree + 1), 12);
    if (n < 5) expect(Math.abs(integral(rule, (t) => t ** (2 * n)) - 1 / (2 * n + 1))).toBeGreaterThan(1e-6);
  });
});

describe("Riemann sums", () => {
  it("are Captum's", () => {
    expect(quadrature("riemann_left", 4)).toEqual({ alphas: [0, 0.25, 0.5, 0.75], weights: [0.25, 0.25, 0.25, 0.25] });
    expect(quadrature("riemann_right", 4)).toEqual({ alphas: [0.25, 0.5, 0.75, 1], weights: [0.25, 0.25, 0.25, 0.25] });
    expect(quadrature("riemann_middle", 4)).toEqual({
      alphas: [0.125, 0.375, 0.625, 0.875],
      weights: [0.25, 0.25, 0.25, 0.25],
    });
    expect(quadrature("riemann_trapezoid", 5)).toEqual({
      alphas: [0, 0.25, 0.5, 0.75, 1],
      weights: [0.1, 0.2, 0.2, 0.2, 0.1],
    });
  });
  it("the trapezoid's weights sum to (n-1)/n, as Captum's do", () => {
    for (const n of [2, 5, 50]) expect(sum(quadrature("riemann_trapezoid", n).weights)).toBeCloseTo((n - 1) / n, 12);
  });
  it.each(["riemann_left", "riemann_right", "riemann_middle"] as const)(
    "%s: weights sum to 1, and the error falls with n",
    (name) => {
      const error = (n: number): number => Math.abs(integral(quadrature(name, n), Math.exp) - (Math.E - 1));
      expect(sum(quadrature(name, 7).weights)).toBeCloseTo(1, 12);
      expect(error(100)).toBeLessThan(error(10) / (name === "riemann_middle" ? 90 : 9));
    },
  );
  it.each(QUADRATURES)("%s with one step has one node", (name) => {
    const { alphas, weights } = quadrature(name, 1);
    expect([alphas.length, weights.length]).toEqual([1, 1]);
    expect(Number.isFinite(alphas[0]) && Number.isFinite(weights[0])).toBe(true);
  });
});
