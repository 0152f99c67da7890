/** @file Integrated gradients and the SmoothGrad family: completeness, convergence, seeds, limits. */
import { describe, expect, it } from "vitest";
import { type ExplainOptions, explain, predict } from "../../src/index.ts";
import { normals } from "../../src/random.ts";
import { images, relativeError } from "../nets.ts";
import { dummyNet, linearNet, linearWeights, open, smoothNet } from "./nets.ts";

const x = images([1, 3, 8, 8]);
const run = async (
  bytes: Uint8Array,
  options: Partial<ExplainOptions> & { readonly method: string },
  input = x,
): ReturnType<typeof explain> => explain(await open(bytes), input, { target: 1, threads: 1, ...options });
const sum = (v: Float32Array): number => v.reduce((s, a) => s + a, 0);
const scoreAt = async (bytes: Uint8Array, data: Float32Array, dims: readonly number[]): Promise<number> =>
  (await predict(await open(bytes), { dims, data }))[0]?.[1] as number;

describe("integrated gradients", () => {
  const ig = (n_steps: number, method = "gausslegendre"): ReturnType<typeof explain> =>
    run(smoothNet, { method: "ig", params: { n_steps, method } });
  it("sums to the difference of the scores", async () => {
    const map = await ig(50);
    const difference =
      (await scoreAt(smoothNet, x.data, x.dims)) - (await scoreAt(smoothNet, new Float32Array(192), x.dims));
    expect(sum(map.values)).toBeCloseTo(difference, 4);
    expect(map.checks[0]?.score_difference).toBeCloseTo(difference, 5);
    expect(map.checks[0]?.convergence_delta).toBeCloseTo(sum(map.values) - difference, 5);
  });
  it("the convergence delta goes to 0 as n_steps grows", async () => {
    const delta = async (n: number, method?: string): Promise<number> =>
      Math.abs((await ig(n, method)).checks[0]?.convergence_delta as number);
    const gauss = [await delta(2), await delta(4), await delta(8), await delta(16)] as const;
    expect(gauss[0]).toBeGreaterThan(1e-2);
    for (const i of [1, 2, 3] as const) expect(gauss[i]).toBeLessThan(gauss[(i - 1) as 0] / 5);
    expect(await delta(50)).toBeLessThan(1e-5);
    expect(await delta(100, "riemann_left")).toBeLessThan((await delta(10, "riemann_left")) / 8);
    expect(await delta(100, "riemann_middle")).toBeLessThan((await delta(10, "riemann_middle")) / 50);
  });
  it("left and right sums differ by the gradients at the ends", async () => {
    const n = 8;
    const [left, right, middle, gauss] = await Promise.all(
      ["riemann_left", "riemann_right", "riemann_middle", "gausslegendre"].map((m) => ig(n, m)),
    );
    const slope = await run(smoothNet, { method: "gradient" });
    const start = await run(smoothNet, { method: "gradient" }, { dims: x.dims, data: new Float32Array(192) });
    const ends = slope.values.map((v, i) => ((x.data[i] as number) * (v - (start.values[i] as number))) / n);
    expect(relativeError(right?.values.map((v, i) => v - (left?.values[i] as number)) ?? [], ends)).toBeLessThan(1e-3);
    expect(relativeError(middle?.values ?? [], gauss?.values ?? [])).toBeLessThan(0.02);
  });
  it("the trapezoid with n nodes is Captum's: (n-1)/n of the integral", async () => {
    const [trapezoid, gauss] = [await ig(200, "riemann_trapezoid"), await ig(50)];
    expect(
      relativeError(
        trapezoid.values.map((v) => (v * 200) / 199),
        gauss.values,
      ),
    ).toBeLessThan(1e-3);
  });
  it.each(["gausslegendre", "riemann_left", "riemann_right", "riemann_middle"])(
    "is exact on a linear net with one step, by %s",
    async (method) => {
      const input = images([1, 3, 2, 4]);
      const map = await run(linearNet, { method: "ig", params: { n_steps: 1, method } }, input);
      expect(
        relativeError(
          map.values,
          input.data.map((v, i) => v * (linearWeights[24 + i] as number)),
        ),
      ).toBeLessThan(1e-6);
      expect(Math.abs(map.checks[0]?.convergence_delta as number)).toBeLessThan(1e-5);
    },
  );
  it("starts at its baseline: a number, one number a channel, a whole input", async () => {
    const input = images([1, 3, 2, 4]);
    const expected = (b: (i: number) => number): Float32Array =>
      input.data.map((v, i) => (v - b(i)) * (linearWeights[24 + i] as number));
    const perChannel = (i: number): number => [0.25, -1, 3][Math.floor(i / 8)] as number;
    const whole = images([1, 3, 2, 4], 9).data;
    const cases: readonly (readonly [unknown, (i: number) => number])[] = [
      [0.5, () => 0.5],
      [[0.25, -1, 3], perChannel],
      ["0.25,-1,3", perChannel],
      [whole, (i) => whole[i] as number],
      [Array.from(whole), (i) => whole[i] as number],
    ];
    for (const [baselines, b] of cases)
      expect(
        relativeError(
          (await run(linearNet, { method: "ig", params: { baselines, n_steps: 3 } }, input)).values,
          expected(b),
        ),
      ).toBeLessThan(1e-5);
    await expect(run(linearNet, { method: "ig", params: { baselines: [1, 2] } }, input)).rejects.toMatchObject({
      code: "E_PARAM",
    });
  });
  it("at its own baseline is 0", async () => {
    expect((await run(smoothNet, { method: "ig", params: { baselines: x.data } })).values.every((v) => v === 0)).toBe(
      true,
    );
  });
  it("explains the images of a batch each for itself", async () => {
    const two = images([2, 3, 8, 8], 4);
    const both = await run(smoothNet, { method: "ig", params: { n_steps: 5 }, batch: 3 }, two);
    for (const i of [0, 1]) {
      const alone = await run(
        smoothNet,
        { method: "ig", params: { n_steps: 5 } },
        { dims: [1, 3, 8, 8], data: two.data.slice(i * 192, (i + 1) * 192) },
      );
      expect(relativeError(both.values.slice(i * 192, (i + 1) * 192), alone.values)).toBeLessThan(1e-5);
      expect(both.checks[i]?.score_difference).toBeCloseTo(alone.checks[0]?.score_difference as number, 5);
    }
  });
});

