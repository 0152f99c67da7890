/** @file Features of a frozen network, computed once and kept in the folder of the training. */
import { openSession } from "#ort";
import { OnnxplainError } from "../errors.ts";
import { readSafetensors, writeSafetensors } from "../formats/safetensors.ts";
import { writeModelBytes } from "../graph/write.ts";
import type { Ops } from "../ops/table.ts";
import type { Feed } from "../train/batch.ts";
import { type DataFeed, DEFAULT_MAX_MEMORY, featureFeed } from "../train/feed.ts";
import { type Body, FEATURES } from "../train/head.ts";
import type { JobFolder } from "./run-folder.ts";
import type { TrainingRunOptions } from "./train-options.ts";

const FILE = "features.safetensors";

interface Features {
  /** `[n, d]` and `[n, classes]`. */
  readonly features: Float32Array;
  readonly targets: Float32Array;
}

export interface FeatureJob {
  readonly train: DataFeed;
  readonly validation: DataFeed | undefined;
  readonly job: JobFolder;
  readonly digest: string;
  readonly batch: number;
  readonly options: TrainingRunOptions;
  readonly ops: Ops;
}

/** Throws `E_PARAM` where features do not fit into `maxMemory`, `E_NUMERIC` where one is not finite, `E_ABORTED`. */
export async function featureFeeds(
  body: Body,
  { train, validation, job, digest, batch, options }: FeatureJob,
): Promise<{ readonly train: Feed; readonly validation: Feed | undefined }> {
  const parts = { train, ...(validation ? { validation } : {}) } as Readonly<Record<string, DataFeed>>;
  const total = Object.values(parts).reduce((sum, { ids }) => sum + ids.length, 0);
  refuseTooMany(total, body.width, options.maxMemory ?? DEFAULT_MAX_MEMORY);
  const known = await stored(job, digest, parts);
  const all = known ?? (await computed(body, parts, { total, batch, options }));
  if (known === undefined) await job.write(FILE, packed(all, digest));
  const feed = (name: string): Feed | undefined => {
    const own = all[name];
    return (
      own &&
      featureFeed(own.features, own.targets, { classes: train.classes, seed: options.seed, sampling: options.sampling })
    );
  };
  return { train: feed("train") as Feed, validation: feed("validation") };
}

function refuseTooMany(pictures: number, width: number, max: number): void {
  const bytes = 4 * pictures * width;
  if (bytes <= max) return;
  const megabytes = (n: number): string => `${Math.ceil(n / 2 ** 20).toLocaleString("en-GB")} MB`;
  throw new OnnxplainError(
    "E_PARAM",
    `${pictures} x ${width} features take ${megabytes(bytes)}, more than the ${megabytes(max)} allowed. Raise \`--max-memory\`, take fewer pictures, or a narrower \`--layer\`.`,
  );
}

type All = Readonly<Record<string, Features>>;

const packed = (all: All, digest: string): Uint8Array =>
  writeSafetensors(
    Object.fromEntries(
      Object.entries(all).flatMap(([name, { features, targets }]) => [
        [`${name}.features`, { dims: [features.length], data: features }],
        [`${name}.targets`, { dims: [targets.length], data: targets }],
      ]),
    ),
    { data: digest },
  );

async function stored(
  job: JobFolder,
  digest: string,
  parts: Readonly<Record<string, DataFeed>>,
): Promise<All | undefined> {
  const bytes = job.resumed ? await job.read(FILE) : undefined;
  if (bytes === undefined) return undefined;
  const { tensors, metadata } = readSafetensors(bytes, FILE);
  const data = (name: string): Float32Array => tensors[name]?.data as Float32Array;
  const whole = Object.keys(parts).every((name) => tensors[`${name}.features`] && tensors[`${name}.targets`]);
  if (metadata.data !== digest || !whole) return undefined;
  return Object.fromEntries(
    Object.keys(parts).map((name) => [name, { features: data(`${name}.features`), targets: data(`${name}.targets`) }]),
  );
}

async function computed(
  { model, width }: Body,
  parts: Readonly<Record<string, DataFeed>>,
  { total, batch, options }: { readonly total: number; readonly batch: number; readonly options: TrainingRunOptions },
): Promise<All> {
  const { device, threads, signal, onProgress } = options;
  const session = await openSession(writeModelBytes(model), { device, threads });
  const input = model.graph.inputs[0]?.name ?? "";
  let done = 0;
  try {
    const out: Record<string, Features> = {};
    for (const [name, feed] of Object.entries(parts)) {
      const features = new Float32Array(feed.ids.length * width);
      const targets = new Float32Array(feed.ids.length * feed.classes);
      let at = 0;
      for await (const { images, targets: wanted, count } of feed.inOrder(batch)) {
        if (signal?.aborted)
          throw new OnnxplainError("E_ABORTED", "Stopped while computing features.", { cause: signal.reason });
        const data = { dtype: "float32", dims: [count, ...feed.dims], data: images } as const;
        const result = (await session.run({ [input]: data }, [FEATURES]))[FEATURES]?.data as Float32Array;
        const bad = result.findIndex((v) => !Number.isFinite(v));
        if (bad >= 0)
          throw new OnnxplainError(
            "E_NUMERIC",
            `Feature ${bad % width} of \`${feed.ids[at + Math.floor(bad / width)]}\` is not finite. Check the preprocessing, or choose another layer.`,
          );
        features.set(result, at * width);
        targets.set(wanted, at * feed.classes);
        at += count;
        done += count;
        onProgress?.({ phase: "features", done, total });
      }
      out[name] = { features, targets };
    }
    return out;
  } finally {
    await session.dispose();
  }
}
