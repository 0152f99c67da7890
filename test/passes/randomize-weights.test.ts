/** @file Random weights: which layers change at which depth, what stays, and that the network answers otherwise. */
import { describe, expect, it } from "vitest";
import { demoModel } from "../../src/data/demo-net.ts";
import { OnnxplainError } from "../../src/errors.ts";
import { toNumbers } from "../../src/graph/tensor.ts";
import type { Model, Tensor } from "../../src/graph/types.ts";
import { type RandomizeOptions, randomizeWeights, weightLayers } from "../../src/passes/randomize-weights.ts";
import { distance, expectSame, feedsFor, floats, makeModel, noiseTensor, runModel } from "./small-model.ts";

/** x -> conv1 -> relu -> conv2 -> pool, flatten -> gemm -> logits; `unused` feeds nothing that is scored. */
const small = makeModel({
  inputs: { x: ["N", 3, 8, 8] },
  constants: {
    w1: noiseTensor([4, 3, 3, 3], 1),
    b1: noiseTensor([4], 2),
    w2: noiseTensor([5, 4, 3, 3], 3),
    w3: noiseTensor([5, 6], 4),
    b3: noiseTensor([6], 5),
    w4: noiseTensor([4, 4, 1, 1], 6),
  },
  nodes: [
    ["Conv", "x w1 b1", "c1", { pads: [1, 1, 1, 1] }],
    ["Relu", "c1", "r1"],
    ["Conv", "r1 w2", "c2", { pads: [1, 1, 1, 1] }],
    ["GlobalAveragePool", "c2", "p"],
    ["Flatten", "p", "f"],
    ["Gemm", "f w3 b3", "logits"],
    ["Conv", "r1 w4", "unused"],
  ],
  outputs: ["logits", "unused"],
});

const changed = (a: Model, b: Model): readonly string[] =>
  [...a.graph.constants.keys()].filter((n) => a.graph.constants.get(n) !== b.graph.constants.get(n));
const sortedData = (t: Tensor | undefined): readonly number[] =>
  Array.from(toNumbers(t as Tensor)).sort((x, y) => x - y);
const noisy = (options: Partial<RandomizeOptions> = {}): Model =>
  randomizeWeights(small, { mode: "cascading", depth: 0, seed: 3, ...options });

