/** @file Layers on tokens [..., C]: normalisation, linear layers, attention over heads. */
import type { Value } from "../../src/graph/builder.ts";
import type { Dim } from "../../src/graph/dim.ts";
import { float } from "../../src/graph/types.ts";
import type { Kit } from "./kit.ts";

export const widthOf = (x: Value): number => (x.dims as readonly Dim[]).at(-1) as number;

export type Norm = (k: Kit, x: Value) => Value;

const EPSILON = 1e-5;
/** Scale and shift of the last axis. */
const affine = (k: Kit, x: Value): readonly [Value, Value] => [
  k.around(1, 0.3, [widthOf(x)]),
  k.around(0, 0.2, [widthOf(x)]),
];

export const layerNorm: Norm = (k, x) =>
  k.g.op("LayerNormalization", [x, ...affine(k, x)], { axis: -1, epsilon: float(EPSILON) });

/** As exporters wrote it before there was an op: mean, deviation, variance, quotient, scale, shift. */
export const spelledNorm: Norm = (k, x) => {
  const { g } = k;
  const mean = (v: Value): Value => g.op("ReduceMean", [v, g.ints([-1])], { keepdims: 1 });
  const deviation = g.op("Sub", [x, mean(x)]);
  const variance = mean(g.op("Pow", [deviation, g.scalar(2)]));
  const unit = g.op("Div", [deviation, g.op("Sqrt", [g.op("Add", [variance, g.scalar(EPSILON)])])]);
  const [scale, shift] = affine(k, x);
  return g.op("Add", [g.op("Mul", [unit, scale]), shift]);
};

export function linear(k: Kit, x: Value, out: number, { gain = 1, bias = true } = {}): Value {
  const y = k.g.op("MatMul", [x, k.weight([widthOf(x), out], widthOf(x), gain)]);
  return bias ? k.add(k.around(0, 0.1, [out]), y) : y;
}

export const mlp = (k: Kit, x: Value, ratio = 2): Value =>
  linear(k, k.gelu(linear(k, x, ratio * widthOf(x), { gain: 2 })), widthOf(x));

export const transpose = (k: Kit, x: Value, perm: readonly number[]): Value => k.g.op("Transpose", [x], { perm });
export const reshape = (k: Kit, x: Value, dims: readonly number[]): Value => k.g.op("Reshape", [x, k.g.ints(dims)]);
export const softmax = (k: Kit, x: Value): Value => k.g.op("Softmax", [x], { axis: -1 });

/** Queries, keys and values [B,heads,T,d] of tokens [B,T,C], from one linear layer. */
export function headsOf(k: Kit, x: Value, heads: number, tokens: number): readonly [Value, Value, Value] {
  const { g } = k;
  const c = widthOf(x);
  const all = reshape(k, linear(k, x, 3 * c), [-1, tokens, 3, heads, c / heads]);
  const apart = transpose(k, all, [2, 0, 3, 1, 4]);
  const part = (i: number): Value => g.op("Gather", [apart, g.scalar(i, "int64")], { axis: 0 });
  return [part(0), part(1), part(2)];
}

/** [B,heads,T,d] to tokens [B,T,heads d], and through the output layer. */
export function joinHeads(k: Kit, x: Value, tokens: number): Value {
  const [, heads, , d] = x.dims as readonly number[];
  const width = (heads as number) * (d as number);
  return linear(k, reshape(k, transpose(k, x, [0, 2, 1, 3]), [-1, tokens, width]), width);
}

/** softmax(q kᵀ + bias) v. The scale is the caller's. */
export function attend(k: Kit, [q, key, v]: readonly [Value, Value, Value], bias?: (scores: Value) => Value): Value {
  const scores = k.g.op("MatMul", [q, transpose(k, key, [0, 1, 3, 2])]);
  return k.g.op("MatMul", [softmax(k, bias ? bias(scores) : scores), v]);
}
