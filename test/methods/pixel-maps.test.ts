/** @file Maps of one value a pixel, against plain loops: FullGrad, and the magnitude of the probability's gradient. */
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import type { Value } from "../../src/graph/builder.ts";
import { float } from "../../src/graph/types.ts";
import { upsampleBilinear } from "../../src/image/upsample.ts";
import { compile, type ExplainOptions, explain, planeOf, predict } from "../../src/index.ts";
import { images, type Net, netBytes, relativeError, wave } from "../nets.ts";
import { nhwcNet, open, smoothNet, tokenNet } from "./nets.ts";

const run = async (
  bytes: Uint8Array,
  x: ReturnType<typeof images>,
  options: Partial<ExplainOptions> & { readonly method: string },
): ReturnType<typeof explain> => explain(await open(bytes), x, { target: 1, threads: 1, ...options });
const runPlain = async (bytes: Uint8Array, x: ReturnType<typeof images>): Promise<Float32Array> => {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4, intraOpNumThreads: 1 });
  const out = await session.run({ x: new ort.Tensor("float32", x.data, [...x.dims]) });
  await session.release();
  return out.saliency_map?.data as Float32Array;
};
const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

/** |t| of one channel from 0 to 1. */
function unit(t: readonly number[]): readonly number[] {
  const size = t.map(Math.abs);
  const [min, max] = [Math.min(...size), Math.max(...size)];
  return size.map((v) => (v - min) / (1e-7 + max - min));
}

