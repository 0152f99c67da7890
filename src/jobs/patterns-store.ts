/** @file Features, maps and weights of one frame on disk: `.safetensors` shards; maps are read by position, the rest is in memory. */
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import { safetensorsHeader, safetensorsHeaderBytes, type TensorPlace } from "../formats/safetensors.ts";
import type { MapBlock, MapSource } from "../patterns/maps.ts";
import type { UnreadPicture } from "./regions-network.ts";
import { shardName } from "./representers-store.ts";

/** Names of the arrays of a shard. `maps` and `weights` are numbered by layer. */
export const SHARD = {
  features: "features",
  scores: "scores",
  labels: "labels",
  thumbnails: "thumbnails",
  maps: (layer: number) => `maps/${layer}`,
  weights: (layer: number) => `weights/${layer}`,
} as const;

/** Small pictures, RGB `[n, height, width, 3]`. */
export interface ThumbnailRows {
  readonly dims: readonly [number, number];
  readonly pixels: Uint8Array;
}

export interface PatternStore {
  readonly name: string;
  readonly count: number;
  readonly ids: readonly string[];
  /** Place among the categories `[n]`; -1 = unknown. */
  readonly labels: Int32Array;
  /** F `[n, width]`. */
  readonly features: Float32Array;
  readonly width: number;
  /** Logits of the network `[n, classes]`. */
  readonly scores: Float32Array;
  readonly maps: readonly MapSource[];
  /** w `[n, HW]` of each layer. */
  readonly weights: readonly Float32Array[];
  readonly thumbnails: ThumbnailRows | undefined;
  readonly unread: readonly UnreadPicture[];
  /** Whole shards, and pictures that they deal with, unread ones included. */
  readonly shards: number;
  readonly items: number;
  readonly complete: boolean;
}

interface OpenShard {
  readonly location: string;
  readonly tensors: Readonly<Record<string, TensorPlace>>;
  readonly count: number;
  readonly about: Readonly<Record<string, string>>;
}

/** What stands of a frame's features. Throws `E_FILE` for files that are no shards. */
export async function openPatternStore(folder: string, part: string): Promise<PatternStore> {
  const at = files.join(folder, part);
  const known = new Set(
    (await files.isFolder(at)) ? (await files.list(at)).flatMap((e) => (e.folder ? [] : [e.name])) : [],
  );
  const shards: OpenShard[] = [];
  for (let i = 0; known.has(shardName("", i).slice(1)); i++)
    shards.push(await openShard(files.join(folder, shardName(part, i))));
  const count = shards.reduce((sum, s) => sum + s.count, 0);
  const some = shards.find((s) => s.count > 0)?.tensors ?? {};
  const [, width = 0] = some[SHARD.features]?.dims ?? [];
  const layers = Object.keys(some).filter((name) => name.startsWith(SHARD.maps(0).slice(0, -1))).length;
  const floats = async (name: string): Promise<Float32Array> =>
    new Float32Array((await joined(shards, name)).buffer as ArrayBuffer);
  const small = some[SHARD.thumbnails];
  return {
    name: at,
    count,
    ids: shards.flatMap((s) => JSON.parse(s.about.ids ?? "[]") as readonly string[]),
    labels: new Int32Array((await joined(shards, SHARD.labels)).buffer as ArrayBuffer),
    features: await floats(SHARD.features),
    width,
    scores: await floats(SHARD.scores),
    maps: Array.from({ length: layers }, (_, l) => mapsIn(shards, SHARD.maps(l))),
    weights: await Promise.all(Array.from({ length: layers }, (_, l) => floats(SHARD.weights(l)))),
    thumbnails: small && {
      dims: [small.dims[1] ?? 0, small.dims[2] ?? 0],
      pixels: await joined(shards, SHARD.thumbnails),
    },
    unread: shards.flatMap((s) => JSON.parse(s.about.unread ?? "[]") as readonly UnreadPicture[]),
    shards: shards.length,
    items: shards.reduce((sum, s) => sum + Number(s.about.items ?? s.count), 0),
    complete: shards.at(-1)?.about.last === "true",
  };
}

