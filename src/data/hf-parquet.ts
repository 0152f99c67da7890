/** @file Parquet files that hold the pictures themselves, as on the Hugging Face hub: a column of `{bytes, path}`, one of labels. */
import { decodeImage } from "#decode";
import { OnnxplainError } from "../errors.ts";
import { openParquet, type ParquetColumn, type ParquetFile, type ParquetRow } from "../formats/parquet-read.ts";
import type { ImageU8 } from "../image/types.ts";
import { type BoxCorners, readBoxes } from "./boxes.ts";
import { byteSource } from "./byte-source.ts";
import { columnsOf, type Role } from "./columns.ts";
import type { DataItem, DataLabel } from "./dataset.ts";
import { maskOf } from "./picture-files.ts";
import { type Records, recent } from "./records.ts";

export interface EmbeddedOptions {
  readonly classes?: readonly string[] | undefined;
  readonly boxCorners?: BoxCorners | undefined;
  readonly maskFrom?: number | undefined;
  readonly columns?: Readonly<Partial<Record<Role, string>>> | undefined;
}

const holdsPictures = (c: ParquetColumn): boolean =>
  c.kind === "bytes" || (c.kind === "struct" && c.fields.includes("bytes"));

/** Does this table hold pictures, rather than name them? */
export function holdsImages(columns: readonly ParquetColumn[], named: EmbeddedOptions["columns"] = {}): boolean {
  const name = columnsOf(
    columns.filter(holdsPictures).map((c) => c.name),
    named.image === undefined ? {} : { image: named.image },
  ).of("image");
  return name !== undefined || columns.some((c) => c.kind === "struct" && c.fields.includes("bytes"));
}

/** Bytes of pictures held at once, for each of the two blocks that are kept. */
const BLOCK_BYTES = 32 * 2 ** 20;
/** Pictures at least, however large. */
const BLOCK_ROWS = 16;

interface Shard {
  readonly file: ParquetFile;
  readonly base: string;
  readonly start: number;
  readonly split: string | undefined;
}
/** Rows read together. */
interface Block {
  readonly shard: Shard;
  /** Of the shard. */
  readonly start: number;
  readonly count: number;
  /** Number of the block's first row in the set. */
  readonly first: number;
}

/**
 * Records of one or more shards, in the order given; at most two blocks of rows (a row group, or its pages where the file has an
 * index of them) are in memory. `train-00000-of-00003.parquet` is part `train`. Class names come from the footer's
 * `huggingface` features. Throws `E_FILE` when shards differ in their columns.
 */
export async function embeddedRecords(
  name: string,
  locations: readonly string[],
  options: EmbeddedOptions = {},
): Promise<Records> {
  const shards: Shard[] = [];
  let count = 0;
  for (const location of locations) {
    const file = await openParquet(await byteSource(location), location);
    const base = location.replace(/^.*[/\\]/, "");
    shards.push({ file, base, start: count, split: splitOf(base) });
    count += file.count;
  }
  const [{ file: model }] = shards as [Shard];
  for (const { file } of shards) sameColumns(model, file);
  const { image, small, columns } = rolesIn(model, options);
  const classes = options.classes ?? classNames(model, columns.of("label"));
  const blocks = shards.flatMap((shard) => blocksOf(shard, image.name));
  const rows = recent(async (b: number) => {
    const { shard, start, count: rowCount } = blocks[b] as Block;
    return shard.file.read(small, start, start + rowCount);
  }, 8);
  const pictures = recent(async (b: number) => {
    const { shard, start, count: rowCount } = blocks[b] as Block;
    return shard.file.read([image.name, ...image.masks], start, start + rowCount);
  }, 2);
  const item = async (index: number): Promise<DataItem> => {
    const b = blockOf(blocks, index);
    const { shard, start, first } = blocks[b] as Block;
    const at = index - first;
    const row = (await rows(b))[at] as ParquetRow;
    const id = `${shard.base}#${start + at}`;
    const cell = (role: Role): unknown => row[columns.of(role) ?? ""] ?? null;
    const label = labelOf({ index: cell("label"), name: cell("name"), wnid: cell("wnid"), classes });
    const bytesOf = async (column: string): Promise<ImageU8> =>
      decoded((await pictures(b))[at]?.[column], `${id} ${column}`);
    const [mask] = image.masks;
    const boxes = cell("boxes");
    const split = textOf(cell("split")) ?? shard.split;
    return {
      id,
      label,
      load: () => bytesOf(image.name),
      ...(mask === undefined ? {} : { mask: async () => maskOf(await bytesOf(mask), options.maskFrom) }),
      ...(boxes === null ? {} : { boxes: readBoxes(boxes, options.boxCorners ?? "half-open", id) }),
      ...(split === undefined ? {} : { split }),
    };
  };
  const split = columns.of("split");
  const column = split === undefined ? undefined : await wholeColumn(shards, split);
  return {
    name,
    count,
    classes,
    labels: classes?.map((c, index) => ({ index, name: c })),
    splitOf: (i) => textOf(column?.[i]) ?? shardOf(shards, i)?.split,
    item,
    notes: [
      ...(shards.length > 1 ? [`${shards.length} files as one set`] : []),
      ...(columns.of("label") === undefined && columns.of("name") === undefined ? ["pictures without labels"] : []),
    ],
  };
}

