/** @file Integrated gradients along other paths: through blurs, and where the gradient is small. */
import { describe, expect, it } from "vitest";
import { type ExplainOptions, explain, predict } from "../../src/index.ts";
import { blurMatrix, blurred } from "../../src/methods/blur.ts";
import { guidedStep } from "../../src/methods/guided-ig.ts";
import { images, netBytes, relativeError, wave } from "../nets.ts";
import { linearNet, linearWeights, nhwcNet, open, smoothNet } from "./nets.ts";

const x = images([1, 3, 8, 8]);
const run = async (
  method: string,
  options: Partial<ExplainOptions> = {},
  [bytes, input]: readonly [Uint8Array, ReturnType<typeof images>] = [smoothNet, x],
): ReturnType<typeof explain> => explain(await open(bytes), input, { target: 1, threads: 1, ...options, method });
const sum = (v: ArrayLike<number>): number => Array.from(v).reduce((s, a) => s + a, 0);
const scoreAt = async (data: Float32Array): Promise<number> =>
  (await predict(await open(smoothNet), { dims: x.dims, data }))[0]?.[1] as number;
const FORM = { channels: 3, height: 8, width: 8, layout: "nchw" } as const;

describe("a blur", () => {
  it.each([0, 0.01, 0.4, 1, 3, 50])("of sigma %f is symmetric and keeps sums", (sigma) => {
    for (const size of [1, 2, 7, 32]) {
      const m = blurMatrix(size, sigma);
      for (let i = 0; i < size; i++) {
        expect(sum(m.slice(i * size, (i + 1) * size))).toBeCloseTo(1, 5);
        for (let j = 0; j < i; j++) expect(m[i * size + j]).toBeCloseTo(m[j * size + i] as number, 6);
      }
    }
  });
  it("of nothing changes nothing, a strong one leaves the mean", () => {
    expect(blurred(x.data, FORM, 0)).toEqual(x.data);
    const mean = [0, 1, 2].map((c) => sum(x.data.slice(64 * c, 64 * c + 64)) / 64);
    const want = x.data.map((_, i) => mean[Math.floor(i / 64)] as number);
    expect(relativeError(blurred(x.data, FORM, 50), want)).toBeLessThan(1e-4);
  });
  it("of a point is a Gaussian, and two blurs are one", () => {
    const size = 41;
    const m = blurMatrix(size, 2);
    for (const d of [0, 1, 2, 5])
      expect(m[20 * size + 20 + d]).toBeCloseTo(Math.exp((-d * d) / 8) / Math.sqrt(8 * Math.PI), 4);
    const [three, four, five] = [blurMatrix(size, 3), blurMatrix(size, 4), blurMatrix(size, 5)];
    const product = Array.from({ length: size * size }, (_, i) => {
      let s = 0;
      for (let k = 0; k < size; k++)
        s += (three[Math.floor(i / size) * size + k] as number) * (four[k * size + (i % size)] as number);
      return s;
    });
    expect(relativeError(product, five)).toBeLessThan(2e-3);
  });
  it("does to channels last what it does to channels first", () => {
    const last = Float32Array.from({ length: 120 }, (_, i) => x.data[(i % 3) * 40 + Math.floor(i / 3)] as number);
    const form = { channels: 3, height: 5, width: 8 } as const;
    const first = blurred(x.data.slice(0, 120), { ...form, layout: "nchw" }, 1.3);
    const other = blurred(last, { ...form, layout: "nhwc" }, 1.3);
    expect(
      relativeError(
        other,
        Float32Array.from({ length: 120 }, (_, i) => first[(i % 3) * 40 + Math.floor(i / 3)] as number),
      ),
    ).toBe(0);
  });
});

