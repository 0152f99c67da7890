/** @file Damaged models give an `OnnxplainError`, or a model; never another error, never a hang. */
import { expect, test } from "vitest";
import { OnnxplainError } from "../../src/errors.ts";
import { readModelBytes } from "../../src/graph/read.ts";
import type { Attr, Attrs, Model, Node } from "../../src/graph/types.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { OPS } from "../../src/ops/table.ts";
import { liftOpset } from "../../src/passes/lift-opset.ts";
import { canonicalize, runPasses } from "../../src/passes/pipeline.ts";
import { int64, makeModel, noiseTensor } from "./small-model.ts";

const OLD: Model = makeModel({
  opset: 8,
  inputs: { x: [1, 3, 8, 8] },
  constants: {
    w: noiseTensor([4, 3, 3, 3]),
    s: noiseTensor([4], 2),
    t: int64(1, 64),
    m: noiseTensor([64, 5], 3),
    i: { ...int64(0), dims: [] },
    a: int64(1),
    v: { ...noiseTensor([4]), data: Float32Array.from([1, 2, 3, 4]) },
  },
  nodes: [
    ["Conv", "x w s", "c", { auto_pad: "SAME_UPPER", strides: [1, 1] }],
    ["BatchNormalization", "c s s s v", "b"],
    ["Clip", "b", "r", { min: { float: 0 }, max: { float: 6 } }],
    ["MaxPool", "r", "p", { kernel_shape: [2, 2], strides: [2, 2] }],
    ["Split", "p", "p1 p2", { axis: 1, split: [2, 2] }],
    ["Concat", "p1 p2", "j", { axis: 1 }],
    ["Dropout", "j", "d", { ratio: { float: 0.5 } }],
    ["Pad", "d", "q", { pads: [0, 0, 0, 0, 0, 0, 0, 0] }],
    ["Slice", "q", "l", { starts: [0], ends: [4], axes: [1] }],
    ["Reshape", "l t", "f"],
    ["Gemm", "f m", "g"],
    ["Unsqueeze", "g", "u", { axes: [2] }],
    ["ReduceMean", "u", "e", { axes: [2], keepdims: 0 }],
    ["Shape", "e", "h"],
    ["Gather", "h i", "n"],
    ["Unsqueeze", "n", "o", { axes: [0] }],
    ["ConstantOfShape", "o", "z"],
    ["Softmax", "e", "y"],
  ],
  outputs: ["y"],
});
const MODELS: readonly (readonly [number, Model])[] = [
  [8, OLD],
  [21, runPasses(OLD, [liftOpset]).model],
];

/** A reproducible source of numbers below `n`. */
function dice(seed: number): (n: number) => number {
  let state = seed * 2654435761 + 1;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** The code of the error, or "fine". Anything but an `OnnxplainError` fails the test. */
function outcome(make: () => Model): string {
  try {
    canonicalize(make());
    return "fine";
  } catch (error) {
    if (!(error instanceof OnnxplainError)) throw error;
    expect(error.message, error.code).not.toMatch(/^internal:/);
    return error.code;
  }
}

test.each(MODELS)("flipped bytes, opset %i", (_, model) => {
  const bytes = writeModelBytes(model);
  for (let seed = 1; seed <= 120; seed++) {
    const roll = dice(seed);
    const damaged = bytes.slice();
    for (let k = 0; k <= roll(4); k++) damaged[roll(damaged.length)] = roll(256);
    outcome(() => readModelBytes(damaged));
  }
});

const ODD: readonly Attr[] = [
  -1,
  0,
  7,
  2 ** 40,
  "SAME_UPPER",
  "",
  [],
  [0],
  [-3, 2 ** 33],
  [1, 1, 1, 1, 1],
  { float: Number.NaN },
  { floats: [] },
  ["a"],
];
const NAMES =
  "axis axes pads strides dilations kernel_shape group auto_pad split perm to mode transB num_groups start end value ceil_mode keepdims".split(
    " ",
  );

function twisted(node: Node, roll: (n: number) => number): Node {
  const pick = <T>(list: readonly T[]): T => list[roll(list.length)] as T;
  const attrs: Attrs = { ...node.attrs, [pick(NAMES)]: pick(ODD) };
  switch (roll(5)) {
    case 0:
      return { ...node, attrs };
    case 1:
      return { ...node, op: pick(Object.keys(OPS)) };
    case 2:
      return { ...node, inputs: node.inputs.slice(0, -1) };
    case 3:
      return { ...node, inputs: [...node.inputs].reverse(), attrs };
    default:
      return { ...node, inputs: [...node.inputs, ...node.inputs] };
  }
}

test.each(MODELS)("twisted nodes, opset %i", (opset, model) => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 150; seed++) {
    const roll = dice(seed + 1000 * opset);
    const at = roll(model.graph.nodes.length);
    const nodes = model.graph.nodes.map((n, i) => (i === at ? twisted(n, roll) : n));
    seen.add(outcome(() => ({ ...model, graph: { ...model.graph, nodes } })));
  }
  expect(seen).toContain("fine");
});
