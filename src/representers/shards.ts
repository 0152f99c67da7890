/** @file Features on disk: `.safetensors` shards, read by position into two buffers that are used again and again. */
import { OnnxplainError } from "../errors.ts";
import { safetensorsHeader, safetensorsHeaderBytes, writeSafetensors } from "../formats/safetensors.ts";
import type { FeatureBlock, FeatureSource } from "./features.ts";

/** What reading needs of a disk. Node maps no files into memory, so ranges are copied. */
export interface ShardDisk {
  readonly size: (location: string) => Promise<number>;
  readonly readInto: (location: string, start: number, target: Uint8Array) => Promise<void>;
}

export interface ShardRows {
  /** `[count, width]`. */
  readonly features: Float32Array;
  readonly width: number;
  /** -1 where there is none. */
  readonly labels: Int32Array;
  /** Scores of the network that is explained `[count, classes]`, where they do not follow from the features. */
  readonly given?: { readonly scores: Float32Array; readonly classes: number } | undefined;
  readonly ids: readonly string[];
  /** Whatever else is to be known of the shard. */
  readonly about?: Readonly<Record<string, string>> | undefined;
}

/** A shard as bytes: tensors `features`, `labels`, `given`; ids as a JSON list in the metadata. */
export const packShard = ({ features, width, labels, given, ids, about = {} }: ShardRows): Uint8Array<ArrayBuffer> =>
  writeSafetensors(
    {
      features: { dims: [labels.length, width], data: features },
      labels: { dims: [labels.length], data: labels },
      ...(given ? { given: { dims: [labels.length, given.classes], data: given.scores } } : {}),
    },
    { ...about, ids: JSON.stringify(ids) },
  );

/** A shard whose features stay on disk. */
export interface Shard {
  readonly location: string;
  readonly count: number;
  readonly width: number;
  /** Byte at which the features begin. */
  readonly at: number;
  readonly labels: Int32Array;
  readonly given: Float32Array | undefined;
  readonly ids: readonly string[];
  readonly about: Readonly<Record<string, string>>;
}

/** Everything of a shard but its features. Throws `E_FILE` for a file that is no shard. */
export async function openShard(location: string, disk: ShardDisk): Promise<Shard> {
  const size = await disk.size(location);
  const read = async (from: number, to: number): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = new Uint8Array(to - from);
    await disk.readInto(location, from, bytes);
    return bytes;
  };
  const fail = (why: string): never => {
    throw new OnnxplainError("E_FILE", `\`${location}\` is no shard of features: ${why}.`, { file: location });
  };
  if (size < 8) return fail("it is shorter than its header length");
  const length = safetensorsHeaderBytes(await read(0, 8));
  if (length > size) return fail(`its header of ${length} bytes does not fit the file`);
  const { tensors, metadata } = safetensorsHeader(await read(0, length), size, location);
  const { features, labels, given } = tensors;
  const [count = 0, width = 0] = features?.dims ?? [];
  if (features?.dtype !== "float32" || features.dims.length !== 2)
    return fail("it has no float32 tensor `features` of two dims");
  const own = labels && (await read(labels.begin, labels.end));
  const scores = given && (await read(given.begin, given.end));
  const { ids = "[]", ...about } = metadata;
  return {
    location,
    count,
    width,
    at: features.begin,
    labels: labels?.dtype === "int32" && own ? new Int32Array(own.buffer) : new Int32Array(count).fill(-1),
    given: given?.dtype === "float32" && scores ? new Float32Array(scores.buffer) : undefined,
    ids: JSON.parse(ids) as readonly string[],
    about,
  };
}

/** Bytes of a block, where nobody says how many rows. */
const BLOCK_BYTES = 8 * 2 ** 20;

/**
 * The rows of all shards in a row. While a block is worked on the next is read. Memory is two blocks, whatever lies on disk. Throws
 * `E_FILE` where shards differ in width, and while reading.
 */
export function fromShards(shards: readonly Shard[], disk: ShardDisk): FeatureSource {
  const width = shards[0]?.width ?? 0;
  const odd = shards.find((s) => s.width !== width);
  if (odd)
    throw new OnnxplainError(
      "E_FILE",
      `\`${odd.location}\` has ${odd.width} features a point, the first shard ${width}. They are not of one network.`,
      { file: odd.location },
    );
  const defaultRows = Math.max(1, Math.floor(BLOCK_BYTES / (4 * Math.max(1, width))));
  return {
    width,
    count: shards.reduce((sum, s) => sum + s.count, 0),
    blocks: async function* (size = defaultRows): AsyncGenerator<FeatureBlock, void, void> {
      const most = Math.min(size, Math.max(0, ...shards.map((s) => s.count)));
      const buffers = [new Float32Array(most * width), new Float32Array(most * width)] as const;
      const parts = partsOf(shards, size);
      const read = async (place: Part | undefined, turn: number): Promise<FeatureBlock | undefined> => {
        if (place === undefined) return undefined;
        const { shard, from, count, first } = place;
        const rows = (buffers[turn % 2] as Float32Array<ArrayBuffer>).subarray(0, count * width);
        const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
        await disk.readInto(shard.location, shard.at + 4 * from * width, bytes);
        return { first, count, rows };
      };
      let turn = 0;
      let coming = read(parts.next().value ?? undefined, turn);
      for (let block = await coming; block !== undefined; block = await coming) {
        coming = read(parts.next().value ?? undefined, ++turn);
        coming.catch(() => undefined);
        yield block;
      }
    },
  };
}

interface Part {
  readonly shard: Shard;
  readonly from: number;
  readonly count: number;
  readonly first: number;
}

function* partsOf(shards: readonly Shard[], size: number): Generator<Part, undefined, void> {
  let before = 0;
  for (const shard of shards) {
    for (let from = 0; from < shard.count; from += size)
      yield { shard, from, count: Math.min(size, shard.count - from), first: before + from };
    before += shard.count;
  }
}
