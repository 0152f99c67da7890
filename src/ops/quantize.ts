/** @file QuantizeLinear and DequantizeLinear, differentiated straight through, and DynamicQuantizeLinear. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { dtypeCode, dtypeName } from "../graph/dtype-code.ts";
import type { DType } from "../graph/types.ts";
import { roundHalfEven } from "./_round.ts";
import { defineOp, flag, int, type Op, required, type VjpArgs } from "./define.ts";
import { formula } from "./formula.ts";
import { type NumTensor, normalizeAxis, num } from "./num-tensor.ts";
import { between } from "./rectifiers.ts";

const RANGES: Partial<Readonly<Record<DType, readonly [number, number]>>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};
/** Least and greatest integer of a quantised type. */
export function rangeOf(dtype: DType): readonly [number, number] {
  const range = RANGES[dtype];
  if (range === undefined)
    throw new OnnxplainError(
      "E_UNSUPPORTED_OP",
      `Quantisation to ${dtype} is not supported (uint8, int8, uint16, int16 are).`,
    );
  return range;
}

export const saturate = (v: number, [low, high]: readonly [number, number]): number => Math.max(low, Math.min(high, v));

function refuseBlocks(size: number): void {
  if (size > 0)
    throw new OnnxplainError(
      "E_UNSUPPORTED_OP",
      "Blocked quantisation (`block_size`) is not supported. Quantise per tensor or per axis.",
    );
}

/** The parameter of each element: one for all, or one a slice of `axis`. */
export function eachElement(
  t: NumTensor,
  parameter: NumTensor | undefined,
  axis: number,
): (position: number) => number {
  if (parameter === undefined) return () => 0;
  if (parameter.data.length === 1) return () => parameter.data[0] as number;
  const inner = t.dims.slice(normalizeAxis(axis, t.dims.length) + 1).reduce((p, d) => p * d, 1);
  return (position) => parameter.data[Math.floor(position / inner) % parameter.data.length] as number;
}

/** round(v / scale) + zero point, held to the type's range. */
export function quantized(
  t: NumTensor,
  {
    scale,
    zero,
    dtype,
    axis,
  }: { readonly scale: NumTensor; readonly zero: NumTensor | undefined; readonly dtype: DType; readonly axis: number },
): NumTensor {
  const [s, z] = [eachElement(t, scale, axis), eachElement(t, zero, axis)];
  const range = rangeOf(dtype);
  return num(
    dtype,
    t.dims,
    t.data.map((v, i) => saturate(roundHalfEven(v / s(i)) + z(i), range)),
  );
}

/** (q - zero point) · scale. */
export function dequantized(
  t: NumTensor,
  { scale, zero, axis }: { readonly scale: NumTensor; readonly zero: NumTensor | undefined; readonly axis: number },
): NumTensor {
  const [s, z] = [eachElement(t, scale, axis), eachElement(t, zero, axis)];
  return num(
    scale.dtype,
    t.dims,
    t.data.map((v, i) => (v - z(i)) * s(i)),
  );
}

/** A parameter `[n]` of one axis, laid out to broadcast against the data. */
function alongAxis(g: GraphBuilder, v: Value, data: Value, axis: number): Value {
  const rank = data.dims?.length ?? 0;
  if (v.dims?.length !== 1 || v.dims[0] === 1) return v;
  return g.op("Reshape", [v, g.ints([-1, ...new Array<number>(rank - 1 - normalizeAxis(axis, rank)).fill(1)])]);
}

/** 1 where rounding stays inside the type, 0 where the value saturates. */
function unsaturated({ g, x, y, attrs }: VjpArgs<{ readonly axis: number }>): Value {
  const [data, step] = [required(x, 0), required(x, 1)];
  const m = formula(g, data.dtype);
  const scale = alongAxis(g, step, data, attrs.axis);
  const zero = x[2] ? g.op("Cast", [alongAxis(g, x[2], data, attrs.axis)], { to: dtypeCode(data.dtype) }) : null;
  const bound = (q: number): Value => m.mul(zero ? m.sub(q, zero) : q, scale);
  const [low, high] = rangeOf(y.dtype);
  return between(m, data, [bound(low - 0.5), bound(high + 0.5)]);
}

/**
 * The cotangent of a quantised tensor is in real units: that of the value it stands for, in the float type of the data.
 * QuantizeLinear passes it where the value does not saturate (strictly within half a step of the range), DequantizeLinear
 * passes it on, so the pair has slope 1 inside and 0 outside. Scales and zero points are fixed: nothing flows to them.
 */
export const QuantizeLinear: Op = defineOp({
  kind: "activation",
  attrs: { axis: int(1), block_size: int(0), output_dtype: int(0), saturate: flag(true) },
  shape: ({ x, attrs }) => {
    const declared = attrs.output_dtype === 0 ? undefined : dtypeName(attrs.output_dtype);
    return { dtype: x[2]?.dtype ?? declared ?? "uint8", dims: required(x, 0).dims };
  },
  eval: ({ x, attrs }) => {
    refuseBlocks(attrs.block_size);
    const declared = attrs.output_dtype === 0 ? undefined : dtypeName(attrs.output_dtype);
    return quantized(required(x, 0), {
      scale: required(x, 1),
      zero: x[2],
      dtype: x[2]?.dtype ?? declared ?? "uint8",
      axis: attrs.axis,
    });
  },
  vjp: (args) => {
    refuseBlocks(args.attrs.block_size);
    return [args.wants[0] ? args.g.op("Mul", [args.dy, unsaturated(args)]) : null, null, null];
  },
  straightThrough: true,
});

/** See {@link QuantizeLinear} for what a cotangent of the quantised input means. */
export const DequantizeLinear: Op = defineOp({
  kind: "activation",
  attrs: { axis: int(1), block_size: int(0) },
  shape: ({ x }) => ({ dtype: required(x, 1).dtype, dims: required(x, 0).dims }),
  eval: ({ x, attrs }) => {
    refuseBlocks(attrs.block_size);
    return dequantized(required(x, 0), { scale: required(x, 1), zero: x[2], axis: attrs.axis });
  },
  vjp: ({ dy }) => [dy, null, null],
  straightThrough: true,
});

/** To uint8 with a range taken from the data; outputs are the integers, the scale and the zero point. */
export const DynamicQuantizeLinear: Op = defineOp({
  kind: "activation",
  attrs: {},
  shape: ({ x }) => [
    { dtype: "uint8", dims: required(x, 0).dims },
    { dtype: required(x, 0).dtype, dims: [] },
    { dtype: "uint8", dims: [] },
  ],
  eval: ({ x }) => {
    const data = required(x, 0);
    const low = data.data.reduce((a, v) => Math.min(a, v), 0);
    const high = data.data.reduce((a, v) => Math.max(a, v), 0);
    const step = (high - low) / 255 || 1;
    const scale = num(data.dtype, [], [step]);
    const zero = num("uint8", [], [saturate(roundHalfEven(-low / step), [0, 255])]);
    return [quantized(data, { scale, zero, dtype: "uint8", axis: 0 }), scale, zero];
  },
  vjp: { none: "quantised integer arithmetic has no derivative; use a forward-only method, or export the float model" },
});
