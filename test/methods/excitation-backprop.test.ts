/** @file Excitation backprop: the worked example of SPEC 5.4, mass, heads, contrast layers, refusals. */
import { describe, expect, it } from "vitest";
import { type ExplainOptions, type Explanation, explain, loadModel } from "../../src/index.ts";
import { namedLayer } from "../../src/methods/layers.ts";
import { cotangentGraph, SALIENCY_MAP } from "../../src/methods/one-pass.ts";
import { findMethod } from "../../src/methods/table.ts";
import { readParams } from "../../src/params.ts";
import { float64, images, netBytes, relativeError } from "../nets.ts";
import { inFloat64 } from "../zoo/sessions.ts";
import { ZOO } from "../zoo/zoo.ts";

const contrastive = findMethod("c-mwp");
type Emit = Parameters<typeof cotangentGraph>[1];

const run = async (
  bytes: Uint8Array,
  x: ReturnType<typeof images>,
  options: Partial<ExplainOptions> & { readonly method: string },
): Promise<Explanation> => {
  await using model = await loadModel(bytes);
  return explain(model, x, { target: 0, threads: 1, ...options });
};

/** Three inputs on a 1x3 grid, kept by a 1x1 convolution named `a`, and two units: (2,-1,1) and (1,1,1). */
const worked = netBytes([1, 1, 1, 3], ({ g, x, w }) => {
  const a = g.op("Relu", [g.op("Conv", [x, w([1, 1, 1, 1], [1])])]);
  const y = g.op("Gemm", [g.op("Flatten", [g.alias(a, "a")], { axis: 1 }), w([2, 3], [2, -1, 1, 1, 1, 1])], {
    transB: 1,
  });
  return { y };
});
const given = { dims: [1, 1, 1, 3], data: Float32Array.of(1, 4, 3) };

describe("the worked example of SPEC 5.4", () => {
  it("MWP = (.4, 0, .6)", async () => {
    const { values, dims, checks } = await run(worked, given, { method: "mwp", layer: "a" });
    expect(dims).toEqual([1, 1, 3]);
    expect(relativeError(values, [0.4, 0, 0.6])).toBeLessThan(1e-6);
    expect(checks[0]?.conservation_residual).toBeCloseTo(0, 6);
  });
  it("contrast: MWP less the dual (0, 1, 0), clipped at 0", async () => {
    const { values } = await run(worked, given, { method: "c-mwp", layer: "a" });
    expect(relativeError(values, [0.4, 0, 0.6])).toBeLessThan(1e-6);
  });
  it("a dual that takes more than the class leaves 0", async () => {
    // class (1,-1,1) on a = (1,4,3): P+ = (.25, 0, .75), P- = (0,1,0)
    const other = netBytes([1, 1, 1, 3], ({ g, x, w }) => {
      const a = g.alias(g.op("Relu", [g.op("Conv", [x, w([1, 1, 1, 1], [1])])]), "a");
      const mixed = g.op("Relu", [
        g.op("Gemm", [g.op("Flatten", [a], { axis: 1 }), w([2, 3], [1, 1, 0, 0, 1, 1])], { transB: 1 }),
      ]);
      return { y: g.op("Gemm", [mixed, w([1, 2], [1, -1])], { transB: 1 }) };
    });
    // P+ at `mixed` = (1,0), P- = (0,1); below: (1,4)/5 - (4,3)/7
    const { values } = await run(other, given, { method: "c-mwp", layer: "a" });
    expect(relativeError(values, [1 / 5, 4 / 5 - 4 / 7, 0])).toBeLessThan(1e-5);
  });
});

describe("mass", () => {
  it.each(["vgg-11", "squeezenet-1.1", "densenet-121", "googlenet"])(
    "%s: all of it arrives at the default layer",
    async (name) => {
      const bytes = (ZOO[name] as (typeof ZOO)[string]).bytes({ bias: false });
      await using model = await loadModel(bytes);
      const { height, width } = model.classifier();
      const e = await explain(model, images([1, 3, height, width]), { method: "excitation-backprop", threads: 1 });
      expect(e.values.every((v) => v >= 0)).toBe(true);
      expect(e.values.reduce((s, v) => s + v, 0)).toBeCloseTo(1, 4);
    },
  );
});

