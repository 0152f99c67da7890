/** @file Rows of arrays in place of pictures: `.npy`, `.safetensors`, or columns of Parquet, with labels and texts beside them. */
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import { readNpy } from "../formats/npy.ts";
import { readTable } from "../formats/parquet-read.ts";
import { readSafetensors } from "../formats/safetensors.ts";
import type { NumericArray } from "../formats/samples.ts";
import type { DType } from "../graph/types.ts";
import type { HostData } from "../runtime/session.ts";

/** Arrays of a file, by name. */
interface Found {
  readonly dims: readonly number[];
  readonly data: NumericArray;
}

/** Names of arrays; they say nothing to a `.npy`, which holds one. */
export interface ArrayColumns {
  /** Default: the first of `inputs`, `input`, `tokens`, `input_ids`, `features`, `x` that is there, else the only array. */
  readonly input?: string | undefined;
  /** Default: the first of `labels`, `label`, `y` that is there; without it points have no labels. */
  readonly label?: string | undefined;
  /** Scores of a network; default: the first of `given`, `logits` that is there. */
  readonly given?: string | undefined;
  /** A file of labels beside a `.npy`. */
  readonly labelsFile?: string | undefined;
  /** Row numbers to take, from `offset` on. */
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
}

export interface ArrayFile {
  readonly name: string;
  /** `[n, …]`. */
  readonly dims: readonly number[];
  readonly data: NumericArray;
  readonly labels: Int32Array | undefined;
  readonly given: Found | undefined;
}

const INPUTS = ["inputs", "input", "tokens", "input_ids", "features", "x"];
const LABELS = ["labels", "label", "y"];
const GIVEN = ["given", "logits"];

const isNpy = (location: string): boolean => /\.npy$/i.test(location);
export const isArrayFile = (location: string): boolean => /\.(npy|safetensors)$/i.test(location);

/** Throws `E_FILE` for a file that is none or lacks an array, `E_PARAM` for arrays of different lengths, `E_DATA_EMPTY`. */
export async function readArrayFile(location: string, asked: ArrayColumns = {}): Promise<ArrayFile> {
  const columns = isNpy(location) ? { ...asked, input: undefined, label: undefined, given: undefined } : asked;
  const all = await arraysIn(location, [columns.input, columns.label, columns.given]);
  const names = Object.keys(all);
  const pick = (wanted: string | undefined, usual: readonly string[], need: boolean): Found | undefined => {
    const name = wanted ?? usual.find((n) => names.includes(n)) ?? (need && names.length === 1 ? names[0] : undefined);
    const found = name === undefined ? undefined : all[name];
    if (found || (!need && wanted === undefined)) return found;
    throw new OnnxplainError(
      "E_FILE",
      `\`${location}\` has ${wanted === undefined ? `no array called ${usual.join(", ")}` : `no array \`${wanted}\``}; it has ${names.join(", ") || "none"}. Name one.`,
      { file: location },
    );
  };
  const input = pick(columns.input, INPUTS, true) as Found;
  const beside = columns.labelsFile === undefined ? undefined : await arraysIn(columns.labelsFile, []);
  const label = beside ? Object.values(beside)[0] : pick(columns.label, LABELS, false);
  const given = pick(columns.given, GIVEN, false);
  const [count = 0, ...row] = input.dims;
  for (const [what, other] of [
    ["labels", label],
    ["given scores", given],
  ] as const)
    if (other && (other.dims[0] ?? 0) !== count)
      throw new OnnxplainError(
        "E_PARAM",
        `\`${location}\` has ${count} rows and ${other.dims[0]} rows of ${what}. Give one for each.`,
      );
  const { offset = 0, limit = count } = columns;
  const to = Math.min(count, offset + limit);
  if (to <= offset)
    throw new OnnxplainError("E_DATA_EMPTY", `\`${location}\` has ${count} rows, none from ${offset} on.`);
  const cut = <T extends NumericArray>(data: T, size: number): T => data.slice(offset * size, to * size) as T;
  const size = row.reduce((p, d) => p * d, 1);
  return {
    name: location,
    dims: [to - offset, ...row],
    data: cut(input.data, size),
    labels: label && Int32Array.from(Array.from(cut(label.data, 1) as ArrayLike<number | bigint>, Number)),
    given: given && { dims: [to - offset, given.dims[1] ?? 1], data: cut(given.data, given.dims[1] ?? 1) },
  };
}

async function arraysIn(
  location: string,
  wanted: readonly (string | undefined)[],
): Promise<Readonly<Record<string, Found>>> {
  const bytes = await files.read(location);
  if (bytes === undefined) throw new OnnxplainError("E_FILE", `There is no file \`${location}\`.`, { file: location });
  if (isNpy(location)) return { "": readNpy(bytes, location) };
  if (/\.safetensors$/i.test(location)) return readSafetensors(bytes, location).tensors;
  const { columns } = await readTable(bytes, { name: location });
  const used = columns.filter((c) => wanted.includes(c.name) || [...INPUTS, ...LABELS, ...GIVEN].includes(c.name));
  return Object.fromEntries(used.map((c) => [c.name, columnArray(c, location)] as const));
}

function columnArray(
  { name, values }: { readonly name: string; readonly values: readonly unknown[] },
  location: string,
): Found {
  const rows = values.map((v) =>
    Array.isArray(v) || ArrayBuffer.isView(v) ? Array.from(v as ArrayLike<number>, Number) : [Number(v)],
  );
  const width = rows[0]?.length ?? 0;
  const odd = rows.findIndex((r) => r.length !== width || r.some((v) => !Number.isFinite(v)));
  if (odd >= 0)
    throw new OnnxplainError(
      "E_FILE",
      `Row ${odd} of column \`${name}\` in \`${location}\` is not ${width} numbers, as the first is. Pad rows to one length.`,
      { file: location },
    );
  const flat = values.every((v) => typeof v === "number" || typeof v === "bigint");
  return { dims: flat ? [rows.length] : [rows.length, width], data: Float64Array.from(rows.flat()) };
}

const CONVERSIONS: Readonly<Partial<Record<DType, (data: ArrayLike<number>) => HostData>>> = {
  float32: (d) => Float32Array.from(d),
  float64: (d) => Float64Array.from(d),
  int32: (d) => Int32Array.from(d),
  int64: (d) => BigInt64Array.from(Array.from(d, BigInt)),
  uint8: (d) => Uint8Array.from(d),
  int8: (d) => Int8Array.from(d),
};

/** The elements as a network takes them. Throws `E_INPUT_SHAPE` for types and values that cannot be it. */
export function asDtype(data: NumericArray, dtype: DType, name: string): HostData {
  const convert = CONVERSIONS[dtype];
  const numbers = Array.from(data as ArrayLike<number | bigint>, Number);
  const whole = !dtype.startsWith("int") || numbers.every(Number.isInteger);
  if (convert && whole) return convert(numbers);
  throw new OnnxplainError(
    "E_INPUT_SHAPE",
    `\`${name}\` ${convert ? "holds numbers that are not whole" : "cannot be given as it is"}; the model takes ${dtype}.`,
  );
}
