/** @file GatherElements and GatherND: elements by index, of the same rank or by coordinate tuples. */
import { type Dim, unknownDim } from "../graph/dim.ts";
import { defineOp, int, type Op, required } from "./define.ts";
import { eachIndex, type NumTensor, normalizeAxis, num, stridesOf } from "./num-tensor.ts";
import { scatterBack } from "./scatter-back.ts";
import { zerosLike } from "./zeros-like.ts";

/** Flat offsets into a tensor of `dims`, one for every element of `indices`. */
export function elementOffsets(dims: readonly number[], indices: NumTensor, axis: number): Float64Array {
  const at = normalizeAxis(axis, dims.length);
  const strides = stridesOf(dims);
  const out = new Float64Array(indices.data.length);
  eachIndex(indices.dims, (index, position) => {
    let offset = 0;
    for (let i = 0; i < index.length; i++) {
      const along =
        i === at ? normalizeAxis(indices.data[position] as number, dims[at] as number) : (index[i] as number);
      offset += along * (strides[i] as number);
    }
    out[position] = offset;
  });
  return out;
}

export const GatherElements: Op = defineOp({
  kind: "movement",
  attrs: { axis: int(0) },
  shape: ({ x }) => ({ dtype: required(x, 0).dtype, dims: required(x, 1).dims }),
  eval: ({ x, attrs }) => {
    const { dtype, dims, data } = required(x, 0);
    const indices = required(x, 1);
    return num(
      dtype,
      indices.dims,
      elementOffsets(dims, indices, attrs.axis).map((o) => data[o] as number),
    );
  },
  vjp: ({ g, dy, x, attrs }) => {
    const zeros = zerosLike(g, required(x, 0));
    return [g.op("ScatterElements", [zeros, required(x, 1), dy], { axis: attrs.axis, reduction: "add" })];
  },
});

/** Flat offsets of the slices that coordinate tuples name, after `batch` leading axes shared by both. */
export function tupleOffsets(dims: readonly number[], indices: NumTensor, batch: number): Float64Array {
  const depth = indices.dims.at(-1) ?? 0;
  const strides = stridesOf(dims);
  const tuples = indices.dims.slice(0, -1);
  const out = new Float64Array(tuples.reduce((p, d) => p * d, 1));
  eachIndex(tuples, (index, position) => {
    let offset = 0;
    for (let i = 0; i < batch; i++) offset += (index[i] as number) * (strides[i] as number);
    for (let k = 0; k < depth; k++) {
      const along = normalizeAxis(indices.data[position * depth + k] as number, dims[batch + k] as number);
      offset += along * (strides[batch + k] as number);
    }
    out[position] = offset;
  });
  return out;
}

function gatherND({ dtype, dims, data }: NumTensor, indices: NumTensor, batch: number): NumTensor {
  const rest = dims.slice(batch + (indices.dims.at(-1) ?? 0));
  const inner = rest.reduce((p, d) => p * d, 1);
  const offsets = tupleOffsets(dims, indices, batch);
  const out = new Float64Array(offsets.length * inner);
  offsets.forEach((o, i) => {
    out.set(data.subarray(o, o + inner), i * inner);
  });
  return num(dtype, [...indices.dims.slice(0, -1), ...rest], out);
}

export const GatherND: Op = defineOp({
  kind: "movement",
  attrs: { batch_dims: int(0) },
  shape: ({ x, attrs, name }) => {
    const { dtype, dims } = required(x, 0);
    const indices = required(x, 1).dims;
    const depth = indices?.at(-1);
    if (!dims || !indices) return { dtype, dims: undefined };
    if (typeof depth !== "number") return { dtype, dims: undefined };
    const shared = indices
      .slice(0, -1)
      .map((d, i): Dim => (i < attrs.batch_dims && typeof d === "string" ? (dims[i] ?? unknownDim(name, i)) : d));
    return { dtype, dims: [...shared, ...dims.slice(attrs.batch_dims + depth)] };
  },
  eval: ({ x, attrs }) => gatherND(required(x, 0), required(x, 1), attrs.batch_dims),
  vjp: ({ g, dy, x, attrs }) => {
    const data = required(x, 0);
    const indices = required(x, 1);
    if (attrs.batch_dims === 0) return [g.op("ScatterND", [zerosLike(g, data), indices, dy], { reduction: "add" })];
    return [
      scatterBack(g, dy, { x: data, move: (p) => g.op("GatherND", [p, indices], { batch_dims: attrs.batch_dims }) }),
    ];
  },
});
