/** @file Features, maps and weights of all pictures for one frame, in one pass: a shard stands whole or not at all, and none is made again. */
import { openSession } from "#ort";
import type { DataItem } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import { writeSafetensors } from "../formats/safetensors.ts";
import { writeModelBytes } from "../graph/write.ts";
import { resize } from "../image/resize.ts";
import type { ImageU8 } from "../image/types.ts";
import { importanceModel } from "../patterns/importance.ts";
import type { Grid } from "../patterns/pooled.ts";
import type { HostTensor, SessionOptions } from "../runtime/session.ts";
import { openAttacker } from "./patterns-attack.ts";
import type { PatternNetwork } from "./patterns-network.ts";
import type { AttackAsked } from "./patterns-options.ts";
import { openPatternStore, type PatternStore, SHARD } from "./patterns-store.ts";
import { type LoadedPicture, read, type UnreadPicture } from "./regions-network.ts";
import { shardName } from "./representers-store.ts";
import type { JobFolder } from "./run-folder.ts";

export interface PatternFeatures {
  readonly job: JobFolder;
  readonly part: string;
  readonly network: PatternNetwork;
  readonly items: readonly DataItem[];
  /** The network's class of an item, and its place among the categories; -1 where there is none. */
  readonly classOf: (item: Pick<DataItem, "label">) => number;
  readonly placeOf: (item: Pick<DataItem, "label">) => number;
  readonly grid: Grid;
  readonly attack: AttackAsked | null;
  readonly thumbnails: boolean;
  readonly seed: number;
  readonly batch: number;
  /** Pictures in a shard; default by its size. */
  readonly shard: number | undefined;
  readonly session: SessionOptions;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (done: number, of: number) => void;
}

/** Longest side of a thumbnail in pixels. */
const SIDE = 48;
/** Numbers in a shard (32 MB), and pictures, at most. */
const [SHARD_NUMBERS, SHARD_PICTURES] = [2 ** 23, 256];
const FEATURES = "x/features";

/** Rows that wait to be written. */
interface Pending {
  readonly pictures: LoadedPicture[];
  readonly arrays: Map<string, Float32Array[]>;
  unread: UnreadPicture[];
  items: number;
}
const nothing = (): Pending => ({ pictures: [], arrays: new Map(), unread: [], items: 0 });

/**
 * The shards of a frame, made where they are missing. Throws `E_PARAM` where the pictures are not those that shards were begun with,
 * `E_NUMERIC` for features that are not finite, `E_DATA_EMPTY` where no picture can be read, `E_ABORTED` (whole shards stay).
 */
export async function patternFeatures(of: PatternFeatures): Promise<PatternStore> {
  const { job, part, items, signal, onProgress } = of;
  const done = await openPatternStore(job.folder, part);
  if (!done.complete) {
    refuseOther(done, items);
    onProgress(done.items, items.length);
    await extracted(of, done);
  }
  const store = done.complete ? done : await openPatternStore(job.folder, part);
  if (signal?.aborted)
    throw new OnnxplainError("E_ABORTED", "Stopped between features and fits.", { cause: signal.reason });
  const [first] = store.unread;
  if (store.count === 0)
    throw new OnnxplainError(
      "E_DATA_EMPTY",
      `No picture can be read.${first ? ` ${first.id}: ${first.message}` : ""} Name other data.`,
    );
  return store;
}

async function extracted(of: PatternFeatures, done: PatternStore): Promise<void> {
  const { job, part, network, items, attack, signal, session, onProgress } = of;
  const classifier = network.classifier;
  const emitted = importanceModel(classifier, network.layers, {
    grid: of.grid,
    beside: { [FEATURES]: network.end.features },
  });
  const batch = classifier.freeBatch ? of.batch : 1;
  const running = await openSession(writeModelBytes(emitted.model), session);
  const attacker = attack && (await openAttacker(classifier, attack, { ...session, seed: of.seed }));
  const byId = new Map(items.map((item, place) => [item.id, { item, place }]));
  const labels = (pictures: readonly LoadedPicture[], label: (item: DataItem) => number): Int32Array =>
    Int32Array.from(pictures, ({ id }) => label(byId.get(id)?.item as DataItem));
  const forward = async (pictures: readonly LoadedPicture[], pending: Pending): Promise<void> => {
    if (pictures.length === 0) return;
    const clean = stacked(pictures, classifier.input.dims?.slice(1) as readonly number[]);
    const places = pictures.map(({ id }) => byId.get(id)?.place as number);
    const x = attacker ? await attacker.moved(clean, labels(pictures, of.classOf), places) : clean;
    const outputs = await running.run({ [classifier.input.name]: x });
    const add = (name: string, data: Float32Array): void => {
      const bad = data.findIndex((v) => !Number.isFinite(v));
      if (bad >= 0)
        throw new OnnxplainError(
          "E_NUMERIC",
          `\`${name}\` of \`${pictures[Math.floor((bad * pictures.length) / data.length)]?.id}\` is not finite. Check the preprocessing, or choose other layers.`,
        );
      pending.arrays.set(name, [...(pending.arrays.get(name) ?? []), data]);
    };
    add(SHARD.features, rowsOf(outputs[FEATURES] as HostTensor, network.end.pooled));
    add(SHARD.scores, outputs[emitted.scores]?.data as Float32Array);
    emitted.layers.forEach(({ maps, weights }, l) => {
      add(SHARD.maps(l), outputs[maps]?.data as Float32Array);
      add(SHARD.weights(l), outputs[weights]?.data as Float32Array);
    });
    pending.pictures.push(...pictures);
  };
  const own = emitted.layers.reduce((sum, { layer }) => sum + layer.channels, 0) * of.grid[0] * of.grid[1];
  const shard = of.shard ?? Math.max(1, Math.min(SHARD_PICTURES, Math.floor(SHARD_NUMBERS / Math.max(1, own))));
  let index = done.shards;
  let pending = nothing();
  let waiting: LoadedPicture[] = [];
  let seen = done.items;
  const write = async (last: boolean): Promise<void> => {
    await forward(waiting, pending);
    waiting = [];
    const bytes = packed(pending, { labels: labels(pending.pictures, of.placeOf), thumbnails: of.thumbnails, last });
    await job.write(shardName(part, index++), bytes);
    pending = nothing();
    onProgress(seen, items.length);
  };
  try {
    for await (const got of read(network, items.slice(done.items), { signal })) {
      if (signal?.aborted)
        throw new OnnxplainError("E_ABORTED", `Stopped after ${seen} of ${items.length} pictures.`, {
          cause: signal.reason,
        });
      if (pending.items === shard) await write(false);
      seen++;
      pending.items++;
      if ("message" in got) pending.unread.push(got);
      else waiting.push(got);
      if (waiting.length === batch) {
        await forward(waiting, pending);
        waiting = [];
        onProgress(seen, items.length);
      }
    }
    await write(true);
  } finally {
    await running.dispose();
    await attacker?.dispose();
  }
}

