/** @file Kernel SHAP against Shapley values by their definition, its sum, and what its coalitions are. */
import { describe, expect, it } from "vitest";
import { type Explainer, explain, explainScores, predict } from "../../src/index.ts";
import { shapleyCoalitions } from "../../src/methods/shapley-sampling.ts";
import { uniforms } from "../../src/random.ts";
import { images, relativeError } from "../nets.ts";
import { linearNet, linearWeights, nhwcNet, open, smoothNet } from "./nets.ts";

type Labels = readonly number[];
interface Ask {
  readonly labels: Labels;
  readonly target: number;
  readonly base: number;
}

/** Scores of every subset of the segments, by its bits. */
async function scoresOf(
  model: Explainer,
  x: ReturnType<typeof images>,
  { labels, target, base }: Ask,
): Promise<readonly number[]> {
  const { layout, channels } = model.classifier();
  const size = 1 + Math.max(...labels);
  const out: number[] = [];
  for (let set = 0; set < 2 ** size; set++) {
    const data = x.data.map((v, i) => {
      const pixel = layout === "nchw" ? i % labels.length : Math.floor(i / channels);
      return (set >> (labels[pixel] as number)) & 1 ? v : base;
    });
    out.push((await predict(model, { dims: x.dims, data }, { threads: 1 }))[0]?.[target] as number);
  }
  return out;
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
const bits = (set: number): number => set.toString(2).replaceAll("0", "").length;

/** phi_k = sum over sets S without k of |S|! (n-|S|-1)! / n! (v(S+k) - v(S)). */
function shapley(scores: readonly number[]): readonly number[] {
  const n = Math.log2(scores.length);
  return Array.from({ length: n }, (_, k) =>
    scores.reduce((sum, v, set) => {
      if ((set >> k) & 1) return sum;
      const weight = (factorial(bits(set)) * factorial(n - bits(set) - 1)) / factorial(n);
      return sum + weight * ((scores[set | (1 << k)] as number) - v);
    }, 0),
  );
}

const quarters: Labels = Array.from({ length: 64 }, (_, i) => 2 * Math.floor(i / 32) + (i % 8 < 4 ? 0 : 1));
const sixths: Labels = Array.from({ length: 64 }, (_, i) => 3 * Math.floor(i / 32) + Math.floor((i % 8) / 3));
const stripes: Labels = Array.from({ length: 36 }, (_, i) => Math.floor(i / 12) + (i % 6 === 5 ? 3 : 0));

describe("when every coalition is scored, the values are the Shapley values", () => {
  it.each<[string, Uint8Array, readonly number[], Labels, number]>([
    ["four segments", smoothNet, [1, 3, 8, 8], quarters, 0],
    ["six segments, another baseline", smoothNet, [1, 3, 8, 8], sixths, 0.5],
    ["channels last", nhwcNet, [1, 6, 6, 3], stripes, 0.25],
    ["one segment", smoothNet, [1, 3, 8, 8], quarters.map(() => 0), 0],
    ["two segments", smoothNet, [1, 3, 8, 8], quarters.map((k) => k % 2), 0],
  ])("%s", async (_, bytes, dims, segments, baselines) => {
    const model = await open(bytes);
    const x = images(dims);
    const map = await explain(model, x, {
      method: "kernel-shap",
      target: 1,
      params: { segments, baselines, num_samples: 62 },
      threads: 1,
    });
    const scores = await scoresOf(model, x, { labels: segments, target: 1, base: baselines });
    const want = shapley(scores);
    expect(map.dims).toEqual([1, ...(dims[1] === 6 ? [6, 6] : [8, 8])]);
    expect(
      relativeError(
        map.values,
        segments.map((k) => want[k] as number),
      ),
    ).toBeLessThan(2e-5);
    expect(map.checks[0]?.coalitions).toBe(scores.length - 2);
  });
});

describe("efficiency: the values sum to the score minus the baseline's", () => {
  const x = images([1, 3, 8, 8]);
  const pixels = Array.from({ length: 64 }, (_, i) => i);
  it.each([
    ["more coalitions than segments", 300],
    ["as few as can be", 2],
    ["fewer coalitions than segments", 40],
  ])("%s", async (_, num_samples) => {
    const model = await open(smoothNet);
    const ask = { method: "kernel-shap", target: 2, threads: 1 } as const;
    const params = { num_samples, segments: pixels, baselines: 0.25 };
    const map = await explain(model, x, { ...ask, params });
    const at = async (data: Float32Array): Promise<number> =>
      (await predict(model, { dims: x.dims, data }))[0]?.[2] as number;
    const difference = (await at(x.data)) - (await at(new Float32Array(192).fill(0.25)));
    expect(map.checks[0]?.score_difference).toBeCloseTo(difference, 5);
    expect(Math.abs(map.checks[0]?.efficiency_gap as number)).toBeLessThan(1e-12);
    expect(map.values.reduce((s, v) => s + v, 0)).toBeCloseTo(difference, 5);
  });
  it("shared out, the map itself sums up on any segments", async () => {
    const model = await open(smoothNet);
    const ask = { method: "kernel-shap", target: 2, threads: 1 } as const;
    const params = { num_samples: 50, n_segments: 16, compactness: 100 };
    const [whole, shared] = [
      await explain(model, x, { ...ask, params }),
      await explain(model, x, { ...ask, params: { ...params, share: true } }),
    ];
    expect(whole.checks[0]?.segments).toBeGreaterThan(2);
    expect(shared.values.reduce((s, v) => s + v, 0)).toBeCloseTo(shared.checks[0]?.score_difference as number, 5);
    expect(new Set(whole.values).size).toBe(whole.checks[0]?.segments);
  });
});

it("on a linear network the weights come back, from a sample of coalitions", async () => {
  const x = images([1, 3, 2, 4]);
  const pixels = Array.from({ length: 8 }, (_, i) => i);
  const map = await explain(await open(linearNet), x, {
    method: "kernel-shap",
    target: 0,
    params: { segments: pixels, num_samples: 60, baselines: -0.5 },
    threads: 1,
  });
  const want = pixels.map((i) =>
    [0, 1, 2].reduce((s, c) => s + (linearWeights[c * 8 + i] as number) * ((x.data[c * 8 + i] as number) + 0.5), 0),
  );
  expect(map.checks[0]?.coalitions).toBe(60);
  expect(relativeError(map.values, want)).toBeLessThan(2e-5);
});

it("a segment that changes nothing gets nothing, two that do the same get the same", async () => {
  // max(a, b) + c of the pixels 0, 1, 2; pixel 3 is not read
  const map = await explainScores(
    ({ dims, data }) =>
      Array.from({ length: dims[0] as number }, (_, i) => [
        Math.max(data[4 * i] as number, data[4 * i + 1] as number) + (data[4 * i + 2] as number),
      ]),
    { dims: [1, 1, 2, 2], data: Float32Array.from([2, 2, 5, 9]) },
    { method: "kernel-shap", params: { segments: [0, 1, 2, 3] }, threads: 1 },
  );
  const want = [1, 1, 5, 0];
  map.values.forEach((v, i) => {
    expect(v).toBeCloseTo(want[i] as number, 12);
  });
});

it("the same seed gives the same bytes for any batch, another seed another map", async () => {
  const [model, x] = [await open(smoothNet), images([1, 3, 8, 8])];
  const ask = { method: "kernel-shap", target: 2, params: { num_samples: 40, n_segments: 64 }, threads: 1 } as const;
  const [a, b, c] = [
    await explain(model, x, { ...ask, seed: 3 }),
    await explain(model, x, { ...ask, seed: 3, batch: 5 }),
    await explain(model, x, { ...ask, seed: 4 }),
  ];
  expect(Buffer.from(a.values.buffer).equals(Buffer.from(b.values.buffer))).toBe(true);
  expect(relativeError(a.values, c.values)).toBeGreaterThan(0.01);
});

describe("coalitions", () => {
  const keyOf = (z: Uint8Array): string => z.join("");
  it.each([
    [2, 2],
    [5, 30],
    [6, 62],
    [7, 200],
  ])("of %d segments are all there with a budget of %d, each weighing what the kernel says", (size, budget) => {
    const { present, weights } = shapleyCoalitions(size, budget, uniforms(1));
    expect(new Set(present.map(keyOf)).size).toBe(2 ** size - 2);
    expect(present.length).toBe(2 ** size - 2);
    present.forEach((z, j) => {
      const k = z.reduce((s, v) => s + v, 0);
      const choose = factorial(size) / factorial(k) / factorial(size - k);
      expect(weights[j]).toBeCloseTo((size - 1) / (choose * k * (size - k)), 12);
    });
  });
  it.each([
    [12, 67, 24],
    [12, 20, 0],
    [100, 1000, 0],
    [100, 2500, 200],
    [30, 5000, 930],
  ])(
    "of %d segments within a budget of %d: %d one by one, then pairs; sizes weigh as the kernel says",
    (size, budget, whole) => {
      const { present, weights } = shapleyCoalitions(size, budget, uniforms(1));
      const sizes = present.map((z) => z.reduce((s, v) => s + v, 0));
      expect(present.length).toBe(whole + 2 * Math.floor((budget - whole) / 2));
      expect(sizes.every((k) => k > 0 && k < size)).toBe(true);
      expect(new Set(present.slice(0, whole).map(keyOf)).size).toBe(whole);
      for (let j = whole; j < present.length; j += 2) expect(present[j + 1]).toEqual(present[j]?.map((v) => 1 - v));
      const kernel = Array.from({ length: size - 1 }, (_, i) => (size - 1) / ((i + 1) * (size - i - 1)));
      const total = kernel.reduce((s, v) => s + v, 0);
      expect(weights.reduce((s, v) => s + v, 0)).toBeCloseTo(total, 10);
      // the share of the middle sizes, sampled: five standard deviations
      const middle = (k: number): boolean => k > size / 4 && k < (3 * size) / 4;
      const wanted = kernel.reduce((s, v, i) => s + (middle(i + 1) ? v : 0), 0) / total;
      const got = weights.reduce((s, w, j) => s + (middle(sizes[j] as number) ? w : 0), 0) / total;
      expect(Math.abs(got - wanted)).toBeLessThan(
        5 * Math.sqrt((wanted * (1 - wanted)) / ((present.length - whole) / 2)),
      );
    },
  );
  it("of one segment there are none", () => {
    expect(shapleyCoalitions(1, 100, uniforms(1)).present).toEqual([]);
  });
});
