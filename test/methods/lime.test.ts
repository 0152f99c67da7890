/** @file LIME against a regression written out, on coalitions shown one by one; exact on linear networks. */
import { describe, expect, it } from "vitest";
import { type Explainer, explain, METHODS, predict } from "../../src/index.ts";
import type { RowsPlan } from "../../src/methods/method.ts";
import { readParams } from "../../src/params.ts";
import { slic } from "../../src/segments/superpixels.ts";
import { images, relativeError } from "../nets.ts";
import { linearNet, linearWeights, nhwcNet, open, smoothNet } from "./nets.ts";

/** Gaussian elimination with pivoting. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const a = matrix.map((row, i) => [...row, right[i] as number]);
  const n = a.length;
  const at = (i: number, j: number): number => (a[i] as number[])[j] as number;
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(at(r, c)) > Math.abs(at(pivot, c))) pivot = r;
    [a[c], a[pivot]] = [a[pivot] as number[], a[c] as number[]];
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const f = at(r, c) / at(c, c);
      for (let k = c; k <= n; k++) (a[r] as number[])[k] = at(r, k) - f * at(c, k);
    }
  }
  return a.map((_, i) => at(i, n) / at(i, i));
}

/** Coefficients [S] and intercept of the weighted ridge regression, with the intercept as a column of its own. */
function regression(
  rows: readonly (readonly number[])[],
  values: readonly number[],
  { width, alpha }: { readonly width: number; readonly alpha: number },
): readonly number[] {
  const size = rows[0]?.length ?? 0;
  const weights = rows.map((z) => {
    const shown = z.reduce((s, v) => s + v, 0);
    // cosine distance to the vector of ones; an empty coalition is at distance 1
    const distance = 1 - shown / (Math.sqrt(shown || 1) * Math.sqrt(size));
    return Math.sqrt(Math.exp(-(distance ** 2) / width ** 2));
  });
  const design = rows.map((z) => [...z, 1]);
  const normal = Array.from({ length: size + 1 }, (_, i) =>
    Array.from(
      { length: size + 1 },
      (__, j) =>
        design.reduce((s, d, r) => s + (weights[r] as number) * (d[i] as number) * (d[j] as number), 0) +
        (i === j && i < size ? alpha : 0),
    ),
  );
  const right = Array.from({ length: size + 1 }, (_, i) =>
    design.reduce((s, d, r) => s + (weights[r] as number) * (d[i] as number) * (values[r] as number), 0),
  );
  return solved(normal, right);
}

/** The coalitions that the plan shows, and their scores. */
async function shown(
  model: Explainer,
  x: ReturnType<typeof images>,
  {
    params,
    seed,
    target,
    labels,
  }: { readonly params: object; readonly seed: number; readonly target: number; readonly labels: readonly number[] },
): Promise<{ readonly rows: readonly (readonly number[])[]; readonly values: readonly number[] }> {
  const classifier = model.classifier();
  const read = readParams("lime", METHODS.lime.params, { ...params });
  const plan = METHODS.lime.plan({ classifier, params: read, layer: undefined, seed }) as RowsPlan;
  const size = 1 + Math.max(...labels);
  const rows: number[][] = [];
  const values: number[] = [];
  const pixelOf = (i: number): number =>
    classifier.layout === "nchw" ? i % labels.length : Math.floor(i / classifier.channels);
  for (const row of plan.rows({ x: x.data, cotangent: new Float32Array(classifier.classes) }, {})) {
    const z = Array.from((row["x/present"] as Float32Array).subarray(0, size));
    const data = x.data.map((v, i) => (z[labels[pixelOf(i)] as number] ? v : (read.baselines as number)));
    rows.push(z);
    values.push((await predict(model, { dims: x.dims, data }, { threads: 1 }))[0]?.[target] as number);
  }
  return { rows, values };
}

