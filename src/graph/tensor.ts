/** @file Constant tensors: making them, and reading them as numbers. */
import { halfToNumber } from "../formats/samples.ts";
import { elementCount } from "./dim.ts";
import type { DType, Fact, Tensor, TensorData } from "./types.ts";

export { halfToNumber };

export const isFloat = (dtype: DType): boolean =>
  dtype === "float32" || dtype === "float64" || dtype === "float16" || dtype === "bfloat16";

/** Bytes an element takes in `raw_data`. */
export const BYTES_PER_ELEMENT: Readonly<Record<Exclude<DType, "string">, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  bfloat16: 2,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1,
};

const bfloatView = new DataView(new ArrayBuffer(4));
/** Decode one bfloat16 from its bits. */
export function bfloatToNumber(bits: number): number {
  bfloatView.setUint32(0, bits << 16);
  return bfloatView.getFloat32(0);
}

/** Elements as JavaScript numbers (64-bit integers beyond 2^53 round; strings are refused with `internal:`). */
export function toNumbers(tensor: Tensor): ArrayLike<number> {
  const { data, dtype } = tensor;
  if (dtype === "string") throw new Error("internal: a string tensor has no numbers");
  if (dtype === "float16") return Array.from(data as Uint16Array, halfToNumber);
  if (dtype === "bfloat16") return Array.from(data as Uint16Array, bfloatToNumber);
  if (dtype === "int64" || dtype === "uint64") return Array.from(data as BigInt64Array, Number);
  return data as Float32Array;
}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
/** To int64, clamped: ONNX writes "until the end" as INT64_MAX, which a double cannot hold. */
export function toInt64(value: number): bigint {
  if (value >= 2 ** 63) return INT64_MAX;
  if (value <= -(2 ** 63)) return INT64_MIN;
  return BigInt(Math.trunc(value));
}

/** Numbers into the storage of `dtype`. float16 and bfloat16 are refused: the compiler computes in float32. */
export function fromNumbers(dtype: DType, values: ArrayLike<number>): TensorData {
  switch (dtype) {
    case "float32":
      return Float32Array.from(values);
    case "float64":
      return Float64Array.from(values);
    case "int64":
      return BigInt64Array.from(Array.from(values, toInt64));
    case "uint64":
      return BigUint64Array.from(Array.from(values, (v) => BigInt(Math.trunc(v))));
    case "int32":
      return Int32Array.from(values);
    case "uint32":
      return Uint32Array.from(values);
    case "int16":
      return Int16Array.from(values);
    case "uint16":
      return Uint16Array.from(values);
    case "int8":
      return Int8Array.from(values);
    case "uint8":
      return Uint8Array.from(values);
    case "bool":
      return Uint8Array.from(values, (v) => (v ? 1 : 0));
    default:
      throw new Error(`internal: cannot make a ${dtype} tensor from numbers`);
  }
}

/** Make a constant; throws `internal:` when `values` and `dims` disagree. */
export function tensor(dtype: DType, dims: readonly number[], values: ArrayLike<number>): Tensor {
  if (values.length !== elementCount(dims)) throw new Error(`internal: ${values.length} values for dims [${dims}]`);
  return { dtype, dims, data: fromNumbers(dtype, values) };
}

/** Only tensors this small can be shapes or indices whose content inference follows. */
const CONTENT_LIMIT = 64;

export function factOf(constant: Tensor): Fact {
  const integer = constant.dtype === "int64" || constant.dtype === "int32" || constant.dtype === "bool";
  const small = integer && constant.dims.length <= 1 && constant.data.length <= CONTENT_LIMIT;
  return {
    dtype: constant.dtype,
    dims: constant.dims,
    constant,
    ...(small ? { content: Array.from(toNumbers(constant)) } : {}),
  };
}
