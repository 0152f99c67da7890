/** @file Draws from a mixture: the same for the same seed, with its shares, means and deviations. */
import { expect, test } from "vitest";
import { draw, drawsFrom } from "../../src/fisher/draw.ts";
import type { Mixture } from "../../src/fisher/mixture.ts";

const MIXTURE: Mixture = {
  components: 3,
  width: 2,
  weights: Float64Array.of(0.5, 0.2, 0.3),
  means: Float64Array.of(-10, 0, 0, 5, 20, -3),
  deviations: Float64Array.of(1, 0.1, 2, 0.5, 0.3, 3),
};

test("a seed gives the same rows, another seed others; a longer draw begins as a shorter one", () => {
  expect(draw(MIXTURE, 5, 3)).toEqual(draw(MIXTURE, 9, 3).subarray(0, 10));
  expect(draw(MIXTURE, 5, 3)).not.toEqual(draw(MIXTURE, 5, 4));
  const next = drawsFrom(MIXTURE, 3);
  const first = next().row;
  expect(Array.from(next().row)).toEqual(Array.from(draw(MIXTURE, 2, 3).subarray(2)));
  expect(Array.from(first)).toEqual(Array.from(draw(MIXTURE, 1, 3)));
});

test("components come by their weights, and their rows by their means and deviations", () => {
  const n = 60_000;
  const next = drawsFrom(MIXTURE, 11);
  const counts = new Float64Array(3);
  const [sums, squares] = [new Float64Array(6), new Float64Array(6)];
  const row = new Float64Array(2);
  for (let i = 0; i < n; i++) {
    const { component: k } = next(row);
    counts[k]! += 1;
    for (let d = 0; d < 2; d++) {
      const at = 2 * k + d;
      const z = ((row[d] as number) - (MIXTURE.means[at] as number)) / (MIXTURE.deviations[at] as number);
      sums[at]! += z;
      squares[at]! += z * z;
    }
  }
  for (let k = 0; k < 3; k++) {
    const [p, m] = [MIXTURE.weights[k] as number, counts[k] as number];
    // five standard errors
    expect(Math.abs(m / n - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / n));
    for (let d = 0; d < 2; d++) {
      expect(Math.abs((sums[2 * k + d] as number) / m)).toBeLessThan(5 / Math.sqrt(m));
      expect(Math.abs((squares[2 * k + d] as number) / m - 1)).toBeLessThan(5 * Math.sqrt(2 / m));
    }
  }
});

test("a component of hardly any weight is hardly drawn, and one component is a Gaussian", () => {
  const rare = { ...MIXTURE, weights: Float64Array.of(1 - 2e-12, 1e-12, 1e-12) };
  const next = drawsFrom(rare, 1);
  expect(new Set(Array.from({ length: 2000 }, () => next().component))).toEqual(new Set([0]));
  const point: Mixture = {
    components: 1,
    width: 1,
    weights: Float64Array.of(1),
    means: Float64Array.of(4),
    deviations: Float64Array.of(1e-9),
  };
  expect(draw(point, 3, 0).every((v) => Math.abs(v - 4) < 1e-7)).toBe(true);
});
