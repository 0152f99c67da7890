/** @file Constant, in every form ONNX has. A pass turns it into an initializer before most rows would meet it. */
import { OnnxplainError } from "../errors.ts";
import { factOf, tensor } from "../graph/tensor.ts";
import type { FloatAttr, Tensor } from "../graph/types.ts";
import { type AttrReader, defineOp, ints, type Op, optionalInt, reals, tensorAttr } from "./define.ts";
import { numOf } from "./num-tensor.ts";

interface ConstantAttrs {
  readonly value: Tensor | undefined;
  readonly value_float: number | undefined;
  readonly value_floats: readonly number[] | undefined;
  readonly value_int: number | undefined;
  readonly value_ints: readonly number[] | undefined;
  readonly value_string: string | undefined;
  readonly value_strings: readonly string[] | undefined;
}

const optionalReal: AttrReader<number | undefined> = {
  read: (raw) => (raw === undefined ? undefined : (raw as FloatAttr).float),
};
const optionalText: AttrReader<string | undefined> = { read: (raw) => raw as string | undefined };
const texts: AttrReader<readonly string[] | undefined> = { read: (raw) => raw as readonly string[] | undefined };

/** Whichever form the node uses; sparse values are refused. */
function constantOf(a: ConstantAttrs): Tensor {
  if (a.value) return a.value;
  if (a.value_float !== undefined) return tensor("float32", [], [a.value_float]);
  if (a.value_floats) return tensor("float32", [a.value_floats.length], a.value_floats);
  if (a.value_int !== undefined) return tensor("int64", [], [a.value_int]);
  if (a.value_ints) return tensor("int64", [a.value_ints.length], a.value_ints);
  if (a.value_string !== undefined) return { dtype: "string", dims: [], data: [a.value_string] };
  if (a.value_strings) return { dtype: "string", dims: [a.value_strings.length], data: a.value_strings };
  throw new OnnxplainError(
    "E_UNSUPPORTED_OP",
    "`Constant` holds a sparse tensor, which is not supported. Export the model with dense constants.",
  );
}

export const Constant: Op = defineOp({
  kind: "constant",
  attrs: {
    value: tensorAttr(),
    value_float: optionalReal,
    value_floats: reals(),
    value_int: optionalInt(),
    value_ints: ints(),
    value_string: optionalText,
    value_strings: texts,
  },
  shape: ({ attrs }) => factOf(constantOf(attrs)),
  eval: ({ attrs }) => numOf(constantOf(attrs)),
  // A constant depends on nothing.
  vjp: () => [],
});
