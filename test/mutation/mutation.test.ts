/**
 * @file Does the check of derivatives bite? For each op a network that contains it; the walk agrees with central differences,
 * and stops agreeing as soon as one sign in the op's row is flipped.
 */
import { describe, expect, it } from "vitest";
import type { Ops } from "../../src/diff/emit.ts";
import type { Value } from "../../src/graph/builder.ts";
import { type Attrs, float, type Model } from "../../src/graph/types.ts";
import type { Op, Vjp } from "../../src/ops/define.ts";
import { OPS, type OpName } from "../../src/ops/table.ts";
import { cotangentsOf, feedsOf, slopes } from "../diff/walk.ts";
import { type Net, net } from "../nets.ts";

/** A network around one op: what the op makes of the input, or of two values that depend on it. */
type Around = (net: Net, a: Value, b: Value) => Value;
const BASE = [2, 4, 6, 6] as const;
/** Where central differences of fourth order end. A mutant must be a hundred times worse. */
const SOUND = 1e-6;

const NETS: Readonly<Partial<Record<OpName, Around>>> = {
  Relu: ({ g }, a) => g.op("Relu", [a]),
  Sigmoid: ({ g }, a) => g.op("Sigmoid", [a]),
  Tanh: ({ g }, a) => g.op("Tanh", [a]),
  Gelu: ({ g }, a) => g.op("Gelu", [a]),
  Exp: ({ g }, a) => g.op("Exp", [a]),
  HardSwish: ({ g }, a) => g.op("HardSwish", [a]),
  LeakyRelu: ({ g }, a) => g.op("LeakyRelu", [a], { alpha: float(0.3) }),
  PRelu: ({ g, w }, a) => g.op("PRelu", [a, w([4, 1, 1])]),
  Clip: ({ g }, a) => g.op("Clip", [a, g.scalar(-0.5), g.scalar(0.5)]),
  Softmax: ({ g }, a) => g.op("Softmax", [a], { axis: 1 }),
  LogSoftmax: ({ g }, a) => g.op("LogSoftmax", [a], { axis: 1 }),
  Conv: ({ g, w }, a) => g.op("Conv", [a, w([4, 4, 3, 3])], { pads: [1, 1, 1, 1] }),
  ConvTranspose: ({ g, w }, a) => g.op("ConvTranspose", [a, w([4, 2, 3, 3])], { strides: [2, 2] }),
  MatMul: ({ g }, a, b) => g.op("MatMul", [a, b]),
  Gemm: ({ g, w }, a) => g.op("Gemm", [g.op("Flatten", [a], { axis: 1 }), w([5, 144])], { transB: 1 }),
  Einsum: ({ g, w }, a) => g.op("Einsum", [a, w([4, 3])], { equation: "nchw,ck->nkhw" }),
  Add: ({ g }, a, b) => g.op("Add", [a, b]),
  Sub: ({ g }, a, b) => g.op("Sub", [a, b]),
  Mul: ({ g }, a, b) => g.op("Mul", [a, b]),
  Div: ({ g }, a, b) => g.op("Div", [a, g.op("Exp", [b])]),
  Sum: ({ g, w }, a, b) => g.op("Sum", [a, b, w([1])]),
  Max: ({ g }, a, b) => g.op("Max", [a, b]),
  Where: ({ g }, a, b) => g.op("Where", [g.op("Greater", [a, g.scalar(0)]), a, b]),
  Concat: ({ g }, a, b) => g.op("Concat", [a, b], { axis: 1 }),
  MaxPool: ({ g }, a) => g.op("MaxPool", [a], { kernel_shape: [3, 3], strides: [2, 2] }),
  AveragePool: ({ g }, a) => g.op("AveragePool", [a], { kernel_shape: [2, 2], strides: [2, 2] }),
  GlobalAveragePool: ({ g }, a) => g.op("GlobalAveragePool", [a]),
  GlobalMaxPool: ({ g }, a) => g.op("GlobalMaxPool", [a]),
  ReduceMean: ({ g }, a) => g.op("ReduceMean", [a, g.ints([2])]),
  ReduceL2: ({ g }, a) => g.op("ReduceL2", [a, g.ints([1])]),
  BatchNormalization: ({ g, w }, a) => g.op("BatchNormalization", [a, w([4]), w([4]), w([4]), g.op("Exp", [w([4])])]),
  LayerNormalization: ({ g, w }, a) => g.op("LayerNormalization", [a, w([6]), w([6])], { axis: -1 }),
  InstanceNormalization: ({ g, w }, a) => g.op("InstanceNormalization", [a, w([4]), w([4])]),
  LRN: ({ g }, a) => g.op("LRN", [a], { size: 3, alpha: float(0.5) }),
  Reshape: ({ g }, a) => g.op("Reshape", [a, g.ints([0, -1])]),
  Transpose: ({ g }, a) => g.op("Transpose", [a], { perm: [0, 2, 3, 1] }),
  Slice: ({ g }, a) => g.op("Slice", [a, g.ints([1]), g.ints([5]), g.ints([2]), g.ints([2])]),
  Pad: ({ g }, a) => g.op("Pad", [a, g.ints([0, 0, 1, 2, 0, 0, 0, 1])], { mode: "reflect" }),
  Gather: ({ g }, a) => g.op("Gather", [a, g.ints([3, 1, 1])], { axis: 1 }),
  Resize: ({ g, w }, a) => g.op("Resize", [a, null, w([4], [1, 1, 2, 2])], { mode: "linear" }),
  DepthToSpace: ({ g }, a) => g.op("DepthToSpace", [a], { blocksize: 2 }),
};

