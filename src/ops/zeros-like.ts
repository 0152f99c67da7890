/** @file Zeros of a shape that may be free, as a value of the graph. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { isStatic } from "../graph/dim.ts";
import { tensor } from "../graph/tensor.ts";

/** Zeros in the dtype and shape of `v`; the shape is a constant where it is known. */
export function zerosLike(g: GraphBuilder, v: Value): Value {
  const shape = isStatic(v.dims) ? g.ints(v.dims) : g.op("Shape", [v]);
  const attrs = v.dtype === "float32" ? {} : { value: { tensor: tensor(v.dtype, [1], [0]) } };
  return g.op("ConstantOfShape", [shape], attrs, "zeros");
}
