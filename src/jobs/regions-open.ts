/** @file A fit of regions as files, and read back from them. */
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import { readTable } from "../formats/parquet-read.ts";
import { writeTable } from "../formats/parquet-write.ts";
import { readSafetensors, writeSafetensors } from "../formats/safetensors.ts";
import { tableOf } from "../formats/table.ts";
import { wordsFor } from "../regions/bits.ts";
import type { Boundaries } from "../regions/boundary.ts";
import type { Bundle } from "../report/bundle.ts";
import { sortedJson } from "../report/manifest.ts";
import type { RegionsReport, RegionsRun } from "./regions-fit.ts";

export interface OpenRegions extends RegionsRun {
  readonly folder: string;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const jsonBytes = (value: unknown): Uint8Array => utf8(sortedJson(value as Parameters<typeof sortedJson>[0]));

/** W `[Q, width]` float32, b `[Q]` float64, class pairs `[Q, 2]`, gaps `[Q]` float64. */
export const boundaryTensors = ({ count, width, normals, offsets, pairs, gaps }: Boundaries) => ({
  normals: { dims: [count, width], data: normals },
  offsets: { dims: [count], data: offsets },
  pairs: { dims: [count, 2], data: pairs },
  gaps: { dims: [count], data: gaps },
});

/**
 * - `boundaries.safetensors`: `normals` [Q, width] float32, `offsets` and `gaps` [Q] float64, `pairs` [Q, 2], `sampled` [Q]: the place of
 *   the reference that each was taken at
 * - `projections.safetensors`: `values` [n, Q] float64; `sides` [Q, ceil(n / 32)] uint32, bit i mod 32 of word i / 32 is reference i, set
 *   on the positive side
 * - `references.parquet`: a row a reference: id, label (null where not known), the network's class and its probability
 * - `fit.json`: {@link RegionsReport}
 */
export function regionsFiles({ report, fit, references }: RegionsRun): Bundle {
  const { boundaries, projections, sides, sampled } = fit;
  const { ids, labels, probabilities } = references;
  const table = tableOf([
    { name: "id", type: "string", values: ids },
    { name: "label", type: "int", values: Array.from(labels, (l) => (l < 0 ? null : l)) },
    { name: "class", type: "int", values: Array.from(projections.classes) },
    { name: "probability", type: "double", values: Array.from(probabilities) },
  ]);
  return new Map([
    [
      "boundaries.safetensors",
      writeSafetensors({ ...boundaryTensors(boundaries), sampled: { dims: [sampled.length], data: sampled } }),
    ],
    [
      "projections.safetensors",
      writeSafetensors({
        values: { dims: [projections.count, projections.boundaries], data: projections.values },
        sides: { dims: [sides.boundaries, sides.words], data: sides.bits },
      }),
    ],
    ["references.parquet", writeTable(table)],
    ["fit.json", jsonBytes(report)],
  ]);
}

/** Arrays of a `.safetensors` by name, type and length. */
export interface Arrays {
  readonly float32: (name: string, length: number) => Float32Array;
  readonly float64: (name: string, length: number) => Float64Array;
  readonly int32: (name: string, length: number) => Int32Array;
  readonly uint32: (name: string, length: number) => Uint32Array;
}

/** Throws `E_FILE` for a file that is missing, and on reading an array that is not of this kind. */
export const arraysOf = async (folder: string, file: string): Promise<Arrays> =>
  arraysIn(await bytesOf(folder, file), folder, file).arrays;

/** The same of bytes that were read, with the file's own words. */
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

/** Throws `E_FILE`. */
export async function bytesOf(folder: string, name: string): Promise<Uint8Array> {
  const bytes = await files.read(files.join(folder, name));
  if (bytes !== undefined) return bytes;
  throw new OnnxplainError(
    "E_FILE",
    `\`${folder}\` has no \`${name}\`: nothing was finished there. Run \`onnxplain regions fit\` (or \`regions map\`) into it first.`,
    { file: folder },
  );
}

export const boundariesIn = (arrays: Arrays, count: number, width: number): Boundaries => ({
  count,
  width,
  normals: arrays.float32("normals", count * width),
  offsets: arrays.float64("offsets", count),
  pairs: arrays.int32("pairs", count * 2),
  gaps: arrays.float64("gaps", count),
});

/** Throws `E_FILE` for a folder that holds no finished fit. */
export async function openRegionsFit(folder: string): Promise<OpenRegions> {
  const report = JSON.parse(new TextDecoder().decode(await bytesOf(folder, "fit.json"))) as RegionsReport;
  const { count, kept, width } = report;
  const taken = await arraysOf(folder, "boundaries.safetensors");
  const placed = await arraysOf(folder, "projections.safetensors");
  const table = await readTable(await bytesOf(folder, "references.parquet"), {
    name: files.join(folder, "references.parquet"),
  });
  const column = (name: string): readonly unknown[] => table.columns.find((c) => c.name === name)?.values ?? [];
  const numbers = (name: string): Float64Array => Float64Array.from(column(name), (v) => (v === null ? -1 : Number(v)));
  const words = wordsFor(count);
  return {
    folder,
    report,
    references: {
      ids: column("id").map(String),
      labels: Int32Array.from(numbers("label")),
      probabilities: numbers("probability"),
    },
    fit: {
      sampled: taken.int32("sampled", kept),
      boundaries: boundariesIn(taken, kept, width),
      projections: {
        count,
        boundaries: kept,
        values: placed.float64("values", count * kept),
        classes: Int32Array.from(numbers("class")),
      },
      sides: { count, boundaries: kept, words, bits: placed.uint32("sides", kept * words) },
      notes: report.notes,
    },
  };
}
