/** @file What is trained on and what is measured: splits of the data, the feeds of both, and what they hold in one number. */
import type { DataItem, DataLabel, DataSet } from "../data/dataset.ts";
import { distinctLabels } from "../data/records.ts";
import { sha256 } from "../digest.ts";
import { OnnxplainError } from "../errors.ts";
import { shuffled, uniforms } from "../random.ts";
import type { Batch } from "../train/batch.ts";
import type { DataFeed } from "../train/feed.ts";

export interface Splits {
  readonly train: DataSet;
  readonly validation: DataSet | undefined;
}

/** Throws `E_PARAM` for a share that leaves one side empty, `E_DATA_EMPTY` for no data. */
export async function splitsOf(
  data: DataSet,
  validation: DataSet | number | undefined,
  seed: number,
): Promise<Splits & { readonly labels: readonly DataLabel[] }> {
  const items: DataItem[] = [];
  for await (const item of data.items()) items.push(item);
  if (items.length === 0)
    throw new OnnxplainError("E_DATA_EMPTY", `\`${data.name}\` holds no pictures. Name a folder or file that does.`);
  const labels = data.labels ?? distinctLabels(items.map((i) => i.label));
  if (typeof validation !== "number") return { train: data, validation, labels };
  const apart = Math.round(items.length * validation);
  if (!(validation > 0 && validation < 1) || apart < 1 || apart >= items.length)
    throw new OnnxplainError(
      "E_PARAM",
      `Expected the validation share to leave pictures on both sides of ${items.length}, got ${validation}. Give a number between 0 and 1.`,
    );
  const chosen = new Set(shuffled(items.length, uniforms(seed)).subarray(0, apart));
  const part = (own: (index: number) => boolean): DataSet => {
    const mine = items.filter((_, i) => own(i));
    return {
      ...data,
      labels,
      count: mine.length,
      items: async function* () {
        yield* mine;
      },
    };
  };
  return { train: part((i) => !chosen.has(i)), validation: part((i) => chosen.has(i)), labels };
}

/** Pictures whose pixels count in {@link dataDigest}, at most. */
const SAMPLED = 64;

/** SHA-256 of the ids, the targets and the pixels of a sample of the pictures, of each feed; hexadecimal. */
export async function dataDigest(feeds: readonly DataFeed[]): Promise<string> {
  const parts: Uint8Array[] = [];
  for (const { ids, classNames, samples } of feeds) {
    parts.push(new TextEncoder().encode(JSON.stringify([classNames, ids, [...(samples.classOf ?? [])]])));
    const count = Math.min(SAMPLED, samples.pictures);
    const spread = Int32Array.from({ length: count }, (_, i) => Math.floor((i * samples.pictures) / count));
    const { images, targets }: Batch = await samples.batch(spread, { epoch: undefined });
    for (const { buffer, byteOffset, byteLength } of [images, targets])
      parts.push(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return sha256(...parts);
}
