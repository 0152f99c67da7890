/** @file Principal components: the reference set, closed forms, rows that leave directions open, bad rows. */
import { describe, expect, test } from "vitest";
import { fitProjection, momentsOf, project, projectAll, projectionOf } from "../../src/fisher/pca.ts";
import type { RowSource } from "../../src/fisher/rows.ts";
import { inMemory } from "../../src/representers/features.ts";
import { absent, hasShared } from "../shared.ts";
import { goldenCase, MANIFEST } from "./golden.ts";
import { gaussianRows } from "./rows.ts";

const product = (axes: Float64Array, from: number, width: number): Float64Array =>
  Float64Array.from({ length: width * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    let sum = 0;
    for (let d = 0; d < from; d++) sum += (axes[d * width + i] as number) * (axes[d * width + j] as number);
    return sum;
  });
const identity = (width: number): Float64Array =>
  Float64Array.from({ length: width * width }, (_, at) => (at % (width + 1) === 0 ? 1 : 0));
const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((worst, v, i) => Math.max(worst, Math.abs(v - (b[i] as number))), 0);
};

describe.skipIf(!hasShared(MANIFEST))(`golden2${absent(MANIFEST)}`, () => {
  test.each([
    ["float32", 500],
    ["float64", 4096],
  ] as const)("pca, %s rows in blocks of %i", async (dtype, block) => {
    const c = goldenCase("pca");
    const rows = c.array("descriptors_u8");
    const source = inMemory(dtype === "float32" ? Float32Array.from(rows) : rows, 128);
    const moments = await momentsOf(source, { block });
    const whole = projectionOf(moments, { width: 20 });
    const fitted = await fitProjection(source, { width: 16, block });
    const plain = await fitProjection(source, { width: 16, block, subtractMean: false });
    c.expectOutput("mean", fitted.mean);
    c.expectOutput("eigenvalues", whole.variances);
    c.expectOutput("V", fitted.axes);
    c.expectOutput("projected_first100", project(rows.subarray(0, 100 * 128), fitted));
    c.expectOutput("projected_first100_nomean", project(rows.subarray(0, 100 * 128), plain));
  });
});

test("rows on a line far from the origin: one direction, one variance", async () => {
  // x = 1e6 + t (3, 4) / 5, t = -2 … 2: variance 2 along (0.6, 0.8)
  const rows = Float64Array.from([-2, -1, 0, 1, 2].flatMap((t) => [1e6 + 0.6 * t, 1e6 + 0.8 * t]));
  const found = await fitProjection(inMemory(rows, 2), { width: 2, block: 2 });
  expect(largestDifference(found.mean, [1e6, 1e6])).toBeLessThan(1e-9);
  expect(largestDifference(found.variances, [2, 0])).toBeLessThan(1e-8);
  expect(largestDifference(found.axes, [0.6, 0.8, 0.8, -0.6])).toBeLessThan(1e-8);
});

test("axes are orthonormal, variances fall and are those of the projected rows", async () => {
  const [n, from] = [400, 12];
  const rows = gaussianRows(n, from, 1).map((v, at) => v * (1 + (at % from)) + 0.5 * ((at * 7) % 5));
  const found = await fitProjection(inMemory(rows, from), { width: 7 });
  expect(largestDifference(product(found.axes, from, 7), identity(7))).toBeLessThan(1e-12);
  const { mean, covariance } = await momentsOf(inMemory(project(rows, found), 7));
  expect(largestDifference(mean, new Float64Array(7))).toBeLessThan(1e-10);
  const wanted = identity(7).map((v, at) => v * (found.variances[at % 7] as number));
  expect(largestDifference(covariance, wanted)).toBeLessThan(1e-9);
  expect(Array.from(found.variances)).toEqual(Array.from(found.variances).sort((a, b) => b - a));
  for (let k = 0; k < 7; k++) {
    const axis = Array.from({ length: from }, (_, d) => found.axes[d * 7 + k] as number);
    expect(Math.max(...axis)).toBe(Math.max(...axis.map(Math.abs)));
  }
});

test("projectAll is project, in float32", async () => {
  const rows = Float32Array.from(gaussianRows(300, 9, 2), (v) => 100 + 10 * v);
  const found = await fitProjection(inMemory(rows, 9), { width: 4 });
  const got = await projectAll(inMemory(rows, 9), found, { block: 64 });
  expect(largestDifference(got, project(rows, found))).toBeLessThan(1e-4);
  await expect(projectAll(inMemory(rows, 3), found)).rejects.toMatchObject({ code: "E_INPUT_SHAPE" });
});

describe("rows that leave directions open", () => {
  test.each([
    ["fewer rows than dimensions", gaussianRows(3, 6, 3), 2],
    ["one row", gaussianRows(1, 6, 4), 0],
    ["equal rows", new Float64Array(60).fill(7.3), 0],
    ["dimensions that repeat", Array.from(gaussianRows(50, 3, 5)).flatMap((v) => [v, v]), 3],
  ])("%s", async (_, rows, rank) => {
    const found = await fitProjection(inMemory(Float64Array.from(rows), 6), { width: 6 });
    expect(largestDifference(product(found.axes, 6, 6), identity(6))).toBeLessThan(1e-12);
    expect(Array.from(found.variances).filter((v) => v > 1e-12).length).toBe(rank);
    expect(found.variances.every((v) => v >= 0)).toBe(true);
  });
});

test("what cannot be fitted is said", async () => {
  const source = inMemory(gaussianRows(20, 4, 6), 4);
  for (const width of [0, 5, 1.5, Number.NaN])
    await expect(fitProjection(source, { width })).rejects.toMatchObject({ code: "E_PARAM" });
  await expect(fitProjection(inMemory(new Float32Array(0), 4), { width: 2 })).rejects.toMatchObject({
    code: "E_DATA_EMPTY",
  });
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const rows = gaussianRows(20, 4, 6);
    rows[70] = bad;
    await expect(fitProjection(inMemory(rows, 4), { width: 2, block: 8 })).rejects.toMatchObject({ code: "E_NUMERIC" });
  }
  const signal = AbortSignal.abort();
  await expect(fitProjection(source as RowSource, { width: 2, signal })).rejects.toMatchObject({ code: "E_ABORTED" });
});
