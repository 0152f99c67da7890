/** @file Every old form is lifted to one that computes the same. */
import { expect, test } from "vitest";
import { tensor } from "../../src/graph/tensor.ts";
import { float } from "../../src/graph/types.ts";
import { liftOpset } from "../../src/passes/lift-opset.ts";
import { runPasses } from "../../src/passes/pipeline.ts";
import { expectSame, floats, int64, type ModelSpec, makeModel, noiseTensor, opsOf } from "./small-model.ts";

const image = { x: [2, 4, 5, 6] };
const y = ["y"];

/** name -> the model, and the ops it is lifted to. */
const CASES: Readonly<Record<string, readonly [ModelSpec, readonly string[]]>> = {
  "Clip-6": [
    { opset: 6 + 1, inputs: image, nodes: [["Clip", "x", "y", { min: float(-0.5), max: float(0.25) }]], outputs: y },
    ["Clip"],
  ],
  "Clip-6, one bound": [
    { opset: 10, inputs: image, nodes: [["Clip", "x", "y", { min: float(0) }]], outputs: y },
    ["Clip"],
  ],
  "Dropout-10": [
    { opset: 10, inputs: image, nodes: [["Dropout", "x", "y m", { ratio: float(0.5) }]], outputs: y },
    ["Identity"],
  ],
  "Dropout-12": [
    { opset: 13, inputs: image, constants: { r: floats([], [0.5]) }, nodes: [["Dropout", "x r", "y"]], outputs: y },
    ["Identity"],
  ],
  "Softmax-1 over everything": [
    { opset: 7, inputs: image, nodes: [["Softmax", "x", "y"]], outputs: y },
    ["Flatten", "Softmax", "Shape", "Reshape"],
  ],
  "Softmax-1 over channels": [
    { opset: 7, inputs: { x: [2, 9, 1, 1] }, nodes: [["Softmax", "x", "y"]], outputs: y },
    ["Softmax"],
  ],
  "Softmax-11, last axis": [
    { opset: 11, inputs: image, nodes: [["Softmax", "x", "y", { axis: -1 }]], outputs: y },
    ["Softmax"],
  ],
  "Softmax-11, middle axis": [
    { opset: 11, inputs: image, nodes: [["Softmax", "x", "y", { axis: 2 }]], outputs: y },
    ["Flatten", "Softmax", "Shape", "Reshape"],
  ],
  "LogSoftmax-1": [
    { opset: 9, inputs: { x: [3, 2, 5] }, nodes: [["LogSoftmax", "x", "y"]], outputs: y },
    ["Flatten", "LogSoftmax", "Shape", "Reshape"],
  ],
  "Hardmax-1": [{ opset: 9, inputs: { x: [3, 5] }, nodes: [["Hardmax", "x", "y"]], outputs: y }, ["Hardmax"]],
  "ReduceSum-11": [
    { opset: 11, inputs: image, nodes: [["ReduceSum", "x", "y", { axes: [1, -1], keepdims: 0 }]], outputs: y },
    ["ReduceSum"],
  ],
  "ReduceMean-13": [
    { opset: 13, inputs: image, nodes: [["ReduceMean", "x", "y", { axes: [2, 3] }]], outputs: y },
    ["ReduceMean"],
  ],
  "ReduceMax over all": [
    { opset: 12, inputs: image, nodes: [["ReduceMax", "x", "y", { keepdims: 0 }]], outputs: y },
    ["ReduceMax"],
  ],
  "Squeeze and Unsqueeze": [
    {
      opset: 9,
      inputs: { x: [2, 1, 3, 1] },
      nodes: [
        ["Squeeze", "x", "s", { axes: [1, 3] }],
        ["Unsqueeze", "s", "y", { axes: [0, 3] }],
      ],
      outputs: y,
    },
    ["Squeeze", "Unsqueeze"],
  ],
  "Squeeze without axes": [
    { opset: 9, inputs: { x: [2, 1, 3, 1] }, nodes: [["Squeeze", "x", "y"]], outputs: y },
    ["Squeeze"],
  ],
  "Slice-1": [
    {
      opset: 9,
      inputs: image,
      nodes: [["Slice", "x", "y", { starts: [1, -3], ends: [3, 2 ** 63], axes: [1, 3] }]],
      outputs: y,
    },
    ["Slice"],
  ],
  "Slice-1 without axes": [
    { opset: 9, inputs: image, nodes: [["Slice", "x", "y", { starts: [0, 1], ends: [2, 3] }]], outputs: y },
    ["Slice"],
  ],
  "Pad-2": [
    {
      opset: 9,
      inputs: image,
      nodes: [["Pad", "x", "y", { pads: [0, 0, 1, 0, 0, 1, 0, 2], value: float(-1) }]],
      outputs: y,
    },
    ["Pad"],
  ],
  "Pad-2 reflect": [
    {
      opset: 9,
      inputs: image,
      nodes: [["Pad", "x", "y", { pads: [0, 0, 1, 0, 0, 0, 0, 2], mode: "reflect" }]],
      outputs: y,
    },
    ["Pad"],
  ],
  "Split-2": [
    {
      opset: 9,
      inputs: image,
      nodes: [
        ["Split", "x", "a b", { axis: 1, split: [1, 3] }],
        ["Split", "b", "c d e", { axis: 1 }],
        ["Sum", "a c d e", "y"],
      ],
      outputs: y,
    },
    ["Split", "Split", "Sum"],
  ],
  "Split-13": [
    {
      opset: 13,
      inputs: image,
      constants: { s: int64(2, 2) },
      nodes: [
        ["Split", "x s", "a b", { axis: 1 }],
        ["Split", "a", "c d", { axis: 1 }],
        ["Concat", "b c d", "y", { axis: 1 }],
      ],
      outputs: y,
    },
    ["Split", "Split", "Concat"],
  ],
  "BatchNormalization-7": [
    {
      opset: 7,
      inputs: image,
      constants: {
        s: noiseTensor([4], 2),
        b: noiseTensor([4], 3),
        m: noiseTensor([4], 4),
        v: floats([4], [1, 2, 3, 0.5]),
      },
      nodes: [["BatchNormalization", "x s b m v", "y", { spatial: 1 }]],
      outputs: y,
    },
    ["BatchNormalization"],
  ],
  "Upsample-7": [
    { opset: 7, inputs: image, nodes: [["Upsample", "x", "y", { scales: { floats: [1, 1, 2, 3] } }]], outputs: y },
    ["Resize"],
  ],
  "Upsample-9, linear": [
    {
      opset: 9,
      inputs: image,
      constants: { s: floats([4], [1, 1, 2, 2]) },
      nodes: [["Upsample", "x s", "y", { mode: "linear" }]],
      outputs: y,
    },
    ["Resize"],
  ],
  "Resize-10": [
    {
      opset: 10,
      inputs: image,
      constants: { s: floats([4], [1, 1, 1.5, 0.5]) },
      nodes: [["Resize", "x s", "y"]],
      outputs: y,
    },
    ["Resize"],
  ],
  "Resize-11 with empty inputs": [
    {
      opset: 11,
      inputs: image,
      constants: { e: floats([0], []), z: int64(2, 4, 9, 7) },
      nodes: [["Resize", "x e e z", "y", { mode: "linear", coordinate_transformation_mode: "align_corners" }]],
      outputs: y,
    },
    ["Resize"],
  ],
  "Resize-11, tf_half_pixel_for_nn": [
    {
      opset: 11,
      inputs: image,
      constants: { e: floats([0], []), s: floats([4], [1, 1, 2, 1.5]) },
      nodes: [
        [
          "Resize",
          "x e s",
          "y",
          { mode: "nearest", coordinate_transformation_mode: "tf_half_pixel_for_nn", nearest_mode: "floor" },
        ],
      ],
      outputs: y,
    },
    ["Resize"],
  ],
  "TopK-1": [{ opset: 9, inputs: { x: [2, 6] }, nodes: [["TopK", "x", "y i", { k: 3 }]], outputs: y }, ["TopK"]],
  "Scatter-9": [
    {
      opset: 9,
      inputs: { x: [2, 3] },
      constants: { i: tensor("int64", [1, 3], [1, 0, 1]), u: noiseTensor([1, 3], 5) },
      nodes: [["Scatter", "x i u", "y"]],
      outputs: y,
    },
    ["ScatterElements"],
  ],
  "GridSample-16": [
    {
      opset: 16,
      inputs: image,
      constants: { g: noiseTensor([2, 3, 3, 2], 6) },
      nodes: [["GridSample", "x g", "y", { mode: "bilinear" }]],
      outputs: y,
    },
    ["GridSample"],
  ],
  "GroupNormalization-18": [
    {
      opset: 18,
      inputs: image,
      constants: { s: noiseTensor([2], 2), b: noiseTensor([2], 3) },
      nodes: [["GroupNormalization", "x s b", "y", { num_groups: 2 }]],
      outputs: y,
    },
    ["Unsqueeze", "Expand", "Reshape", "Unsqueeze", "Expand", "Reshape", "GroupNormalization"],
  ],
  "pools and Conv are as they were": [
    {
      opset: 11,
      inputs: image,
      constants: { w: noiseTensor([3, 4, 3, 3], 9) },
      nodes: [
        ["Conv", "x w", "c", { pads: [1, 1, 1, 1] }],
        ["MaxPool", "c", "p", { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }],
        ["AveragePool", "p", "y", { kernel_shape: [2, 2], ceil_mode: 1 }],
      ],
      outputs: y,
    },
    ["Conv", "MaxPool", "AveragePool"],
  ],
};

