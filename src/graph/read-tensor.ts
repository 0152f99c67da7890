/** @file TensorProto -> Tensor: every payload form ONNX allows, checked against the declared dims. */
import { OnnxplainError } from "../errors.ts";
import type { TensorProto } from "../proto/codec.ts";
import { type ExternalData, rawBytes } from "../proto/tensor.ts";
import { elementCount } from "./dim.ts";
import { dtypeName } from "./dtype-code.ts";
import { BYTES_PER_ELEMENT } from "./tensor.ts";
import type { DType, Tensor, TensorData } from "./types.ts";

const invalid = (proto: TensorProto, what: string): OnnxplainError =>
  new OnnxplainError("E_MODEL_INVALID", `Tensor \`${proto.name || "(unnamed)"}\` ${what}.`);

type TypedArrayMaker = new (buffer: ArrayBuffer) => Exclude<TensorData, readonly string[]>;
const STORAGE: Readonly<Record<Exclude<DType, "string">, TypedArrayMaker>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

/** Which repeated field carries a dtype when `raw_data` does not. */
function typedField(proto: TensorProto, dtype: Exclude<DType, "string">): readonly (number | bigint)[] {
  if (dtype === "float32") return proto.floatData;
  if (dtype === "float64") return proto.doubleData;
  if (dtype === "int64") return proto.int64Data;
  if (dtype === "uint64" || dtype === "uint32") return proto.uint64Data;
  return proto.int32Data;
}

/** Typed fields into storage; big integers stay big integers, everything else is a number. */
function fromField(dtype: Exclude<DType, "string">, field: readonly (number | bigint)[]): TensorData {
  if (dtype === "int64") return BigInt64Array.from(field as bigint[]);
  if (dtype === "uint64") return BigUint64Array.from(field as bigint[]);
  const Storage = STORAGE[dtype] as unknown as { from: (v: readonly number[]) => TensorData };
  return Storage.from(field.map(Number));
}

/** Read one constant. Throws `E_MODEL_INVALID` or `E_EXTERNAL_DATA`. */
export function readTensor(proto: TensorProto, external: ExternalData): Tensor {
  const dtype = dtypeName(proto.dataType);
  if (dtype === undefined)
    throw invalid(
      proto,
      `has element type ${proto.dataType}, which is not supported (complex, float8 and 4-bit types are not)`,
    );
  const dims = proto.dims.map(Number);
  const count = elementCount(dims);
  if (dims.some((d) => !Number.isSafeInteger(d) || d < 0) || !Number.isSafeInteger(count))
    throw invalid(proto, `has impossible dims [${dims}]`);
  if (dtype === "string") {
    if (proto.stringData.length !== count)
      throw invalid(proto, `declares ${count} strings and holds ${proto.stringData.length}`);
    return { dtype, dims, data: proto.stringData.map((s) => new TextDecoder().decode(s)) };
  }
  const raw = rawBytes(proto, count * BYTES_PER_ELEMENT[dtype], external);
  if (raw === undefined) {
    const field = typedField(proto, dtype);
    if (field.length !== count)
      throw invalid(
        proto,
        `declares dims [${dims}] (${count} elements) and holds ${field.length}; the file is damaged`,
      );
    return { dtype, dims, data: fromField(dtype, field) };
  }
  return { dtype, dims, data: new STORAGE[dtype](Uint8Array.from(raw).buffer as ArrayBuffer) };
}
