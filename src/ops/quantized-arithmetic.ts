/** @file Integer arithmetic of quantised models: exact forwards, without a derivative. */
import type { Fact } from "../graph/types.ts";
import { Conv, convAttrs } from "./conv.ts";
import { type AttrSpec, type AttrsOf, defineOp, type NoVjp, type Op, required } from "./define.ts";
import { MatMul } from "./matmul.ts";
import { type NumTensor, num } from "./num-tensor.ts";
import { dequantized, eachElement, quantized } from "./quantize.ts";

const NO_DERIVATIVE: NoVjp = {
  none: "quantised integer arithmetic has no derivative; use a forward-only method, or export the float model",
};

/** q - zero point, still integers. */
function centred(q: NumTensor, zero: NumTensor | undefined, axis: number): NumTensor {
  const z = eachElement(q, zero, axis);
  return num(
    q.dtype,
    q.dims,
    q.data.map((v, i) => v - z(i)),
  );
}

/** Of `[M,K]` a parameter of M belongs to rows, of `[K,N]` one of N to columns. */
const [ROWS, COLUMNS] = [-2, -1];

/** a, scale, zero point; b, scale, zero point; scale and zero point of the result. */
export const QLinearMatMul: Op = defineOp({
  kind: "linear",
  attrs: {},
  shape: ({ x }) => retyped(MatMul.shape({ x: [x[0], x[3]], attrs: {}, outputs: 1, name: "" }), required(x, 7).dtype),
  eval: ({ x }) => {
    const a = dequantized(required(x, 0), { scale: required(x, 1), zero: x[2], axis: ROWS });
    const b = dequantized(required(x, 3), { scale: required(x, 4), zero: x[5], axis: COLUMNS });
    const [y] = MatMul.eval({ x: [a, b], attrs: {}, outputs: 1 }) as [NumTensor];
    return quantized(y, { scale: required(x, 6), zero: required(x, 7), dtype: required(x, 7).dtype, axis: ROWS });
  },
  vjp: NO_DERIVATIVE,
});

export const MatMulInteger: Op = defineOp({
  kind: "linear",
  attrs: {},
  shape: ({ x }) => retyped(MatMul.shape({ x: [x[0], x[1]], attrs: {}, outputs: 1, name: "" }), "int32"),
  eval: ({ x }) => {
    const inputs = [centred(required(x, 0), x[2], ROWS), centred(required(x, 1), x[3], COLUMNS)];
    return num("int32", ...contents(MatMul.eval({ x: inputs, attrs: {}, outputs: 1 })));
  },
  vjp: NO_DERIVATIVE,
});

/** A convolution row whose attributes pass through to {@link Conv}. */
const convolution = (def: {
  readonly shape: (x: readonly (Fact | undefined)[], like: (w: number) => readonly Fact[]) => readonly Fact[];
  readonly eval: (
    x: readonly (NumTensor | undefined)[],
    conv: (inputs: readonly (NumTensor | undefined)[]) => readonly NumTensor[],
  ) => NumTensor;
}): Op =>
  defineOp({
    kind: "linear",
    attrs: convAttrs,
    shape: ({ x, attrs, name }) =>
      def.shape(x, (w) => Conv.shape({ x: [x[0], x[w]], attrs: given(attrs), outputs: 1, name })),
    eval: ({ x, attrs }) => def.eval(x, (inputs) => Conv.eval({ x: inputs, attrs: given(attrs), outputs: 1 })),
    vjp: NO_DERIVATIVE,
  });

/** x, scale, zero point; w, scale, zero point; scale and zero point of the result; int32 bias in steps of both scales. */
export const QLinearConv: Op = convolution({
  shape: (x, like) => retyped(like(3), required(x, 7).dtype),
  eval: (x, conv) => {
    const data = dequantized(required(x, 0), { scale: required(x, 1), zero: x[2], axis: 1 });
    const w = dequantized(required(x, 3), { scale: required(x, 4), zero: x[5], axis: 0 });
    const step = required(x, 1).data[0] as number;
    const scales = x[4]?.data as Float64Array;
    const bias =
      x[8] &&
      num(
        "float32",
        x[8].dims,
        x[8].data.map((v, i) => v * step * (scales[i % scales.length] as number)),
      );
    const [y] = conv([data, w, bias]) as [NumTensor];
    return quantized(y, { scale: required(x, 6), zero: required(x, 7), dtype: required(x, 7).dtype, axis: 1 });
  },
});

export const ConvInteger: Op = convolution({
  shape: (_, like) => retyped(like(1), "int32"),
  eval: (x, conv) =>
    num("int32", ...contents(conv([centred(required(x, 0), x[2], 1), centred(required(x, 1), x[3], 0)]))),
});

const retyped = (facts: readonly Fact[], dtype: Fact["dtype"]): readonly Fact[] =>
  facts.map(({ dims }) => ({ dtype, dims }));
const contents = ([t]: readonly NumTensor[]): [readonly number[], Float64Array] => [
  (t as NumTensor).dims,
  (t as NumTensor).data,
];

/** Attributes as a node would carry them: those that are absent stay absent. */
function given<S extends AttrSpec>(attrs: AttrsOf<S>): Readonly<Record<string, number | string | readonly number[]>> {
  return Object.fromEntries(Object.entries(attrs).filter(([, v]) => v !== undefined)) as Record<
    string,
    number | string | readonly number[]
  >;
}