/** The op between linear maps of the input, and beside it a path that does not go through it. */
function around(build: Around): Model {
  return net(BASE, (parts) => {
    const { g, x, w } = parts;
    const scaled = (): Value => g.op("Mul", [x, w([4, 1, 1])]);
    const y = build(parts, scaled(), scaled());
    return { y: g.op("Mul", [y, y]), beside: g.op("Sin", [x]) };
  });
}

const flipped = (op: string, which: number): Ops => {
  const row = (OPS as Ops)[op] as Op;
  const vjp: Vjp<Attrs> = (args) =>
    (row.vjp as Vjp<Attrs>)(args).map((c, i) => (c !== null && i === which ? args.g.op("Neg", [c]) : c));
  return { ...OPS, [op]: { ...row, vjp } };
};

/** How far the walk is from central differences. The input moves, so every use of it counts. */
function error(model: Model, ops?: Ops): number {
  const feeds = feedsOf(model);
  const from = cotangentsOf(model, feeds, ["y", "beside"]);
  return slopes(model, { feeds, from, to: ["x"], ...(ops ? { ops } : {}) }).get("x")?.error as number;
}

/** Inputs of the op that depend on the network's input. */
function livePositions(model: Model, op: string): readonly number[] {
  const reached = new Set(["x"]);
  const live = new Set<number>();
  for (const node of model.graph.nodes) {
    node.inputs.forEach((n, i) => {
      if (node.op === op && reached.has(n) && !(op === "Where" && i === 0)) live.add(i);
    });
    if (node.inputs.some((n) => reached.has(n))) for (const o of node.outputs) reached.add(o);
  }
  return [...live];
}

const cases = Object.entries(NETS).map(([op, build]) => [op, around(build)] as const);

describe("the walk as it is agrees with central differences", () => {
  it.each(cases)("%s", (_, model) => expect(error(model)).toBeLessThan(SOUND));
});

describe("with one sign flipped it does not", () => {
  const mutants = cases.flatMap(([op, model]) => livePositions(model, op).map((which) => [op, which, model] as const));
  it(`${mutants.length} mutants of ${cases.length} rows`, () => {
    expect(cases.length).toBeGreaterThanOrEqual(40);
    expect(mutants.length).toBeGreaterThan(cases.length);
  });
  it.each(mutants)("%s, cotangent of input %i", (op, which, model) =>
    expect(error(model, flipped(op, which))).toBeGreaterThan(100 * SOUND),
  );
});

it("a mutant of an op that the network does not contain changes nothing", () => {
  const [, model] = cases.find(([op]) => op === "Tanh") as (typeof cases)[number];
  expect(error(model, flipped("Conv", 0))).toBe(error(model));
});
