/** @file Decodes ahead of whoever consumes: in order, a fixed number at once. */
import { OnnxplainError } from "../errors.ts";
import type { DataItem } from "./dataset.ts";
import { type FailedItem, type LoadedItem, tryItem } from "./load-item.ts";

export interface PrefetchOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Load items while earlier ones are worked on: in the order of the items, at most `ahead` loading or waiting beside the one handed
 * out, so memory stays bounded. An item that cannot be loaded comes as a {@link FailedItem} in its place. Throws `E_ABORTED` when the
 * signal fires, without waiting for a slow picture; `E_PARAM` for `ahead` below 1; and what the items themselves throw.
 * @example for await (const got of prefetch(data.items(), 4)) if (!("error" in got)) use(got.image);
 */
export async function* prefetch(
  items: AsyncIterable<DataItem> | Iterable<DataItem>,
  ahead: number,
  { signal }: PrefetchOptions = {},
): AsyncGenerator<LoadedItem | FailedItem, void, void> {
  if (!(Number.isInteger(ahead) && ahead >= 1))
    throw new OnnxplainError("E_PARAM", `Expected \`ahead\` to be an integer from 1 up, got ${ahead}.`);
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const queue: Promise<LoadedItem | FailedItem>[] = [];
  let handed = 0;
  let more = true;
  const stop = (): OnnxplainError =>
    new OnnxplainError("E_ABORTED", `Stopped after ${handed} items.`, { cause: signal?.reason });
  try {
    for (;;) {
      while (more && queue.length <= ahead) {
        if (signal?.aborted) throw stop();
        const next = await source.next();
        if (next.done) more = false;
        else queue.push(tryItem(next.value));
      }
      const first = queue.shift();
      if (first === undefined) return;
      const got = await unlessStopped(first, signal, stop);
      handed++;
      yield got;
    }
  } finally {
    if (more) await source.return?.();
  }
}

/** A listener for each wait: one promise raced against all of them would keep every picture alive. */
function unlessStopped<T>(promise: Promise<T>, signal: AbortSignal | undefined, stop: () => Error): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(stop());
    if (signal.aborted) return fail();
    signal.addEventListener("abort", fail, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", fail));
  });
}