describe("blur-ig", () => {
  it("sums to the difference of the scores, and its delta falls with the square of the steps", async () => {
    const difference = (await scoreAt(x.data)) - (await scoreAt(blurred(x.data, FORM, 50)));
    const deltas = [];
    for (const n_steps of [8, 16, 32, 64]) {
      const { values, checks } = await run("blur-ig", { params: { n_steps } });
      expect(checks[0]?.score_difference).toBeCloseTo(difference, 4);
      expect(checks[0]?.convergence_delta).toBeCloseTo(sum(values) - difference, 4);
      deltas.push(Math.abs(checks[0]?.convergence_delta as number));
    }
    expect(deltas[0]).toBeGreaterThan(1e-3);
    for (const i of [1, 2, 3]) expect(deltas[i]).toBeLessThan((deltas[i - 1] as number) / 3);
  });
  it("on a linear net is the weights times what the blur takes away", async () => {
    const input = images([1, 3, 2, 4]);
    const soft = blurred(input.data, { channels: 3, height: 2, width: 4, layout: "nchw" }, 2);
    const { values } = await run("blur-ig", { params: { n_steps: 3, max_sigma: 2 } }, [linearNet, input]);
    const want = input.data.map((v, i) => (v - (soft[i] as number)) * (linearWeights[24 + i] as number));
    expect(relativeError(values, want)).toBeLessThan(1e-5);
  });
  it("says nothing about an even picture", async () => {
    const even = { dims: x.dims, data: new Float32Array(192).fill(0.5) };
    const { values } = await run("blur-ig", { params: { n_steps: 4 } }, [smoothNet, even]);
    expect(values.reduce((m, v) => Math.max(m, Math.abs(v)), 0)).toBeLessThan(1e-5);
  });
  it("takes channels last, and images of a batch each for itself", async () => {
    const two = images([2, 6, 6, 3], 4);
    const both = await run("blur-ig", { params: { n_steps: 20 }, batch: 4 }, [nhwcNet, two]);
    for (const i of [0, 1]) {
      const one = { dims: [1, 6, 6, 3], data: two.data.slice(i * 108, (i + 1) * 108) };
      const alone = await run("blur-ig", { params: { n_steps: 20 } }, [nhwcNet, one]);
      expect(relativeError(both.values.slice(i * 108, (i + 1) * 108), alone.values)).toBeLessThan(1e-5);
      expect(sum(alone.values)).toBeCloseTo(alone.checks[0]?.score_difference as number, 1);
    }
  });
});

describe("a guided step", () => {
  const step = (left: number, fraction: number): readonly number[] => [
    ...guidedStep({
      at: Float64Array.of(0, 0, 0, 0, 1),
      end: Float64Array.of(1, -2, 3, 4, 1),
      gradient: [-0.5, 0.1, 0.3, 9, 0],
      left,
      fraction,
    }),
  ];
  it("moves the smallest gradients first, as far as the distance allows", () => {
    expect(step(9, 0.2)).toEqual([0, -1, 0, 0, 1]);
    expect(step(6.5, 0.2)).toEqual([0, -2, 1.5, 0, 1]);
    expect(step(4, 0.2)).toEqual([1, -2, 3, 0, 1]);
    expect(step(0, 0.2)).toEqual([1, -2, 3, 4, 1]);
  });
  it("moves a group together", () => {
    expect(step(7.5, 0.4)).toEqual([0, -1, 1.5, 0, 1]);
    expect(step(5, 1)).toEqual([0.5, -1, 1.5, 2, 1]);
  });
  it("keeps equal gradients together", () => {
    const even = { at: new Float64Array(4), end: Float64Array.of(1, 1, 1, 1), gradient: [2, -2, 1, 2], left: 1.5 };
    expect([...guidedStep({ ...even, fraction: 0.25 })]).toEqual([0.5, 0.5, 1, 0.5]);
  });
});

