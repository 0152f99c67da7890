/** @file Images read while others are measured: a fixed number ahead, few of them decoded at once. */
import type { DataItem } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import type { Seen } from "./seen.ts";

/** An image of the data, or why it could not be read. */
export type Arrived = { readonly id: string; readonly label: number | undefined } & (
  | { readonly seen: Seen }
  | { readonly error: OnnxplainError }
);

export interface LookaheadOptions {
  /** Images of one window. */
  readonly window: number;
  /** Windows that are passed over unread. */
  readonly skip: number;
  readonly limit: number;
  readonly see: (item: DataItem) => Promise<Seen>;
  readonly labelOf: (item: DataItem) => number | undefined;
}

/** Pictures decoded at once: a decoded photograph is a hundred times its network input. */
const DECODED_AT_ONCE = 3;

export interface LoadedWindow {
  readonly index: number;
  readonly arrived: readonly Arrived[];
  /** Time spent waiting for the pictures. */
  readonly loadMs: number;
}

/** Windows in the data's order; while one is in use the next is read. */
export async function* windows(
  items: AsyncIterable<DataItem>,
  options: LookaheadOptions,
): AsyncGenerator<LoadedWindow> {
  const { window, skip } = options;
  const source = items[Symbol.asyncIterator]();
  let taken = 0;
  const next = async (): Promise<readonly DataItem[]> => {
    const some: DataItem[] = [];
    while (some.length < window && taken < options.limit) {
      const { value, done } = await source.next();
      if (done) break;
      taken++;
      some.push(value);
    }
    return some;
  };
  try {
    for (let i = 0; i < skip; i++) await next();
    let index = skip;
    let reading = read(await next(), options);
    for (;;) {
      const began = performance.now();
      const arrived = await reading;
      const loadMs = performance.now() - began;
      if (arrived.length === 0) return;
      const following = next().then((some) => read(some, options));
      // awaited in the next turn; until then nobody listens
      following.catch(() => undefined);
      reading = following;
      yield { index: index++, arrived, loadMs };
    }
  } finally {
    await source.return?.();
  }
}

async function read(items: readonly DataItem[], options: LookaheadOptions): Promise<readonly Arrived[]> {
  const arrived: Arrived[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) arrived[i] = await arrive(items[i] as DataItem, options);
  };
  await Promise.all(Array.from({ length: DECODED_AT_ONCE }, worker));
  return arrived;
}

async function arrive(item: DataItem, { see, labelOf }: LookaheadOptions): Promise<Arrived> {
  const head = { id: item.id, label: labelOf(item) };
  try {
    return { ...head, seen: await see(item) };
  } catch (error) {
    if (!(error instanceof OnnxplainError) || error.code === "E_INTERNAL") throw error;
    return { ...head, error };
  }
}
