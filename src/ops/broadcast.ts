/** @file NumPy broadcasting: of facts, of float64 tensors, and the way back for cotangents. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { type Dim, formatDims } from "../graph/dim.ts";
import type { DType } from "../graph/types.ts";
import { eachIndex, type NumTensor, num, offsetOf, stridesOf } from "./num-tensor.ts";

/** Dims of an element-wise result; undefined when any rank is unknown. Throws `E_SHAPE` when they do not fit. */
export function broadcastDims(...all: readonly (readonly Dim[] | undefined)[]): readonly Dim[] | undefined {
  if (all.some((d) => d === undefined)) return undefined;
  const known = all as readonly (readonly Dim[])[];
  const rank = Math.max(0, ...known.map((d) => d.length));
  return Array.from({ length: rank }, (_, axis) => {
    let out: Dim = 1;
    for (const dims of known) {
      const dim = dims[axis - (rank - dims.length)] ?? 1;
      if (dim === 1 || dim === out) continue;
      if (out === 1) out = dim;
      else if (typeof dim === "number" && typeof out === "number")
        throw new OnnxplainError(
          "E_SHAPE",
          `Shapes ${known.map(formatDims).join(" and ")} do not broadcast (axis ${axis}: ${out} against ${dim}).`,
        );
      else if (typeof dim === "number") out = dim; // a free symbol against a number: the number must win at run time
    }
    return out;
  });
}

/** Element-wise map over broadcast inputs. */
export function mapBroadcast(dtype: DType, inputs: readonly NumTensor[], f: (...v: number[]) => number): NumTensor {
  const dims = broadcastDims(...inputs.map((t) => t.dims)) as readonly number[];
  const out = new Float64Array(dims.reduce((p, d) => p * d, 1));
  // one array for all elements: `f` gets its values, not the array
  const values = new Array<number>(inputs.length).fill(0);
  const take = (at: number, k: number): void => {
    values[k] = inputs[k]?.data[at] as number;
  };
  if (inputs.every((t) => t.data.length === out.length)) {
    for (let i = 0; i < out.length; i++) {
      for (let k = 0; k < values.length; k++) take(i, k);
      out[i] = f(...values);
    }
    return num(dtype, dims, out);
  }
  const strides = inputs.map((t) => alignedStrides(t.dims, dims.length));
  eachIndex(dims, (index, at) => {
    for (let k = 0; k < values.length; k++) take(offsetOf(index, strides[k] as number[]), k);
    out[at] = f(...values);
  });
  return num(dtype, dims, out);
}

/** Strides of `dims` seen at a higher rank, 0 along broadcast axes. */
export function alignedStrides(dims: readonly number[], rank: number): number[] {
  const own = stridesOf(dims);
  return Array.from({ length: rank }, (_, axis) => {
    const at = axis - (rank - dims.length);
    return at < 0 || dims[at] === 1 ? 0 : (own[at] as number);
  });
}

/**
 * Bring a cotangent to the shape of the value it belongs to: sum over axes that were broadcast, expand axes of size 1.
 * Throws `E_SHAPE` when the shapes are not related that way.
 */
export function fitTo(g: GraphBuilder, cotangent: Value, like: Value): Value {
  const want = like.dims;
  let got = cotangent.dims;
  if (want === undefined || got === undefined)
    throw new OnnxplainError(
      "E_SHAPE",
      `The shape of \`${like.name}\` is unknown, so its gradient cannot be laid out. Fix the model's input size (\`--size\`).`,
    );
  const extra = got.length - want.length;
  const summed = got.flatMap((dim, axis) => (axis < extra || (want[axis - extra] === 1 && dim !== 1) ? [axis] : []));
  let out = cotangent;
  if (summed.length > 0) {
    out = g.op("ReduceSum", [out, g.ints(summed)], { keepdims: 1 }, "unbroadcast");
    if (extra > 0) out = g.op("Squeeze", [out, g.ints(Array.from({ length: extra }, (_, i) => i))]);
    got = out.dims as readonly Dim[];
  }
  const missing = want.length - got.length;
  const expands = want.some((dim, axis) => dim !== 1 && (axis < missing || got[axis - missing] === 1));
  return expands ? expandTo(g, out, like) : out;
}

/** Expand to the shape of `like`, with a constant shape wherever the free dims already agree. */
export function expandTo(g: GraphBuilder, v: Value, like: Value): Value {
  const want = like.dims as readonly Dim[];
  const got = v.dims as readonly Dim[];
  const missing = want.length - got.length;
  const target = want.map((dim, axis) => (axis >= missing && got[axis - missing] === dim ? 1 : dim));
  const shape = target.every((d) => typeof d === "number") ? g.ints(target) : g.op("Shape", [like]);
  return g.op("Expand", [v, shape]);
}

/** Reshape to the dims of `like`: a constant target when at most one of them is free. */
export function reshapeLike(g: GraphBuilder, v: Value, like: Value): Value {
  return reshapeTo(g, v, like.dims, () => g.op("Shape", [like]));
}

/** Reshape to `dims`; `dynamic` supplies the target as a value when several dims are free. */
export function reshapeTo(g: GraphBuilder, v: Value, dims: readonly Dim[] | undefined, dynamic: () => Value): Value {
  const free = dims?.filter((d) => typeof d === "string").length ?? 2;
  // 0 copies the batch size: the runtime then knows that it is still the same, and keeps its blocked layout
  const same = typeof dims?.[0] === "string" && dims[0] === v.dims?.[0];
  const size = (d: Dim, axis: number): number => (typeof d === "number" ? d : axis === 0 && same ? 0 : -1);
  if (dims && free <= 1 && !dims.includes(0)) return g.op("Reshape", [v, g.ints(dims.map(size))]);
  // the target states every dim: a 0 in it is an empty axis, not a copied one
  return g.op("Reshape", [v, dynamic()], { allowzero: 1 });
}
