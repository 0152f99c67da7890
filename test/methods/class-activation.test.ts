/** @file CAM: networks whose head is average pooling and affine layers, by their own weights; all others are refused. */
import { describe, expect, it } from "vitest";
import type { Value } from "../../src/graph/builder.ts";
import { compile, explain, loadModel } from "../../src/index.ts";
import { pooledLayer } from "../../src/methods/pooled-head.ts";
import { images, type Net, netBytes, relativeError, wave } from "../nets.ts";
import { passesOf } from "./float64-passes.ts";
import { nhwcNet, open, quantisedNet, smoothNet } from "./nets.ts";

const WEIGHTS = Float32Array.from({ length: 15 }, (_, i) => Math.sin(3 * i));
const BIAS = Float32Array.of(0.5, -1, 2);

/** A layer `maps` of 5 channels, what pools it, and a head of 3 classes. */
const headed = (head: (net: Net & { readonly maps: Value }) => Value): Uint8Array =>
  netBytes(["N", 3, 6, 6], ({ g, x, w }) => {
    const maps = g.alias(g.op("Tanh", [g.op("Conv", [x, w([5, 3, 3, 3]), w([5])])]), "maps");
    return { scores: head({ g, x, w, maps }) };
  });
const gemm = ({ g, w }: Net, flat: Value): Value =>
  g.op("Gemm", [flat, w([3, 5], WEIGHTS), w([3], BIAS)], { transB: 1 });

const HEADS: Readonly<Record<string, Uint8Array>> = {
  "GlobalAveragePool, Flatten, Gemm": headed((n) =>
    gemm(n, n.g.op("Flatten", [n.g.op("GlobalAveragePool", [n.maps])], { axis: 1 })),
  ),
  "ReduceMean over the axes from behind": headed((n) =>
    gemm(n, n.g.op("ReduceMean", [n.maps, n.g.ints([-1, -2])], { keepdims: 0 })),
  ),
  "AveragePool of the whole map": headed((n) =>
    gemm(n, n.g.op("Reshape", [n.g.op("AveragePool", [n.maps], { kernel_shape: [4, 4] }), n.g.ints([0, 5])])),
  ),
  "MatMul and Add, a scale between": headed((n) => {
    const { g } = n;
    const flat = g.op("Squeeze", [g.op("GlobalAveragePool", [n.maps]), g.ints([2, 3])]);
    const scaled = g.op("Div", [g.op("Mul", [flat, g.scalar(6)]), g.scalar(6)]);
    const turned = Float32Array.from(WEIGHTS, (_, i) => WEIGHTS[(i % 3) * 5 + Math.floor(i / 3)] as number);
    return g.op("Add", [g.op("MatMul", [scaled, n.w([5, 3], turned)]), n.w([3], BIAS)]);
  }),
  "a convolution after the pool": headed((n) =>
    n.g.op(
      "Flatten",
      [n.g.op("Conv", [n.g.op("GlobalAveragePool", [n.maps]), n.w([3, 5, 1, 1], WEIGHTS), n.w([3], BIAS)])],
      {
        axis: 1,
      },
    ),
  ),
};

