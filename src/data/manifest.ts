/** @file Manifests: a CSV or Parquet table with a row for each picture, its label, mask, boxes and part. */
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import { readCsv } from "../formats/csv.ts";
import { openParquet, readTable } from "../formats/parquet-read.ts";
import type { Cell, Table } from "../formats/table.ts";
import { type BoxCorners, boxOf, readBoxes } from "./boxes.ts";
import { byteSource } from "./byte-source.ts";
import { type Columns, columnsOf, type Role } from "./columns.ts";
import type { DataLabel, PictureBox } from "./dataset.ts";
import { besides, maskOf, readPicture } from "./picture-files.ts";
import { distinctLabels, firstFew, labelKey, type Records } from "./records.ts";

export interface ManifestOptions {
  readonly classes?: readonly string[] | undefined;
  /** Default `half-open`; `inclusive` adds 1 to the right and bottom. */
  readonly boxCorners?: BoxCorners | undefined;
  /** The darkest value of a mask picture that is inside, 1…255. Default 1: all that is not black. */
  readonly maskFrom?: number | undefined;
  /** Columns by role, where their names do not tell. */
  readonly columns?: Readonly<Partial<Record<Role, string>>> | undefined;
}

interface Entry {
  readonly path: string;
  readonly label: DataLabel | undefined;
  readonly mask: string | undefined;
  readonly split: string | undefined;
  boxes: readonly PictureBox[] | undefined;
  /** Why the row cannot be used. */
  readonly fault?: OnnxplainError;
}

/**
 * The pictures a table lists, in its order; paths are relative to it. Only the columns of known roles are read.
 *
 * A label is an index where all of the column are whole numbers (-1 and empty: none), else a name; names without indices are
 * numbered in sorted order. Where a label of the column holds `;` or `|` and is no class given, all of the column may name several
 * classes, so separated. A path that comes again with the same label adds its boxes to the first; with another, it is left out
 * and noted. Throws `E_FILE` for a table without paths.
 */
export async function manifestRecords(location: string, options: ManifestOptions = {}): Promise<Records> {
  const table = await tableIn(location, options);
  const columns = columnsOf(
    table.columns.map((c) => c.name),
    options.columns,
  );
  const cells = new Map(table.columns.map((c) => [c.name, c.values]));
  const cell = (column: string | undefined, row: number): Cell =>
    column === undefined ? null : (cells.get(column)?.[row] ?? null);
  const path = columns.of("path");
  if (path === undefined)
    throw new OnnxplainError(
      "E_FILE",
      `\`${location}\` has no column of paths (\`path\`, \`file\`, …); it has ${[...cells.keys()].join(", ")}. Rename one, or name it.`,
      { file: location },
    );
  const labels = labelReader(columns, { cells, cell, classes: options.classes });
  const read = boxReader(columns, { cell, corners: options.boxCorners ?? "half-open", location });
  const entries = new Map<string, Entry>();
  const repeated: string[] = [];
  const text = (role: Role, row: number): string | undefined => {
    const value = cell(columns.of(role), row);
    return value === null || value === "" ? undefined : String(value);
  };
  for (let row = 0; row < table.count; row++) {
    const id = String(cell(path, row) ?? "");
    const entry = {
      path: id,
      label: labels.of(row),
      mask: text("mask", row),
      split: text("split", row),
      ...classed(read(row), labels.classes),
    };
    const first = entries.get(id);
    if (first === undefined) entries.set(id, entry);
    else if (entry.boxes && sameBut(first, entry)) first.boxes = [...(first.boxes ?? []), ...entry.boxes];
    else repeated.push(id);
  }
  const all = [...entries.values()];
  const folder = files.folderOf(location);
  return {
    name: location,
    count: all.length,
    classes: labels.classes,
    labels: distinctLabels(all.map((e) => e.label)),
    sortedClasses: labels.sorted,
    splitOf: (i) => all[i]?.split,
    item: (i) => itemOf(all[i] as Entry, folder, options.maskFrom),
    notes: [
      ...labels.notes,
      ...(columns.corners || columns.of("boxes")
        ? [
            `boxes read as ${options.boxCorners ?? "half-open"}${options.boxCorners === "inclusive" ? ", 1 added to right and bottom" : ""}`,
          ]
        : []),
      ...(repeated.length > 0 ? [`${repeated.length} rows repeat a path and are left out: ${firstFew(repeated)}`] : []),
    ],
  };
}

