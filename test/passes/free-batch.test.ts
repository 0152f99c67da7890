/** @file A fixed batch is freed exactly where samples stay apart. */
import { describe, expect, test } from "vitest";
import { freeBatch } from "../../src/passes/free-batch.ts";
import { canonicalize, runPasses } from "../../src/passes/pipeline.ts";
import {
  distance,
  expectSame,
  feedsFor,
  floats,
  int64,
  type ModelSpec,
  makeModel,
  noiseTensor,
  type Result,
  runModel,
} from "./small-model.ts";

const image = { x: [1, 4, 3, 3] };
const FREEABLE: Readonly<Record<string, ModelSpec>> = {
  "Conv, Reshape, Gemm": {
    inputs: image,
    constants: { w: noiseTensor([2, 4, 1, 1]), t: int64(1, 18), m: noiseTensor([18, 5], 2) },
    nodes: [
      ["Conv", "x w", "h"],
      ["Reshape", "h t", "r"],
      ["Gemm", "r m", "y"],
    ],
    outputs: ["y"],
    declared: { h: [1, 2, 3, 3], y: [1, 5] },
  },
  "channel shuffle": {
    inputs: image,
    constants: { a: int64(1, 2, 2, 3, 3), b: int64(1, 4, 3, 3) },
    nodes: [
      ["Reshape", "x a", "r"],
      ["Transpose", "r", "t", { perm: [0, 2, 1, 3, 4] }],
      ["Reshape", "t b", "y"],
    ],
    outputs: ["y"],
  },
  "channel shuffle with -1 for the groups": {
    inputs: image,
    constants: { a: int64(-1, 2, 3, 3), b: int64(1, 4, 9) },
    nodes: [
      ["Reshape", "x a", "r"],
      ["Softmax", "r", "s", { axis: 1 }],
      ["Reshape", "s b", "y"],
    ],
    outputs: ["y"],
  },
  "attention, sequence first": {
    inputs: { x: [1, 5, 8] },
    constants: { heads: int64(5, 2, 4), back: int64(5, 1, 8) },
    nodes: [
      ["Transpose", "x", "s", { perm: [1, 0, 2] }],
      ["Reshape", "s heads", "h"],
      ["Transpose", "h", "q", { perm: [1, 0, 2] }],
      ["Transpose", "h", "k", { perm: [1, 2, 0] }],
      ["MatMul", "q k", "a"],
      ["Softmax", "a", "p", { axis: -1 }],
      ["MatMul", "p q", "o"],
      ["Transpose", "o", "u", { perm: [1, 0, 2] }],
      ["Reshape", "u back", "v"],
      ["Transpose", "v", "y", { perm: [1, 0, 2] }],
    ],
    outputs: ["y"],
  },
  "class token": {
    inputs: { x: [1, 5, 8] },
    constants: { token: noiseTensor([1, 1, 8], 3), first: { ...int64(0), dims: [] } },
    nodes: [
      ["Concat", "token x", "s", { axis: 1 }],
      ["Softmax", "s", "p", { axis: 1 }],
      ["Gather", "p first", "y", { axis: 1 }],
    ],
    outputs: ["y"],
  },
  "Resize to a size": {
    inputs: image,
    constants: { z: int64(1, 4, 6, 5) },
    nodes: [
      ["Resize", "x _ _ z", "r", { mode: "linear" }],
      ["GlobalAveragePool", "r", "g"],
      ["Flatten", "g", "y"],
    ],
    outputs: ["y"],
  },
  "Expand and Slice": {
    inputs: { x: [1, 4, 1] },
    constants: { e: int64(1, 4, 3), zero: int64(0), two: int64(2), axis: int64(1) },
    nodes: [
      ["Expand", "x e", "w"],
      ["Slice", "w zero two axis", "y"],
    ],
    outputs: ["y"],
  },
};

describe("freed", () => {
  test.each(Object.entries(FREEABLE))("%s", async (_, spec) => {
    const before = makeModel(spec);
    const { model, notes } = runPasses(before, [freeBatch]);
    expect(notes).toEqual(["The batch size of input `x`, fixed at 1 in the file, was freed."]);
    expect(model.graph.outputs[0]?.dims?.[0]).toBe("N");
    await expectSame(before, model);
    const batch = feedsFor(model, 3).get("x") as Result;
    const together = (await runModel(model, new Map([["x", batch]]))).get("y") as Result;
    for (let i = 0; i < 3; i++) {
      const alone = (await runModel(before, new Map([["x", sample(batch, i)]]))).get("y") as Result;
      expect(distance(alone, sample(together, i))).toBeLessThan(1e-5);
    }
  });
});