describe("fullgrad", () => {
  const [channels, out, scale, shift, means, variance] = [2, 3, wave(3, 21), wave(3, 22), wave(3, 23), [0.5, 2, 1]];
  const [kernel, bias, top] = [wave(out * channels * 4, 24), wave(out, 25), wave(2 * out * 9, 26)];
  /** 2x2 patches of a 6x6 picture, then BatchNormalization. */
  const bytes = netBytes(["N", channels, 6, 6], ({ g, x, w }) => {
    const conv = g.op("Conv", [x, w([out, channels, 2, 2], kernel), w([out], bias)], { strides: [2, 2] });
    const normal = g.op(
      "BatchNormalization",
      [conv, w([out], scale), w([out], shift), w([out], means), w([out], variance)],
      {
        epsilon: float(0.01),
      },
    );
    return {
      scores: g.op(
        "Gemm",
        [g.op("Flatten", [g.op("Relu", [normal])], { axis: 1 }), w([2, out * 9], top), w([2], [5, -3])],
        {
          transB: 1,
        },
      ),
    };
  });
  const x = images([1, channels, 6, 6], 7);

  function byHand(target: number): readonly number[] {
    const at = (c: number, h: number, w: number): number => x.data[c * 36 + h * 6 + w] as number;
    const map = new Array<number>(36).fill(0);
    const slope = new Float64Array(channels * 36);
    const add = (t: readonly number[]): void => {
      const size = Math.sqrt(t.length);
      const large = upsampleBilinear(
        { values: Float32Array.from(unit(t)), width: size, height: size },
        { width: 6, height: 6 },
      );
      large.forEach((v, i) => {
        map[i]! += v;
      });
    };
    for (const k of upTo(out)) {
      const factor = (scale[k] as number) / Math.sqrt((variance[k] as number) + 0.01);
      const dNormal = upTo(9).map((p) => {
        const [r, c] = [Math.floor(p / 3), p % 3];
        let z = bias[k] as number;
        for (const ch of upTo(channels))
          for (const i of upTo(4))
            z += (kernel[(k * channels + ch) * 4 + i] as number) * at(ch, 2 * r + Math.floor(i / 2), 2 * c + (i % 2));
        const y = factor * (z - (means[k] as number)) + (shift[k] as number);
        return y > 0 ? (top[target * out * 9 + k * 9 + p] as number) : 0;
      });
      const dConv = dNormal.map((d) => d * factor);
      add(dNormal.map((d) => d * ((shift[k] as number) - (means[k] as number) * factor)));
      add(dConv.map((d) => d * (bias[k] as number)));
      for (const p of upTo(9))
        for (const ch of upTo(channels))
          for (const i of upTo(4))
            slope[ch * 36 + (2 * Math.floor(p / 3) + Math.floor(i / 2)) * 6 + 2 * (p % 3) + (i % 2)]! +=
              (dConv[p] as number) * (kernel[(k * channels + ch) * 4 + i] as number);
    }
    for (const ch of upTo(channels))
      add(upTo(36).map((i) => (slope[ch * 36 + i] as number) * (x.data[ch * 36 + i] as number)));
    return map;
  }

  it.each([0, 1])("of class %i is the sum of what input, convolution and normalisation bring", async (target) => {
    const map = await run(bytes, x, { method: "fullgrad", target });
    expect([map.dims, map.space, map.signed]).toEqual([[1, 6, 6], "pixel", false]);
    expect(relativeError(map.values, byHand(target))).toBeLessThan(1e-5);
    expect(Math.abs(map.checks[0]?.completeness_residual as number)).toBeLessThan(1e-5);
  });
  it("compiles to the same map", async () => {
    const { bytes: compiled } = await compile(await open(bytes), { method: "fullgrad", target: 1 });
    const map = await run(bytes, x, { method: "fullgrad" });
    expect(relativeError(await runPlain(compiled, x), map.values)).toBeLessThan(1e-5);
  });

  const PIECEWISE: Readonly<Record<string, (net: Net) => Value>> = {
    "biases added apart": ({ g, x: v, w }) =>
      g.op("Sub", [g.op("Relu", [g.op("Add", [g.op("Conv", [v, w([4, 2, 3, 3])]), w([1, 4, 1, 1])])]), w([4, 4, 4])]),
    "a transposed convolution": ({ g, x: v, w }) =>
      g.op("Relu", [g.op("ConvTranspose", [v, w([2, 3, 2, 2]), w([3])], { strides: [2, 2] })]),
    "pools and a residual sum": ({ g, x: v, w }) => {
      const a = g.op("MaxPool", [g.op("Conv", [v, w([2, 2, 1, 1]), w([2])])], {
        kernel_shape: [2, 2],
        strides: [2, 2],
      });
      return g.op("Add", [a, g.op("AveragePool", [v], { kernel_shape: [2, 2], strides: [2, 2] })]);
    },
  };
  it.each(Object.keys(PIECEWISE))("explains the whole score of a piecewise linear network with %s", async (name) => {
    const net = netBytes(["N", 2, 6, 6], (n) => {
      const flat = n.g.op("Flatten", [(PIECEWISE[name] as (n: Net) => Value)(n)], {
        axis: 1,
      });
      const size = flat.dims?.[1] as number;
      const hidden = n.g.op("Relu", [
        n.g.op("Gemm", [flat, n.w([5, size]), n.w([5])], { transB: 1, beta: float(0.5) }),
      ]);
      return { scores: n.g.op("Gemm", [hidden, n.w([3, 5]), n.w([3])], { transB: 1 }) };
    });
    for (const target of [0, 1, "2-1"]) {
      const map = await run(net, x, { method: "fullgrad", target });
      expect(Math.abs(map.checks[0]?.completeness_residual as number)).toBeLessThan(1e-5);
      expect(Math.abs(map.score)).toBeGreaterThan(1e-2);
    }
  });
  it("says by its residual that a network is not piecewise linear", async () => {
    const map = await run(smoothNet, images([1, 3, 8, 8]), { method: "fullgrad" });
    expect(Math.abs(map.checks[0]?.completeness_residual as number)).toBeGreaterThan(1e-2);
  });
  it.each([
    ["nhwc", nhwcNet, [1, 6, 6, 3], [1, 6, 6]],
    ["tokens", tokenNet, [1, 3, 8, 8], [1, 8, 8]],
  ] as const)("is one plane of the picture: %s", async (_, net, dims, plane) => {
    const map = await run(net, images(dims), { method: "fullgrad" });
    expect(map.dims).toEqual(plane);
    expect(map.values.every((v) => v >= 0)).toBe(true);
    expect(map.values.some((v) => v > 0)).toBe(true);
  });
});

