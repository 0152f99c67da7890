/** @file Reads and writes NumPy's `.npy` files. */

import { OnnxplainError } from "../errors.ts";
import { type DtypeName, decodeSamples, type NumericArray, SAMPLES, sampleOf } from "./samples.ts";

/** An array from a file, always in row-major order. */
export interface NpyArray {
  readonly dtype: DtypeName;
  readonly dims: readonly number[];
  readonly data: NumericArray;
  readonly fortranOrder: false;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;

/** NumPy's type characters. */
const DESCR: Readonly<Record<string, DtypeName>> = {
  f8: "float64",
  f4: "float32",
  f2: "float16",
  i8: "int64",
  i4: "int32",
  i2: "int16",
  i1: "int8",
  u8: "uint64",
  u4: "uint32",
  u2: "uint16",
  u1: "uint8",
  b1: "bool",
};

/**
 * The array in a `.npy` file of format version 1, 2 or 3, either byte order. `float16` is widened to a `Float32Array`, `bool`
 * is a `Uint8Array` of 0 and 1, 64-bit integers are `BigInt` arrays; Fortran order is rearranged. Throws `E_FILE` when the
 * file is damaged or holds objects or records.
 *
 * Source: numpy.lib.format.
 */
export function readNpy(bytes: Uint8Array, name = "(unnamed)"): NpyArray {
  const fail = (why: string): never => {
    throw new OnnxplainError("E_FILE", `Cannot read \`${name}\` as .npy: ${why}`, { file: name });
  };
  const version = bytes[6] ?? 0;
  if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte))
    fail("it does not begin with the .npy signature.");
  if (version < 1 || version > 3) fail(`format version ${version} is unknown; expected 1, 2 or 3.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) fail("it ends within its header.");
  const end = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > bytes.length) fail("it ends within its header.");
  const header = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(bytes.subarray(start, end));
  const { descr, fortran, dims } = parseHeader(header) ?? fail(`its header makes no sense: ${header.trim()}`);
  const dtype = DESCR[descr.slice(1)] ?? fail(`type \`${descr}\` is not a number type this reader knows.`);
  const count = dims.reduce((product, d) => product * d, 1);
  const { bytes: size } = SAMPLES[dtype];
  if (bytes.length - end !== count * size) {
    fail(`expected ${count * size} bytes of data for [${dims.join(", ")}] ${dtype}, got ${bytes.length - end}.`);
  }
  const data = decodeSamples(bytes.subarray(end), dtype, descr[0] === ">");
  return { dtype, dims, data: fortran ? toRowMajor(data, dims) : data, fortranOrder: false };
}

function parseHeader(text: string): { descr: string; fortran: boolean; dims: number[] } | undefined {
  const descr = /'descr'\s*:\s*'([<>|=][a-z]\d+)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || shape === undefined) return undefined;
  const dims = shape
    .split(",")
    .map((d) => d.trim())
    .filter((d) => d !== "")
    .map(Number);
  return dims.every(Number.isSafeInteger) ? { descr, fortran: order === "True", dims } : undefined;
}

/** Rearranges column-major samples: the first index runs fastest in the file. */
function toRowMajor<T extends NumericArray>(data: T, dims: readonly number[]): T {
  const out = data.slice() as T;
  const steps = dims.map((_, axis) => dims.slice(0, axis).reduce((product, d) => product * d, 1));
  const index = dims.map(() => 0);
  for (let i = 0, from = 0; i < data.length; i++) {
    out[i] = data[from]!;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      index[axis] = index[axis]! + 1;
      if (index[axis]! < dims[axis]!) break;
      from -= steps[axis]! * dims[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}

/** A `.npy` file (version 1.0, little-endian, row-major); the type follows from the typed array. Throws `E_PARAM` on a wrong size. */
export function writeNpy({
  dims,
  data,
}: {
  readonly dims: readonly number[];
  readonly data: NumericArray;
}): Uint8Array<ArrayBuffer> {
  const { descr, size } = descrOf(data, dims);
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(", ");
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const out = new Uint8Array(length + data.length * size);
  out.set([...MAGIC, 1, 0]);
  new DataView(out.buffer).setUint16(8, length - 10, true);
  out.set(new TextEncoder().encode(`${text.padEnd(length - 11)}\n`), 10);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), length);
  return out;
}

function descrOf(data: NumericArray, dims: readonly number[]): { descr: string; size: number } {
  const count = dims.reduce((product, d) => product * d, 1);
  if (count !== data.length) {
    throw new OnnxplainError("E_PARAM", `Expected ${count} values for dims [${dims.join(", ")}], got ${data.length}.`);
  }
  const dtype = sampleOf(data);
  const code = Object.entries(DESCR).find(([, name]) => name === dtype)?.[0] ?? "u1";
  return { descr: (SAMPLES[dtype].bytes === 1 ? "|" : "<") + code, size: SAMPLES[dtype].bytes };
}
