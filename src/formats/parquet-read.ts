/** @file Reads Parquet files by row ranges, from memory or from wherever ranges of bytes can be had. */
import { type FileMetaData, parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import { OnnxplainError } from "../errors.ts";
import { type Cell, type ColumnType, type Table, tableOf } from "./table.ts";

/** Bytes that are read a range at a time. */
export interface ByteSource {
  readonly size: number;
  readonly read: (start: number, end: number) => Promise<Uint8Array>;
}

/** A column at the top of the schema; `fields` are those of a struct. */
export interface ParquetColumn {
  readonly name: string;
  readonly kind: ColumnType | "bytes" | "struct" | "other";
  readonly fields: readonly string[];
}

/** Rows that lie together: the least that can be read of a column, unless it is `paged`. */
export interface RowGroup {
  readonly start: number;
  readonly count: number;
  /** Uncompressed bytes of a top-level column. */
  readonly bytesOf: (column: string) => number;
  readonly pagedBy: (column: string) => boolean;
}

export interface ParquetFile {
  readonly name: string;
  readonly count: number;
  readonly columns: readonly ParquetColumn[];
  readonly groups: readonly RowGroup[];
  /** Text in the footer, by key. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Rows `start` to before `end` of some columns: bytes as `Uint8Array`, structs as objects, whole numbers as numbers. */
  readonly read: (columns: readonly string[], start: number, end: number) => Promise<readonly ParquetRow[]>;
}
export type ParquetRow = Readonly<Record<string, unknown>>;

const inMemory = (bytes: Uint8Array): ByteSource => ({
  size: bytes.byteLength,
  read: async (start, end) => bytes.subarray(start, end),
});

const failure = (name: string, why: string, cause?: unknown): OnnxplainError =>
  new OnnxplainError("E_FILE", `Cannot read \`${name}\` as Parquet: ${why}`, { file: name, cause });

/** Open a file: only its footer is read. Throws `E_FILE` when it is damaged or no Parquet file. */
export async function openParquet(source: Uint8Array | ByteSource, name = "(unnamed)"): Promise<ParquetFile> {
  const bytes = source instanceof Uint8Array ? inMemory(source) : source;
  const file = {
    byteLength: bytes.size,
    slice: async (start: number, end: number = bytes.size) => {
      const part = await bytes.read(start, end);
      return part.slice().buffer;
    },
  };
  const metadata = await guarded(name, async () => {
    if (bytes.size < 12) throw new Error("it is too short to be one");
    return parquetMetadataAsync(file);
  });
  const compressors = await compressorsFor(metadata);
  const columns = parquetSchema(metadata).children.map(columnOf);
  const read = async (wanted: readonly string[], start: number, end: number): Promise<readonly ParquetRow[]> =>
    guarded(name, async () => {
      const rows = await parquetReadObjects({
        file,
        metadata,
        columns: [...wanted],
        rowStart: start,
        rowEnd: end,
        compressors,
        utf8: false,
        useOffsetIndex: true,
      });
      if (rows.length !== end - start)
        throw new Error(`expected ${end - start} rows from ${start}, got ${rows.length}`);
      return rows.map((row) => Object.fromEntries(wanted.map((c) => [c, plain(row[c], c)])));
    });
  return {
    name,
    count: Number(metadata.num_rows),
    columns,
    groups: groupsOf(metadata),
    metadata: Object.fromEntries((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ""])),
    read,
  };
}

