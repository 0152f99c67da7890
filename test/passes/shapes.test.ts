/** @file Explicit pads, plain Reshape targets, bound inputs, and the logits behind a Softmax. */
import { describe, expect, test } from "vitest";
import { tensor } from "../../src/graph/tensor.ts";
import { bindDims, bindInput } from "../../src/passes/bind-input.ts";
import { deadCode } from "../../src/passes/dead-code.ts";
import { explicitPads } from "../../src/passes/explicit-pads.ts";
import { foldConstants } from "../../src/passes/fold-constants.ts";
import { canonicalize, runPasses } from "../../src/passes/pipeline.ts";
import { simplifyShapes } from "../../src/passes/simplify-shapes.ts";
import { findLogits, stripSoftmax } from "../../src/passes/strip-softmax.ts";
import { expectSame, int64, type ModelSpec, makeModel, noiseTensor, opsOf } from "./small-model.ts";

describe("explicit pads", () => {
  const window = { kernel_shape: [3, 2], strides: [2, 1] };
  test.each<[string, ModelSpec["nodes"][0]]>([
    ["Conv, upper", ["Conv", "x w", "y", { auto_pad: "SAME_UPPER", strides: [2, 3] }]],
    ["Conv, lower", ["Conv", "x w", "y", { auto_pad: "SAME_LOWER", strides: [2, 1] }]],
    ["Conv, valid", ["Conv", "x w", "y", { auto_pad: "VALID" }]],
    ["Conv, not set", ["Conv", "x w", "y", { auto_pad: "NOTSET", pads: [1, 0, 0, 1] }]],
    ["MaxPool", ["MaxPool", "x", "y", { ...window, auto_pad: "SAME_LOWER" }]],
    ["AveragePool", ["AveragePool", "x", "y", { ...window, auto_pad: "SAME_UPPER" }]],
    ["LpPool", ["LpPool", "x", "y", { ...window, auto_pad: "SAME_UPPER" }]],
    ["ConvTranspose", ["ConvTranspose", "x w", "y", { auto_pad: "SAME_UPPER", strides: [2, 2] }]],
    [
      "ConvTranspose to a size",
      ["ConvTranspose", "x w", "y", { auto_pad: "SAME_UPPER", strides: [2, 2], output_shape: [13, 11] }],
    ],
  ])("%s", async (_, node) => {
    const before = makeModel({
      inputs: { x: [2, 4, 7, 6] },
      constants: { w: noiseTensor([4, 4, 3, 3]) },
      nodes: [node],
      outputs: ["y"],
    });
    const after = runPasses(before, [explicitPads]).model;
    expect(after.graph.nodes[0]?.attrs).not.toHaveProperty("auto_pad");
    await expectSame(before, after);
  });

  test("a free size keeps auto_pad where the stride asks for it", () => {
    const nodes = [
      ["Conv", "x w", "h", { auto_pad: "SAME_UPPER" }],
      ["Conv", "h w", "y", { auto_pad: "SAME_UPPER", strides: [2, 2] }],
    ] as const;
    const before = makeModel({
      inputs: { x: ["N", 4, "H", "W"] },
      constants: { w: noiseTensor([4, 4, 3, 3]) },
      nodes,
      outputs: ["y"],
    });
    const after = runPasses(before, [explicitPads]).model;
    expect(after.graph.nodes.map((n) => n.attrs.auto_pad)).toEqual([undefined, "SAME_UPPER"]);
  });
});

describe("plain targets", () => {
  const view = { zero: tensor("int64", [], [0]), axes: int64(0), tail: int64(4, 15) };
  const chain: ModelSpec["nodes"] = [
    ["Shape", "x", "s"],
    ["Gather", "s zero", "n"],
    ["Unsqueeze", "n axes", "u"],
  ];

  test("a Reshape by computed shape gets a constant target", async () => {
    const before = makeModel({
      inputs: { x: ["N", 4, 3, 5] },
      constants: view,
      nodes: [...chain, ["Concat", "u tail", "t", { axis: 0 }], ["Reshape", "x t", "r"], ["Relu", "r", "y"]],
      outputs: ["y"],
    });
    const after = runPasses(before, [foldConstants, simplifyShapes, deadCode]).model;
    expect(opsOf(after)).toEqual(["Reshape", "Relu"]);
    expect(after.graph.facts.get("y")?.dims).toEqual(["N", 4, 15]);
    await expectSame(before, after);
  });

  test("an Expand by computed shape reads the batch from the input", async () => {
    const before = makeModel({
      inputs: { x: ["N", 4, 15] },
      constants: { ...view, token: noiseTensor([1, 4, 15]) },
      nodes: [
        ["Relu", "x", "h"],
        ["Shape", "h", "s"],
        ...chain.slice(1),
        ["Concat", "u tail", "t", { axis: 0 }],
        ["Expand", "token t", "e"],
        ["Add", "h e", "y"],
      ],
      outputs: ["y"],
    });
    const after = runPasses(before, [foldConstants, simplifyShapes, deadCode]).model;
    expect(opsOf(after)).toEqual(["Relu", "Shape", "Concat", "Expand", "Add"]);
    expect(opsOf(runPasses(after, [simplifyShapes, deadCode]).model)).toEqual(opsOf(after));
    await expectSame(before, after);
  });
});

