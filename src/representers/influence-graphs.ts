/** @file The arithmetic of a linear layer with its loss, as graphs in float64 over a block of points. */

import { close, type Ops } from "../diff/emit.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import { emptyGraph, newModel } from "../graph/new-model.ts";
import type { Model } from "../graph/types.ts";
import { type Formula, formula } from "../ops/formula.ts";
import { builderOn } from "../ops/infer.ts";
import type { LayerLoss } from "./influence-study.ts";

/** What a graph is emitted for. */
export interface LayerShape {
  readonly loss: LayerLoss;
  readonly outputs: number;
  readonly width: number;
  readonly bias: boolean;
}

interface Site extends LayerShape {
  readonly g: GraphBuilder;
  readonly m: Formula;
  /** Columns of theta. */
  readonly columns: number;
  /** `[B, columns]`, the constant appended. */
  readonly f: Value;
  /** A new input in float64. */
  readonly input: (name: string, dims: readonly (number | string)[]) => Value;
}

type Emit = (site: Site) => Readonly<Record<string, Value>>;

/** `a^T b` of `[B, p]` and `[B, q]`. */
const outer = (g: GraphBuilder, a: Value, b: Value): Value => g.op("Gemm", [a, b], { transA: 1 });
const reshape = (g: GraphBuilder, a: Value, dims: readonly number[]): Value => g.op("Reshape", [a, g.ints(dims)]);
/** `[B, c]` with an axis of 1 before the classes. */
const between = (g: GraphBuilder, a: Value): Value => g.op("Unsqueeze", [a, g.ints([1])]);

/** Losses `[B]`, probabilities and residuals dL/dlogit `[B, c]`, and the gradient `[c, columns]` of `sum_i weights_i L_i`. */
const evaluate: Emit = ({ g, m, f, loss, outputs, columns, input }) => {
  const theta = input("theta", [outputs, columns]);
  const targets = input("targets", ["B", outputs]);
  const weights = input("weights", ["B"]);
  const z = g.op("Gemm", [f, theta], { transB: 1 });
  const each = LOSSES[loss]({ g, m, z, targets });
  const residuals = m.sub(each.probabilities, targets);
  const weighted = m.mul(residuals, g.op("Unsqueeze", [weights, g.ints([1])]));
  return {
    losses: g.op("ReduceSum", [each.losses, g.ints([1])], { keepdims: 0 }),
    probabilities: each.probabilities,
    residuals,
    gradient: outer(g, weighted, f),
  };
};

interface Logits {
  readonly g: GraphBuilder;
  readonly m: Formula;
  readonly z: Value;
  readonly targets: Value;
}

/** Losses `[B, c]` that sum to that of a point, and probabilities whose difference to the targets is their derivative. */
const LOSSES: Readonly<Record<LayerLoss, (at: Logits) => { readonly losses: Value; readonly probabilities: Value }>> = {
  softmax: ({ g, m, z, targets }) => ({
    losses: m.neg(m.mul(targets, g.op("LogSoftmax", [z], { axis: 1 }))),
    probabilities: g.op("Softmax", [z], { axis: 1 }),
  }),
  // max(z, 0) - t z + log(1 + e^-|z|)
  logistic: ({ m, z, targets }) => {
    const small = m.exp(m.neg(m.abs(z)));
    const total = m.add(small, 1);
    return {
      losses: m.add(m.sub(m.atLeast(z, 0), m.mul(targets, z)), m.log(total)),
      probabilities: m.div(m.where(m.less(z, 0), small, 1), total),
    };
  },
};

/** The curvature of a point's loss in its logits, times `z` `[B, k, c]`. */
const CURVATURES: Readonly<Record<LayerLoss, (m: Formula, p: Value, z: Value) => Value>> = {
  softmax: (m, p, z) => {
    const q = m.mul(p, z);
    return m.sub(q, m.mul(p, m.sum(q, [2])));
  },
  logistic: (m, p, z) => m.mul(m.mul(p, m.sub(1, p)), z),
};

/** `sum_i [A_i (V f_i)] f_i^T` for k matrices V at once, `[k c, columns]` in and out. */
const product: Emit = ({ g, m, f, loss, outputs, columns, input }) => {
  const p = between(g, input("probabilities", ["B", outputs]));
  const z = g.op("Gemm", [f, input("vectors", ["K", columns])], { transB: 1 });
  const y = CURVATURES[loss](m, p, reshape(g, z, [0, -1, outputs]));
  return { product: outer(g, g.op("Flatten", [y], { axis: 1 }), f) };
};

/** `sum_i weights_im f_i f_i^T` for each column m of weights, `[columns, m columns]`. */
const moments: Emit = ({ g, m, f, input }) => {
  const weights = g.op("Unsqueeze", [input("weights", ["B", "M"]), g.ints([2])]);
  return { moments: outer(g, f, g.op("Flatten", [m.mul(weights, between(g, f))], { axis: 1 })) };
};

/** `<V_k, residual_i f_i^T>` for k matrices V, `[B, k]`. */
const along: Emit = ({ g, m, f, outputs, columns, input }) => {
  const residuals = between(g, input("residuals", ["B", outputs]));
  const z = g.op("Gemm", [f, input("vectors", ["K", columns])], { transB: 1 });
  const products = m.mul(reshape(g, z, [0, -1, outputs]), residuals);
  return { along: g.op("ReduceSum", [products, g.ints([2])], { keepdims: 0 }) };
};

/** `|factor g_i|^2` with the gradient `g_i = residual_i f_i^T` as one vector, `[B]`. */
const quadratic: Emit = ({ g, m, f, outputs, columns, input }) => {
  const size = outputs * columns;
  const residuals = g.op("Unsqueeze", [input("residuals", ["B", outputs]), g.ints([2])]);
  const gradients = g.op("Flatten", [m.mul(residuals, between(g, f))], { axis: 1 });
  const y = g.op("Gemm", [gradients, input("factor", [size, size])], { transB: 1 });
  return { quadratic: g.op("ReduceSum", [m.mul(y, y), g.ints([1])], { keepdims: 0 }) };
};

const GRAPHS = { evaluate, product, moments, along, quadratic } as const satisfies Readonly<Record<string, Emit>>;
export type LayerGraphId = keyof typeof GRAPHS;

const EMPTY = emptyGraph("layer");

/** Input `rows` `[B, width]` in `precision`, everything else float64. */
export function layerGraph(
  id: LayerGraphId,
  shape: LayerShape & { readonly precision: "float32" | "float64" },
  ops: Ops,
): Model {
  const g = builderOn(EMPTY, ops);
  const rows = g.input("rows", shape.precision, ["B", shape.width]);
  const wide = shape.precision === "float64" ? rows : g.op("Cast", [rows], { to: dtypeCode("float64") });
  const f = shape.bias ? g.op("Pad", [wide, g.ints([0, 0, 0, 1]), g.scalar(1, "float64")]) : wide;
  const made = GRAPHS[id]({
    ...shape,
    g,
    m: formula(g, "float64"),
    columns: shape.width + Number(shape.bias),
    f,
    input: (name, dims) => g.input(name, "float64", dims),
  });
  const outputs = Object.entries(made).map(([name, value]) => g.alias(value, name));
  return close(newModel(EMPTY), g, outputs);
}