/** Boxes that state a name get its index among the classes, and the other way round. */
function classed<T extends Pick<Entry, "boxes">>(read: T, classes: readonly string[] = []): T {
  const both = (box: PictureBox): PictureBox => {
    const index = box.index ?? (box.name === undefined ? -1 : classes.indexOf(box.name));
    const name = box.name ?? classes[index];
    return { ...box, ...(index < 0 ? {} : { index }), ...(name === undefined ? {} : { name }) };
  };
  return { ...read, boxes: read.boxes?.map(both) };
}

const sameBut = (a: Entry, b: Entry): boolean =>
  a.mask === b.mask &&
  a.split === b.split &&
  (a.label === undefined ? b.label === undefined : b.label !== undefined && labelKey(a.label) === labelKey(b.label));

function itemOf({ path, label, mask, boxes, split, fault }: Entry, folder: string, maskFrom: number | undefined) {
  return {
    id: path,
    label,
    load: async () => {
      if (fault) throw fault;
      if (path === "")
        throw new OnnxplainError("E_FILE", "A row of the manifest has no path. Fill it in, or remove the row.");
      return readPicture(besides(folder, path));
    },
    ...(mask === undefined ? {} : { mask: async () => maskOf(await readPicture(besides(folder, mask)), maskFrom) }),
    ...(boxes === undefined ? {} : { boxes }),
    ...(split === undefined ? {} : { split }),
  };
}

async function tableIn(location: string, options: ManifestOptions): Promise<Table> {
  if (/\.parquet$/i.test(location)) {
    const source = await byteSource(location);
    const present = (await openParquet(source, location)).columns.map((c) => c.name);
    const roles: readonly Role[] = ["path", "label", "name", "wnid", "accept", "mask", "boxes", "split"];
    const columns = columnsOf(present, options.columns);
    const wanted = [...roles.map(columns.of), ...(columns.corners ?? [])].filter((c) => c !== undefined);
    return readTable(source, { name: location, columns: [...new Set(wanted)] });
  }
  const bytes = await files.read(location);
  if (bytes === undefined) throw new OnnxplainError("E_FILE", `There is no file \`${location}\`.`, { file: location });
  return readCsv(new TextDecoder().decode(bytes), {
    name: location,
    ...(/\.tsv$/i.test(location) ? { delimiter: "\t" } : {}),
  });
}

type ReadCell = (column: string | undefined, row: number) => Cell;

interface Labels {
  readonly of: (row: number) => DataLabel | undefined;
  readonly classes: readonly string[] | undefined;
  readonly sorted: boolean;
  readonly notes: readonly string[];
}

