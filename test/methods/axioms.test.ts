/** @file What attributions promise: dummies get nothing, twins the same, contrasts subtract, sums are complete. */
import { describe, expect, it } from "vitest";
import { type Explanation, explain, METHODS, predict } from "../../src/index.ts";
import { images, relativeError } from "../nets.ts";
import { dummyNet, linearNet, linearWeights, open, smoothNet, symmetricNet } from "./nets.ts";

const INPUT_METHODS = [
  "gradient",
  "input-x-gradient",
  "integrated-gradients",
  "blur-ig",
  "guided-ig",
  "gradient-shap",
  "deep-lift",
  "deep-shap",
  "smoothgrad",
  "squaregrad",
  "vargrad",
  "guided-backprop",
  "deconvnet",
  "lrp",
  "occlusion",
] as const;
const PARAMS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "integrated-gradients": { n_steps: 6 },
  "blur-ig": { n_steps: 6 },
  "guided-ig": { n_steps: 6, anchors: 2 },
  smoothgrad: { nt_samples: 4 },
  squaregrad: { nt_samples: 4 },
  vargrad: { nt_samples: 4 },
  occlusion: { sliding_window_shapes: [1, 2, 2], strides: [1, 2, 2] },
  rise: { n_masks: 16, feature_res: 3 },
  lime: { num_samples: 40, n_segments: 16, compactness: 50 },
  "kernel-shap": { num_samples: 40, n_segments: 16, compactness: 50 },
};
const run = async (
  bytes: Uint8Array,
  method: string,
  x: ReturnType<typeof images>,
  target: number | string = 0,
): Promise<Explanation> => explain(await open(bytes), x, { method, target, params: PARAMS[method] ?? {}, threads: 1 });

it("every method of input space is held to the axioms here", () => {
  expect([...INPUT_METHODS].sort()).toEqual(
    Object.values(METHODS)
      .filter((m) => m.space === "input")
      .map((m) => m.id)
      .sort(),
  );
});

describe("dummy: an input channel with zero weights gets exactly nothing", () => {
  const plane = 64;
  it.each(INPUT_METHODS)("%s", async (method) => {
    const { values } = await run(dummyNet, method, images([1, 3, 8, 8]));
    const largest = (k: number): number =>
      values.slice(k * plane, (k + 1) * plane).reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    expect(largest(1)).toBe(0);
    expect(Math.min(largest(0), largest(2))).toBeGreaterThan(0);
  });
});

describe("symmetry: two channels that the network treats alike, and that hold the same, get the same", () => {
  const half = images([1, 1, 6, 6]).data;
  const x = { dims: [1, 2, 6, 6], data: Float32Array.from([...half, ...half]) };
  it.each(INPUT_METHODS.filter((m) => !/grad$/.test(m) || m === "gradient"))("%s", async (method) => {
    const { values } = await run(symmetricNet, method, x);
    expect(relativeError(values.slice(0, 36), values.slice(36))).toBeLessThan(1e-5);
  });
});

describe("linearity in the target: A-B is A minus B", () => {
  const x = images([1, 3, 8, 8]);
  it.each([
    "gradient",
    "input-x-gradient",
    "integrated-gradients",
    "blur-ig",
    "gradient-shap",
    "deep-lift",
    "deep-shap",
    "smoothgrad",
    "occlusion",
    "rise",
    "lime",
    "kernel-shap",
    "grad-cam",
    "hires-cam",
  ])("%s", async (method) => {
    const [a, b, contrast] = [
      await run(smoothNet, method, x, 2),
      await run(smoothNet, method, x, 1),
      await run(smoothNet, method, x, "2-1"),
    ];
    expect(
      relativeError(
        contrast.values,
        a.values.map((v, i) => v - (b.values[i] as number)),
      ),
    ).toBeLessThan(2e-5);
    expect(contrast.score).toBeCloseTo(a.score - b.score, 5);
    expect(contrast.targets[0]).toEqual({ index: 2, against: 1 });
  });
  it("a class against itself is nothing", async () => {
    expect((await run(smoothNet, "gradient", x, "1-1")).values.every((v) => v === 0)).toBe(true);
  });
});

describe("completeness", () => {
  const sum = (v: Float32Array): number => v.reduce((s, a) => s + a, 0);
  const x = images([1, 3, 2, 4]);
  it("on a linear net, gradient, input times gradient, integrated gradients and single-element occlusion are what the weights say", async () => {
    const weights = linearWeights.slice(0, 24);
    const product = x.data.map((v, i) => v * (weights[i] as number));
    expect(relativeError((await run(linearNet, "gradient", x)).values, weights)).toBeLessThan(1e-6);
    for (const method of ["input-x-gradient", "integrated-gradients", "guided-ig", "deep-lift"])
      expect(relativeError((await run(linearNet, method, x)).values, product), method).toBeLessThan(1e-5);
    const single = await explain(await open(linearNet), x, {
      method: "occlusion",
      target: 0,
      params: { sliding_window_shapes: [1, 1, 1], strides: [1, 1, 1] },
    });
    expect(relativeError(single.values, product)).toBeLessThan(1e-5);
  });
  it("input times gradient sums to the score of a network without biases that is piecewise linear", async () => {
    const { net, writeModelBytes } = await import("../nets.ts").then(async (n) => ({
      ...n,
      ...(await import("../../src/graph/write.ts")),
    }));
    const bytes = writeModelBytes(
      net(["N", 3, 6, 6], ({ g, x: input, w }) => {
        const a = g.op("MaxPool", [g.op("Relu", [g.op("Conv", [input, w([4, 3, 3, 3])])])], {
          kernel_shape: [2, 2],
          strides: [2, 2],
        });
        return { scores: g.op("MatMul", [g.op("Flatten", [a], { axis: 1 }), w([16, 3])]) };
      }),
    );
    const map = await run(bytes, "input-x-gradient", images([1, 3, 6, 6]), 1);
    expect(sum(map.values)).toBeCloseTo(map.score, 5);
  });
  it("occlusion of everything is the whole fall", async () => {
    const model = await open(smoothNet);
    const whole = images([1, 3, 8, 8]);
    const map = await explain(model, whole, {
      method: "occlusion",
      target: 3,
      params: { sliding_window_shapes: [3, 8, 8], strides: [3, 8, 8] },
    });
    const at = async (data: Float32Array): Promise<number> =>
      (await predict(model, { dims: whole.dims, data }))[0]?.[3] as number;
    const fall = (await at(whole.data)) - (await at(new Float32Array(192)));
    for (const v of map.values) expect(v).toBeCloseTo(fall, 5);
  });
});

describe("the gradient", () => {
  it("is the slope of the score along any direction", async () => {
    const model = await open(smoothNet);
    const x = images([1, 3, 8, 8]);
    const { values } = await run(smoothNet, "gradient", x, 2);
    for (const seed of [31, 32, 33]) {
      const v = images([1, 3, 8, 8], seed).data;
      const at = async (t: number): Promise<number> =>
        (
          await predict(model, { dims: x.dims, data: x.data.map((a, i) => a + t * (v[i] as number)) }, { threads: 1 })
        )[0]?.[2] as number;
      const measured = ((await at(1e-2)) - (await at(-1e-2))) / 2e-2;
      const walked = values.reduce((s, g, i) => s + g * (v[i] as number), 0);
      expect(Math.abs(walked - measured)).toBeLessThan(2e-3 * Math.max(1, Math.abs(measured)));
    }
  });
});