describe("a head of pooling and affine layers", () => {
  const x = images([1, 3, 6, 6], 6);
  it.each(Object.keys(HEADS))("%s: the map is the class's weights on the channels", async (name) => {
    const model = await open(HEADS[name] as Uint8Array);
    const map = await explain(model, x, { method: "cam", target: 2, threads: 1 });
    const { channels } = passesOf(model, "maps", x);
    const want = (channels[0] as readonly number[]).map((_, p) =>
      channels.reduce((s, c, k) => s + (WEIGHTS[2 * 5 + k] as number) * (c[p] as number), 0),
    );
    expect(map.layer).toMatchObject({ op: "Tanh", channels: 5 });
    expect(map.dims).toEqual([1, 4, 4]);
    expect(relativeError(map.values, want)).toBeLessThan(1e-5);
    const mean = map.values.reduce((a, b) => a + b, 0) / 16;
    expect(mean).toBeCloseTo(map.score - (BIAS[2] as number), 4);
  });
  it("the last average of [N,h,w,C] maps", async () => {
    const model = await open(nhwcNet);
    const input = images([1, 6, 6, 3]);
    const map = await explain(model, input, { method: "cam", target: 1, threads: 1 });
    expect(map.layer).toMatchObject({ layout: "nhwc", op: "Tanh", grid: [4, 4] });
    expect(map.values.reduce((a, b) => a + b, 0) / 16).toBeCloseTo(map.score, 4);
  });
  it("a layer that is quantised and back", async () => {
    const map = await explain(await open(quantisedNet), x, { method: "cam", target: 1, threads: 1 });
    expect(map.layer).toMatchObject({ op: "DequantizeLinear", channels: 5 });
    const other = await explain(await open(quantisedNet), x, { method: "cam", target: 2, threads: 1 });
    // a difference of means is one of scores, but for the biases of the two classes
    const mean = (v: Float32Array): number => v.reduce((a, b) => a + b, 0) / 16;
    const biases = wave(3, 14);
    const difference = map.score - other.score - ((biases[1] as number) - (biases[2] as number));
    expect(mean(map.values) - mean(other.values)).toBeCloseTo(difference, 4);
  });
  it("a head that only pools: the map of the class itself", async () => {
    const bytes = netBytes(["N", 3, 6, 6], ({ g, x: input, w }) => {
      const maps = g.alias(g.op("Relu", [g.op("Conv", [input, w([4, 3, 1, 1]), w([4])])]), "classes");
      return { scores: g.op("Flatten", [g.op("GlobalAveragePool", [maps])], { axis: 1 }) };
    });
    const model = await open(bytes);
    const map = await explain(model, x, { method: "cam", target: 3, threads: 1 });
    expect(relativeError(map.values, passesOf(model, "classes", x).channels[3] as readonly number[])).toBeLessThan(
      1e-5,
    );
  });
  it("compiles to a graph of its own", async () => {
    const bytes = HEADS["GlobalAveragePool, Flatten, Gemm"] as Uint8Array;
    const compiled = await compile(await open(bytes), { method: "cam", target: 0 });
    const alone = await loadModel(compiled.bytes);
    expect(alone.source.model.graph.outputs.map((o) => o.name)).toEqual(["scores", "saliency_map"]);
    await alone.dispose();
  });
});

describe("other heads are refused, with the node", () => {
  it.each([
    [
      "an activation after the pool",
      headed((n) => gemm(n, n.g.op("Relu", [n.g.op("ReduceMean", [n.maps, n.g.ints([2, 3])], { keepdims: 0 })]))),
      /`Relu`/,
    ],
    ["no pool at all", smoothNet, /`Sigmoid`/],
    [
      "a pool over a part of the map",
      headed((n) =>
        n.g.op("Gemm", [
          n.g.op("Flatten", [n.g.op("AveragePool", [n.maps], { kernel_shape: [2, 2], strides: [2, 2] })], { axis: 1 }),
          n.w([20, 3]),
        ]),
      ),
      /`AveragePool`/,
    ],
    [
      "a mean over rows only",
      headed((n) =>
        n.g.op("MatMul", [
          n.g.op("Flatten", [n.g.op("ReduceMean", [n.maps, n.g.ints([2])], { keepdims: 0 })], { axis: 1 }),
          n.w([20, 3]),
        ]),
      ),
      /`ReduceMean`/,
    ],
    [
      "two pooled paths",
      headed((n) => {
        const mean = n.g.op("ReduceMean", [n.maps, n.g.ints([2, 3])], { keepdims: 0 });
        const peak = n.g.op("ReduceMax", [n.maps, n.g.ints([2, 3])], { keepdims: 0 });
        return gemm(n, n.g.op("Add", [mean, peak]));
      }),
      /`Add`/,
    ],
  ])("%s", async (_, bytes, node) => {
    const model = await open(bytes);
    expect(pooledLayer(model.classifier())).toMatch(node);
    const asked = explain(model, images([1, 3, ...(bytes === smoothNet ? [8, 8] : [6, 6])]), { method: "cam" });
    await expect(asked).rejects.toMatchObject({ code: "E_METHOD_UNSUITABLE" });
    await expect(asked).rejects.toThrow(node);
  });
  it("another layer than the one that is pooled", async () => {
    const bytes = headed((n) => {
      const more = n.g.op("Tanh", [n.g.op("Conv", [n.maps, n.w([5, 5, 1, 1])])]);
      return gemm(n, n.g.op("ReduceMean", [more, n.g.ints([2, 3])], { keepdims: 0 }));
    });
    const asked = explain(await open(bytes), images([1, 3, 6, 6]), { method: "cam", layer: "maps" });
    await expect(asked).rejects.toMatchObject({ code: "E_LAYER_UNSUITABLE" });
    await expect(asked).rejects.toThrow(/averaged for the head.*, not `maps`/);
  });
});
