/** @file BatchNormalization with stored statistics: one affine map a channel. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { channelSum } from "./conv.ts";
import { defineOp, flag, type Op, real, required } from "./define.ts";
import { formula } from "./formula.ts";
import { type NumTensor, num } from "./num-tensor.ts";

function refuseTraining(training: boolean): void {
  if (!training) return;
  throw new OnnxplainError(
    "E_NO_DERIVATIVE",
    "BatchNormalization is in training mode: every image's result depends on the others in its batch. Export the model in evaluation mode (`model.eval()`).",
  );
}

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

/** y = (x - mean) / √(var + ε) · scale + B. Everything that the cotangents multiply by is made of constants, which ONNX Runtime folds. */
export const BatchNormalization: Op = defineOp({
  kind: "linear",
  attrs: { epsilon: real(1e-5), momentum: real(0.9), training_mode: flag() },
  shape: ({ x, outputs }) => {
    const { dtype, dims } = required(x, 0);
    const stat = { dtype: required(x, 3).dtype, dims: required(x, 3).dims };
    return [{ dtype, dims }, ...new Array<typeof stat>(outputs - 1).fill(stat)];
  },
  eval: ({ x, attrs }) => {
    refuseTraining(attrs.training_mode);
    const data = required(x, 0);
    const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => required(x, i).data) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const factor = scale.map((s, c) => s / Math.sqrt((variance[c] as number) + attrs.epsilon));
    const channel = channelOf(data);
    return num(
      data.dtype,
      data.dims,
      data.data.map((v, i) => {
        const c = channel(i);
        return (v - (mean[c] as number)) * (factor[c] as number) + (bias[c] as number);
      }),
    );
  },
  vjp: ({ g, dy, x, attrs, wants }) => {
    refuseTraining(attrs.training_mode);
    const [data, scale, , mean, variance] = [0, 1, 2, 3, 4].map((i) => required(x, i)) as [
      Value,
      Value,
      Value,
      Value,
      Value,
    ];
    const m = formula(g, dy.dtype);
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
  },
});
