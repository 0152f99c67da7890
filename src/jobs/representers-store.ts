/** @file The shards of one set of points in a folder: features on disk, the rest in memory. */
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import type { FeatureSource } from "../representers/features.ts";
import { fromShards, openShard, type Shard, type ShardDisk } from "../representers/shards.ts";

export interface Store {
  readonly name: string;
  readonly features: FeatureSource;
  /** -1 where a point has none. */
  readonly labels: Int32Array;
  /** Given scores, where shards state them. */
  readonly given: Float32Array | undefined;
  readonly ids: readonly string[];
  readonly shards: number;
  /** Points of the data that are dealt with, those that could not be read included. */
  readonly items: number;
  /** Ids in the order of the data, undefined for what was not read. */
  readonly order: readonly (string | undefined)[];
  readonly unread: readonly { readonly id: string; readonly message: string }[];
  /** The last shard stands. */
  readonly complete: boolean;
}

export const shardName = (part: string, index: number): string =>
  `${part}/${String(index).padStart(6, "0")}.safetensors`;

const disk: ShardDisk = files;

/** What stands of a set of points. Throws `E_FILE` for files that are no shards. */
export async function openStore(at: { readonly folder: string }, part: string): Promise<Store> {
  const folder = files.join(at.folder, part);
  const names = (await files.isFolder(folder)) ? await files.list(folder) : [];
  const known = new Set(names.filter((e) => !e.folder).map((e) => e.name));
  const shards: Shard[] = [];
  for (let i = 0; known.has(shardName("", i).slice(1)); i++)
    shards.push(await openShard(files.join(at.folder, shardName(part, i)), disk));
  const labels = new Int32Array(shards.reduce((sum, s) => sum + s.count, 0));
  let first = 0;
  for (const shard of shards) {
    labels.set(shard.labels, first);
    first += shard.count;
  }
  const unread = shards.flatMap((s) => JSON.parse(s.about.unread ?? "[]") as Store["unread"]);
  return {
    name: folder,
    features: fromShards(shards, disk),
    labels,
    given: givenOf(shards),
    ids: shards.flatMap((s) => s.ids),
    shards: shards.length,
    items: shards.reduce((sum, s) => sum + Number(s.about.items ?? s.count), 0),
    order: unread.length > 0 ? [] : shards.flatMap((s) => s.ids),
    unread,
    complete: shards.at(-1)?.about.last === "true",
  };
}

function givenOf(shards: readonly Shard[]): Float32Array | undefined {
  const parts = shards.map((s) => s.given);
  if (parts.length === 0 || parts.some((p) => p === undefined)) return undefined;
  const all = new Float32Array(parts.reduce((sum, p) => sum + (p?.length ?? 0), 0));
  let at = 0;
  for (const part of parts as readonly Float32Array[]) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Throws `E_FILE` unless the set stands whole. */
export function requireComplete(store: Store): Store {
  if (store.complete && store.features.count > 0) return store;
  throw new OnnxplainError(
    "E_FILE",
    `\`${store.name}\` holds no complete set of features. Run \`onnxplain representers fit … --resume\` first.`,
    { file: store.name },
  );
}
