/** @file DeepSHAP and GradientSHAP: means over baselines, drawn or given; and how baselines are given. */
import { describe, expect, it } from "vitest";
import { type ExplainOptions, explain, predict } from "../../src/index.ts";
import { blurMatrix } from "../../src/methods/blur.ts";
import { images, relativeError, wave } from "../nets.ts";
import { dummyNet, linearNet, linearWeights, nhwcNet, open, smoothNet } from "./nets.ts";

const x = images([1, 3, 8, 8]);
const size = 192;
const run = async (
  method: string,
  options: Partial<ExplainOptions> = {},
  [bytes, input]: readonly [Uint8Array, ReturnType<typeof images>] = [dummyNet, x],
): ReturnType<typeof explain> => explain(await open(bytes), input, { target: 1, threads: 1, ...options, method });
const three = [5, 6, 7].map((seed) => wave(size, seed));
const joined = Float32Array.from(three.flatMap((b) => [...b]));
const sum = (v: ArrayLike<number>): number => Array.from(v).reduce((s, a) => s + a, 0);

describe("deep-shap", () => {
  it("is the mean of deep-lift over its baselines, however they are given and batched", async () => {
    const each = await Promise.all(three.map((baselines) => run("deep-lift", { params: { baselines } })));
    const mean = Float32Array.from({ length: size }, (_, i) => sum(each.map((e) => e.values[i] as number)) / 3);
    for (const baselines of [joined, three, three.map((b) => [...b]), { dims: [3, 3, 8, 8], data: joined }])
      for (const batch of [1, 2, 16]) {
        const got = await run("deep-shap", { params: { baselines }, batch });
        expect(relativeError(got.values, mean)).toBeLessThan(1e-5);
      }
  });
  it("takes numbers as even pictures", async () => {
    const [a, b] = [
      await run("deep-lift", { params: { baselines: -1 } }),
      await run("deep-lift", { params: { baselines: 0.5 } }),
    ];
    for (const baselines of ["-1,0.5", [-1, 0.5]])
      expect(
        relativeError(
          (await run("deep-shap", { params: { baselines } })).values,
          a.values.map((v, i) => (v + (b.values[i] as number)) / 2),
        ),
      ).toBeLessThan(1e-5);
  });
  it("sums to the score less the mean score of the baselines", async () => {
    const { values, checks } = await run("deep-shap", { params: { baselines: joined } }, [smoothNet, x]);
    const at = async (data: Float32Array, dims: readonly number[]): Promise<readonly number[]> =>
      (await predict(await open(smoothNet), { dims, data })).map((r) => r[1] as number);
    const difference = sum(await at(x.data, x.dims)) - sum(await at(joined, [3, 3, 8, 8])) / 3;
    expect(sum(values)).toBeCloseTo(difference, 5);
    expect(checks[0]?.score_difference).toBeCloseTo(difference, 5);
    expect(Math.abs(checks[0]?.convergence_delta as number)).toBeLessThan(1e-5);
  });
  it("compares with the image's darkest, lightest and mean colour and its blur when nothing is given", async () => {
    const input = images([1, 3, 2, 4], 12);
    const even = (colour: (channel: readonly number[]) => number): number[] =>
      [0, 1, 2].flatMap((c) => Array(8).fill(colour([...input.data.slice(8 * c, 8 * c + 8)])) as number[]);
    const [down, across] = [blurMatrix(2, 0.5), blurMatrix(4, 0.5)];
    const blurred = Array.from({ length: 24 }, (_, i) => {
      const [c, h, w] = [Math.floor(i / 8), Math.floor(i / 4) % 2, i % 4];
      let total = 0;
      for (let r = 0; r < 2; r++)
        for (let s = 0; s < 4; s++)
          total +=
            (down[h * 2 + r] as number) * (across[w * 4 + s] as number) * (input.data[c * 8 + r * 4 + s] as number);
      return total;
    });
    const references = [even((v) => Math.min(...v)), even((v) => Math.max(...v)), even((v) => sum(v) / 8), blurred];
    const want = input.data.map(
      (v, i) => (v - sum(references.map((r) => r[i] as number)) / 4) * (linearWeights[24 + i] as number),
    );
    expect(relativeError((await run("deep-shap", {}, [linearNet, input])).values, want)).toBeLessThan(1e-5);
  });
  it("does the same for images with channels last", async () => {
    const input = images([1, 6, 6, 3], 3);
    const given = await run("deep-shap", {}, [nhwcNet, input]);
    expect(given.dims).toEqual([1, 6, 6, 3]);
    const channel = (i: number): readonly number[] => [...input.data].filter((_, k) => k % 3 === i % 3);
    const references = [Math.min, Math.max].map((f) => input.data.map((_, i) => f(...channel(i))));
    const lifted = await run("deep-shap", { params: { baselines: references } }, [nhwcNet, input]);
    expect(lifted.values.every(Number.isFinite)).toBe(true);
    expect(relativeError(given.values, lifted.values)).toBeGreaterThan(1e-3);
  });
  it.each([
    [new Float32Array(191), "whole inputs of 192"],
    [[new Float32Array(192), new Float32Array(191)], "list of whole inputs"],
    ["black", "list of whole inputs"],
    [[], "list of whole inputs"],
  ])("refuses baselines that are none (%#)", async (baselines, message) => {
    await expect(run("deep-shap", { params: { baselines } })).rejects.toMatchObject({
      code: "E_PARAM",
      message: expect.stringContaining(message as string),
    });
  });
});

