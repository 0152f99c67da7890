/** @file The number types of array files, and how their bytes become typed arrays. Machines are taken to be little-endian. */

/** Any array of numbers that a file may hold. */
export type NumericArray =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** A number type by NumPy's name. */
export type DtypeName =
  | "float64"
  | "float32"
  | "float16"
  | "bfloat16"
  | "int64"
  | "uint64"
  | "int32"
  | "uint32"
  | "int16"
  | "uint16"
  | "int8"
  | "uint8"
  | "bool";

/** How values of one type lie in a file. */
export interface Sample {
  /** Bytes of one value in the file. */
  readonly bytes: 1 | 2 | 4 | 8;
  readonly view: (buffer: ArrayBuffer) => NumericArray;
}

/** Half-precision types are widened to float32 on reading; `bool` is one byte, 0 or 1. */
export const SAMPLES: Readonly<Record<DtypeName, Sample>> = {
  float64: { bytes: 8, view: (buffer) => new Float64Array(buffer) },
  float32: { bytes: 4, view: (buffer) => new Float32Array(buffer) },
  float16: { bytes: 2, view: (buffer) => Float32Array.from(new Uint16Array(buffer), halfToNumber) },
  bfloat16: {
    bytes: 2,
    view: (buffer) => new Float32Array(Uint32Array.from(new Uint16Array(buffer), (h) => h << 16).buffer),
  },
  int64: { bytes: 8, view: (buffer) => new BigInt64Array(buffer) },
  uint64: { bytes: 8, view: (buffer) => new BigUint64Array(buffer) },
  int32: { bytes: 4, view: (buffer) => new Int32Array(buffer) },
  uint32: { bytes: 4, view: (buffer) => new Uint32Array(buffer) },
  int16: { bytes: 2, view: (buffer) => new Int16Array(buffer) },
  uint16: { bytes: 2, view: (buffer) => new Uint16Array(buffer) },
  int8: { bytes: 1, view: (buffer) => new Int8Array(buffer) },
  uint8: { bytes: 1, view: (buffer) => new Uint8Array(buffer) },
  bool: { bytes: 1, view: (buffer) => new Uint8Array(buffer) },
};

/** IEEE 754 binary16 to a number. */
export function halfToNumber(h: number): number {
  const sign = h & 0x8000 ? -1 : 1;
  const exponent = (h >> 10) & 31;
  const fraction = h & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** A fresh typed array of the bytes, which need not be aligned; `bigEndian` swaps them. */
export function decodeSamples(bytes: Uint8Array, dtype: DtypeName, bigEndian = false): NumericArray {
  const { bytes: size, view } = SAMPLES[dtype];
  const copy = Uint8Array.from(bytes);
  if (bigEndian) for (let i = 0; i < copy.length; i += size) copy.subarray(i, i + size).reverse();
  return view(copy.buffer as ArrayBuffer);
}

/** The type of a typed array's elements. */
export function sampleOf(data: NumericArray): DtypeName {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof BigInt64Array) return "int64";
  if (data instanceof BigUint64Array) return "uint64";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Uint32Array) return "uint32";
  if (data instanceof Int16Array) return "int16";
  if (data instanceof Uint16Array) return "uint16";
  return data instanceof Int8Array ? "int8" : "uint8";
}
