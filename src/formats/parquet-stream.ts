/** @file Writes a Parquet file table by table, so that only one of them is held as rows; the same tables give the same bytes. */
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { schemaOf, stored } from "./parquet-write.ts";
import type { ColumnType, Table } from "./table.ts";

export interface ParquetStream {
  /** A row group. The table must have the columns that were announced. */
  readonly add: (table: Table) => void;
  /** The file; nothing can be added after. */
  readonly end: () => Uint8Array<ArrayBuffer>;
}

/** Snappy, no time and no place in it. Source: parquet-format 2.11. */
export function parquetStream(columns: Readonly<Record<string, ColumnType>>): ParquetStream {
  const bytes = new ByteWriter();
  const schema = schemaOf(Object.entries(columns).map(([name, type]) => ({ name, type })));
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: "onnxplain" });
  return {
    add: ({ count, columns: own }) => {
      if (count === 0) return;
      const columnData = own.map(({ name, type, values }) => ({ name, data: stored(type, values) }));
      writer.write({ columnData, rowGroupSize: count });
    },
    end: () => {
      writer.finish();
      return new Uint8Array(bytes.getBuffer());
    },
  };
}
