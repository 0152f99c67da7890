/** @file Writes tables as Parquet files: the same table gives the same bytes. */
import { parquetWriteBuffer } from "hyparquet-writer";
import { type Cell, type ColumnType, type Table, type TableColumn, tableOf } from "./table.ts";

type SchemaElement = NonNullable<Parameters<typeof parquetWriteBuffer>[0]["schema"]>[number];

const leaf = (name: string, type: NonNullable<SchemaElement["type"]>): SchemaElement => ({
  name,
  type,
  repetition_type: "OPTIONAL",
});

/** The schema of a column, depth first (lists in the three-level layout of the Parquet specification). */
const SCHEMAS: Readonly<Record<ColumnType, (name: string) => readonly SchemaElement[]>> = {
  string: (name) => [{ ...leaf(name, "BYTE_ARRAY"), converted_type: "UTF8" }],
  int: (name) => [leaf(name, "INT64")],
  double: (name) => [leaf(name, "DOUBLE")],
  boolean: (name) => [leaf(name, "BOOLEAN")],
  doubles: (name) => [
    { name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    leaf("element", "DOUBLE"),
  ],
};

/** Cells as the writer takes them. */
export const stored = (type: ColumnType, values: readonly Cell[]): unknown[] =>
  type === "int"
    ? values.map((v) => (v === null ? null : BigInt(v as number)))
    : type === "doubles"
      ? values.map((v) => (v === null ? null : Array.from(v as readonly number[])))
      : [...values];

export const schemaOf = (columns: readonly Pick<TableColumn, "name" | "type">[]): SchemaElement[] => [
  { name: "schema", num_children: columns.length },
  ...columns.flatMap(({ name, type }) => SCHEMAS[type](name)),
];

/**
 * A Parquet file: row groups of 100,000 rows (the first of 1,000), Snappy, no time and no place in it, so that equal tables give
 * equal bytes. `metadata` goes into the footer as text. Throws `E_PARAM` for a table that does not agree with itself.
 *
 * Source: parquet-format 2.11.
 */
export function writeTable(table: Table, metadata: Readonly<Record<string, string>> = {}): Uint8Array<ArrayBuffer> {
  const { columns } = tableOf(table.columns);
  const schema = schemaOf(columns);
  const kvMetadata = Object.entries(metadata).map(([key, value]) => ({ key, value }));
  const columnData = columns.map(({ name, type, values }) => ({ name, data: stored(type, values) }));
  return new Uint8Array(parquetWriteBuffer({ schema, columnData, kvMetadata, createdBy: "onnxplain" }));
}
