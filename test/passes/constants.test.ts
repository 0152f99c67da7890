/** @file Constants, copies, dead code, and foreign float types. */
import { expect, test } from "vitest";
import { tensor } from "../../src/graph/tensor.ts";
import { float } from "../../src/graph/types.ts";
import { constantsToInitializers } from "../../src/passes/constants.ts";
import { deadCode } from "../../src/passes/dead-code.ts";
import { dropIdentities } from "../../src/passes/drop-identities.ts";
import { foldConstants } from "../../src/passes/fold-constants.ts";
import { halfToFloat } from "../../src/passes/half-to-float.ts";
import { runPasses } from "../../src/passes/pipeline.ts";
import {
  distance,
  expectSame,
  feedsFor,
  floats,
  int64,
  makeModel,
  noiseTensor,
  opsOf,
  type Result,
  runModel,
} from "./small-model.ts";

const image = { x: [2, 3] };

test("Constant nodes and copies of initializers become initializers", async () => {
  const model = makeModel({
    inputs: image,
    constants: { w: noiseTensor([3]) },
    nodes: [
      ["Identity", "w", "copy"],
      ["Constant", "", "a", { value: { tensor: noiseTensor([3], 2) } }],
      ["Constant", "", "b", { value_float: float(2) }],
      ["Constant", "", "c", { value_ints: [2, 3] }],
      ["Constant", "", "d", { value_floats: { floats: [1, 2, 3] } }],
      ["Add", "x copy", "s"],
      ["Mul", "s a", "t"],
      ["Sub", "t b", "u"],
      ["Add", "u d", "v"],
      ["Reshape", "v c", "y"],
    ],
    outputs: ["y"],
  });
  const after = runPasses(model, [constantsToInitializers]).model;
  expect(opsOf(after)).toEqual(["Add", "Mul", "Sub", "Add", "Reshape"]);
  expect([...after.graph.constants.keys()]).toEqual(["w", "a", "b", "c", "d"]);
  await expectSame(model, after);
});

test("kept names and outputs stay nodes", () => {
  const nodes = [
    ["Constant", "", "c", { value_float: float(2) }],
    ["Identity", "x", "i"],
    ["Mul", "i c", "m"],
    ["Identity", "m", "y"],
  ] as const;
  const model = makeModel({ inputs: image, nodes, outputs: ["y"] });
  const after = runPasses(model, [constantsToInitializers, dropIdentities], { keep: ["c", "i"] }).model;
  expect(opsOf(after)).toEqual(["Constant", "Identity", "Mul", "Identity"]);
  expect(opsOf(runPasses(model, [constantsToInitializers, dropIdentities]).model)).toEqual(["Mul", "Identity"]);
});

test("a Cast to the type it has is a copy", () => {
  const model = makeModel({
    inputs: image,
    nodes: [
      ["Cast", "x", "c", { to: 1 }],
      ["Relu", "c", "r"],
      ["Cast", "r", "d", { to: 11 }],
      ["Cast", "d", "y", { to: 1 }],
    ],
    outputs: ["y"],
  });
  expect(opsOf(runPasses(model, [dropIdentities]).model)).toEqual(["Relu", "Cast", "Cast"]);
});

test("dead code: nodes, constants and facts go, kept values and inputs stay", () => {
  const model = makeModel({
    inputs: { ...image, unused: [1] },
    constants: { w: noiseTensor([3]), old: noiseTensor([3]) },
    nodes: [
      ["Add", "x w", "a"],
      ["Relu", "a", "dead"],
      ["Neg", "x", "kept"],
      ["Mul", "a w", "y"],
    ],
    outputs: ["y"],
  });
  const { graph } = runPasses(model, [deadCode], { keep: ["kept"] }).model;
  expect(graph.nodes.map((n) => n.outputs[0])).toEqual(["a", "kept", "y"]);
  expect([...graph.constants.keys()]).toEqual(["w"]);
  expect(graph.inputs).toHaveLength(2);
  expect(graph.facts.has("dead")).toBe(false);
});

test("nodes over constants are computed, unless the result is large, returned or kept", async () => {
  const model = makeModel({
    inputs: { x: [2, 3] },
    constants: { a: noiseTensor([3]), b: noiseTensor([3], 2), one: floats([1, 1], [1]), big: int64(2000, 2000) },
    nodes: [
      ["Add", "a b", "c"],
      ["Mul", "c b", "d"],
      ["Expand", "one big", "e"],
      ["Mul", "x d", "y"],
      ["Sub", "a b", "z"],
      ["ReduceSum", "e", "s"],
    ],
    outputs: ["y", "z", "s"],
  });
  const after = runPasses(model, [foldConstants, deadCode]).model;
  expect(opsOf(after)).toEqual(["Expand", "Mul", "Sub", "ReduceSum"]);
  expect(opsOf(runPasses(model, [foldConstants, deadCode], { keep: ["c"] }).model)).toContain("Add");
  await expectSame(model, after);
});

test("known shapes fold though their data do not", async () => {
  const model = makeModel({
    inputs: { x: [2, 3, 4] },
    constants: { zero: tensor("int64", [], [0]), axes: int64(0), rest: int64(-1) },
    nodes: [
      ["Relu", "x", "r"],
      ["Shape", "r", "s"],
      ["Gather", "s zero", "n"],
      ["Unsqueeze", "n axes", "u"],
      ["Concat", "u rest", "t", { axis: 0 }],
      ["Reshape", "r t", "y"],
    ],
    outputs: ["y"],
  });
  const after = runPasses(model, [foldConstants, deadCode]).model;
  expect(opsOf(after)).toEqual(["Relu", "Reshape"]);
  await expectSame(model, after);
});

test("half and double models are computed in float32", async () => {
  const half = { dtype: "float16" as const, dims: [3], data: Uint16Array.from([0x3c00, 0xc000, 0x3555]) };
  const model = makeModel({
    inputs: { x: ["float16", [2, 3]] },
    constants: { w: half, d: tensor("float64", [], [0.5]), shape: int64(3) },
    nodes: [
      ["Mul", "x w", "m"],
      ["Cast", "m", "wide", { to: 11 }],
      ["Add", "wide d", "a"],
      ["ConstantOfShape", "shape", "c", { value: { tensor: tensor("float64", [1], [2]) } }],
      ["Mul", "a c", "s"],
      ["Cast", "s", "y", { to: 10 }],
    ],
    outputs: { y: "float16" },
  });
  const { model: after, notes } = runPasses(model, [halfToFloat]);
  expect(notes[0]).toContain("float16 and float64");
  expect([after.graph.inputs[0]?.dtype, after.graph.outputs[0]?.dtype]).toEqual(["float32", "float32"]);
  expect([...after.graph.constants.values()].map((t) => t.dtype)).toEqual(["float32", "float32", "int64"]);
  const feeds = feedsFor(model);
  const [old, now] = [await runModel(model, feeds), await runModel(after, feeds)];
  expect(distance(old.get("y") as Result, now.get("y") as Result)).toBeLessThan(2e-3);
});

test("a double beyond float32 stays finite", () => {
  const model = makeModel({
    inputs: image,
    constants: { m: tensor("float64", [2], [-1e300, Number.NEGATIVE_INFINITY]) },
    nodes: [["Relu", "x", "y"]],
    outputs: ["y"],
  });
  const data = runPasses(model, [halfToFloat]).model.graph.constants.get("m")?.data as Float32Array;
  expect([...data]).toEqual([-3.4028234663852886e38, Number.NEGATIVE_INFINITY]);
});