function stacked(pictures: readonly LoadedPicture[], dims: readonly number[]): HostTensor {
  const size = dims.reduce((p, d) => p * d, 1);
  const data = new Float32Array(pictures.length * size);
  pictures.forEach(({ x }, i) => void data.set(x, i * size));
  return { dtype: "float32", dims: [pictures.length, ...dims], data };
}

/** Rows of what the last layer reads: flat, or means over positions. */
function rowsOf({ dims, data }: HostTensor, pooled: boolean): Float32Array {
  const values = data as Float32Array;
  const [count = 1, width = 1] = dims;
  const positions = values.length / (count * width);
  if (!pooled || positions === 1) return values;
  const out = new Float32Array(count * width);
  for (let row = 0; row < out.length; row++) {
    let sum = 0;
    for (let p = row * positions; p < (row + 1) * positions; p++) sum += values[p] as number;
    out[row] = sum / positions;
  }
  return out;
}

interface Packing {
  readonly labels: Int32Array;
  readonly thumbnails: boolean;
  readonly last: boolean;
}

function packed({ pictures, arrays, unread, items }: Pending, { labels, thumbnails, last }: Packing): Uint8Array {
  const n = pictures.length;
  const tensors = [...arrays].map(([name, parts]) => {
    const data = new Float32Array(parts.reduce((sum, p) => sum + p.length, 0));
    let at = 0;
    for (const part of parts) {
      data.set(part, at);
      at += part.length;
    }
    return [name, data] as const;
  });
  const positions = (tensors.find(([name]) => name === SHARD.weights(0))?.[1].length ?? 0) / Math.max(1, n);
  const small = thumbnails && n > 0 ? thumbnailRows(pictures) : undefined;
  return writeSafetensors(
    {
      labels: { dims: [n], data: labels },
      ...Object.fromEntries(
        tensors.map(([name, data]) => {
          const map = name.startsWith(SHARD.maps(0).slice(0, -1));
          const dims = map ? [n, positions, data.length / (n * positions)] : [n, data.length / n];
          return [name, { dims, data }];
        }),
      ),
      ...(small ? { [SHARD.thumbnails]: { dims: [n, ...small.dims, 3], data: small.pixels } } : {}),
    },
    {
      ids: JSON.stringify(pictures.map((p) => p.id)),
      items: String(items),
      unread: JSON.stringify(unread),
      last: String(last),
    },
  );
}

/** Pictures as the network sees them, the longest side at most {@link SIDE}. */
function thumbnailRows(pictures: readonly LoadedPicture[]): {
  readonly dims: readonly [number, number];
  readonly pixels: Uint8Array;
} {
  const [first] = pictures as readonly [LoadedPicture];
  const { width, height } = first.picture as ImageU8;
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const pixels = new Uint8Array(pictures.length * w * h * 3);
  pictures.forEach(({ picture }, i) => {
    const { data } = resize(picture as ImageU8, { width: w, height: h, resample: "box" });
    pixels.set(data, i * w * h * 3);
  });
  return { dims: [h, w], pixels };
}

function refuseOther({ ids, unread, items, name }: PatternStore, now: readonly DataItem[]): void {
  const known = new Set([...ids, ...unread.map((u) => u.id)]);
  const odd = now.slice(0, items).find(({ id }) => !known.has(id));
  if (odd === undefined && items <= now.length) return;
  throw new OnnxplainError(
    "E_PARAM",
    `The data has changed since \`${name}\` was begun: ${odd ? `\`${odd.id}\` is new` : `${items} pictures are done, the data has ${now.length}`}. Restore the data, or begin anew.`,
  );
}
