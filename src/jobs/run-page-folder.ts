/** @file A folder of results as its page's maker reads it: what lies in it, bytes, tables, documents; nothing of it is trusted. */
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import { readCsv } from "../formats/csv.ts";
import { readTable } from "../formats/parquet-read.ts";
import { safetensorsHeader, safetensorsHeaderBytes } from "../formats/safetensors.ts";
import { rowsOf, type Table } from "../formats/table.ts";
import { PAGE_FILE, parsed, unpackPage } from "./run-page-file.ts";
import { damaged, type Shape } from "./run-page-shape.ts";

/** What a folder is known by. */
export interface RunFiles {
  /** Files at its top. */
  readonly names: ReadonlySet<string>;
  /** What `page.safetensors` says it is of; undefined without one. */
  readonly pageKind: string | undefined;
}

export interface RunReader extends RunFiles {
  readonly location: string;
  readonly place: (name: string) => string;
  /** Throws `E_FILE` for a file that is missing or too large. */
  readonly bytes: (name: string) => Promise<Uint8Array>;
  /** A document. Throws `E_FILE`. */
  readonly json: <T>(name: string, shape: Shape<T>) => Promise<T>;
  /** A Parquet or CSV file. Throws `E_FILE`. */
  readonly table: (name: string) => Promise<Table>;
  /** What the page shows, of `kind`; undefined where the folder has none. Throws `E_FILE`. */
  readonly page: <T>(kind: string, shape: Shape<T>) => Promise<T | undefined>;
}

/** Bytes of one file, at most. */
const MOST_BYTES = 2 ** 30;

/** Throws `E_FILE` for a place that cannot be listed. */
export async function openReader(location: string): Promise<RunReader> {
  if (!(await files.isFolder(location)))
    throw new OnnxplainError("E_FILE", `\`${location}\` is no folder. Expected the folder that a run was written to.`, {
      file: location,
    });
  const names = new Set((await files.list(location)).filter((e) => !e.folder).map((e) => e.name));
  const place = (name: string): string => files.join(location, name);
  const sized = async (name: string): Promise<number> => {
    const size = await files.size(place(name));
    if (size <= MOST_BYTES) return size;
    throw new OnnxplainError("E_FILE", `\`${place(name)}\` has ${size} bytes; expected ${MOST_BYTES} at most.`, {
      file: place(name),
    });
  };
  const bytes = async (name: string): Promise<Uint8Array> => {
    const missing = new OnnxplainError(
      "E_FILE",
      `\`${location}\` has no \`${name}\`. Run it again into a new folder.`,
      {
        file: place(name),
      },
    );
    if (!names.has(name) && !name.includes("/")) throw missing;
    await sized(name);
    const found = await files.read(place(name));
    if (found === undefined) throw missing;
    return found;
  };
  const words = async (name: string): Promise<string> => {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(await bytes(name));
    } catch (cause) {
      throw cause instanceof OnnxplainError ? cause : damaged(place(name), "it is no UTF-8 text", cause);
    }
  };
  return {
    location,
    names,
    pageKind: names.has(PAGE_FILE) ? await pageKindAt(place(PAGE_FILE)) : undefined,
    place,
    bytes,
    json: async (name, shape) => shape(parsed(await words(name), place(name)), "", { tensors: {}, file: place(name) }),
    table: async (name) =>
      name.endsWith(".csv")
        ? readCsv(await words(name), { name: place(name) })
        : readTable(await bytes(name), { name: place(name) }),
    page: async (kind, shape) =>
      names.has(PAGE_FILE) ? unpackPage(await bytes(PAGE_FILE), { kind, shape, name: place(PAGE_FILE) }) : undefined,
  };
}

/** From the head of the file; undefined where it is damaged, which reading it will say. */
async function pageKindAt(location: string): Promise<string | undefined> {
  const size = await files.size(location);
  if (size < 8) return undefined;
  const length = safetensorsHeaderBytes(await files.readRange(location, 0, 8));
  if (!(length <= Math.min(size, MOST_BYTES))) return undefined;
  try {
    return safetensorsHeader(await files.readRange(location, 0, length), size, location).metadata.kind;
  } catch {
    return undefined;
  }
}

/** Rows whose fields are of these shapes. Throws `E_FILE`. */
export const rowsIn = <Row extends object>(table: Table, shape: Shape<Row>, file: string): readonly Row[] =>
  rowsOf(table).map((row, i) => shape(row, `row ${i}`, { tensors: {}, file }));
