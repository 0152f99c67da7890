/** @file Transpose. */
import { defineOp, ints, type Op, required } from "./define.ts";
import { eachIndex, type NumTensor, num, offsetOf, stridesOf } from "./num-tensor.ts";

const permutation = (perm: readonly number[] | undefined, rank: number): readonly number[] =>
  perm ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);

/** The permutation that undoes another. */
export const inversePermutation = (perm: readonly number[]): number[] => perm.map((_, axis) => perm.indexOf(axis));

export function transpose({ dtype, dims, data }: NumTensor, perm: readonly number[]): NumTensor {
  const outDims = perm.map((axis) => dims[axis] as number);
  const own = stridesOf(dims);
  const strides = perm.map((axis) => own[axis] as number);
  const out = new Float64Array(data.length);
  eachIndex(outDims, (index, at) => {
    out[at] = data[offsetOf(index, strides)] as number;
  });
  return num(dtype, outDims, out);
}

export const Transpose: Op = defineOp({
  kind: "movement",
  attrs: { perm: ints() },
  shape: ({ x, attrs }) => {
    const { dtype, dims, content } = required(x, 0);
    if (dims === undefined) return { dtype, dims };
    const moved = permutation(attrs.perm, dims.length).map((axis) => dims[axis] ?? 1);
    return dims.length <= 1 && content ? { dtype, dims, content } : { dtype, dims: moved };
  },
  eval: ({ x, attrs }) => {
    const data = required(x, 0);
    return transpose(data, permutation(attrs.perm, data.dims.length));
  },
  vjp: ({ g, dy, attrs }) => [
    g.op("Transpose", [dy], attrs.perm === undefined ? {} : { perm: inversePermutation(attrs.perm) }),
  ],
});
