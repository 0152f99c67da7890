/** @file BatchNormalization: one affine map a channel, by stored statistics; in training mode by those of the batch itself. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import { float } from "../graph/types.ts";
import { channelSum } from "./conv.ts";
import { type Cotangents, defineOp, flag, type Op, real, required, type VjpArgs } from "./define.ts";
import { type Formula, formula } from "./formula.ts";
import { type NumTensor, num } from "./num-tensor.ts";

/** A value `[C]` beside data `[N,C,…]`: `[C,1,…]`. */
export function perChannel(g: GraphBuilder, v: Value, data: Value): Value {
  const rank = (data.dims as readonly Dim[]).length;
  return rank <= 2 ? v : g.op("Reshape", [v, g.ints([-1, ...new Array<number>(rank - 2).fill(1)])]);
}

/** The channel of a flat position in `[N,C,…]`. */
export function channelOf({ dims }: NumTensor): (position: number) => number {
  const channels = dims[1] ?? 1;
  const inner = dims.slice(2).reduce((p, d) => p * d, 1);
  return (position) => Math.floor(position / inner) % channels;
}

interface Attributes {
  readonly epsilon: number;
  readonly momentum: number;
  readonly training_mode: boolean;
}

/** Mean and variance (over n) of each channel of `[N,C,…]`. */
function moments(data: NumTensor, channels: number): readonly [Float64Array, Float64Array] {
  const channel = channelOf(data);
  const [mean, variance] = [new Float64Array(channels), new Float64Array(channels)];
  const count = data.data.length / channels;
  data.data.forEach((v, i) => {
    mean[channel(i)]! += v / count;
  });
  data.data.forEach((v, i) => {
    variance[channel(i)]! += (v - mean[channel(i)]!) ** 2 / count;
  });
  return [mean, variance];
}

/** Cotangents through stored statistics. Everything that they multiply by is made of constants, which ONNX Runtime folds. */
function byStored({ g, dy, x, attrs, wants }: VjpArgs<Attributes>, m: Formula): Cotangents {
  const [data, scale, , mean, variance] = [0, 1, 2, 3, 4].map((i) => required(x, i)) as [
    Value,
    Value,
    Value,
    Value,
    Value,
  ];
  const deviation = m.sqrt(m.add(variance, attrs.epsilon));
  const factor = m.div(scale, deviation);
  const bias = wants[2] || wants[3] ? channelSum(g, dy) : null;
  // Σ dy (x - mean) / √(var + ε)
  const slope = (): Value => m.div(channelSum(g, m.mul(dy, m.sub(data, perChannel(g, mean, data)))), deviation);
  return [
    wants[0] ? m.mul(dy, perChannel(g, factor, data)) : null,
    wants[1] ? slope() : null,
    bias,
    wants[3] && bias ? m.neg(m.mul(bias, factor)) : null,
    wants[4] ? m.mul(m.mul(slope(), scale), m.div(-0.5, m.add(variance, attrs.epsilon))) : null,
  ];
}

/**
 * Cotangents through the statistics of the batch: with u = (x - mean) / √(var + ε) over the n numbers of a channel,
 * dx = scale / √(var + ε) · (dy - Σdy/n - u Σ(dy u)/n).
 *
 * Source: Ioffe & Szegedy 2015, section 3.
 */
function byBatch({ g, dys, x, ys, attrs, wants }: VjpArgs<Attributes>, m: Formula): Cotangents {
  const [data, scale] = [required(x, 0), required(x, 1)];
  const [dy, ...dMoments] = dys;
  const [mean, variance] = momentsOf(g, data, attrs.momentum === 0 ? ys : []);
  const deviation = m.sqrt(m.add(variance, attrs.epsilon));
  const dBias = dy ? channelSum(g, dy) : null;
  const centred = (): Value => m.sub(data, perChannel(g, mean, data));
  const dScale = dy ? m.div(channelSum(g, m.mul(dy, centred())), deviation) : null;
  const kept = dMoments.map((d) => (d && attrs.momentum !== 0 ? m.mul(d, attrs.momentum) : null));
  const rest = [dScale, dBias, kept[0] ?? null, kept[1] ?? null];
  if (!wants[0]) return [null, ...rest];
  const factor = m.div(scale, deviation);
  const size = g.op("Cast", [g.op("Size", [data])], { to: dtypeCode(data.dtype) });
  const count = m.div(size, (data.dims as readonly Dim[])[1] as number);
  const [dMean, dVariance] = dMoments.map((d) => d && m.mul(d, 1 - attrs.momentum));
  // slope · u + offset, an affine map of x, hence one node
  const total = (parts: readonly (Value | null | undefined)[]): Value => {
    const [first = m.mul(mean, 0), ...more] = parts.filter((p) => p !== null && p !== undefined);
    return more.reduce((a, b) => m.add(a, b), first);
  };
  const slope = total([dScale && m.neg(m.mul(factor, dScale)), dVariance && m.mul(m.mul(dVariance, deviation), 2)]);
  const offset = total([dBias && m.neg(m.mul(factor, dBias)), dMean ?? null]);
  const back = g.op("BatchNormalization", [data, m.div(slope, count), m.div(offset, count), mean, variance], {
    epsilon: float(attrs.epsilon),
  });
  return [dy ? m.add(m.mul(dy, perChannel(g, factor, data)), back) : back, ...rest];
}

/** What the node itself gives out, where it gives the batch's own; made anew otherwise. */
function momentsOf(g: GraphBuilder, data: Value, [, mean, variance]: readonly Value[]): readonly [Value, Value] {
  if (mean && variance && mean.name !== variance.name) return [mean, variance];
  const axes = (data.dims as readonly Dim[]).flatMap((_, i) => (i === 1 ? [] : [i]));
  const average = (v: Value): Value => g.op("ReduceMean", [v, g.ints(axes)], { keepdims: 0 });
  const made = average(data);
  const centred = g.op("Sub", [data, perChannel(g, made, data)]);
  return [made, average(g.op("Mul", [centred, centred]))];
}

/** y = (x - mean) / √(var + ε) · scale + B; in training mode by the batch's statistics, which mix into the running ones by `momentum`. */
export const BatchNormalization: Op = defineOp({
  kind: "linear",
  attrs: { epsilon: real(1e-5), momentum: real(0.9), training_mode: flag() },
  shape: ({ x, outputs }) => {
    const { dtype, dims } = required(x, 0);
    const stat = { dtype: required(x, 3).dtype, dims: required(x, 3).dims };
    return [{ dtype, dims }, ...new Array<typeof stat>(outputs - 1).fill(stat)];
  },
  eval: ({ x, attrs, outputs }) => {
    const data = required(x, 0);
    const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => required(x, i).data) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const stored = [mean, variance] as const;
    const used = attrs.training_mode ? moments(data, scale.length) : stored;
    const factor = scale.map((s, c) => s / Math.sqrt(used[1][c]! + attrs.epsilon));
    const channel = channelOf(data);
    const y = num(
      data.dtype,
      data.dims,
      data.data.map((v, i) => {
        const c = channel(i);
        return (v - used[0][c]!) * factor[c]! + bias[c]!;
      }),
    );
    const mixed = stored.map((old, k) =>
      num(
        data.dtype,
        [old.length],
        old.map((v, c) => v * attrs.momentum + used[k]![c]! * (1 - attrs.momentum)),
      ),
    );
    return [y, ...mixed.slice(0, outputs - 1)];
  },
  vjp: (args) => (args.attrs.training_mode ? byBatch : byStored)(args, formula(args.g, args.dy.dtype)),
});