describe("bound inputs", () => {
  const model = makeModel({
    inputs: { x: ["batch", 3, "h", "w"] },
    constants: { k: noiseTensor([4, 3, 3, 3]) },
    nodes: [["Conv", "x k", "y"]],
    outputs: ["y"],
    declared: { y: ["batch", 4, "h2", "w2"] },
  });
  test("height and width become numbers", () => {
    const { graph } = canonicalize(bindDims(model, { height: 10, width: 12 })).model;
    expect(graph.outputs[0]?.dims).toEqual(["N", 4, 8, 10]);
  });
  test("channels last is recognised", () => {
    expect(
      bindDims(makeModel({ inputs: { x: ["N", "a", "b", 3] }, nodes: [["Relu", "x", "y"]], outputs: ["y"] }), {
        height: 5,
        width: 6,
      }).graph.inputs[0]?.dims,
    ).toEqual(["N", 5, 6, 3]);
  });
  test("a stated place wins over the guess", () => {
    const five = makeModel({ inputs: { x: ["N", "a", "b", 5] }, nodes: [["Relu", "x", "y"]], outputs: ["y"] });
    expect(bindDims(five, { height: 5, width: 6 }, [1, 2]).graph.inputs[0]?.dims).toEqual(["N", 5, 6, 5]);
  });
  test.each([
    [() => bindInput(model, "x", [1, 4, 8, 8]), "E_INPUT_SHAPE"],
    [() => bindInput(model, "z", [1]), "E_INPUT_SHAPE"],
    [() => bindDims(model, { height: 0, width: 8 }), "E_PARAM"],
    [
      () =>
        bindDims(makeModel({ inputs: { x: ["N", 7] }, nodes: [["Relu", "x", "y"]], outputs: ["y"] }), {
          height: 8,
          width: 8,
        }),
      "E_INPUT_SHAPE",
    ],
  ])("case %# is refused", (run, code) => {
    expect(run).toThrowError(expect.objectContaining({ code }));
  });
});

describe("logits", () => {
  const spec = (nodes: ModelSpec["nodes"]): ModelSpec => ({
    inputs: { x: ["N", 6, 1, 1] },
    constants: { t: int64(0, 6) },
    nodes,
    outputs: ["prob"],
  });
  test.each<[string, ModelSpec["nodes"], string, string]>([
    [
      "a Softmax",
      [
        ["Flatten", "x", "z"],
        ["Softmax", "z", "prob"],
      ],
      "z",
      "softmax",
    ],
    [
      "a LogSoftmax behind a Reshape",
      [
        ["Relu", "x", "z"],
        ["LogSoftmax", "z", "p", { axis: 1 }],
        ["Reshape", "p t", "prob"],
      ],
      "z",
      "log-softmax",
    ],
    [
      "plain scores",
      [
        ["Relu", "x", "h"],
        ["Flatten", "h", "prob"],
      ],
      "prob",
      "none",
    ],
    [
      "a Softmax inside",
      [
        ["Softmax", "x", "h", { axis: 1 }],
        ["Relu", "h", "prob"],
      ],
      "prob",
      "none",
    ],
  ])("%s", (_, nodes, logits, kind) => {
    expect(findLogits(makeModel(spec(nodes)).graph)).toMatchObject({ logits, kind });
  });

  test("the logits come first, flat, and the original output stays", async () => {
    const before = makeModel(
      spec([
        ["Relu", "x", "z"],
        ["Softmax", "z", "prob", { axis: 1 }],
      ]),
    );
    const { model, notes } = runPasses(before, [stripSoftmax]);
    expect(model.graph.outputs.map((p) => [p.name, p.dims])).toEqual([
      ["z/flat", ["N", 6]],
      ["prob", ["N", 6, 1, 1]],
    ]);
    expect(notes).toEqual([
      "Output `prob` is a Softmax; logits `z` are explained instead (`--output probability` keeps it).",
    ]);
    await expectSame(before, model);
  });
});
