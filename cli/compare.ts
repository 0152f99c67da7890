/** @file `onnxplain compare`: two runs, paired by image, method, metric and variant. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  comparisonText,
  OnnxplainError,
  type PairedComparison,
  pairedComparison,
  type ResultRow,
  readTable,
  rowsOf,
  sortedJson,
  tableOfRows,
  writeCsv,
} from "../src/index.ts";
import { type Flags, helpPage, isSet, number, parseFlags } from "./flags.ts";
import type { Verb } from "./verb.ts";

const FLAGS = {
  seed: { type: "string", value: "N", about: "seed of the bootstrap (default 0)" },
  json: { type: "boolean", about: "one JSON document on stdout" },
  csv: { type: "boolean", about: "CSV on stdout" },
} as const satisfies Flags;

export const compareVerb: Verb = {
  summary: "two runs side by side, with paired tests",
  help: helpPage(
    "compare RUN RUN [options]",
    "Differences are the second run less the first, on the images both have a value for: mean, bootstrap interval, t and Wilcoxon.",
    FLAGS,
  ),
  run: async (argv, out) => {
    const { values, rest } = parseFlags("compare", argv, FLAGS);
    const [first, second] = rest;
    if (rest.length !== 2 || first === undefined || second === undefined)
      throw new OnnxplainError("E_USAGE", `Expected two runs, got ${rest.length}. Usage: onnxplain compare RUN RUN`);
    if (isSet(values, "json") && isSet(values, "csv"))
      throw new OnnxplainError("E_USAGE", "Give `--json` or `--csv`, not both.");
    const [a, b] = [await rowsIn(first), await rowsIn(second)];
    const comparison = pairedComparison(a, b, { seed: number(values, "seed", { min: 0 }) ?? 0 });
    if (comparison.cells.every((c) => c.pairs === 0))
      throw new OnnxplainError(
        "E_PARAM",
        `No image, method, metric and variant has a value in both \`${first}\` and \`${second}\`. Compare runs of the same data, methods and metrics.`,
      );
    if (isSet(values, "json")) out.print(sortedJson(comparison).trimEnd());
    else if (isSet(values, "csv")) out.print(csvOf(comparison).trimEnd());
    else for (const line of comparisonText(comparison)) out.print(line);
    return 0;
  },
};

async function rowsIn(folder: string): Promise<readonly ResultRow[]> {
  const file = folder.endsWith(".parquet") ? folder : join(folder, "results.parquet");
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(await readFile(file));
  } catch (cause) {
    throw new OnnxplainError(
      "E_FILE",
      `Cannot read \`${file}\` (${(cause as NodeJS.ErrnoException).code}). Is \`${folder}\` a finished run of \`onnxplain evaluate\`?`,
      { file, cause },
    );
  }
  return rowsOf(await readTable(bytes, { name: file })) as unknown as readonly ResultRow[];
}

function csvOf({ cells }: PairedComparison): string {
  const rows = cells.map((c) => ({
    metric: c.metric,
    variant: c.variant,
    method: c.method,
    pairs: c.pairs,
    retargeted: c.retargeted,
    first: c.first,
    second: c.second,
    difference: c.difference,
    error: c.error,
    low: c.interval?.[0] ?? null,
    high: c.interval?.[1] ?? null,
    t: c.t?.t ?? null,
    t_p: c.t?.p ?? null,
    wilcoxon_p: c.wilcoxon?.p ?? null,
    holm_p: c.adjusted,
  }));
  return writeCsv(
    tableOfRows(rows, {
      metric: "string",
      variant: "string",
      method: "string",
      pairs: "int",
      retargeted: "int",
      first: "double",
      second: "double",
      difference: "double",
      error: "double",
      low: "double",
      high: "double",
      t: "double",
      t_p: "double",
      wilcoxon_p: "double",
      holm_p: "double",
    }),
  );
}