const CONTRIB: Readonly<Record<string, readonly [ModelSpec, readonly string[]]>> = {
  FusedConv: [
    {
      inputs: image,
      constants: { w: noiseTensor([3, 4, 3, 3], 9), b: noiseTensor([3]) },
      nodes: [
        [
          "com.microsoft.FusedConv",
          "x w b",
          "y",
          { activation: "HardSigmoid", activation_params: { floats: [0.3, 0.4] }, pads: [1, 1, 1, 1] },
        ],
      ],
      outputs: y,
    },
    ["Conv", "HardSigmoid"],
  ],
  "FusedConv with a sum and a Clip": [
    {
      inputs: image,
      constants: { w: noiseTensor([4, 4, 1, 1], 9), b: noiseTensor([4]) },
      nodes: [
        ["com.microsoft.FusedConv", "x w b x", "y", { activation: "Clip", activation_params: { floats: [0, 0.5] } }],
      ],
      outputs: y,
    },
    ["Conv", "Add", "Clip"],
  ],
  FusedGemm: [
    {
      inputs: { x: [2, 6] },
      constants: { w: noiseTensor([6, 3], 9), b: noiseTensor([3]) },
      nodes: [["com.microsoft.FusedGemm", "x w b", "y", { activation: "LeakyRelu", activation_alpha: float(0.2) }]],
      outputs: y,
    },
    ["Gemm", "LeakyRelu"],
  ],
  Gelu: [{ inputs: image, nodes: [["com.microsoft.Gelu", "x", "y"]], outputs: y }, ["Gelu"]],
  FastGelu: [
    { inputs: image, constants: { b: noiseTensor([6]) }, nodes: [["com.microsoft.FastGelu", "x b", "y"]], outputs: y },
    ["Add", "Gelu"],
  ],
  QuickGelu: [
    { inputs: image, nodes: [["com.microsoft.QuickGelu", "x", "y", { alpha: float(1.5) }]], outputs: y },
    ["Mul", "Sigmoid", "Mul"],
  ],
  "quantised ops": [
    {
      inputs: image,
      constants: { s: floats([], [0.01]), z: tensor("uint8", [], [128]) },
      nodes: [
        ["QuantizeLinear", "x s z", "q"],
        ["com.microsoft.QLinearAdd", "q s z q s z s z", "a"],
        ["com.microsoft.QLinearMul", "a s z q s z s z", "m"],
        ["com.microsoft.QLinearConcat", "s z m s z a s z", "c", { axis: 1 }],
        ["com.microsoft.QLinearGlobalAveragePool", "c s z s z", "g"],
        ["com.microsoft.QLinearSigmoid", "g s z s z", "h"],
        ["DequantizeLinear", "h s z", "y"],
      ],
      outputs: y,
    },
    [
      "QuantizeLinear",
      "DequantizeLinear",
      "DequantizeLinear",
      "Add",
      "QuantizeLinear",
      "DequantizeLinear",
      "DequantizeLinear",
      "Mul",
      "QuantizeLinear",
      "DequantizeLinear",
      "DequantizeLinear",
      "Concat",
      "QuantizeLinear",
      "DequantizeLinear",
      "GlobalAveragePool",
      "QuantizeLinear",
      "DequantizeLinear",
      "Sigmoid",
      "QuantizeLinear",
      "DequantizeLinear",
    ],
  ],
};