function sample({ dims, data }: Result, i: number): Result {
  const size = data.length / (dims[0] as number);
  return { dims: [1, ...dims.slice(1)], data: data.slice(i * size, (i + 1) * size) };
}

const STUCK: Readonly<Record<string, [ModelSpec, string]>> = {
  "Softmax over the batch": [
    { inputs: { x: [1, 6] }, nodes: [["Softmax", "x", "y", { axis: 0 }]], outputs: ["y"] },
    "Softmax_0",
  ],
  "a mean over everything": [
    {
      inputs: { x: [1, 6] },
      nodes: [
        ["ReduceMean", "x", "m"],
        ["Sub", "x m", "y"],
      ],
      outputs: ["y"],
    },
    "ReduceMean_0",
  ],
  "products of samples": [
    {
      inputs: { x: [1, 6] },
      nodes: [
        ["Transpose", "x", "t"],
        ["MatMul", "x t", "y"],
      ],
      outputs: ["y"],
    },
    "MatMul_1",
  ],
  "normalisation over the batch": [
    {
      inputs: { x: [1, 6] },
      constants: { s: floats([1, 6], [1, 1, 1, 1, 1, 1]) },
      nodes: [["LayerNormalization", "x s", "y", { axis: 0 }]],
      outputs: ["y"],
    },
    "LayerNormalization_0",
  ],
  "an op without a row": [
    {
      inputs: { x: [1, 6] },
      nodes: [
        ["com.microsoft.Inverse", "x", "h"],
        ["Relu", "h", "y"],
      ],
      outputs: ["y"],
    },
    "com.microsoft.Inverse_0",
  ],
  "an order turned round": [
    {
      inputs: { x: [1, 6] },
      constants: { s: int64(-1), e: int64(-9), a: int64(0), d: int64(-1) },
      nodes: [["Slice", "x s e a d", "y"]],
      outputs: ["y"],
    },
    "Slice_0",
  ],
  "samples behind features": [
    { inputs: { x: [1, 6] }, nodes: [["Transpose", "x", "y"]], outputs: ["y"] },
    "output `y`",
  ],
};

test.each(Object.entries(STUCK))("not freed: %s", (_, [spec, culprit]) => {
  const { model, notes } = runPasses(makeModel(spec), [freeBatch]);
  expect(notes[0]).toContain("stays 1");
  expect(notes[0]).toContain(culprit);
  expect(model.graph.inputs[0]?.dims).toEqual([1, 6]);
});

test("a free batch that a constant ties down is set free inside", async () => {
  const spec = FREEABLE["Conv, Reshape, Gemm"] as ModelSpec;
  const tied = makeModel({ ...spec, inputs: { x: ["batch", 4, 3, 3] } });
  const { graph } = runPasses(tied, [freeBatch]).model;
  expect(graph.outputs[0]?.dims).toEqual(["N", 5]);
  await expectSame(tied, runPasses(tied, [freeBatch]).model, 1e-5, 1);
});

test("a batch fixed at several samples is freed too", async () => {
  const constants = { a: int64(3, 2, 2), b: int64(-1, 4) };
  const before = makeModel({
    inputs: { x: [3, 4] },
    constants,
    nodes: [
      ["Reshape", "x a", "r"],
      ["Softmax", "r", "s"],
      ["Reshape", "s b", "y"],
    ],
    outputs: ["y"],
  });
  const { model } = runPasses(before, [freeBatch]);
  expect(model.graph.outputs[0]?.dims).toEqual(["N", 4]);
  await expectSame(before, model);
});

test("a free batch is called N, and another N makes room", () => {
  const model = makeModel({
    inputs: { x: ["batch_size", 3, "N", 4] },
    nodes: [["Relu", "x", "y"]],
    outputs: ["y"],
    declared: { y: ["batch_size", 3, "N", 4] },
  });
  const { graph } = runPasses(model, [freeBatch]).model;
  expect(graph.outputs[0]?.dims).toEqual(["N", 3, "?N", 4]);
});

test("shapes that were declared for one sample do not outlive it", () => {
  const { graph } = canonicalize(makeModel(FREEABLE["Conv, Reshape, Gemm"] as ModelSpec)).model;
  expect([...graph.facts].filter(([name]) => !graph.constants.has(name)).map(([, f]) => f.dims?.[0])).toEqual([
    "N",
    "N",
    "N",
    "N",
  ]);
});
