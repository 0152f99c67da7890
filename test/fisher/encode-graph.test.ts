/** @file The emitted Fisher vector of given descriptors: the reference set, moments, and what a Gaussian on flat places sees. */
import { describe, expect, it } from "vitest";
import { type EmittedEncoding, emitVector } from "../../src/fisher/encode-graph.ts";
import { fisherSums, normalised, rawFisherVector } from "../../src/fisher/fisher-vector.ts";
import { frameGrids } from "../../src/fisher/frames.ts";
import type { Mixture } from "../../src/fisher/mixture.ts";
import { project } from "../../src/fisher/pca.ts";
import type { Encoding } from "../../src/fisher/pipeline.ts";
import type { Projection } from "../../src/fisher/projection.ts";
import { TOOLKIT_SIFT } from "../../src/fisher/sift-settings.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import type { Size } from "../../src/image/types.ts";
import { modelOf } from "../../src/ops/model-of.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import { absent, hasShared } from "../shared.ts";
import { drawn, drawnMixture, sum } from "./fixtures.ts";
import { expectWithin, goldenCase, MANIFEST } from "./golden.ts";

/** Descriptors are as they are: no axes, nothing subtracted. */
const identity = (width: number, mean: Float64Array = new Float64Array(width)): Projection => ({
  from: width,
  width,
  mean,
  axes: Float64Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0)),
  variances: new Float64Array(width).fill(1),
});
const encodingOf = (mixture: Mixture, projection = identity(mixture.width)): Encoding => ({
  sift: TOOLKIT_SIFT,
  projection,
  mixture,
  spatial: "none",
  zeroth: true,
});

/** The graph from descriptors on, fed with those of all frames of a picture of this size. */
async function vectorOf(rows: Float64Array, size: Size, encoding: Encoding) {
  const grids = frameGrids(size, encoding.sift);
  const model = modelOf("vector", (g) => {
    const image = g.input("image", "float32", [1, 1, size.height, size.width]);
    let first = 0;
    const sifts = grids.map(({ size: bin, rows: down, columns: across }) => {
      const given = g.input(`descriptors${bin}`, "float32", [1, down * across, encoding.projection.from]);
      first += down * across;
      return { size: bin, descriptors: given, rows: g.scalar(down, "int64"), columns: g.scalar(across, "int64") };
    });
    expect(first * encoding.projection.from).toBe(rows.length);
    const { phi, raw, sums }: EmittedEncoding = emitVector(g, sifts, image, encoding);
    return { phi, raw, sums };
  });
  const session = await openSession(writeModelBytes(model), { threads: 1 });
  let at = 0;
  const feeds = grids.map(({ size: bin, rows: down, columns: across }) => {
    const from = at;
    at += down * across * encoding.projection.from;
    const dims = [1, down * across, encoding.projection.from];
    return [`descriptors${bin}`, { dtype: "float32", dims, data: Float32Array.from(rows.subarray(from, at)) }] as const;
  });
  try {
    const image = {
      dtype: "float32",
      dims: [1, 1, size.height, size.width],
      data: new Float32Array(size.height * size.width),
    } as const;
    const wanted = new Set(session.inputs);
    const all = Object.fromEntries([["image", image] as const, ...feeds].filter(([name]) => wanted.has(name)));
    const results = await session.run(all);
    return (name: string): Float64Array => Float64Array.from(results[name]?.data as Float64Array);
  } finally {
    await session.dispose();
  }
}

describe.skipIf(!hasShared(MANIFEST))(`emitted Fisher vectors against reference code${absent(MANIFEST)}`, () => {
  it.each([0, 1, 2])("picture %i, within float32", async (i) => {
    const c = goldenCase("fisher_vectors");
    const [components, width] = c.shape("mu") as [number, number];
    const mixture = { components, width, weights: c.array("pi"), means: c.array("mu"), deviations: c.array("sigma") };
    const [height = 0, across = 0] = goldenCase(`dense_sift_${i}`).shape("image_u8");
    const found = await vectorOf(c.array(`X${i}`), { width: across, height }, encodingOf(mixture));
    expectWithin("raw", found("raw"), c.array(`raw${i}`), { atol: 2e-6, rtol: 1e-5 });
    // the root of an entry of 1e-6 whose float32 sum is 1e-8 off
    expectWithin("Phi", found("phi"), c.array(`phi${i}`), { atol: 2e-5, rtol: 1e-4 });
    expect(sum(found("phi").map((v) => v * v))).toBeCloseTo(1, 5);
  });
});

describe("emitted Fisher vectors", () => {
  const size = { width: 60, height: 52 };
  const count = frameGrids(size, TOOLKIT_SIFT).reduce((n, { rows, columns }) => n + rows * columns, 0);

  it("sums are those of the plain form, with a mean that is subtracted", async () => {
    const [components, width] = [6, 5];
    const mean = drawn(1, width, 2);
    const projection = identity(width, mean);
    const mixture = drawnMixture(2, components, width);
    const rows = Float64Array.from(drawn(3, width * count, 2), (v, at) =>
      Math.fround(v + (mean[at % width] as number)),
    );
    const found = await vectorOf(rows, size, encodingOf(mixture, projection));
    const reduced = project(rows, projection);
    const { sums } = fisherSums({ rows: reduced }, { mixture, zeroth: true, spatial: "none" });
    expectWithin("sums", found("sums"), sums, { atol: 2e-5 * count, rtol: 0 });
    expectWithin("Phi", found("phi"), normalised(rawFisherVector(reduced, mixture)), { atol: 1e-3, rtol: 0 });
  });

  it("a Gaussian that sits on flat places sees no rounding, whatever mean is subtracted", async () => {
    const [components, width] = [3, 5];
    const mean = drawn(1, width, 200);
    const mixture = drawnMixture(4, components, width, 100);
    // the second one's mean is x = 0
    mixture.means.set(
      mean.map((v) => -v),
      width,
    );
    const found = await vectorOf(new Float64Array(width * count), size, encodingOf(mixture, identity(width, mean)));
    const mu = found("raw").subarray(components + width, components + 2 * width);
    expect(Math.max(...mu.map(Math.abs))).toBeLessThan(1e-12);
    expect(found("phi").every(Number.isFinite)).toBe(true);
  });
});
