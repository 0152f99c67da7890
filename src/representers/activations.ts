/** @file Activations σ, each with its suitable loss: the convex one whose derivative by the scores Φ is σ(Φ) - t. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { formula } from "../ops/formula.ts";

/**
 * Values are float64 rows `[B, c]`; t is σ(Φ_given), or what a label asks for.
 *
 * Source: Yeh, Kim, Yen and Ravikumar 2018, definition 3.1 and proposition 3.1 (softmax, relu); the others are the matching losses
 * A(Φ) - tΦ with A' = σ.
 */
export interface Activation {
  readonly title: string;
  /** Terms of the loss, whose sum over all rows and classes counts. */
  readonly loss: (g: GraphBuilder, scores: Value, targets: Value) => Value;
  /** σ(Φ). */
  readonly emit: (g: GraphBuilder, scores: Value) => Value;
  /** The derivative of σ along `u`, from `y` = σ(Φ); ReLU's is 0 where the score is not above 0. */
  readonly along: (g: GraphBuilder, y: Value, u: Value) => Value;
  /** What a class asks for where it is the label, and where it is not. */
  readonly label: readonly [yes: number, no: number];
  /** No derivative of σ is above this. */
  readonly steepest: number;
}

const m = (g: GraphBuilder) => formula(g, "float64");

export const ACTIVATIONS = {
  softmax: {
    title: "softmax, cross-entropy",
    loss: (g, s, t) => m(g).neg(m(g).mul(t, g.op("LogSoftmax", [s], { axis: 1 }))),
    emit: (g, s) => g.op("Softmax", [s], { axis: 1 }),
    along: (g, y, u) => m(g).mul(y, m(g).sub(u, m(g).sum(m(g).mul(y, u), [1]))),
    label: [1, 0],
    steepest: 0.5,
  },
  relu: {
    title: "ReLU, ½ max(Φ, 0) Φ - t Φ",
    loss: (g, s, t) => m(g).mul(s, m(g).sub(m(g).mul(0.5, g.op("Relu", [s])), t)),
    emit: (g, s) => g.op("Relu", [s]),
    along: (g, y, u) => m(g).mul(m(g).mask(m(g).greater(y, 0)), u),
    label: [1, 0],
    steepest: 1,
  },
  sigmoid: {
    title: "sigmoid, log(1 + e^Φ) - t Φ",
    loss: (g, s, t) => m(g).sub(softplus(g, s), m(g).mul(t, s)),
    emit: (g, s) => g.op("Sigmoid", [s]),
    along: (g, y, u) => m(g).mul(m(g).mul(y, m(g).sub(1, y)), u),
    label: [1, 0],
    steepest: 0.25,
  },
  tanh: {
    title: "tanh, log cosh Φ - t Φ",
    // log cosh Φ = softplus(2Φ) - Φ - log 2
    loss: (g, s, t) => m(g).sub(m(g).sub(softplus(g, m(g).mul(2, s)), Math.LN2), m(g).mul(m(g).add(t, 1), s)),
    emit: (g, s) => g.op("Tanh", [s]),
    along: (g, y, u) => m(g).mul(m(g).sub(1, m(g).mul(y, y)), u),
    label: [1, -1],
    steepest: 1,
  },
  identity: {
    title: "identity, ½ (Φ - t)²",
    loss: (g, s, t) => m(g).mul(0.5, m(g).mul(m(g).sub(s, t), m(g).sub(s, t))),
    emit: (_, s) => s,
    along: (_, __, u) => u,
    label: [1, 0],
    steepest: 1,
  },
} as const satisfies Readonly<Record<string, Activation>>;

export type ActivationName = keyof typeof ACTIVATIONS;
export const ACTIVATION_NAMES = Object.keys(ACTIVATIONS) as readonly ActivationName[];

/** log(1 + e^s) = max(s, 0) - log σ(|s|), which neither overflows nor loses small values. */
const softplus = (g: GraphBuilder, s: Value): Value =>
  m(g).sub(g.op("Relu", [s]), m(g).log(g.op("Sigmoid", [m(g).abs(s)])));