function labelReader(
  columns: Columns,
  {
    cells,
    cell,
    classes,
  }: {
    readonly cells: ReadonlyMap<string, readonly Cell[]>;
    readonly cell: ReadCell;
    readonly classes: readonly string[] | undefined;
  },
): Labels {
  const stated = columns.of("label");
  const values = stated === undefined ? [] : (cells.get(stated) ?? []);
  const some = values.some((v) => v !== null && /[;|]/.test(String(v)) && !classes?.includes(String(v).trim()));
  const partsOf = (v: Cell): readonly string[] => (some ? separated(v) : [String(v)]);
  const indexed =
    values.length > 0 && values.every((v) => v === null || partsOf(v).every((part) => /^\s*(-?\d+)?\s*$/.test(part)));
  const nameColumn = indexed || stated === undefined ? columns.of("name") : stated;
  const listed = indexed || nameColumn === undefined ? [] : (cells.get(nameColumn) ?? []);
  const names = new Set(nameColumn === stated ? listed.flatMap(partsOf) : listed.map(String));
  names.delete("");
  const order = classes ?? (indexed || names.size === 0 ? undefined : [...names].sort());
  const places = new Map(order?.map((name, i) => [name, i]));
  const unknown = indexed ? [] : [...names].filter((n) => !places.has(n));
  const named = (name: string): DataLabel => {
    const index = places.get(name);
    return { ...(index === undefined ? {} : { index }), name };
  };
  const numbered = (index: number): DataLabel => {
    const name = classes?.[index];
    return { index, ...(name === undefined ? {} : { name }) };
  };
  const severalOf = (row: number): DataLabel | undefined => {
    const parts = [...new Set(separated(cell(stated, row)))];
    const several = indexed ? parts.flatMap((v) => wholeNumber(v) ?? []).map(numbered) : parts.map(named);
    if (several.length === 0) return undefined;
    return { ...(several.length === 1 ? several[0] : {}), several };
  };
  const single = (row: number): DataLabel | undefined => {
    const index = indexed ? wholeNumber(cell(stated, row)) : undefined;
    const name = textOf(cell(nameColumn, row)) ?? (index === undefined ? undefined : classes?.[index]);
    const at = index ?? (indexed || name === undefined ? undefined : places.get(name));
    const wnid = textOf(cell(columns.of("wnid"), row));
    const accept = (textOf(cell(columns.of("accept"), row)) ?? "")
      .split(/[\s,;]+/)
      .flatMap((v) => wholeNumber(v) ?? []);
    if (at === undefined && name === undefined && wnid === undefined && accept.length === 0) return undefined;
    return {
      ...(at === undefined ? {} : { index: at }),
      ...(name === undefined ? {} : { name }),
      ...(wnid === undefined ? {} : { wnid }),
      ...(accept.length === 0 ? {} : { accept }),
    };
  };
  const of = some ? severalOf : single;
  return {
    of,
    classes: order ?? (indexed ? namesByIndex(values.length, of) : undefined),
    sorted: !indexed && !classes && names.size > 0,
    notes: [
      ...(values.length === 0 && nameColumn === undefined ? ["pictures without labels"] : []),
      ...(unknown.length > 0 ? [`${unknown.length} labels are none of the classes given: ${firstFew(unknown)}`] : []),
    ],
  };
}

/** Names in the order of their indices, when every index from 0 up to the largest has one. */
function namesByIndex(count: number, of: (row: number) => DataLabel | undefined): readonly string[] | undefined {
  const names: string[] = [];
  for (let row = 0; row < count; row++) {
    const { index = -1, name } = of(row) ?? {};
    if (index >= 0 && index < count && name !== undefined) names[index] = name;
  }
  return names.length > 0 && Array.from(names).every((n) => n !== undefined) ? names : undefined;
}

const textOf = (cell: Cell): string | undefined =>
  cell === null || String(cell).trim() === "" ? undefined : String(cell).trim();
/** What stands between `;` and `|`. */
const separated = (cell: Cell): readonly string[] =>
  (textOf(cell) ?? "")
    .split(/[;|]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
/** -1 stands for no label. */
const wholeNumber = (cell: Cell): number | undefined => {
  const text = textOf(cell);
  return text === undefined || !/^-?\d+$/.test(text) || text === "-1" ? undefined : Number(text);
};

function boxReader(
  columns: Columns,
  { cell, corners, location }: { readonly cell: ReadCell; readonly corners: BoxCorners; readonly location: string },
): (row: number) => Pick<Entry, "boxes" | "fault"> {
  const column = columns.of("boxes");
  return (row) => {
    try {
      if (column !== undefined) {
        const raw = cell(column, row);
        return { boxes: raw === null || raw === "" ? undefined : readBoxes(raw, corners, `row ${row + 1}`) };
      }
      const four = columns.corners?.map((c) => textOf(cell(c, row)));
      if (!four || four.every((v) => v === undefined)) return { boxes: undefined };
      const numbers = four.map((v) => (v === undefined ? Number.NaN : Number(v)));
      if (numbers.every(Number.isFinite)) return { boxes: [boxOf(numbers, corners)] };
      throw new OnnxplainError(
        "E_FILE",
        `Expected four numbers for the box of row ${row + 1}, got ${four.join(", ")}.`,
      );
    } catch (error) {
      if (!(error instanceof OnnxplainError)) throw error;
      const { code, message } = error;
      return { boxes: undefined, fault: new OnnxplainError(code, message, { file: location }) };
    }
  };
}
