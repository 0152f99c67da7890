/** @file A table in memory: named columns of one kind each. What Parquet and CSV files hold. */
import { OnnxplainError } from "../errors.ts";

/** What a column holds: text, whole numbers up to 2^53, float64, flags, or lists of float64. Any cell may be null. */
export type ColumnType = "string" | "int" | "double" | "boolean" | "doubles";
export type Cell = string | number | boolean | readonly number[] | null;

export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly values: readonly Cell[];
}
export interface Table {
  readonly count: number;
  readonly columns: readonly TableColumn[];
}

const FITS: Readonly<Record<ColumnType, { readonly what: string; readonly test: (v: Cell) => boolean }>> = {
  string: { what: "a string", test: (v) => typeof v === "string" },
  int: { what: "a whole number within 2^53", test: Number.isSafeInteger },
  double: { what: "a number", test: (v) => typeof v === "number" },
  boolean: { what: "true or false", test: (v) => typeof v === "boolean" },
  doubles: {
    what: "a list of numbers",
    test: (v) =>
      (Array.isArray(v) || ArrayBuffer.isView(v)) && Array.prototype.every.call(v, (x) => typeof x === "number"),
  },
};

/** A table of columns. Throws `E_PARAM` when a name repeats, lengths differ, or a cell is of another kind than its column. */
export function tableOf(columns: readonly TableColumn[]): Table {
  const count = columns[0]?.values.length ?? 0;
  const names = new Set<string>();
  for (const { name, type, values } of columns) {
    if (names.has(name)) throw new OnnxplainError("E_PARAM", `The table has two columns \`${name}\`.`);
    names.add(name);
    if (values.length !== count)
      throw new OnnxplainError("E_PARAM", `Expected ${count} cells in column \`${name}\`, got ${values.length}.`);
    const { what, test } = FITS[type];
    const wrong = values.findIndex((v) => v !== null && !test(v));
    if (wrong >= 0)
      throw new OnnxplainError(
        "E_PARAM",
        `Expected cell ${wrong} of column \`${name}\` to be ${what} or null, got ${JSON.stringify(values[wrong])}.`,
      );
  }
  return { count, columns };
}

/** Rows as a table; a field that a row lacks is null. Throws as {@link tableOf}. */
export const tableOfRows = <Row extends object>(
  rows: readonly Row[],
  types: Readonly<Record<keyof Row & string, ColumnType>>,
): Table =>
  tableOf(
    Object.entries<ColumnType>(types).map(([name, type]) => ({
      name,
      type,
      values: rows.map((row) => ((row as Readonly<Record<string, Cell | undefined>>)[name] ?? null) as Cell),
    })),
  );

/** A table as rows; names are keys. */
export const rowsOf = ({ count, columns }: Table): readonly Readonly<Record<string, Cell>>[] =>
  Array.from({ length: count }, (_, i) => Object.fromEntries(columns.map((c) => [c.name, c.values[i] ?? null])));