test.each(Object.entries(CONTRIB))("com.microsoft: %s", async (name, [spec, ops]) => {
  const before = makeModel(spec);
  const { model } = runPasses(before, [liftOpset]);
  expect(opsOf(model)).toEqual(ops);
  await expectSame(before, model, name === "quantised ops" ? 0.025 : 1e-5);
});

test.each(Object.entries(CASES))("%s", async (_, [spec, ops]) => {
  const before = makeModel(spec);
  const { model } = runPasses(before, [liftOpset]);
  expect(opsOf(model)).toEqual(ops);
  expect([model.opset, model.irVersion]).toEqual([21, 10]);
  await expectSame(before, model);
});

test("saved statistics that nobody reads are dropped", () => {
  const spec: ModelSpec = {
    opset: 9,
    inputs: image,
    nodes: [["BatchNormalization", "x x x x x", "y a b c d"]],
    outputs: y,
  };
  expect(runPasses(makeModel(spec), [liftOpset]).model.graph.nodes[0]?.outputs).toEqual(["y"]);
});

test("a newer opset keeps its number", () => {
  const model = makeModel({ opset: 22, inputs: image, nodes: [["Relu", "x", "y"]], outputs: y });
  expect(runPasses(model, [liftOpset]).model.opset).toBe(22);
});

