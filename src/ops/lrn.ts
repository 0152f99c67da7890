/** @file LRN: local response normalisation across neighbouring channels (AlexNet, GoogLeNet). */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { defineOp, int, type Op, real, required } from "./define.ts";
import { type Formula, formula } from "./formula.ts";
import { type NumTensor, num } from "./num-tensor.ts";

interface LrnAttrs {
  readonly alpha: number;
  readonly beta: number;
  readonly bias: number;
  readonly size: number;
}

/** Channels before and after a channel that its window covers. */
const reach = (size: number): readonly [number, number] => [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];

/** d = bias + α/size · Σ x² over the window. */
function denominators(x: NumTensor, { alpha, bias, size }: LrnAttrs): Float64Array {
  const channels = x.dims[1] as number;
  const inner = x.dims.slice(2).reduce((p, d) => p * d, 1);
  const [before, after] = reach(size);
  return x.data.map((_, i) => {
    const c = Math.floor(i / inner) % channels;
    let sum = 0;
    for (let k = Math.max(0, c - before); k <= Math.min(channels - 1, c + after); k++)
      sum += (x.data[i + (k - c) * inner] as number) ** 2;
    return bias + (alpha / size) * sum;
  });
}

/** Σ over channels c - before … c + after, as shifted copies added up: cheaper than a pool or a banded product from 64 channels on, and free of weights. */
function channelWindowSum(g: GraphBuilder, v: Value, [before, after]: readonly [number, number]): Value {
  const size = before + after + 1;
  if (size === 1) return v;
  const rank = (v.dims as readonly Dim[]).length;
  const pads = new Array<number>(2 * rank).fill(0);
  [pads[1], pads[rank + 1]] = [before, after];
  const padded = g.op("Pad", [v, g.ints(pads)]);
  const shifted = Array.from({ length: size }, (_, k) => {
    const end = k === size - 1 ? 2 ** 31 - 1 : k + 1 - size;
    return g.op("Slice", [padded, g.ints([k]), g.ints([end]), g.ints([1])]);
  });
  return g.op("Sum", shifted);
}

/** dy · d^-β; the usual β = ¾ goes by square roots, others by logarithm: a power is the slowest of the three. */
function divideByPower(m: Formula, dy: Value, d: Value, beta: number): Value {
  if (beta === 1) return m.div(dy, d);
  if (beta === 0.5) return m.div(dy, m.sqrt(d));
  if (beta !== 0.75) return m.mul(dy, m.exp(m.mul(m.log(d), -beta)));
  const root = m.sqrt(d);
  return m.div(dy, m.mul(root, m.sqrt(root)));
}

/** y = x d^-β. Exact vjp: dx = dy d^-β - (2αβ/size) x Wᵀ(dy x d^(-β-1)), Wᵀ the mirrored window. */
export const LRN: Op = defineOp({
  kind: "normalize",
  attrs: { alpha: real(1e-4), beta: real(0.75), bias: real(1), size: int(1) },
  shape: ({ x }) => ({ dtype: required(x, 0).dtype, dims: required(x, 0).dims }),
  eval: ({ x, attrs }) => {
    const data = required(x, 0);
    const d = denominators(data, attrs);
    return num(
      data.dtype,
      data.dims,
      data.data.map((v, i) => v * (d[i] as number) ** -attrs.beta),
    );
  },
  vjp: ({ g, dy, x, attrs: { alpha, beta, bias, size } }) => {
    const data = required(x, 0);
    const m = formula(g, data.dtype);
    const [before, after] = reach(size);
    const d = m.add(m.mul(channelWindowSum(g, m.mul(data, data), [before, after]), alpha / size), bias);
    const direct = divideByPower(m, dy, d, beta);
    const spread = channelWindowSum(g, m.div(m.mul(direct, data), d), [after, before]);
    return [m.sub(direct, m.mul(m.mul(data, (2 * alpha * beta) / size), spread))];
  },
});
