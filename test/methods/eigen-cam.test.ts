/** @file Eigen-CAM against a singular value decomposition: sizes, sign, layers of every layout. */
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/index.ts";
import { firstComponent } from "../../src/methods/principal.ts";
import { dotOf, images, relativeError, wave } from "../nets.ts";
import { passesOf } from "./float64-passes.ts";
import { nhwcNet, open, quantisedNet, smoothNet, tokenNet } from "./nets.ts";

/** X v by a full decomposition; X is positions by channels less its column means; of the sign that `like` has. */
function decomposed(channels: readonly ArrayLike<number>[], like: ArrayLike<number>): readonly number[] {
  const x = new Matrix(channels.map((c) => Array.from(c))).transpose();
  x.subRowVector(x.mean("column"));
  const v = new SingularValueDecomposition(x, { autoTranspose: true }).rightSingularVectors.getColumn(0);
  const map = x.mmul(Matrix.columnVector(v)).getColumn(0);
  return dotOf(map, like) < 0 ? map.map((t) => -t) : map;
}
const meanMap = (channels: readonly ArrayLike<number>[]): readonly number[] => {
  const sum = Array.from(channels[0] as ArrayLike<number>, (_, p) =>
    channels.reduce((s, c) => s + (c[p] as number), 0),
  );
  const mean = sum.reduce((a, b) => a + b, 0) / sum.length;
  return sum.map((v) => v - mean);
};

describe("the first component", () => {
  const rows = (data: ArrayLike<number>, c: number, p: number): readonly ArrayLike<number>[] =>
    Array.from({ length: c }, (_, k) => Array.from({ length: p }, (__, i) => data[k * p + i] as number));
  it.each([
    [512, 49],
    [96, 196],
    [64, 784],
    [5, 64],
    [3, 2],
    [1, 9],
  ])("%d channels, %d positions", (c, p) => {
    const data = wave(c * p, 31).map((v) => Math.max(0, v));
    const channels = rows(data, c, p);
    const got = firstComponent(data, c, p);
    expect(relativeError(got, decomposed(channels, got))).toBeLessThan(1e-10);
    expect(dotOf(got, meanMap(channels))).toBeGreaterThan(0);
  });
  it("of two directions that are nearly equal the greater", () => {
    const [a, b] = [wave(200, 1), wave(200, 2)].map((v) => {
      const mean = v.reduce((s, t) => s + t, 0) / v.length;
      return Float64Array.from(v, (t) => t - mean);
    }) as [Float64Array, Float64Array];
    const along = dotOf(a, b) / dotOf(a, a);
    const orthogonal = b.map((t, i) => t - along * (a[i] as number));
    const unit = (v: Float64Array): Float64Array => v.map((t) => t / Math.sqrt(dotOf(v, v)));
    const [u, v] = [unit(a), unit(orthogonal)];
    const data = [...u.map((t) => 1.0005 * t), ...v];
    expect(Math.abs(dotOf(unit(firstComponent(data, 2, 200)), u))).toBeGreaterThan(1 - 1e-12);
  });
  it("a layer that is the same everywhere gives zeros", () => {
    expect(Array.from(firstComponent([3, 3, 3, -1, -1, -1], 2, 3))).toEqual([0, 0, 0]);
  });
  it("without a correlation with the mean, the greatest value is positive", () => {
    // two channels that cancel: their mean map is 0
    const got = firstComponent([-2, 1, 1, 2, -1, -1], 2, 3);
    expect(got[0]).toBeCloseTo(2 * Math.SQRT2, 12);
    expect(got[1]).toBeCloseTo(-Math.SQRT2, 12);
  });
  it("does not depend on the sign of the data but through the sign of the map", () => {
    const data = wave(6 * 20, 3);
    const negated = firstComponent(
      data.map((v) => -v),
      6,
      20,
    );
    expect(
      relativeError(
        negated,
        firstComponent(data, 6, 20).map((v) => -v),
      ),
    ).toBeLessThan(1e-12);
  });
});

describe("Eigen-CAM", () => {
  it.each([
    ["[N,C,h,w]", smoothNet, "features", [1, 3, 8, 8]],
    ["[N,h,w,C]", nhwcNet, "last", [1, 6, 6, 3]],
    ["tokens after a class token", tokenNet, "normed", [1, 3, 8, 8]],
    ["int8 and back", quantisedNet, "quantised", [1, 3, 6, 6]],
  ] as const)("%s", async (_, bytes, layer, dims) => {
    const model = await open(bytes);
    const x = images(dims, 4);
    const map = await explain(model, x, { method: "eigen-cam", layer, threads: 1 });
    const { channels, layer: found } = passesOf(model, layer, x);
    expect(map.dims).toEqual([1, ...found.grid]);
    expect(relativeError(map.values, decomposed(channels, meanMap(channels)))).toBeLessThan(1e-5);
  });
  it("does not ask for the target, and says so", async () => {
    const model = await open(smoothNet);
    const ask = { method: "eigencam", layer: "features", threads: 1 } as const;
    const map = await explain(model, images([2, 3, 8, 8]), { ...ask, target: [0, 3] });
    expect(map.values.slice(0, 64)).toEqual(map.values.slice(64, 128));
    expect(map.values.slice(0, 64)).not.toEqual(map.values.slice(128, 192));
    expect(map.notes.join()).toMatch(/target does not change/);
  });
});
