/** @file Frames brought onto each other: the reference set, planted rotations, sets that leave the rotation open. */
import { describe, expect, it } from "vitest";
import type { Directions } from "../../src/patterns/directions.ts";
import { aligned, turned, turnedProjection } from "../../src/patterns/procrustes.ts";
import { drawDirections } from "../../src/patterns/von-mises-fisher.ts";
import { absent, hasShared } from "../shared.ts";
import { left, MANIFEST, patternCase } from "./golden.ts";

const frame = (dimension: number, means: Float64Array): Directions => {
  const categories = means.length / dimension;
  return { categories, dimension, weights: new Float64Array(categories).fill(1 / categories), means };
};
const frameOf = (dimension: number, ...means: readonly number[]): Directions =>
  frame(dimension, Float64Array.from(means));

describe.skipIf(!hasShared(MANIFEST))(`alignment of the reference set${absent(MANIFEST)}`, () => {
  it("equals procrustes", () => {
    const golden = patternCase("procrustes");
    const [reference, moving] = ["mu_a", "mu_b"].map((name) => frame(golden.param("d"), golden.array(name))) as [
      Directions,
      Directions,
    ];
    const full = aligned(reference, moving);
    const proper = aligned(reference, moving, { reflections: false });
    golden.expectOutput("R_full", full.matrix);
    golden.expectOutput("R_rotation", proper.matrix);
    golden.expectValue("residual_full", full.residual);
    golden.expectValue("residual_rotation", proper.residual);
    expect(left("procrustes")).toEqual([]);
  });
});

/** A rotation of the first two axes, mirrored in the last if asked. */
const planted = (d: number, angle: number, mirror: boolean): Float64Array => {
  const r = new Float64Array(d * d);
  for (let i = 0; i < d; i++) r[i * d + i] = 1;
  [r[0], r[1], r[d], r[d + 1]] = [Math.cos(angle), -Math.sin(angle), Math.sin(angle), Math.cos(angle)];
  if (mirror) for (let j = 0; j < d; j++) r[(d - 1) * d + j]! *= -1;
  return r;
};
const transposed = (r: Float64Array, d: number): Float64Array => r.map((_, i) => r[(i % d) * d + Math.floor(i / d)]!);
const product = (a: Float64Array, b: Float64Array, d: number): Float64Array =>
  a.map((_, at) => {
    let sum = 0;
    for (let k = 0; k < d; k++) sum += a[Math.floor(at / d) * d + k]! * b[k * d + (at % d)]!;
    return sum;
  });
const determinant = (r: Float64Array, d: number): number =>
  d === 2
    ? r[0]! * r[3]! - r[1]! * r[2]!
    : r[0]! * (r[4]! * r[8]! - r[5]! * r[7]!) -
      r[1]! * (r[3]! * r[8]! - r[5]! * r[6]!) +
      r[2]! * (r[3]! * r[7]! - r[4]! * r[6]!);
const expectClose = (found: Float64Array, wanted: ArrayLike<number>): void => {
  expect(found.length).toBe(wanted.length);
  found.forEach((v, i) => {
    expect(v).toBeCloseTo(wanted[i] as number, 10);
  });
};
const identity = (d: number): Float64Array => planted(d, 0, false);

describe.each([2, 3])("alignment in %i dimensions", (d) => {
  it("finds a planted rotation, and a planted mirror where reflections are let in", () => {
    for (const [angle, mirror] of [
      [0, false],
      [0.4, false],
      [3, false],
      [1, true],
    ] as const) {
      const reference = frame(d, drawDirections(d, 1e-9, 7, 3));
      const r = planted(d, angle, mirror);
      const moving = turned(reference, transposed(r, d));
      const found = aligned(reference, moving);
      expectClose(found.matrix, r);
      expect(found.residual).toBeLessThan(1e-12);
      expectClose(turned(moving, found.matrix).means, reference.means);
      const proper = aligned(reference, moving, { reflections: false });
      expect(determinant(proper.matrix, d)).toBeCloseTo(1, 10);
      if (mirror) expect(proper.residual).toBeGreaterThan(0.1);
      else expectClose(proper.matrix, r);
    }
  });

  it("is orthogonal and no random orthogonal matrix does better", () => {
    for (let seed = 0; seed < 20; seed++) {
      const [reference, moving] = [
        frame(d, drawDirections(d, 1, 5, seed)),
        frame(d, drawDirections(d, 1, 5, seed + 50)),
      ];
      for (const reflections of [true, false]) {
        const { matrix, residual } = aligned(reference, moving, { reflections });
        expectClose(product(matrix, transposed(matrix, d), d), identity(d));
        for (let k = 0; k < 24; k++) {
          const other = product(matrix, planted(d, k * 0.26, reflections && k % 2 === 0), d);
          const { means } = turned(moving, other);
          const off = Math.hypot(...means.map((v, i) => v - (reference.means[i] as number)));
          expect(residual).toBeLessThanOrEqual(off + 1e-12);
        }
      }
    }
  });

  it("is the identity for frames that agree, however few their directions", () => {
    for (const reflections of [true, false])
      for (const count of [1, 2, 5]) {
        const same = frame(d, drawDirections(d, 1e-9, count, 11));
        expectClose(aligned(same, same, { reflections }).matrix, identity(d));
      }
  });

  it("is a rotation without reflections for one direction, or directions on one line", () => {
    const [one, other] = [drawDirections(d, 1e-9, 1, 1), drawDirections(d, 1e-9, 1, 2)];
    for (const [a, b] of [
      [one, other],
      [Float64Array.of(...one, ...one.map((v) => -v)), Float64Array.of(...other, ...other.map((v) => -v))],
    ] as const) {
      const { matrix, residual } = aligned(frame(d, a), frame(d, b), { reflections: false });
      expect(residual).toBeLessThan(1e-12);
      expect(determinant(matrix, d)).toBeCloseTo(1, 10);
    }
  });

  it("is the identity where the frames say nothing of each other", () => {
    // sum of mu_a mu_b^T is 0
    const [axis, back] = [new Float64Array(d), new Float64Array(d)];
    axis[0] = 1;
    back[0] = -1;
    const reference = frame(d, Float64Array.of(...axis, ...axis));
    const moving = frame(d, Float64Array.of(...axis, ...back));
    for (const reflections of [true, false])
      expectClose(aligned(reference, moving, { reflections }).matrix, identity(d));
  });
});

describe("turning", () => {
  it("leaves the products of projection and directions as they are", () => {
    const r = planted(3, 0.7, true);
    const [width, directions] = [4, frame(3, drawDirections(3, 1, 5, 6))];
    const projection = Float64Array.from({ length: 12 }, (_, i) => Math.sin(3 * i + 1));
    const [m, mu] = [turnedProjection(projection, width, r), turned(directions, r).means];
    for (let y = 0; y < 5; y++)
      for (let j = 0; j < width; j++) {
        let [before, after] = [0, 0];
        for (let i = 0; i < 3; i++) {
          before += (directions.means[3 * y + i] as number) * (projection[i * width + j] as number);
          after += (mu[3 * y + i] as number) * (m[i * width + j] as number);
        }
        expect(after).toBeCloseTo(before, 12);
      }
  });

  it("refuses frames of other sizes", () => {
    for (const other of [frameOf(2, 1, 0), frameOf(3, 1, 0, 0, 0, 1, 0)])
      expect(() => aligned(frameOf(2, 1, 0, 0, 1), other)).toThrowError(
        expect.objectContaining({ code: "E_INPUT_SHAPE" }),
      );
  });
});
