/** @file Reads and writes `.safetensors` files. */

import { OnnxplainError } from "../errors.ts";
import { type DtypeName, decodeSamples, type NumericArray, SAMPLES, sampleOf } from "./samples.ts";

/** One named array as written. */
export interface TensorToWrite {
  readonly dims: readonly number[];
  readonly data: NumericArray;
}

/** One named array as read. */
export interface TensorRead extends TensorToWrite {
  readonly dtype: DtypeName;
}

/** What a file holds. */
export interface SafetensorsFile {
  readonly tensors: Readonly<Record<string, TensorRead>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const CODES: Readonly<Record<string, DtypeName>> = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  U64: "uint64",
  I32: "int32",
  U32: "uint32",
  I16: "int16",
  U16: "uint16",
  I8: "int8",
  U8: "uint8",
  BOOL: "bool",
};

/** The format's own limit on the header. */
const MAX_HEADER = 100_000_000;

/**
 * A `.safetensors` file. Wider types come first, then names in code-unit order; the header is padded to a multiple of 8, so
 * every array is aligned to its element size without holes, and equal input gives equal bytes.
 *
 * Throws `E_PARAM` when dims and data disagree or a tensor is called `__metadata__`.
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, TensorToWrite>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(tensors)
    .map(([name, tensor]) => ({ name, ...tensor, dtype: sampleOf(tensor.data) }))
    .sort((a, b) => SAMPLES[b.dtype].bytes - SAMPLES[a.dtype].bytes || (a.name < b.name ? -1 : 1));
  const header: [string, unknown][] = [];
  const notes = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  if (notes.length > 0) header.push(["__metadata__", Object.fromEntries(notes)]);
  let offset = 0;
  for (const { name, dims, data, dtype } of entries) {
    const count = dims.reduce((product, d) => product * d, 1);
    if (count !== data.length || name === "__metadata__") {
      throw new OnnxplainError(
        "E_PARAM",
        `Cannot write tensor \`${name}\` with dims [${dims.join(", ")}] and ${data.length} values.`,
      );
    }
    const code = Object.entries(CODES).find(([, known]) => known === dtype)?.[0];
    header.push([name, { dtype: code, shape: dims, data_offsets: [offset, offset + data.byteLength] }]);
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(
    `{${header.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`,
  );
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(start + offset).fill(0x20, 8, start);
  new DataView(out.buffer).setBigUint64(0, BigInt(start - 8), true);
  out.set(json, 8);
  let position = start;
  for (const { data } of entries) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return out;
}

/** Where one array lies in a file. */
export interface TensorPlace {
  readonly dtype: DtypeName;
  readonly dims: readonly number[];
  /** Bytes of the file, from `begin` to before `end`. */
  readonly begin: number;
  readonly end: number;
}

/** What a file says of itself before its arrays. */
export interface SafetensorsHeader {
  readonly tensors: Readonly<Record<string, TensorPlace>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes that {@link safetensorsHeader} needs, from the first 8 of a file. */
export const safetensorsHeaderBytes = (start: Uint8Array): number =>
  8 + Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true));

/**
 * The header of a file of `size` bytes, from its first bytes: arrays can then be read by position. Strict, as the format asks: known
 * types, offsets in range, without gaps or overlaps, sizes that match shapes. Throws `E_FILE`.
 *
 * Source: https://github.com/huggingface/safetensors#format
 */
export function safetensorsHeader(start: Uint8Array, size: number, name = "(unnamed)"): SafetensorsHeader {
  const fail = (why: string, cause?: unknown): never => {
    throw new OnnxplainError("E_FILE", `Cannot read \`${name}\` as .safetensors: ${why}`, { file: name, cause });
  };
  if (start.length < 8) fail("it is shorter than its header length.");
  const body = safetensorsHeaderBytes(start);
  const length = body - 8;
  if (length > MAX_HEADER || body > start.length || body > size)
    fail(`its header of ${length} bytes does not fit the file.`);
  const { __metadata__: notes = {}, ...rest } = parseHeader(start.subarray(8, body), fail);
  if (!isRecord(notes) || Object.values(notes).some((v) => typeof v !== "string"))
    fail("`__metadata__` must map names to strings.");
  const entries = Object.entries(rest).map(([key, value]) => readEntry(key, value, fail));
  let position = 0;
  for (const { key, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position) fail(`tensor \`${key}\` begins at ${begin}; expected ${position}.`);
    position = end;
  }
  if (position !== size - body) fail(`its tensors fill ${position} of ${size - body} bytes.`);
  const tensors = entries.map(({ key, begin, end, ...kind }) => {
    return [key, { ...kind, begin: body + begin, end: body + end }] as const;
  });
  return { tensors: Object.fromEntries(tensors), metadata: notes as Record<string, string> };
}

/** The arrays in a `.safetensors` file. Half precision is widened to float32. Throws `E_FILE`, as {@link safetensorsHeader}. */
export function readSafetensors(bytes: Uint8Array, name = "(unnamed)"): SafetensorsFile {
  const { tensors, metadata } = safetensorsHeader(bytes, bytes.length, name);
  const read = Object.entries(tensors).map(([key, { dtype, dims, begin, end }]) => {
    return [key, { dtype, dims, data: decodeSamples(bytes.subarray(begin, end), dtype) }] as const;
  });
  return { tensors: Object.fromEntries(read), metadata };
}

type Fail = (why: string, cause?: unknown) => never;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseHeader(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  if (bytes[0] !== 0x7b) fail("its header does not begin with `{`.");
  try {
    const json: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isRecord(json)) return json;
  } catch (cause) {
    return fail("its header is not JSON.", cause);
  }
  return fail("its header is not a JSON object.");
}

interface Entry {
  readonly key: string;
  readonly dtype: DtypeName;
  readonly dims: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readEntry(key: string, value: unknown, fail: Fail): Entry {
  const {
    dtype: code,
    shape,
    data_offsets: offsets,
  } = isRecord(value) ? value : fail(`tensor \`${key}\` is not an object.`);
  const dtype = typeof code === "string" && Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  if (!dtype) return fail(`tensor \`${key}\` has the unknown type ${JSON.stringify(code)}.`);
  const dims = naturals(shape) ?? fail(`tensor \`${key}\` has no valid shape.`);
  const [begin = 0, end = -1, ...more] = naturals(offsets) ?? [];
  const size = dims.reduce((product, d) => product * d, SAMPLES[dtype].bytes as number);
  if (more.length > 0 || end - begin !== size) {
    fail(
      `tensor \`${key}\` of shape [${dims.join(", ")}] ${dtype} needs ${size} bytes, its offsets are ${JSON.stringify(offsets)}.`,
    );
  }
  return { key, dtype, dims, begin, end };
}

function naturals(value: unknown): number[] | undefined {
  const valid = Array.isArray(value) && value.every((v): v is number => Number.isSafeInteger(v) && v >= 0);
  return valid ? value : undefined;
}