describe("guided-ig", () => {
  const at = (params: Readonly<Record<string, unknown>>): ReturnType<typeof explain> => run("guided-ig", { params });
  it("sums to the difference of the scores as steps are added", async () => {
    const difference = (await scoreAt(x.data)) - (await scoreAt(new Float32Array(192)));
    const deltas = [];
    for (const n_steps of [10, 40, 160]) {
      const { values, checks } = await at({ n_steps, anchors: 4 });
      expect(checks[0]?.score_difference).toBeCloseTo(difference, 5);
      expect(checks[0]?.convergence_delta).toBeCloseTo(sum(values) - difference, 4);
      deltas.push(Math.abs(checks[0]?.convergence_delta as number));
    }
    expect(deltas[2]).toBeLessThan((deltas[0] as number) / 20);
    expect(deltas[2]).toBeLessThan(1e-3);
  });
  it("is integrated gradients where all elements move together, or an anchor ends every step", async () => {
    const straight = (await run("integrated-gradients")).values;
    for (const params of [
      { fraction: 1, n_steps: 64, anchors: 0 },
      { n_steps: 64, anchors: 63 },
    ])
      expect(relativeError((await at(params)).values, straight)).toBeLessThan(1e-3);
    expect(relativeError((await at({ n_steps: 64, anchors: 0 })).values, straight)).toBeGreaterThan(1e-2);
  });
  it("walks around a large gradient", async () => {
    // f = a (1 - b): moving b first (its gradient is 0 at 0) leaves a a slope of 1 - b = 0
    const net = netBytes(["N", 2, 1, 1], ({ g, x: input, w }) => {
      const [a, b] = [
        g.op("Flatten", [g.op("Conv", [input, w([1, 2, 1, 1], [1, 0])])], { axis: 1 }),
        g.op("Flatten", [g.op("Conv", [input, w([1, 2, 1, 1], [0, 1])])], { axis: 1 }),
      ];
      const f = g.op("Mul", [a, g.op("Sub", [g.scalar(1), b])]);
      return { scores: g.op("Concat", [f, f], { axis: 1 }) };
    });
    const input = { dims: [1, 2, 1, 1], data: Float32Array.of(1, 1) };
    const { values } = await run("guided-ig", { params: { n_steps: 2, anchors: 0, fraction: 0.5 } }, [net, input]);
    expect([...values]).toEqual([0, 0]);
    const straight = await run("integrated-gradients", {}, [net, input]);
    expect(straight.values[0]).toBeCloseTo(0.5, 5);
    expect(straight.values[1]).toBeCloseTo(-0.5, 5);
  });
  it("begins at its baseline, and runs images of a batch in step", async () => {
    const from = wave(192, 9);
    const two = images([2, 3, 8, 8], 4);
    const params = { baselines: from, n_steps: 12, anchors: 2 };
    const both = await run("guided-ig", { params }, [smoothNet, two]);
    for (const i of [0, 1]) {
      const one = { dims: x.dims, data: two.data.slice(i * 192, (i + 1) * 192) };
      const alone = await run("guided-ig", { params }, [smoothNet, one]);
      expect(relativeError(both.values.slice(i * 192, (i + 1) * 192), alone.values)).toBeLessThan(1e-4);
      const difference = (await scoreAt(one.data)) - (await scoreAt(from));
      expect(alone.checks[0]?.score_difference).toBeCloseTo(difference, 5);
    }
    expect((await at({ baselines: x.data })).values.every((v) => v === 0)).toBe(true);
  });
  it("counts one pass a step and one for the end, even with more anchors than steps", async () => {
    const seen: number[] = [];
    const params = { n_steps: 5, anchors: 30 };
    await run("guided-ig", { params, onProgress: ({ done, total }) => seen.push(done, total) });
    expect(seen.slice(-2)).toEqual([6, 6]);
  });
  it.each([{ fraction: 0 }, { fraction: 1.5 }, { anchors: -1 }, { n_steps: 0 }])("refuses %o", async (params) => {
    await expect(at(params)).rejects.toMatchObject({ code: "E_PARAM" });
  });
});
