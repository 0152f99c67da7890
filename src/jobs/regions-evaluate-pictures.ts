/** @file Points as pictures that can be walked many times: held where they fit, else read again at every walk. */
import { OnnxplainError } from "../errors.ts";
import type { PictureBlock, Pictures } from "../regions/pictures.ts";
import type { PointSource } from "./representers-points.ts";

export interface PictureSet {
  readonly pictures: Pictures;
  readonly ids: readonly string[];
  /** The model's class of each, -1 where there is none. */
  readonly labels: Int32Array;
  readonly notes: readonly string[];
}

export interface PictureSetOptions {
  /** Bytes that may be held; sets that are larger are read again at every walk. Default 1 GiB. */
  readonly hold?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, of: number | undefined) => void) | undefined;
}

export const HOLD: number = 2 ** 30;

/** All points that can be read; the others are counted in a note. Throws `E_DATA_EMPTY`, `E_INPUT_SHAPE`, `E_ABORTED`. */
export async function pictureSet(
  source: PointSource,
  width: number,
  { hold = HOLD, signal, onProgress }: PictureSetOptions = {},
): Promise<PictureSet> {
  const [ids, labels] = [[] as string[], [] as number[]];
  let rows: Float32Array[] | undefined = [];
  let unread = 0;
  for await (const point of source.points(signal)) {
    if ("error" in point) unread++;
    else {
      ids.push(point.id);
      labels.push(point.label);
      if (rows !== undefined && 4 * width * ids.length <= hold) rows.push(rowOf(point.row, width, point.id));
      else rows = undefined;
    }
    onProgress?.(ids.length + unread, source.count);
  }
  if (ids.length === 0)
    throw new OnnxplainError("E_DATA_EMPTY", `No picture of \`${source.name}\` can be read. Name other data.`);
  const count = ids.length;
  return {
    ids,
    labels: Int32Array.from(labels),
    notes: [
      ...source.notes,
      ...(unread > 0
        ? [`${unread === 1 ? "1 picture" : `${unread} pictures`} of \`${source.name}\` cannot be read; left out.`]
        : []),
    ],
    pictures: rows === undefined ? readAgain(source, { count, width, signal }) : held(rows, width),
  };
}

function rowOf(row: ArrayLike<number | bigint>, width: number, id: string): Float32Array {
  if (row instanceof Float32Array && row.length === width) return row;
  throw new OnnxplainError("E_INPUT_SHAPE", `Expected \`${id}\` to have ${width} numbers, got ${row.length}.`);
}

function gathered(rows: readonly Float32Array[], width: number): Float32Array {
  const out = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    out.set(row, i * width);
  });
  return out;
}

const held = (rows: readonly Float32Array[], width: number): Pictures => ({
  count: rows.length,
  width,
  blocks: async function* (size) {
    for (let first = 0; first < rows.length; first += size) {
      const taken = rows.slice(first, first + size);
      yield { first, count: taken.length, rows: gathered(taken, width) };
    }
  },
  at: async (places) =>
    gathered(
      Array.from(places, (i) => rows[i] as Float32Array),
      width,
    ),
});

const readAgain = (
  source: PointSource,
  {
    count,
    width,
    signal,
  }: { readonly count: number; readonly width: number; readonly signal: AbortSignal | undefined },
): Pictures => ({
  count,
  width,
  blocks: async function* (size) {
    let [first, rows]: [number, Float32Array[]] = [0, []];
    const block = (): PictureBlock => ({ first, count: rows.length, rows: gathered(rows, width) });
    for await (const point of source.points(signal)) {
      if ("error" in point) continue;
      rows.push(rowOf(point.row, width, point.id));
      if (rows.length < size) continue;
      yield block();
      [first, rows] = [first + rows.length, []];
    }
    if (rows.length > 0) yield block();
  },
});
