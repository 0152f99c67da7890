/** @file What is computed on one block of rows, as graphs. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import type { Model } from "../graph/types.ts";
import { formula } from "../ops/formula.ts";
import { modelOf } from "../ops/model-of.ts";
import type { Precision } from "./rows.ts";

/** `rows` `[B, width]`, `shift` `[width]` -> `sum` `[width]` and `gram` `[width, width]` = XᵀX of X = rows - shift, all float64. */
export const momentsGraph = (width: number): Model =>
  modelOf("moments", (g) => {
    const rows = g.input("rows", "float64", ["B", width]);
    const x = formula(g, "float64").sub(rows, g.input("shift", "float64", [width]));
    return {
      sum: g.op("ReduceSum", [x, g.ints([0])], { keepdims: 0 }),
      gram: g.op("Gemm", [x, x], { transA: 1 }),
    };
  });

/** `rows` `[B, from]`, `mean` `[from]`, `axes` `[from, width]` -> `projected` `[B, width]`, all float32. */
export const projectionGraph = (from: number, width: number): Model =>
  modelOf("projection", (g) => {
    const rows = g.input("rows", "float32", ["B", from]);
    const x = formula(g, "float32").sub(rows, g.input("mean", "float32", [from]));
    return { projected: g.op("MatMul", [x, g.input("axes", "float32", [from, width])]) };
  });

/** Shares of components in a row: posteriors, or 1 at the likeliest (of equals the first). */
export type Assignment = "soft" | "hard";

interface Shares {
  /** `[B, K]`. */
  readonly shares: Value;
  /** What a round raises, of each row, `[B, 1]`: the log-likelihood, or the largest term of it. */
  readonly gain: Value;
}

const SHARES: Readonly<Record<Assignment, (g: GraphBuilder, terms: Value, components: number) => Shares>> = {
  // at the largest term a: log-sum-exp = a - log softmax(a), and softmax(a) is at least 1/K
  soft: (g, terms) => {
    const m = formula(g, terms.dtype);
    const shares = g.op("Softmax", [terms], { axis: 1 });
    return { shares, gain: m.sub(largest(g, terms), m.log(largest(g, shares))) };
  },
  hard: (g, terms, components) => {
    const range = g.op("Range", [g.scalar(0, "int64"), g.scalar(components, "int64"), g.scalar(1, "int64")]);
    const first = g.op("ArgMax", [terms], { axis: 1, keepdims: 1 });
    return { shares: formula(g, terms.dtype).mask(g.op("Equal", [first, range])), gain: largest(g, terms) };
  },
};

const largest = (g: GraphBuilder, of: Value): Value => g.op("ReduceMax", [of, g.ints([1])], { keepdims: 1 });

export interface StepShape {
  readonly components: number;
  readonly width: number;
  readonly dtype: Precision;
  readonly assignment: Assignment;
}

/**
 * Sums of one round. With x = rows - centre, a row's terms log pi_k + log N(x; mu_k, sigma_k) are
 * x `linear`ᵀ + x² `square`ᵀ + `constant`, of `[K, width]`, `[K, width]` and `[K]`. Out come `counts` `[K]`, `first` and `second`
 * `[K, width]` = sharesᵀ x and sharesᵀ x², and `gain`, float64: the sum over rows.
 */
export const stepGraph = ({ components, width, dtype, assignment }: StepShape): Model =>
  modelOf("mixture-step", (g) => {
    const m = formula(g, dtype);
    const matrix = (name: string): Value => g.input(name, dtype, [components, width]);
    const x = m.sub(g.input("rows", dtype, ["B", width]), g.input("centre", dtype, [width]));
    const squares = m.mul(x, x);
    const half = g.op("Gemm", [x, matrix("linear"), g.input("constant", dtype, [components])], { transB: 1 });
    const terms = g.op("Gemm", [squares, matrix("square"), half], { transB: 1 });
    const { shares, gain } = SHARES[assignment](g, terms, components);
    return {
      counts: g.op("ReduceSum", [shares, g.ints([0])], { keepdims: 0 }),
      first: g.op("Gemm", [shares, x], { transA: 1 }),
      second: g.op("Gemm", [shares, squares], { transA: 1 }),
      gain: g.op("ReduceSum", [g.op("Cast", [gain], { to: dtypeCode("float64") }), g.ints([0, 1])], { keepdims: 0 }),
    };
  });
