/** @file Float64 tensors for reference evaluation. Integers and booleans are held as exact doubles, tagged with their dtype. */
import { elementCount } from "../graph/dim.ts";
import { fromNumbers, toNumbers } from "../graph/tensor.ts";
import type { DType, Tensor } from "../graph/types.ts";

/** C order; `data.length` is the product of `dims`. */
export interface NumTensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

export const num = (dtype: DType, dims: readonly number[], data: ArrayLike<number>): NumTensor => ({
  dtype,
  dims,
  data: data instanceof Float64Array ? data : Float64Array.from(data),
});
export const zeros = (dtype: DType, dims: readonly number[]): NumTensor => ({
  dtype,
  dims,
  data: new Float64Array(elementCount(dims)),
});
export const numOf = (t: Tensor): NumTensor => num(t.dtype, t.dims, Float64Array.from(toNumbers(t)));
export const tensorOf = (t: NumTensor): Tensor => ({
  dtype: t.dtype,
  dims: t.dims,
  data: fromNumbers(t.dtype, t.data),
});

/** Row-major strides. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let i = dims.length - 2; i >= 0; i--) strides[i] = (strides[i + 1] as number) * (dims[i + 1] as number);
  return strides;
}

/** Calls `visit(index, position)` for every multi-index of `dims`, row-major; `index` is reused between calls. */
export function eachIndex(dims: readonly number[], visit: (index: readonly number[], position: number) => void): void {
  const total = elementCount(dims);
  const index = new Array<number>(dims.length).fill(0);
  for (let position = 0; position < total; position++) {
    visit(index, position);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const next = (index[axis] as number) + 1;
      if (next < (dims[axis] as number)) {
        index[axis] = next;
        break;
      }
      index[axis] = 0;
    }
  }
}

/** Flat offset of a multi-index. */
export const offsetOf = (index: readonly number[], strides: readonly number[]): number =>
  index.reduce((sum, i, axis) => sum + i * (strides[axis] as number), 0);

/** Negative axes count from the end. */
export const normalizeAxis = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
