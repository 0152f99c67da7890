/** @file The tables of a run as files: Parquet, and CSV on request. */
import type { CountRow, EvaluatedWindow } from "../evaluate/options.ts";
import { writeCsv } from "../formats/csv.ts";
import { parquetStream } from "../formats/parquet-stream.ts";
import { type ColumnType, tableOfRows } from "../formats/table.ts";
import type { CurveRow, ResultRow } from "../metrics/result-row.ts";

type Columns<Row> = Readonly<Record<keyof Row & string, ColumnType>>;
type Files = readonly (readonly [name: string, content: Uint8Array | string])[];

export const RESULT_COLUMNS: Columns<ResultRow> = {
  image: "string",
  label: "int",
  prediction: "int",
  target: "int",
  method: "string",
  metric: "string",
  variant: "string",
  value: "double",
  reason: "string",
};
const CURVE_COLUMNS: Columns<CurveRow> = {
  image: "string",
  method: "string",
  metric: "string",
  curve: "string",
  values: "doubles",
};
const COUNT_COLUMNS: Columns<CountRow> = {
  image: "string",
  method: "string",
  metric: "string",
  count: "string",
  value: "double",
};

export const resultsFile = (rows: Iterable<ResultRow>, csv?: boolean): Files =>
  filesOf("results", rows, { columns: RESULT_COLUMNS, csv });
export const curvesFile = (windows: Iterable<EvaluatedWindow>, csv?: boolean): Files =>
  filesOf(
    "curves",
    flat(windows, (w) => w.curves),
    { columns: CURVE_COLUMNS, csv },
  );
export const countsFile = (windows: Iterable<EvaluatedWindow>, csv?: boolean): Files =>
  filesOf(
    "counts",
    flat(windows, (w) => w.tallies),
    { columns: COUNT_COLUMNS, csv },
  );

/** Rows that are held at once. */
const CHUNK = 2_000;

function filesOf<Row extends object>(
  name: string,
  rows: Iterable<Row>,
  { columns, csv = false }: { readonly columns: Columns<Row>; readonly csv?: boolean | undefined },
): Files {
  const stream = parquetStream(columns);
  const text: string[] = [];
  for (const chunk of chunks(rows)) {
    const table = tableOfRows(chunk, columns);
    stream.add(table);
    if (csv) text.push(withoutHead(writeCsv(table), text.length > 0));
  }
  const parquet = [`${name}.parquet`, stream.end()] as const;
  return csv ? [parquet, [`${name}.csv`, text.join("")]] : [parquet];
}

const withoutHead = (csv: string, follows: boolean): string => (follows ? csv.slice(csv.indexOf("\n") + 1) : csv);

/** At least one, so that a table without rows has its columns. */
function* chunks<Row>(rows: Iterable<Row>): Generator<readonly Row[]> {
  let chunk: Row[] = [];
  let any = false;
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    any = true;
    chunk = [];
  }
  if (chunk.length > 0 || !any) yield chunk;
}

function* flat<T>(windows: Iterable<EvaluatedWindow>, of: (w: EvaluatedWindow) => readonly T[]): Generator<T> {
  for (const w of windows) yield* of(w);
}
