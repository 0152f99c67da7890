/** @file Features of all points into shards: the points are read once, a shard stands whole or not at all, and what stands is not made again. */
import { openSession } from "#ort";
import { OnnxplainError } from "../errors.ts";
import { writeModelBytes } from "../graph/write.ts";
import type { Cut } from "../representers/cut.ts";
import { packShard } from "../representers/shards.ts";
import type { Device, HostData, HostTensor, SessionOptions } from "../runtime/session.ts";
import type { PointInput, PointSource } from "./representers-points.ts";
import { openStore, type Store, shardName } from "./representers-store.ts";
import type { JobFolder } from "./run-folder.ts";

export interface ExtractOptions {
  /** Points in one run of the network. Default 32. */
  readonly batch?: number | undefined;
  /** Points in a shard. Default 4096. */
  readonly shard?: number | undefined;
  readonly device?: Device | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number | undefined) => void) | undefined;
}

/** A point that could not be read. */
export interface UnreadPoint {
  readonly id: string;
  readonly message: string;
}

/** What makes features of points. */
export interface FeatureReader {
  readonly width: number;
  readonly open: (session: SessionOptions) => Promise<{
    /** Features `[n, width]` of a batch of points. */
    readonly run: (batch: HostTensor) => Promise<Float32Array>;
    readonly dispose: () => Promise<void>;
  }>;
}

/** A network up to its features. */
export const cutReader = ({ model, input, output, width }: Cut): FeatureReader => ({
  width,
  open: async (options) => {
    const session = await openSession(writeModelBytes(model), options);
    return {
      run: async (batch) => (await session.run({ [input]: batch }, [output]))[output]?.data as Float32Array,
      dispose: session.dispose,
    };
  },
});

/**
 * Shards `part/000000.safetensors` … of the folder. Throws `E_PARAM` where the points are not those that shards were begun with,
 * `E_NUMERIC` for a feature that is not finite, `E_DATA_EMPTY` where no point can be read, `E_ABORTED` (whole shards stay).
 */
export async function extract(
  job: JobFolder,
  part: string,
  {
    reader,
    source,
    batch = 32,
    shard = 4096,
    ...options
  }: ExtractOptions & { readonly reader: FeatureReader; readonly source: PointSource },
): Promise<Store> {
  const { signal, onProgress, ...session } = options;
  const done = await openStore(job, part);
  const { items, complete } = done;
  if (complete) return done;
  const { width } = reader;
  const network = await reader.open(session);
  let index = done.shards;
  let seen = 0;
  let pending: PointInput[] = [];
  let rows: { readonly point: PointInput; readonly features: Float32Array }[] = [];
  let begun = items;
  const forward = async (): Promise<void> => {
    if (pending.length === 0) return;
    const features = await featuresOf(pending, network.run, width);
    pending.forEach((point, i) => void rows.push({ point, features: features[i] as Float32Array }));
    pending = [];
  };
  let unread: UnreadPoint[] = [];
  const write = async (last: boolean): Promise<void> => {
    const all = new Float32Array(rows.length * width);
    rows.forEach(({ features }, i) => void all.set(features, i * width));
    const about = { items: String(seen - begun), last: String(last), unread: JSON.stringify(unread) };
    await job.write(
      shardName(part, index++),
      packShard({
        features: all,
        width,
        labels: Int32Array.from(rows, ({ point }) => point.label),
        ids: rows.map(({ point }) => point.id),
        about,
      }),
    );
    [rows, unread, begun] = [[], [], seen];
  };
  try {
    for await (const point of source.points(signal)) {
      if (signal?.aborted)
        throw new OnnxplainError("E_ABORTED", `Stopped after ${seen} points.`, { cause: signal.reason });
      if (seen++ < items) {
        checkSame(done, point, seen - 1);
        continue;
      }
      if ("error" in point) unread.push({ id: point.id, message: point.error });
      else pending.push(point);
      if (pending.length === batch) await forward();
      if (rows.length + pending.length >= shard) {
        await forward();
        await write(false);
        onProgress?.(seen, source.count);
      } else if (pending.length === 0) onProgress?.(seen, source.count);
    }
    await forward();
    await write(true);
  } finally {
    await network.dispose();
  }
  const store = await openStore(job, part);
  if (store.features.count === 0)
    throw new OnnxplainError(
      "E_DATA_EMPTY",
      `No point of \`${source.name}\` can be read.${store.unread[0] ? ` ${store.unread[0].id}: ${store.unread[0].message}` : ""} Name other data.`,
    );
  return store;
}

function checkSame({ order, name }: Store, { id }: PointInput, at: number): void {
  const known = order[at];
  if (known === undefined || known === id) return;
  throw new OnnxplainError(
    "E_PARAM",
    `The data has changed since \`${name}\` was begun: expected point \`${known}\`, got \`${id}\`. Restore the data, or begin anew.`,
  );
}

/** Rows of features, one a point. */
export async function featuresOf(
  points: readonly PointInput[],
  run: (batch: HostTensor) => Promise<Float32Array>,
  width: number,
): Promise<readonly Float32Array[]> {
  const all = await run(stacked(points));
  return points.map(({ id }, i) => {
    const own = all.slice(i * width, (i + 1) * width);
    const bad = own.findIndex((v) => !Number.isFinite(v));
    if (bad >= 0)
      throw new OnnxplainError(
        "E_NUMERIC",
        `Feature ${bad} of \`${id}\` is not finite. Check the preprocessing, or choose another layer.`,
      );
    return own;
  });
}

const DTYPES = [
  [Float32Array, "float32"],
  [Float64Array, "float64"],
  [BigInt64Array, "int64"],
  [Int32Array, "int32"],
  [Uint8Array, "uint8"],
  [Int8Array, "int8"],
] as const;

function stacked(points: readonly PointInput[]): HostTensor {
  const rows = points.filter((p) => "row" in p);
  const [first] = rows;
  if (first === undefined) throw new Error("internal: a batch without points");
  const size = first.row.length;
  const data = new (first.row.constructor as new (length: number) => HostData)(size * rows.length);
  rows.forEach(({ row, id }, i) => {
    if (row.length !== size)
      throw new OnnxplainError(
        "E_INPUT_SHAPE",
        `\`${id}\` has ${row.length} numbers, the first point of its batch ${size}.`,
      );
    (data as Float32Array).set(row as Float32Array, i * size);
  });
  const dtype = DTYPES.find(([kind]) => first.row instanceof kind)?.[1] ?? "float32";
  return { dtype, dims: [rows.length, ...first.dims], data };
}