describe("randomize weights", () => {
  it("counts layers from the scores; what does not reach them is no layer", () => {
    expect(weightLayers(small)).toEqual([
      { node: "Gemm_5", op: "Gemm", constants: ["w3", "b3"] },
      { node: "Conv_2", op: "Conv", constants: ["w2"] },
      { node: "Conv_0", op: "Conv", constants: ["w1", "b1"] },
    ]);
    expect(weightLayers(small, "c2").map((l) => l.node)).toEqual(["Conv_2", "Conv_0"]);
    expect(weightLayers(demoModel()).map((l) => l.constants[0])).toEqual([
      "head.weight",
      "spread.weight",
      "templates.weight",
      "edges.weight",
      "colors.weight",
    ]);
  });

  it("depth 0 is the last layer alone; cascading reaches down, independent picks one", () => {
    expect(changed(small, noisy())).toEqual(["w3", "b3"]);
    expect(changed(small, noisy({ depth: 1 }))).toEqual(["w2", "w3", "b3"]);
    expect(changed(small, noisy({ depth: 2 }))).toEqual(["w1", "b1", "w2", "w3", "b3"]);
    expect(changed(small, noisy({ mode: "independent", depth: 1 }))).toEqual(["w2"]);
    expect(changed(small, noisy({ depth: 2 })).includes("w4")).toBe(false);
  });

  it("a permutation keeps the values; facts follow; the model that was given stays", () => {
    const before = sortedData(small.graph.constants.get("w2"));
    const made = noisy({ depth: 1 });
    const weight = made.graph.constants.get("w2");
    expect(sortedData(weight)).toEqual(before);
    expect(Array.from(toNumbers(weight as Tensor))).not.toEqual(
      Array.from(toNumbers(small.graph.constants.get("w2") as Tensor)),
    );
    expect(made.graph.facts.get("w2")?.constant).toBe(weight);
    expect(small.graph.facts.get("w2")?.constant).toBe(small.graph.constants.get("w2"));
  });

  it("normal noise has the mean and deviation of the layer", () => {
    const wide = makeModel({
      inputs: { x: ["N", 100] },
      constants: {
        w: floats(
          [100, 100],
          Array.from({ length: 10_000 }, (_, i) => 2 + (i % 2 ? 0.5 : -0.5)),
        ),
      },
      nodes: [["MatMul", "x w", "y"]],
      outputs: ["y"],
    });
    const made = randomizeWeights(wide, { mode: "cascading", depth: 0, seed: 1, fill: "normal" });
    const values = Array.from(toNumbers(made.graph.constants.get("w") as Tensor));
    const mean = values.reduce((s, v) => s + v, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length);
    expect(Math.abs(mean - 2)).toBeLessThan(0.02);
    expect(Math.abs(deviation - 0.5)).toBeLessThan(0.015);
    expect(new Set(values).size).toBeGreaterThan(9_900);
  });

  it("the same seed, the same weights at every depth and in both modes; another seed, others", () => {
    const weight = (m: Model): Tensor | undefined => m.graph.constants.get("w2");
    expect(noisy({ depth: 2 })).toEqual(noisy({ depth: 2 }));
    expect(weight(noisy({ depth: 2 }))).toEqual(weight(noisy({ mode: "independent", depth: 1 })));
    expect(weight(noisy({ depth: 2, seed: 4 }))).not.toEqual(weight(noisy({ depth: 2 })));
  });

  it("outputs change, shapes do not", async () => {
    const feeds = feedsFor(small);
    const before = await runModel(small, feeds);
    for (const options of [
      { depth: 0 },
      { depth: 2 },
      { mode: "independent", depth: 2 },
      { depth: 1, fill: "normal" },
    ] as const) {
      const after = await runModel(noisy(options), feeds);
      const [old, now] = [before.get("logits"), after.get("logits")];
      expect(distance(old as NonNullable<typeof old>, now as NonNullable<typeof now>)).toBeGreaterThan(0.01);
    }
    const top = await runModel(noisy(), feeds);
    expect(top.get("unused")).toEqual(before.get("unused"));
    await expectSame(noisy(), noisy());
  });

  it("quantised weights are shuffled where they are stored", () => {
    const quantised = makeModel({
      inputs: { x: ["N", 4] },
      constants: {
        q: { dtype: "int8", dims: [4, 2], data: Int8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
        s: floats([], [0.5]),
        z: { dtype: "int8", dims: [], data: Int8Array.of(0) },
      },
      nodes: [
        ["DequantizeLinear", "q s z", "w"],
        ["MatMul", "x w", "y"],
      ],
      outputs: ["y"],
    });
    const made = randomizeWeights(quantised, { mode: "cascading", depth: 0, seed: 2 });
    expect(changed(quantised, made)).toEqual(["q"]);
    expect(sortedData(made.graph.constants.get("q"))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(made.graph.constants.get("q")?.data).toBeInstanceOf(Int8Array);
    expect(() => randomizeWeights(quantised, { mode: "cascading", depth: 0, seed: 2, fill: "normal" })).toThrow(
      'Weights `q` are int8; normal noise needs float32 or float64. Use `fill: "permutation"`.',
    );
  });

  it("a weight that two layers share is one layer", () => {
    const tied = makeModel({
      inputs: { x: ["N", 3] },
      constants: { w: noiseTensor([3, 3], 1) },
      nodes: [
        ["MatMul", "x w", "a"],
        ["MatMul", "a w", "b"],
      ],
      outputs: ["b"],
    });
    expect(weightLayers(tied)).toEqual([{ node: "MatMul_1", op: "MatMul", constants: ["w"] }]);
  });

  it("there is nothing below the first layer", () => {
    for (const depth of [3, -1, 0.5]) expect(() => noisy({ depth })).toThrow(OnnxplainError);
    expect(() => noisy({ depth: 3 })).toThrow(
      "Expected `depth` to be an integer from 0 to 2 (the model has 3 layers with weights), got 3.",
    );
  });
});