describe("grad-magnitude", () => {
  const x = images([1, 3, 8, 8]);
  async function byHand(net: Uint8Array, input: ReturnType<typeof images>, target: number): Promise<Float64Array> {
    const classes = 4;
    const all = await run(net, input, { method: "gradient", target: upTo(classes) });
    const logits = (await predict(await open(net), input))[0] as Float32Array;
    const sum = logits.reduce((s, v) => s + Math.exp(v), 0);
    const size = input.data.length;
    return Float64Array.from({ length: size }, (_, i) =>
      upTo(classes).reduce(
        (s, k) =>
          s + ((k === target ? 1 : 0) - Math.exp(logits[k] as number) / sum) * (all.values[k * size + i] as number),
        0,
      ),
    );
  }
  const largest = (v: Float64Array): readonly number[] =>
    upTo(64).map((p) => Math.max(...[0, 1, 2].map((c) => Math.abs(v[c * 64 + p] as number))));
  const dilated = (map: readonly number[], times: number): readonly number[] =>
    times === 0
      ? map
      : dilated(
          map.map((_, p) => {
            const [h, w] = [Math.floor(p / 8), p % 8];
            return Math.max(
              ...map.filter((_, q) => Math.abs(Math.floor(q / 8) - h) <= 1 && Math.abs((q % 8) - w) <= 1),
            );
          }),
          times - 1,
        );

  it.each([0, 2, 5])("with %i dilations is that of log p, largest channel first", async (dilations) => {
    const map = await run(smoothNet, x, { method: "grad-magnitude", target: 2, params: { dilations, units: "input" } });
    expect([map.dims, map.space, map.signed]).toEqual([[1, 8, 8], "pixel", false]);
    expect(relativeError(map.values, dilated(largest(await byHand(smoothNet, x, 2)), dilations))).toBeLessThan(1e-5);
  });
  it("means the probability whatever `output` says, and is not lost where the probability is tiny", async () => {
    const far = netBytes(["N", 3, 8, 8], ({ g, x: v, w }) => ({
      scores: g.op(
        "Softmax",
        [g.op("Gemm", [g.op("Flatten", [v], { axis: 1 }), w([3, 192]), w([3], [0, 300, 0])], { transB: 1 })],
        { axis: 1 },
      ),
    }));
    const [logits, probability] = [
      await run(far, x, { method: "grad-magnitude", target: 0 }),
      await run(far, x, { method: "grad-magnitude", target: 0, output: "probability" }),
    ];
    expect(probability.score).toBe(0);
    expect(probability.values).toEqual(logits.values);
    expect(Math.max(...logits.values)).toBeGreaterThan(0.1);
  });
  it("of a contrast is the slope of the logits' difference", async () => {
    const contrast = await run(smoothNet, x, { method: "grad-magnitude", target: "2-0", params: { units: "input" } });
    const slope = await run(smoothNet, x, { method: "gradient", target: "2-0" });
    expect(relativeError(contrast.values, largest(Float64Array.from(slope.values)))).toBeLessThan(1e-5);
  });
  it("by pixel, channels weigh by what a pixel is worth to the network", async () => {
    // (u / 255 - mean) / std: a pixel in 0..1 moves channel c by 1 / std
    const std = [0.2, 0.5, 0.25];
    const preprocessing = {
      resample: "bilinear",
      channelOrder: "RGB",
      scale: 1 / 255,
      mean: [0, 0, 0],
      std,
      layout: "nchw",
    } as const;
    const map = await run(smoothNet, x, { method: "grad-magnitude", target: 2, preprocessing });
    const slope = (await byHand(smoothNet, x, 2)).map((v, i) => v / (std[Math.floor(i / 64)] as number));
    expect(relativeError(map.values, largest(slope))).toBeLessThan(1e-5);
  });
  it("is drawn as it is, one value a pixel", async () => {
    const map = await run(smoothNet, x, { method: "grad-magnitude" });
    expect(planeOf(map)).toEqual({ values: map.values, width: 8, height: 8 });
  });
  it("takes channels last, and compiles", async () => {
    const input = images([1, 6, 6, 3]);
    const map = await run(nhwcNet, input, { method: "grad-magnitude", params: { dilations: 1 } });
    expect(map.dims).toEqual([1, 6, 6]);
    const { bytes } = await compile(await open(nhwcNet), {
      method: "grad-magnitude",
      target: 1,
      params: { dilations: 1 },
    });
    expect(relativeError(await runPlain(bytes, input), map.values)).toBeLessThan(1e-6);
  });
});
