/** @file ONNX's numeric element-type codes (`TensorProto.DataType`) and our names for them. */
import type { DType } from "./types.ts";

const CODES: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
};
const NAMES = new Map(Object.entries(CODES).map(([name, code]) => [code, name as DType]));

export const dtypeCode = (dtype: DType): number => CODES[dtype];
/** The name of a code, or undefined for types the project does not handle (complex, float8, int4, …). */
export const dtypeName = (code: number): DType | undefined => NAMES.get(code);
