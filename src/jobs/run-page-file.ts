/** @file `page.safetensors`: what a verb's page shows, as data beside its results, so that the page can be made again without the model. */
import { OnnxplainError } from "../errors.ts";
import { readSafetensors, type TensorToWrite, writeSafetensors } from "../formats/safetensors.ts";
import type { NumericArray } from "../formats/samples.ts";
import { damaged, type Shape } from "./run-page-shape.ts";

export const PAGE_FILE = "page.safetensors";
const FORMAT = "onnxplain page";
export const PAGE_SCHEMA = 1;

/**
 * The input of a page as a file: the value as JSON in the metadata (`document`), with `{"$t": name}` where an array stands and `{"$n": text}`
 * for numbers that JSON has not; `kind`, `schema_version`. Equal input gives equal bytes; an array that stands twice is written once.
 */
export function packPage(kind: string, input: object): Uint8Array<ArrayBuffer> {
  const tensors: Record<string, TensorToWrite> = {};
  const names = new Map<object, string>();
  const nameOf = (data: NumericArray): string => {
    const known = names.get(data);
    if (known !== undefined) return known;
    const name = `t${names.size}`;
    names.set(data, name);
    tensors[name] = { dims: [data.length], data };
    return name;
  };
  const plain = (value: unknown): unknown => {
    if (typeof value === "number") return Number.isFinite(value) ? value : { $n: String(value) };
    if (ArrayBuffer.isView(value)) return { $t: nameOf(value as NumericArray) };
    if (Array.isArray(value)) return value.map((v) => plain(v) ?? null);
    if (typeof value === "function") throw new OnnxplainError("E_INTERNAL", "internal: a page of functions");
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).flatMap(([k, v]) => (v === undefined ? [] : [[k, plain(v)]])));
  };
  const document = JSON.stringify(plain(input));
  return writeSafetensors(tensors, { format: FORMAT, schema_version: String(PAGE_SCHEMA), kind, document });
}

/**
 * The input again, field by field as `shape` asks. Throws `E_FILE` for bytes that are no such file, of another kind, of a newer schema, or
 * with a field of another form.
 */
export function unpackPage<T>(
  bytes: Uint8Array,
  { kind, shape, name }: { readonly kind: string; readonly shape: Shape<T>; readonly name: string },
): T {
  const { tensors, metadata } = readSafetensors(bytes, name);
  if (metadata.format !== FORMAT) throw damaged(name, "it holds no page");
  newest(Number(metadata.schema_version), name);
  if (metadata.kind !== kind) throw damaged(name, `it is of \`${metadata.kind}\`, expected \`${kind}\``);
  return shape(parsed(metadata.document ?? "", name), "", { tensors, file: name });
}

/** Throws `E_FILE` for a schema that came later than this version, or none. */
export function newest(version: unknown, file: string): void {
  if (version === PAGE_SCHEMA) return;
  if (!Number.isInteger(version)) throw damaged(file, "it states no schema_version");
  throw new OnnxplainError(
    "E_FILE",
    `\`${file}\` was written by another onnxplain: its schema is ${version}, this one reads ${PAGE_SCHEMA}. Update onnxplain.`,
    { file },
  );
}

/** Throws `E_FILE` for text that is no JSON. */
export function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(file, `it is no JSON (${(cause as Error).message})`, cause);
  }
}