describe("fully convolutional heads", () => {
  it("proportional and softmax shares differ, and both are probabilities over positions before the head", async () => {
    const scores = netBytes([1, 1, 2, 2], ({ g, x, w }) => {
      const a = g.alias(g.op("Relu", [g.op("Conv", [x, w([1, 1, 1, 1], [1])])]), "a");
      return {
        y: g.op("Flatten", [g.op("GlobalAveragePool", [g.op("Conv", [a, w([1, 1, 1, 1], [2])])])], { axis: 1 }),
      };
    });
    const x = { dims: [1, 1, 2, 2], data: Float32Array.of(0.1, 0.2, 0.3, 0.4) };
    const shared = await run(scores, x, { method: "mwp", layer: "a" });
    const soft = await run(scores, x, { method: "mwp", layer: "a", params: { head: "softmax" } });
    expect(relativeError(shared.values, x.data)).toBeLessThan(1e-5);
    const e = Array.from(x.data, (v) => Math.exp(2 * v));
    const sum = e.reduce((s, v) => s + v, 0);
    expect(
      relativeError(
        soft.values,
        e.map((v) => v / sum),
      ),
    ).toBeLessThan(1e-5);
  });
  it("the contrast takes the convolution for the classifier", async () => {
    // a = (x+, x-), class map a0 - a1 = x: the class wins where x > 0, its dual where x < 0
    const bytes = netBytes([1, 1, 2, 2], ({ g, x, w }) => {
      const a = g.alias(g.op("Relu", [g.op("Conv", [x, w([2, 1, 1, 1], [1, -1])])]), "a");
      return {
        y: g.op("Flatten", [g.op("GlobalAveragePool", [g.op("Conv", [a, w([1, 2, 1, 1], [1, -1])])])], { axis: 1 }),
      };
    });
    const x = { dims: [1, 1, 2, 2], data: Float32Array.of(4, -1, 2, -3) };
    const { values } = await run(bytes, x, { method: "c-mwp", layer: "a" });
    expect(relativeError(values, [4 / 2, 1 / 2, 2 / 2, 3 / 2])).toBeLessThan(1e-5);
  });
});

describe("contrast layers", () => {
  const bytes = (ZOO["vgg-11"] as (typeof ZOO)[string]).bytes();
  it("the propagation is linear: where the passes are subtracted does not change the map", async () => {
    await using model = await loadModel(bytes);
    const { height, width, model: canonical } = model.classifier();
    const pools = canonical.graph.nodes.filter((n) => n.op === "MaxPool").map((n) => n.outputs[0] as string);
    const x = images([1, 3, height, width]);
    // in float64: the difference of two nearly equal probabilities keeps few digits in float32
    const mapFor = (contrast_layer: string | null): ArrayLike<number> => {
      const classifier = model.classifier({ separateBatchNorm: true });
      const layer = namedLayer(classifier, pools[0] as string);
      const params = readParams(contrastive.id, contrastive.params, { contrast_layer });
      const graph = cotangentGraph({ classifier, layer, params }, contrastive.emit as Emit);
      const cotangent = Float64Array.from({ length: classifier.classes }, (_, i) => (i === 3 ? 1 : 0));
      const feeds = { input: float64(x.dims, x.data), cotangent: float64([1, classifier.classes], cotangent) };
      return inFloat64(graph.model, feeds, [SALIENCY_MAP])[SALIENCY_MAP]?.data ?? [];
    };
    const plain = mapFor(null);
    expect(Array.from(plain).some((v) => v > 0)).toBe(true);
    for (const at of pools.slice(1)) expect(relativeError(mapFor(at), plain), at).toBeLessThan(1e-9);
  });
  it.each([
    ["nowhere", /no value or node named `nowhere`/],
    ["logits", /lies above the classifier|no value or node/],
  ])("`%s` is refused", async (contrast_layer, message) => {
    await expect(run(bytes, images([1, 3, 64, 64]), { method: "c-mwp", params: { contrast_layer } })).rejects.toThrow(
      message,
    );
  });
});

describe("layers that read negative values", () => {
  const bytes = (ZOO["mobilenet-v2"] as (typeof ZOO)[string]).bytes();
  const mass = (e: Explanation): number => e.values.reduce((s, v) => s + v, 0);
  it("are named with their number; positive parts alone keep every share positive", async () => {
    await using model = await loadModel(bytes);
    const { height, width } = model.classifier();
    const x = images([1, 3, height, width]);
    const asIs = await explain(model, x, { method: "mwp", threads: 1, params: { inputs: "as_is" } });
    expect(asIs.notes.join()).toMatch(/assumes inputs that are never negative; [1-9]\d* of \d+ layers/);
    const positive = await explain(model, x, {
      method: "mwp",
      threads: 1,
      params: { residual: "positive" },
    });
    expect(positive.notes.join()).not.toMatch(/never negative/);
    expect(positive.values.every((v) => v >= 0)).toBe(true);
    expect(mass(positive)).toBeLessThanOrEqual(1 + 1e-5);
    expect(mass(positive)).toBeGreaterThan(0);
  });
});