describe("gradient-shap", () => {
  const shap = (params: Readonly<Record<string, unknown>> = {}, seed?: number): ReturnType<typeof explain> =>
    run("gradient-shap", { params: { n_samples: 8, ...params }, seed }, [smoothNet, x]);
  it("the same seed gives the same bytes, another seed others; batches make no difference", async () => {
    const [a, b, c] = [await shap({ stdevs: 0.1 }, 4), await shap({ stdevs: 0.1 }, 4), await shap({ stdevs: 0.1 }, 5)];
    expect(a.values).toEqual(b.values);
    expect(a.values).not.toEqual(c.values);
    const alone = await run("gradient-shap", { params: { n_samples: 8, stdevs: 0.1 }, seed: 4, batch: 1 }, [
      smoothNet,
      x,
    ]);
    expect(relativeError(alone.values, a.values)).toBeLessThan(1e-5);
  });
  it("goes to integrated gradients as points are added", async () => {
    const exact = (await run("integrated-gradients", { params: { baselines: three[0] } }, [smoothNet, x])).values;
    const error = async (n_samples: number): Promise<number> =>
      relativeError((await shap({ n_samples, baselines: three[0] })).values, exact);
    expect(await error(4)).toBeGreaterThan(0.02);
    expect(await error(2000)).toBeLessThan(0.02);
  });
  it("goes to the mean of integrated gradients over its baselines", async () => {
    const each = await Promise.all(
      three.map((baselines) => run("integrated-gradients", { params: { baselines } }, [smoothNet, x])),
    );
    const mean = Float32Array.from({ length: size }, (_, i) => sum(each.map((e) => e.values[i] as number)) / 3);
    const { values, checks } = await shap({ n_samples: 4000, baselines: joined });
    expect(relativeError(values, mean)).toBeLessThan(0.05);
    expect(Math.abs(checks[0]?.convergence_delta as number)).toBeLessThan(0.05);
  });
  it("on a linear net is exact for one baseline, with a delta of 0", async () => {
    const input = images([1, 3, 2, 4]);
    const from = wave(24, 8);
    const { values, checks } = await run("gradient-shap", { params: { n_samples: 2, baselines: [from] } }, [
      linearNet,
      input,
    ]);
    const want = input.data.map((v, i) => (v - (from[i] as number)) * (linearWeights[24 + i] as number));
    expect(relativeError(values, want)).toBeLessThan(1e-5);
    expect(Math.abs(checks[0]?.convergence_delta as number)).toBeLessThan(1e-5);
  });
  it("explains several targets and images each for itself", async () => {
    const two = images([2, 3, 8, 8], 4);
    const both = await run(
      "gradient-shap",
      { target: [0, 2], params: { stdevs: 0.1 }, batch: 4 } as Partial<ExplainOptions>,
      [smoothNet, two],
    );
    for (const [k, [i, target]] of [
      [0, 0],
      [0, 2],
      [1, 0],
      [1, 2],
    ].entries()) {
      const one = { dims: x.dims, data: two.data.slice((i as number) * size, ((i as number) + 1) * size) };
      const alone = await run("gradient-shap", { target: target as number, params: { stdevs: 0.1 } }, [smoothNet, one]);
      expect(relativeError(both.values.slice(k * size, (k + 1) * size), alone.values)).toBeLessThan(1e-5);
      expect(both.checks[k]?.convergence_delta).toBeCloseTo(alone.checks[0]?.convergence_delta as number, 5);
    }
  });
});