/** Every row of some columns (default: all that a table can hold). Throws `E_FILE`. */
export async function readTable(
  source: Uint8Array | ByteSource,
  { columns, name = "(unnamed)" }: { readonly columns?: readonly string[] | undefined; readonly name?: string } = {},
): Promise<Table> {
  const file = await openParquet(source, name);
  const wanted = (columns ?? file.columns.filter((c) => isCellKind(c.kind)).map((c) => c.name)).map((column) => {
    const found = file.columns.find((c) => c.name === column);
    if (found && isCellKind(found.kind)) return { name: column, type: found.kind };
    const known = file.columns.map((c) => `\`${c.name}\` (${c.kind})`).join(", ");
    throw failure(name, `it has no column \`${column}\` of text, numbers or lists. It has ${known}.`);
  });
  const cells = wanted.map((): Cell[] => []);
  for (const { start, count } of file.groups) {
    const rows = await file.read(
      wanted.map((c) => c.name),
      start,
      start + count,
    );
    wanted.forEach((c, k) => {
      for (const row of rows) cells[k]?.push(row[c.name] as Cell);
    });
  }
  return tableOf(wanted.map((c, k) => ({ ...c, values: cells[k] ?? [] })));
}

const isCellKind = (kind: ParquetColumn["kind"]): kind is ColumnType =>
  kind !== "bytes" && kind !== "struct" && kind !== "other";

async function guarded<T>(name: string, f: () => Promise<T>): Promise<T> {
  try {
    return await f();
  } catch (cause) {
    if (cause instanceof OnnxplainError) throw cause;
    throw failure(name, `${(cause as Error).message}.`, cause);
  }
}

/** Snappy is built in; the others are loaded when a file asks for them. */
async function compressorsFor({ row_groups }: FileMetaData): Promise<object> {
  const codecs = new Set(row_groups.flatMap((g) => g.columns.map((c) => c.meta_data?.codec)));
  codecs.delete("UNCOMPRESSED");
  codecs.delete("SNAPPY");
  return codecs.size === 0 ? {} : (await import("hyparquet-compressors")).compressors;
}

type SchemaTree = ReturnType<typeof parquetSchema>;

const KINDS: Readonly<Record<string, ColumnType | "bytes">> = {
  BOOLEAN: "boolean",
  INT32: "int",
  INT64: "int",
  FLOAT: "double",
  DOUBLE: "double",
  BYTE_ARRAY: "bytes",
  FIXED_LEN_BYTE_ARRAY: "bytes",
};

function columnOf({ element, children }: SchemaTree): ParquetColumn {
  const { name, type, converted_type, logical_type } = element;
  const fields = children.map((c) => c.element.name);
  const whole = { name, fields: [] };
  if (children.length > 0) {
    const list = converted_type === "LIST" || logical_type?.type === "LIST";
    const item = children[0]?.children[0]?.element;
    const numeric = item?.type !== undefined && (KINDS[item.type] === "double" || KINDS[item.type] === "int");
    return list ? { ...whole, kind: numeric ? "doubles" : "other" } : { name, fields, kind: "struct" };
  }
  const text = ["UTF8", "ENUM", "JSON"].includes(converted_type ?? "") || logical_type?.type === "STRING";
  if (text) return { ...whole, kind: "string" };
  const kind = type === undefined ? undefined : KINDS[type];
  const special = converted_type !== undefined && !/^U?INT_/.test(converted_type);
  return { ...whole, kind: kind === undefined || special ? "other" : kind };
}

function groupsOf({ row_groups }: FileMetaData): readonly RowGroup[] {
  let start = 0;
  return row_groups.map(({ num_rows, columns }) => {
    const of = (name: string) => columns.filter((c) => c.meta_data?.path_in_schema[0] === name);
    const group = {
      start,
      count: Number(num_rows),
      bytesOf: (name: string) =>
        of(name).reduce((sum, c) => sum + Number(c.meta_data?.total_uncompressed_size ?? 0), 0),
      pagedBy: (name: string) => of(name).every((c) => c.offset_index_offset !== undefined),
    };
    start += group.count;
    return group;
  });
}

/** Values as this project has them. */
function plain(value: unknown, column: string): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === "bigint") {
    const number = Number(value);
    if (!Number.isSafeInteger(number))
      throw new Error(`column \`${column}\` holds ${value}, beyond 2^53; leave that column out`);
    return number;
  }
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map((v) => plain(v, column));
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v, column)]));
  return value;
}