describe("the SmoothGrad family", () => {
  const noisy = (
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    seed?: number,
  ): ReturnType<typeof explain> => run(dummyNet, { method, params: { nt_samples: 6, ...params }, seed });
  it("the same seed gives the same bytes, another seed other bytes", async () => {
    for (const method of ["smoothgrad", "squaregrad", "vargrad"]) {
      const [a, b, c] = [await noisy(method, {}, 7), await noisy(method, {}, 7), await noisy(method, {}, 8)];
      expect(Buffer.compare(Buffer.from(a.values.buffer), Buffer.from(b.values.buffer)), method).toBe(0);
      expect(a.values).not.toEqual(c.values);
      expect([a.seed, c.seed]).toEqual([7, 8]);
    }
    expect((await noisy("smoothgrad")).values).toEqual((await noisy("smoothgrad", {}, 0)).values);
  });
  it("without noise SmoothGrad is the gradient, SquareGrad its square, VarGrad nothing", async () => {
    const still = { stdevs: 1e-30 };
    const slope = (await run(dummyNet, { method: "gradient" })).values;
    expect(relativeError((await noisy("smoothgrad", still)).values, slope)).toBeLessThan(1e-6);
    expect(
      relativeError(
        (await noisy("squaregrad", still)).values,
        slope.map((v) => v * v),
      ),
    ).toBeLessThan(1e-6);
    expect((await noisy("vargrad", still)).values.reduce((m, v) => Math.max(m, v), 0)).toBeLessThan(1e-12);
  });
  it("they are mean, mean square and population variance of the same gradients", async () => {
    const [mean, square, variance] = [await noisy("smoothgrad"), await noisy("squaregrad"), await noisy("vargrad")];
    expect(
      relativeError(
        square.values.map((v, i) => v - (mean.values[i] as number) ** 2),
        variance.values,
      ),
    ).toBeLessThan(1e-4);
    expect(square.values.every((v) => v >= 0)).toBe(true);
    expect(variance.values.every((v) => v >= 0)).toBe(true);
    expect(variance.values.some((v) => v > 0)).toBe(true);
    expect([mean.signed, square.signed, variance.signed]).toEqual([true, false, false]);
  });
  it("SmoothGrad is the plain mean over copies with that noise", async () => {
    const draw = normals(3);
    const copies = Float32Array.from({ length: 4 * 192 }, (_, i) =>
      Math.fround((x.data[i % 192] as number) + 0.2 * draw()),
    );
    const each = await run(smoothNet, { method: "gradient" }, { dims: [4, 3, 8, 8], data: copies });
    const mean = Float32Array.from(
      { length: 192 },
      (_, i) => [0, 1, 2, 3].reduce((s, k) => s + (each.values[k * 192 + i] as number), 0) / 4,
    );
    const got = await run(smoothNet, { method: "smoothgrad", params: { nt_samples: 4, stdevs: 0.2 }, seed: 3 });
    expect(relativeError(got.values, mean)).toBeLessThan(1e-5);
  });
  it("the noise level is a share of the input's range; stdevs overrides it", async () => {
    const range = Math.max(...x.data) - Math.min(...x.data);
    const [relative, absolute] = [
      await noisy("smoothgrad", { noise_level: 0.25 }),
      await noisy("smoothgrad", { noise_level: 9, stdevs: 0.25 * range }),
    ];
    expect(relativeError(relative.values, absolute.values)).toBeLessThan(1e-6);
  });
});

describe("random numbers", () => {
  it("are standard normal", () => {
    const draw = normals(1);
    const sample = Array.from({ length: 100_000 }, draw);
    const mean = sample.reduce((s, v) => s + v, 0) / sample.length;
    const moment = (k: number): number => sample.reduce((s, v) => s + (v - mean) ** k, 0) / sample.length;
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.02);
    expect(Math.abs(moment(3))).toBeLessThan(0.03);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.1);
    expect(sample.every(Number.isFinite)).toBe(true);
  });
  it("begin the same on every machine", () => {
    const draw = normals(42);
    expect([draw(), draw(), draw(), draw()].map((v) => v.toFixed(9))).toMatchInlineSnapshot(`
      [
        "3.798521470",
        "-3.758548285",
        "-0.177525503",
        "-0.220133985",
      ]
    `);
  });
});
