/** @file The arithmetic of fits and queries on one block of features, as graphs: float32 features in, everything else in float64. */

import type { GraphBuilder, Value } from "../graph/builder.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import type { Model } from "../graph/types.ts";
import { formula } from "../ops/formula.ts";
import { modelOf } from "../ops/model-of.ts";
import { ACTIVATIONS, type ActivationName } from "./activations.ts";

/** A last layer: Θ is `[classes, width]`, and one column more, the bias, behind. */
export interface LayerShape {
  readonly classes: number;
  readonly width: number;
  readonly bias: boolean;
}

export const columnsOf = ({ width, bias }: Pick<LayerShape, "width" | "bias">): number => width + (bias ? 1 : 0);

/** A model of what `emit` returns, by name. */
export const graphOf = (emit: (g: GraphBuilder) => Readonly<Record<string, Value>>): Model =>
  modelOf("representers", emit);

/** Input `rows` `[B, width]`, float32, widened. */
export const rowsInput = (g: GraphBuilder, width: number): Value =>
  g.op("Cast", [g.input("rows", "float32", ["B", width])], { to: dtypeCode("float64") });

/** F Θᵀ, `[B, classes]`. */
export function scoresFrom(g: GraphBuilder, rows: Value, theta: Value, { width, bias }: LayerShape): Value {
  if (!bias) return g.op("Gemm", [rows, theta], { transB: 1 });
  const part = (from: number, to: number): Value => g.op("Slice", [theta, g.ints([from]), g.ints([to]), g.ints([1])]);
  const constant = g.op("Squeeze", [part(width, width + 1), g.ints([1])]);
  return g.op("Gemm", [rows, part(0, width), constant], { transB: 1 });
}

/** Rᵀ F, `[classes, columns]`, from `R` `[B, classes]`. */
export function backOnto(g: GraphBuilder, residual: Value, rows: Value, bias: boolean): Value {
  const weights = g.op("Gemm", [residual, rows], { transA: 1 });
  if (!bias) return weights;
  const constant = g.op("Transpose", [formula(g, "float64").sum(residual, [0])], { perm: [1, 0] });
  return g.op("Concat", [weights, constant], { axis: 1 });
}

/**
 * `rows`, `targets` `[B, classes]`, `theta` `[classes, columns]` -> sums over the block: `loss`, `gradient` `[classes, columns]`; and
 * `sigma` = σ(Φ), `residual` = σ(Φ) - t, `scores` = Φ, each `[B, classes]`.
 */
export const lossGraph = (shape: LayerShape, activation: ActivationName): Model =>
  graphOf((g) => {
    const { loss, emit } = ACTIVATIONS[activation];
    const rows = rowsInput(g, shape.width);
    const targets = g.input("targets", "float64", ["B", shape.classes]);
    const scores = scoresFrom(g, rows, g.input("theta", "float64", [shape.classes, columnsOf(shape)]), shape);
    const sigma = emit(g, scores);
    const residual = g.op("Sub", [sigma, targets]);
    return {
      loss: g.op("ReduceSum", [loss(g, scores, targets), g.ints([0, 1])], { keepdims: 0 }),
      gradient: backOnto(g, residual, rows, shape.bias),
      sigma,
      residual,
      scores,
    };
  });

/** `rows`, `sigma` `[B, classes]`, `direction` `[classes, columns]` -> `product`: the block's part of n (H - 2λ) V, `[classes, columns]`. */
export const curvatureGraph = (shape: LayerShape, activation: ActivationName): Model =>
  graphOf((g) => {
    const rows = rowsInput(g, shape.width);
    const sigma = g.input("sigma", "float64", ["B", shape.classes]);
    const change = scoresFrom(g, rows, g.input("direction", "float64", [shape.classes, columnsOf(shape)]), shape);
    return { product: backOnto(g, ACTIVATIONS[activation].along(g, sigma, change), rows, shape.bias) };
  });

/** `rows` -> `gram`: Fᵀ F with the constant where there is one, `[columns, columns]`. */
export const gramGraph = ({ width, bias }: Pick<LayerShape, "width" | "bias">): Model =>
  graphOf((g) => {
    const rows = rowsInput(g, width);
    const m = formula(g, "float64");
    const one = m.add(m.mul(g.op("Slice", [rows, g.ints([0]), g.ints([1]), g.ints([1])]), 0), 1);
    const all = bias ? g.op("Concat", [rows, one], { axis: 1 }) : rows;
    return { gram: g.op("Gemm", [all, all], { transA: 1 }) };
  });

/** `scores` `[B, classes]` -> `sigma`. */
export const activationGraph = (classes: number, activation: ActivationName): Model =>
  graphOf((g) => {
    const scores = g.input("scores", "float64", ["B", classes]);
    return { sigma: ACTIVATIONS[activation].emit(g, scores) };
  });

/** `rows`, `tests` `[m, width]` -> `products` `[B, m]`: f_iᵀ f_t, without the constant. */
export const kernelGraph = (width: number): Model =>
  graphOf((g) => ({
    products: g.op("Gemm", [rowsInput(g, width), g.input("tests", "float64", ["m", width])], { transB: 1 }),
  }));
