/** @file Reads and writes CSV (RFC 4180), with a line of names on top. */
import papaparse from "papaparse";
import { OnnxplainError } from "../errors.ts";
import { type Cell, type Table, tableOf } from "./table.ts";

/**
 * The table in CSV text, all columns strings. Quoted fields may hold delimiters, doubled quotes and line breaks; a byte order mark
 * and blank lines are skipped. Throws `E_FILE` when names repeat, or a row has more or fewer fields than there are names.
 */
export function readCsv(
  text: string,
  { name = "(unnamed)", delimiter = "," }: { readonly name?: string; readonly delimiter?: string } = {},
): Table {
  const fail = (why: string): never => {
    throw new OnnxplainError("E_FILE", `Cannot read \`${name}\` as CSV: ${why}`, { file: name });
  };
  const { data, errors } = papaparse.parse<readonly string[]>(text.replace(/^\uFEFF/, ""), {
    delimiter,
    skipEmptyLines: true,
  });
  const [first] = errors;
  if (first) fail(`${first.message} (row ${first.row ?? 0}).`);
  const [head = [], ...rows] = data;
  const names = head.map((n) => n.trim());
  if (names.length === 0) fail("it is empty; expected a line of column names.");
  const repeated = names.find((n, i) => names.indexOf(n) < i);
  if (repeated !== undefined) fail(`two columns are named \`${repeated}\`.`);
  const odd = rows.findIndex((r) => r.length !== names.length);
  if (odd >= 0) fail(`row ${odd + 1} has ${rows[odd]?.length} fields, the line of names ${names.length}.`);
  return tableOf(names.map((column, k) => ({ name: column, type: "string", values: rows.map((r) => r[k] as string) })));
}

/**
 * CSV text of a table, lines ended by CR LF. Numbers are the shortest text that reads back the same (`NaN`, `Infinity`); lists are
 * JSON-like; null is an empty field, the empty string `""`.
 */
export function writeCsv({ count, columns }: Table): string {
  const lines = [columns.map((c) => quoted(c.name))];
  for (let i = 0; i < count; i++) lines.push(columns.map((c) => field(c.values[i] ?? null)));
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

const field = (value: Cell): string =>
  value === null
    ? ""
    : typeof value === "string"
      ? quoted(value)
      : typeof value === "object"
        ? quoted(`[${Array.from(value, number).join(",")}]`)
        : typeof value === "number"
          ? number(value)
          : String(value);

const number = (v: number): string => (Object.is(v, -0) ? "-0" : String(v));
const quoted = (text: string): string =>
  text === "" || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