describe("LIME is the regression on what the coalitions score", () => {
  const quarters = Array.from({ length: 64 }, (_, i) => 2 * Math.floor(i / 32) + (i % 8 < 4 ? 0 : 1));
  const stripes = Array.from({ length: 36 }, (_, i) => i % 6);
  it.each<[string, Uint8Array, readonly number[], readonly number[], Readonly<Record<string, unknown>>]>([
    ["by default", smoothNet, [1, 3, 8, 8], quarters, { num_samples: 30 }],
    [
      "narrow, lightly penalised",
      smoothNet,
      [1, 3, 8, 8],
      quarters,
      { num_samples: 40, kernel_width: 0.1, alpha: 0.01 },
    ],
    ["channels last, another baseline", nhwcNet, [1, 6, 6, 3], stripes, { num_samples: 50, baselines: 0.4 }],
  ])("%s", async (_, bytes, dims, segments, params) => {
    const model = await open(bytes);
    const x = images(dims);
    const map = await explain(model, x, {
      method: "lime",
      target: 1,
      params: { ...params, segments },
      seed: 5,
      threads: 1,
    });
    const { rows, values } = await shown(model, x, {
      params: { ...params, segments },
      seed: 5,
      target: 1,
      labels: segments,
    });
    expect(rows.length).toBe(params.num_samples);
    expect(rows[0]?.every((v) => v === 1)).toBe(true);
    const { kernel_width: width = 0.25, alpha = 1 } = params as { kernel_width?: number; alpha?: number };
    const want = regression(rows, values, { width, alpha });
    expect(
      relativeError(
        map.values,
        segments.map((k) => want[k] as number),
      ),
    ).toBeLessThan(1e-4);
    expect(map.checks[0]?.intercept).toBeCloseTo(want.at(-1) as number, 4);
    expect(map.checks[0]?.segments).toBe(want.length - 1);
  });
});

describe("on a linear network", () => {
  const x = images([1, 3, 2, 4]);
  const pixels = Array.from({ length: 8 }, (_, i) => i);
  it.each([0, 0.75])("the weights come back, against a baseline of %d", async (baselines) => {
    const map = await explain(await open(linearNet), x, {
      method: "lime",
      target: 1,
      params: { segments: pixels, num_samples: 200, alpha: 1e-9, baselines },
      threads: 1,
    });
    const want = pixels.map((i) =>
      [0, 1, 2].reduce(
        (s, c) => s + (linearWeights[24 + c * 8 + i] as number) * ((x.data[c * 8 + i] as number) - baselines),
        0,
      ),
    );
    expect(map.dims).toEqual([1, 2, 4]);
    expect(relativeError(map.values, want)).toBeLessThan(2e-5);
    expect(map.checks[0]?.r2).toBeCloseTo(1, 8);
  });
});

describe("segments", () => {
  const x = images([1, 3, 8, 8]);
  it("are SLIC superpixels of the input unless given; each bears one value", async () => {
    const map = await explain(await open(smoothNet), x, {
      method: "lime",
      params: { num_samples: 64, n_segments: 9, compactness: 20, sigma: 0.5 },
      threads: 1,
    });
    const planes = [0, 1, 2].map((c) => x.data.subarray(64 * c, 64 * c + 64));
    const { labels, count } = slic({ planes, height: 8, width: 8 }, { n_segments: 9, compactness: 20, sigma: 0.5 });
    expect(count).toBeGreaterThan(1);
    expect(map.checks[0]?.segments).toBe(count);
    const values = new Map<number, number>();
    labels.forEach((k, i) => {
      expect(values.get(k) ?? map.values[i]).toBe(map.values[i]);
      values.set(k, map.values[i] as number);
    });
    expect(new Set(values.values()).size).toBe(count);
  });
  it("may have any numbers, in any kind of array", async () => {
    const model = await open(smoothNet);
    const plain = Array.from({ length: 64 }, (_, i) => (i < 20 ? 0 : i < 40 ? 1 : 2));
    const odd = Int32Array.from(plain, (k) => [4, 17, 900][k] as number);
    const [a, b] = await Promise.all(
      [plain, odd].map((segments) =>
        explain(model, x, { method: "lime", params: { num_samples: 20, segments }, threads: 1 }),
      ),
    );
    expect(a?.values).toEqual(b?.values);
  });
  it.each([
    ["too few", [0, 1, 2]],
    ["negative", new Array(64).fill(-1)],
    ["fractions", new Array(64).fill(0.5)],
    ["no numbers", new Array(64).fill("a")],
    ["none", []],
    ["no list", true],
  ])("%s are refused", async (_, segments) => {
    await expect(explain(await open(smoothNet), x, { method: "lime", params: { segments } })).rejects.toMatchObject({
      code: "E_PARAM",
    });
  });
});

it("the same seed gives the same bytes for any batch, another seed another map; few samples give numbers all the same", async () => {
  const [model, x] = [await open(smoothNet), images([1, 3, 8, 8])];
  const ask = { method: "lime", target: 2, params: { num_samples: 24, n_segments: 16 }, threads: 1 } as const;
  const [a, b, c] = [
    await explain(model, x, { ...ask, seed: 3 }),
    await explain(model, x, { ...ask, seed: 3, batch: 5 }),
    await explain(model, x, { ...ask, seed: 4 }),
  ];
  expect(Buffer.from(a.values.buffer).equals(Buffer.from(b.values.buffer))).toBe(true);
  expect(relativeError(a.values, c.values)).toBeGreaterThan(0.01);
  const few = await explain(model, x, { ...ask, params: { num_samples: 2, n_segments: 64 } });
  expect(few.values.every(Number.isFinite)).toBe(true);
});
