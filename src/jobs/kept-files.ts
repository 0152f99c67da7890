/** @file What a verb leaves in a folder, read back: bytes, arrays by name and length, JSON; and whose work it is where it is missing. */
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import { readSafetensors } from "../formats/safetensors.ts";
import { sortedJson } from "../report/manifest.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const jsonBytes = (value: unknown): Uint8Array => utf8(sortedJson(value));

/** Arrays of a `.safetensors` by name, type and length. */
export interface Arrays {
  readonly float32: (name: string, length: number) => Float32Array;
  readonly float64: (name: string, length: number) => Float64Array;
  readonly int32: (name: string, length: number) => Int32Array;
  readonly uint32: (name: string, length: number) => Uint32Array;
}

/** Of bytes that were read, with the file's own words. Reading an array that is not of this kind throws `E_FILE`. */
export function arraysIn(
  bytes: Uint8Array,
  folder: string,
  file: string,
): { readonly arrays: Arrays; readonly metadata: Readonly<Record<string, string>> } {
  const { tensors, metadata } = readSafetensors(bytes, files.join(folder, file));
  const of =
    <T extends { readonly length: number }>(kind: abstract new (...args: never[]) => T) =>
    (name: string, length: number): T => {
      const data = tensors[name]?.data;
      if (data instanceof kind && data.length === length) return data;
      throw new OnnxplainError(
        "E_FILE",
        `\`${file}\` in \`${folder}\` has no \`${name}\` of ${length} numbers. It was written by another version, or changed: make it anew.`,
        { file: folder },
      );
    };
  return {
    arrays: { float32: of(Float32Array), float64: of(Float64Array), int32: of(Int32Array), uint32: of(Uint32Array) },
    metadata,
  };
}

export interface KeptFiles {
  /** Throws `E_FILE` for a file that is missing. */
  readonly bytesOf: (folder: string, name: string) => Promise<Uint8Array>;
  /** The same, as {@link arraysIn}. */
  readonly arraysOf: (folder: string, file: string) => Promise<Arrays>;
}

/** Files of a verb; `verb` is named where one is missing, in backquotes. */
export function keptBy(verb: string): KeptFiles {
  const bytesOf: KeptFiles["bytesOf"] = async (folder, name) => {
    const bytes = await files.read(files.join(folder, name));
    if (bytes !== undefined) return bytes;
    throw new OnnxplainError(
      "E_FILE",
      `\`${folder}\` has no \`${name}\`: nothing was finished there. Run ${verb} into it first.`,
      { file: folder },
    );
  };
  return { bytesOf, arraysOf: async (folder, file) => arraysIn(await bytesOf(folder, file), folder, file).arrays };
}