function rolesIn(model: ParquetFile, { columns: named = {} }: EmbeddedOptions) {
  const holders = model.columns.filter(holdsPictures);
  const held = holders.map((c) => c.name);
  const pick = (role: "image" | "mask"): string | undefined =>
    columnsOf(held, named[role] === undefined ? {} : { [role]: named[role] }).of(role);
  const image = pick("image") ?? holders.find((c) => c.kind === "struct")?.name;
  if (image === undefined)
    throw new OnnxplainError(
      "E_FILE",
      `\`${model.name}\` has no column of pictures; it has ${model.columns.map((c) => `${c.name} (${c.kind})`).join(", ")}.`,
    );
  const mask = pick("mask");
  const plain = model.columns.filter((c) => !held.includes(c.name));
  const { image: _image, mask: _mask, ...rest } = named;
  const columns = columnsOf(
    plain.map((c) => c.name),
    rest,
  );
  const small = (["label", "name", "wnid", "boxes", "split"] as const).map(columns.of).filter((c) => c !== undefined);
  return { image: { name: image, masks: mask === undefined ? [] : [mask] }, small: [...new Set(small)], columns };
}

function sameColumns(model: ParquetFile, file: ParquetFile): void {
  const text = (f: ParquetFile): string => f.columns.map((c) => `${c.name} (${c.kind})`).join(", ");
  if (text(model) !== text(file))
    throw new OnnxplainError(
      "E_FILE",
      `\`${file.name}\` has columns ${text(file)}, \`${model.name}\` has ${text(model)}. Open them apart.`,
      { file: file.name },
    );
}

/** Row groups, cut where pages can be read alone and there is too much in one. */
function blocksOf(shard: Shard, image: string): readonly Block[] {
  return shard.file.groups.flatMap((group) => {
    const each = Math.max(1, group.bytesOf(image) / group.count);
    const most = group.pagedBy(image) ? Math.max(BLOCK_ROWS, Math.floor(BLOCK_BYTES / each)) : group.count;
    const blocks: Block[] = [];
    for (let at = 0; at < group.count; at += most)
      blocks.push({
        shard,
        start: group.start + at,
        count: Math.min(most, group.count - at),
        first: shard.start + group.start + at,
      });
    return blocks;
  });
}

/** The block that holds a row: the last that begins at or before it. */
function blockOf(blocks: readonly Block[], index: number): number {
  let [low, high] = [0, blocks.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((blocks[middle] as Block).first <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

const shardOf = (shards: readonly Shard[], index: number): Shard | undefined =>
  shards.findLast((s) => s.start <= index);

const splitOf = (base: string): string | undefined =>
  /^([a-z]+)(?:-\d+-of-\d+)?(?:-[\da-f]+)?\.parquet$/i.exec(base)?.[1];

async function wholeColumn(shards: readonly Shard[], column: string): Promise<readonly unknown[]> {
  const cells: unknown[] = [];
  for (const { file } of shards)
    for (const { start, count } of file.groups)
      for (const row of await file.read([column], start, start + count)) cells.push(row[column]);
  return cells;
}

/** `info.features.<label>.names` of the footer's `huggingface` entry, where the label is a `ClassLabel`. */
function classNames({ metadata }: ParquetFile, label: string | undefined): readonly string[] | undefined {
  if (label === undefined || metadata.huggingface === undefined) return undefined;
  try {
    const { info } = JSON.parse(metadata.huggingface) as {
      readonly info?: { readonly features?: Readonly<Record<string, { readonly names?: unknown }>> };
    };
    const names = info?.features?.[label]?.names;
    return Array.isArray(names) ? names.map(String) : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (cell: unknown): string | undefined =>
  cell === null || cell === undefined || cell === "" ? undefined : String(cell);

function labelOf({
  index,
  name,
  wnid,
  classes,
}: {
  readonly index: unknown;
  readonly name: unknown;
  readonly wnid: unknown;
  readonly classes: readonly string[] | undefined;
}): DataLabel | undefined {
  const stated = typeof index === "number" ? (index === -1 ? undefined : index) : undefined;
  const own = textOf(name) ?? (typeof index === "string" ? textOf(index) : undefined);
  const at = stated ?? (own === undefined ? undefined : (classes?.indexOf(own) ?? -1));
  const called = own ?? (stated === undefined ? undefined : classes?.[stated]);
  const id = textOf(wnid);
  if (called === undefined && at === undefined && id === undefined) return undefined;
  return {
    ...(at === undefined || (at < 0 && stated === undefined) ? {} : { index: at }),
    ...(called === undefined ? {} : { name: called }),
    ...(id === undefined ? {} : { wnid: id }),
  };
}

/** Bytes, alone or in `{bytes, path}`. */
function decoded(cell: unknown, name: string): Promise<ImageU8> {
  const bytes = cell instanceof Uint8Array ? cell : (cell as { readonly bytes?: unknown } | null | undefined)?.bytes;
  if (bytes instanceof Uint8Array) return decodeImage(bytes, name);
  const path = (cell as { readonly path?: unknown } | null | undefined)?.path;
  throw new OnnxplainError(
    "E_IMAGE_READ",
    `\`${name}\` holds no bytes${typeof path === "string" ? `, only the path \`${path}\`` : ""}. Write the pictures into the table.`,
  );
}
