/** @file A fit of regions as files, and read back from them. */
import { files } from "#files";
import { readTable } from "../formats/parquet-read.ts";
import { writeTable } from "../formats/parquet-write.ts";
import { writeSafetensors } from "../formats/safetensors.ts";
import { tableOf } from "../formats/table.ts";
import { wordsFor } from "../regions/bits.ts";
import type { Boundaries } from "../regions/boundary.ts";
import type { Bundle } from "../report/bundle.ts";
import { type Arrays, jsonBytes, keptBy } from "./kept-files.ts";
import type { RegionsReport, RegionsRun } from "./regions-fit.ts";

/** Files of `regions fit` and `regions map`. */
export const { bytesOf, arraysOf } = keptBy("`onnxplain regions fit` (or `regions map`)");

export interface OpenRegions extends RegionsRun {
  readonly folder: string;
}

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