async function openShard(location: string): Promise<OpenShard> {
  const size = await files.size(location);
  const read = async (from: number, to: number): Promise<Uint8Array> => files.readRange(location, from, to);
  const length = size < 8 ? Number.POSITIVE_INFINITY : safetensorsHeaderBytes(await read(0, 8));
  if (length > size)
    throw new OnnxplainError("E_FILE", `\`${location}\` is no shard of features: its header does not fit the file.`, {
      file: location,
    });
  const { tensors, metadata } = safetensorsHeader(await read(0, length), size, location);
  return { location, tensors, count: tensors[SHARD.labels]?.dims[0] ?? 0, about: metadata };
}

/** The bytes of one array over all shards. */
async function joined(shards: readonly OpenShard[], name: string): Promise<Uint8Array> {
  const places = shards.flatMap(({ location, tensors }) => (tensors[name] ? [{ location, ...tensors[name] }] : []));
  const all = new Uint8Array(places.reduce((sum, { begin, end }) => sum + end - begin, 0));
  let at = 0;
  for (const { location, begin, end } of places) {
    await files.readInto(location, begin, all.subarray(at, at + end - begin));
    at += end - begin;
  }
  return all;
}

/** Numbers of a block, where nobody says how many pictures: 8 MB. */
const BLOCK_NUMBERS = 2 ** 21;

function mapsIn(shards: readonly OpenShard[], name: string): MapSource {
  const whole = shards.filter((s) => s.count > 0);
  const [, positions = 0, channels = 0] = whole[0]?.tensors[name]?.dims ?? [];
  const size = positions * channels;
  const firsts: number[] = [];
  let count = 0;
  for (const shard of whole) {
    firsts.push(count);
    count += shard.count;
  }
  /** Pictures `from` to before `to`, into `rows` at its picture `at`. */
  const read = async (from: number, to: number, rows: Float32Array, at: number): Promise<void> => {
    for (let place = from; place < to; ) {
      const s = firsts.findLastIndex((first) => first <= place);
      const { location, tensors, count: own } = whole[s] as OpenShard;
      const first = firsts[s] as number;
      const end = Math.min(to, first + own);
      const offset = rows.byteOffset + 4 * (at + place - from) * size;
      await files.readInto(
        location,
        (tensors[name] as TensorPlace).begin + 4 * (place - first) * size,
        new Uint8Array(rows.buffer, offset, 4 * (end - place) * size),
      );
      place = end;
    }
  };
  return {
    count,
    channels,
    positions,
    blocks: async function* (asked = Math.max(1, Math.floor(BLOCK_NUMBERS / Math.max(1, size)))) {
      const rows = new Float32Array(Math.min(asked, count) * size);
      for (let first = 0; first < count; first += asked) {
        const own = Math.min(asked, count - first);
        await read(first, first + own, rows, 0);
        yield { first, count: own, rows: rows.subarray(0, own * size) } satisfies MapBlock;
      }
    },
    some: async (places) => {
      const rows = new Float32Array(places.length * size);
      for (let i = 0; i < places.length; ) {
        const from = places[i] as number;
        let run = 1;
        while (places[i + run] === from + run) run++;
        await read(from, from + run, rows, i);
        i += run;
      }
      return rows;
    },
  };
}

/** Numbers of maps that are held in memory rather than read again and again: 64 MB. */
const HELD_NUMBERS = 2 ** 24;

/** The same source, read once where all of it is small. */
export async function heldWhereSmall(source: MapSource): Promise<MapSource> {
  const { count, positions, channels } = source;
  const size = positions * channels;
  if (count * size > HELD_NUMBERS) return source;
  const all = await source.some(Int32Array.from({ length: count }, (_, i) => i));
  return {
    ...source,
    some: async (places) => {
      const rows = new Float32Array(places.length * size);
      for (let i = 0; i < places.length; i++) {
        const from = (places[i] as number) * size;
        rows.set(all.subarray(from, from + size), i * size);
      }
      return rows;
    },
  };
}
