/** @file The idx files of MNIST and its kin: a file of grey pictures beside a file of labels, packed or not. */
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import type { ByteSource } from "../formats/parquet-read.ts";
import { byteSource, gunzip } from "./byte-source.ts";
import { distinctLabels, type Records, recent } from "./records.ts";

/** Pictures read at once. */
const BLOCK = 256;
const IMAGES = /images[-.]idx3[-.]ubyte(\.gz)?$/i;

export const isIdxImages = (name: string): boolean => IMAGES.test(name);
const labelsFor = (location: string): string =>
  location.replace(IMAGES, (m) => m.replace(/images/i, "labels").replace("idx3", "idx1"));

/**
 * Records of one or more pairs of files `*images-idx3-ubyte` and `*labels-idx1-ubyte` (also `.gz`, which is unpacked once and kept;
 * plain files are read by ranges). Without a file of labels there are none. `train…` is part `train`, `t10k…` and `test…` part
 * `test`. Throws `E_FILE` for a damaged file or a pair of different length.
 *
 * Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database": the IDX file format.
 */
export async function mnistRecords(
  name: string,
  locations: readonly string[],
  { classes }: { readonly classes?: readonly string[] | undefined } = {},
): Promise<Records> {
  const parts: Part[] = [];
  let count = 0;
  for (const location of locations) {
    const part = await openPart(location, count);
    parts.push(part);
    count += part.count;
  }
  const partAt = (index: number): Part => parts.findLast((p) => p.start <= index) as Part;
  const used = new Set(parts.flatMap((p) => [...(p.labels ?? [])]));
  const kept = parts.reduce((sum, p) => sum + p.kept, 0);
  return {
    name,
    count,
    classes,
    labels: distinctLabels([...used].map((index) => ({ index, ...named(classes, index) }))),
    splitOf: (i) => partAt(i).split,
    item: (i) => {
      const part = partAt(i);
      const row = i - part.start;
      const index = part.labels?.[row];
      return {
        id: `${part.base}#${row}`,
        label: index === undefined ? undefined : { index, ...named(classes, index) },
        load: async () => ({ width: part.width, height: part.height, channels: 1, data: await part.pixels(row) }),
        ...(part.split === undefined ? {} : { split: part.split }),
      };
    },
    notes: [
      ...(parts.length > 1 ? [`${parts.length} files as one set`] : []),
      ...(parts.some((p) => p.labels === undefined) ? ["pictures without labels"] : []),
      ...(kept > 0 ? [`unpacked pictures kept in memory: ${(kept / 2 ** 20).toFixed(1)} MB`] : []),
    ],
  };
}

const named = (classes: readonly string[] | undefined, index: number) =>
  classes?.[index] === undefined ? {} : { name: classes[index] };

interface Part {
  readonly base: string;
  readonly start: number;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly split: string | undefined;
  readonly labels: Uint8Array | undefined;
  readonly pixels: (row: number) => Promise<Uint8Array>;
  /** Bytes held. */
  readonly kept: number;
}

async function openPart(location: string, start: number): Promise<Part> {
  const { dims, source, at, kept } = await openIdx(location, 3);
  const [count, height, width] = dims as [number, number, number];
  const other = labelsFor(location);
  const folder = files.folderOf(location);
  const names = [other, other.replace(/\.gz$/i, ""), `${other}.gz`].map((f) =>
    files.join(folder, f.replace(/^.*[/\\]/, "")),
  );
  const beside = await firstThere(names);
  const labels = beside === undefined ? undefined : await labelsIn(beside);
  if (labels && labels.length !== count)
    throw new OnnxplainError(
      "E_FILE",
      `\`${location}\` has ${count} pictures, \`${beside}\` ${labels.length} labels. One of them is of another set.`,
      { file: location },
    );
  const size = width * height;
  const block = recent(
    (b: number) => source.read(at + b * BLOCK * size, at + Math.min((b + 1) * BLOCK, count) * size),
    3,
  );
  const base = location.replace(/^.*[/\\]/, "");
  return {
    base,
    start,
    count,
    width,
    height,
    kept,
    labels,
    split: /train/i.test(base) ? "train" : /t10k|test/i.test(base) ? "test" : undefined,
    pixels: async (row) =>
      (await block(Math.floor(row / BLOCK))).slice((row % BLOCK) * size, ((row % BLOCK) + 1) * size),
  };
}

async function firstThere(locations: readonly string[]): Promise<string | undefined> {
  for (const location of locations)
    try {
      await files.size(location);
      return location;
    } catch (error) {
      if (!(error instanceof OnnxplainError)) throw error;
    }
  return undefined;
}

async function labelsIn(location: string): Promise<Uint8Array> {
  const { dims, source, at } = await openIdx(location, 1);
  return source.read(at, at + (dims[0] as number));
}

interface Idx {
  readonly dims: readonly number[];
  readonly source: ByteSource;
  /** Where the samples begin. */
  readonly at: number;
  readonly kept: number;
}

/** Two zero bytes, type 8 (unsigned byte), the rank, and big-endian sizes. */
async function openIdx(location: string, rank: number): Promise<Idx> {
  const fail = (why: string, cause?: unknown): OnnxplainError =>
    new OnnxplainError("E_FILE", `Cannot read \`${location}\` as an idx file: ${why}.`, { file: location, cause });
  const file = await byteSource(location);
  const packed = file.size > 2 && (await file.read(0, 2)).join() === "31,139";
  const whole = packed
    ? await file
        .read(0, file.size)
        .then(gunzip)
        .catch((cause: unknown) => Promise.reject(fail("its gzip stream is damaged", cause)))
    : undefined;
  const source = whole
    ? { size: whole.length, read: async (start: number, end: number) => whole.subarray(start, end) }
    : file;
  const at = 4 + 4 * rank;
  if (source.size < at) throw fail("it ends within its header");
  const header = await source.read(0, at);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (view.getUint32(0) !== 0x800 + rank)
    throw fail(`expected it to begin with ${(0x800 + rank).toString(16)}, got ${view.getUint32(0).toString(16)}`);
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const bytes = dims.reduce((p, d) => p * d, 1);
  if (source.size - at !== bytes)
    throw fail(`expected ${bytes} samples for [${dims.join(", ")}], got ${source.size - at}`);
  return { dims, source, at, kept: whole && rank > 1 ? whole.length : 0 };
}
