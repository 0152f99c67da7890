/** @file Small sound models of different build, for the fuzzer to damage. */

import type { Value } from "../../src/graph/builder.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import { tensor } from "../../src/graph/tensor.ts";
import { float, type Graph, type Model } from "../../src/graph/types.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { inferWith } from "../../src/ops/infer.ts";
import { OPS } from "../../src/ops/table.ts";
import { normals } from "../../src/random.ts";

const EMPTY: Graph = { name: "seed", inputs: [], outputs: [], constants: new Map(), nodes: [], facts: new Map() };

function model(build: (g: GraphBuilder, weight: (dims: readonly number[]) => Value) => Value): Uint8Array {
  const g = new GraphBuilder(EMPTY, inferWith(OPS));
  const draw = normals(7);
  const weight = (dims: readonly number[]): Value =>
    g.constant(
      tensor(
        "float32",
        dims,
        Float32Array.from({ length: dims.reduce((p, d) => p * d, 1) }, () => draw() / 2),
      ),
      "w",
    );
  const y = g.alias(build(g, weight), "scores");
  const whole: Model = {
    graph: g.build([y]),
    opset: 21,
    irVersion: 10,
    domains: new Map(),
    metadata: new Map(),
    producer: "",
    functions: [],
  };
  return writeModelBytes(whole);
}

/** A convolution, a pool, a join, a head with a Softmax; a strided grouped net with normalisation; tokens with attention. */
export const SEEDS: Readonly<Record<string, Uint8Array>> = {
  convolution: model((g, w) => {
    const x = g.input("x", "float32", ["N", 3, 8, 8]);
    const a = g.op("Relu", [g.op("Conv", [x, w([4, 3, 3, 3]), w([4])], { pads: [1, 1, 1, 1] })]);
    const b = g.op("MaxPool", [g.op("Concat", [a, x], { axis: 1 })], { kernel_shape: [3, 3], strides: [2, 2] });
    const flat = g.op("Flatten", [g.op("GlobalAveragePool", [b])], { axis: 1 });
    return g.op("Softmax", [g.op("Gemm", [flat, w([3, 7]), w([3])], { transB: 1 })], { axis: 1 });
  }),
  strided: model((g, w) => {
    const x = g.input("x", "float32", [1, 4, 9, 9]);
    const a = g.op("Conv", [x, w([4, 1, 3, 3])], { group: 4, strides: [2, 2], auto_pad: "SAME_UPPER" });
    const n = g.op("BatchNormalization", [a, w([4]), w([4]), w([4]), g.op("Abs", [w([4])])], { epsilon: float(1e-3) });
    const c = g.op("Clip", [n, g.scalar(0), g.scalar(6)]);
    const p = g.op("AveragePool", [g.op("Pad", [c, g.ints([0, 0, 1, 1, 0, 0, 0, 0])])], {
      kernel_shape: [2, 2],
      strides: [2, 2],
      ceil_mode: 1,
    });
    return g.op("Reshape", [
      g.op("ReduceMean", [g.op("Sigmoid", [p]), g.ints([2, 3])], { keepdims: 1 }),
      g.ints([1, 4]),
    ]);
  }),
  tokens: model((g, w) => {
    const x = g.input("x", "float32", ["N", 3, 8, 8]);
    const t = g.op(
      "Transpose",
      [g.op("Reshape", [g.op("Conv", [x, w([6, 3, 4, 4])], { strides: [4, 4] }), g.ints([0, 6, 4])])],
      { perm: [0, 2, 1] },
    );
    const n = g.op("LayerNormalization", [t, w([6]), w([6])], { axis: -1 });
    const [q, k, v] = g.ops("Split", [g.op("MatMul", [n, w([6, 18])]), g.ints([6, 6, 6])], {
      attrs: { axis: 2 },
      outputs: 3,
    }) as [Value, Value, Value];
    const att = g.op("Softmax", [g.op("MatMul", [q, g.op("Transpose", [k], { perm: [0, 2, 1] })])], { axis: -1 });
    const y = g.op("Add", [t, g.op("MatMul", [att, v])]);
    return g.op("MatMul", [
      g.op("Gather", [g.op("Slice", [y, g.ints([0]), g.ints([3]), g.ints([1])]), g.scalar(0, "int64")], { axis: 1 }),
      w([6, 5]),
    ]);
  }),
};