test("opset 6 lays operands along an axis", async () => {
  const spec: ModelSpec = {
    opset: 6,
    inputs: image,
    constants: { b: noiseTensor([4], 2) },
    nodes: [["Add", "x b", "y", { broadcast: 1, axis: 1 }]],
    outputs: y,
  };
  const { model, notes } = runPasses(makeModel(spec), [liftOpset]);
  const plain = makeModel({
    inputs: image,
    constants: { b: { ...noiseTensor([4], 2), dims: [4, 1, 1] } },
    nodes: [["Add", "x b", "y"]],
    outputs: y,
  });
  await expectSame(plain, model);
  expect(notes[0]).toMatch(/best effort/);
});

test("statistics per position become arithmetic", async () => {
  const one = (seed: number) => noiseTensor([4, 5, 6], seed);
  const v = { ...one(5), data: (one(5).data as Float32Array).map((n) => n + 2) };
  const constants = { s: one(2), b: one(3), m: one(4), v };
  const spec: ModelSpec = {
    opset: 8,
    inputs: image,
    constants,
    nodes: [["BatchNormalization", "x s b m v", "y", { spatial: 0 }]],
    outputs: y,
  };
  const { model } = runPasses(makeModel(spec), [liftOpset]);
  expect(opsOf(model)).toEqual(["Add", "Sqrt", "Div", "Sub", "Mul", "Add"]);
  const plain = makeModel({
    inputs: image,
    constants: { ...constants, e: floats([], [1e-5]) },
    nodes: [
      ["Sub", "x m", "c"],
      ["Add", "v e", "w"],
      ["Sqrt", "w", "q"],
      ["Div", "c q", "d"],
      ["Mul", "d s", "f"],
      ["Add", "f b", "y"],
    ],
    outputs: y,
  });
  await expectSame(plain, model);
});

test.each([
  ["an impossible opset", { opset: 0, inputs: image, nodes: [["Relu", "x", "y"]], outputs: y }],
  [
    "an attribute of the wrong type",
    { opset: 9, inputs: image, nodes: [["Squeeze", "x", "y", { axes: "one" }]], outputs: y },
  ],
  [
    "a Softmax axis beyond the rank",
    { opset: 9, inputs: image, nodes: [["Softmax", "x", "y", { axis: 9 }]], outputs: y },
  ],
  [
    "running statistics that are read",
    {
      opset: 9,
      inputs: image,
      nodes: [
        ["BatchNormalization", "x x x x x", "z m"],
        ["Add", "z m", "y"],
      ],
      outputs: y,
    },
  ],
] satisfies [string, ModelSpec][])("%s is the model's fault", (_, spec) => {
  expect(() => runPasses(makeModel(spec), [liftOpset])).toThrowError(
    expect.objectContaining({ name: "OnnxplainError", code: "E_MODEL_INVALID" }),
  );
});
