/**
 * @file Cast and CastLike. Float to integer truncates towards 0, anything but 0 is true. A cast between floats is the
 * identity in float64 evaluation and passes cotangents on; through an integer or boolean nothing flows back.
 */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { dtypeCode, dtypeName } from "../graph/dtype-code.ts";
import { isFloat } from "../graph/tensor.ts";
import type { DType, Fact } from "../graph/types.ts";
import { factWith } from "./content.ts";
import { type Cotangents, defineOp, flag, int, type Op, required, text, type VjpArgs } from "./define.ts";
import { type NumTensor, num } from "./num-tensor.ts";

function typeOf(code: number): DType {
  const dtype = dtypeName(code);
  if (dtype === undefined || dtype === "string")
    throw new OnnxplainError(
      "E_UNSUPPORTED_OP",
      `\`Cast\` to element type ${dtype ?? code} is not supported: only numbers and booleans can be explained.`,
    );
  return dtype;
}

function castFact({ dtype, dims, content }: Fact, to: DType): Fact {
  if (isFloat(to) || isFloat(dtype)) return { dtype: to, dims };
  const truth =
    to !== "bool"
      ? content
      : content?.every((d) => typeof d === "number")
        ? content.map((d) => (d === 0 ? 0 : 1))
        : undefined;
  return factWith({ dtype: to, dims }, truth);
}

function cast({ dtype, dims, data }: NumTensor, to: DType): NumTensor {
  if (to === "bool")
    return num(
      to,
      dims,
      data.map((v) => (v === 0 ? 0 : 1)),
    );
  return num(to, dims, isFloat(dtype) && !isFloat(to) ? data.map((v) => Math.trunc(v) + 0) : data);
}

/** A cast in a graph under construction. */
export const castTo = (g: GraphBuilder, v: Value, dtype: DType): Value => g.op("Cast", [v], { to: dtypeCode(dtype) });

/** Casts back between floats; through integers the derivative is zero almost everywhere, and nothing flows. */
function castBack({ g, dy, x, y }: VjpArgs<object>): Cotangents {
  const like = required(x, 0);
  if (!isFloat(like.dtype) || !isFloat(y.dtype)) return [];
  return [like.dtype === y.dtype ? dy : castTo(g, dy, like.dtype)];
}

export const Cast: Op = defineOp({
  kind: "movement",
  attrs: { to: int(1), saturate: flag(true), round_mode: text("up") },
  shape: ({ x, attrs }) => castFact(required(x, 0), typeOf(attrs.to)),
  eval: ({ x, attrs }) => cast(required(x, 0), typeOf(attrs.to)),
  vjp: castBack,
});

export const CastLike: Op = defineOp({
  kind: "movement",
  attrs: { saturate: flag(true), round_mode: text("up") },
  shape: ({ x }) => castFact(required(x, 0), required(x, 1).dtype),
  eval: ({ x }) => cast(required(x, 0), required(x, 1).dtype),
  vjp: castBack,
});
