/** @file The page's side of the worker: calls as promises; a worker that does not stop when asked is replaced. */
import { signal } from "@preact/signals";
import type { Ask, CallName, FromWorker, Input, Note, Output, Progress, ToWorker, Trouble } from "./protocol.ts";

export interface CallOptions<K extends CallName> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly onNote?: ((note: Note<K>) => void) | undefined;
}

/** What went wrong, in words; `code` as on the command line. */
export class EngineError extends Error implements Trouble {
  readonly code: string | undefined;
  constructor({ code, message }: Trouble) {
    super(message);
    this.name = "EngineError";
    this.code = code;
  }
}

interface Pending {
  readonly resolve: (output: never) => void;
  readonly reject: (error: EngineError) => void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly onNote: ((note: never) => void) | undefined;
}

/** How long a worker may take to stop before it is replaced, in ms. */
const PATIENCE = 2500;
const STOPPED: Trouble = { code: "E_ABORTED", message: "Stopped." };

/** How many workers there were before this one: what they held must be given to the next again. */
export const generation = signal(0);

let worker: Worker | undefined;
let last = 0;
const pending = new Map<number, Pending>();

function started(): Worker {
  if (worker) return worker;
  worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => received(data);
  worker.onerror = (event) =>
    replaced({
      code: undefined,
      message: event.message || "The worker that computes could not start. Reload the page.",
    });
  return worker;
}

function received(message: FromWorker): void {
  const call = pending.get(message.id);
  if (call === undefined) return;
  if ("progress" in message) call.onProgress?.(message.progress);
  else if ("note" in message) call.onNote?.(message.note as never);
  else {
    pending.delete(message.id);
    if ("output" in message) call.resolve(message.output as never);
    else call.reject(new EngineError(message.trouble));
  }
}

/** A new worker on the next call; whatever ran in the old one ends with this trouble. */
function replaced(trouble: Trouble): void {
  worker?.terminate();
  worker = undefined;
  const lost = [...pending.values()];
  pending.clear();
  generation.value++;
  for (const call of lost) call.reject(new EngineError(trouble));
}

/** Ask the worker. Rejects with an {@link EngineError}; `E_ABORTED` when the signal fires. */
export function call<K extends CallName>(name: K, input: Input<K>, options: CallOptions<K> = {}): Promise<Output<K>> {
  const id = ++last;
  const { signal: stop, onProgress, onNote } = options;
  if (stop?.aborted) return Promise.reject(new EngineError(STOPPED));
  return new Promise<Output<K>>((resolve, reject) => {
    let patience: ReturnType<typeof setTimeout> | undefined;
    const onAbort = (): void => {
      worker?.postMessage({ cancel: id } satisfies ToWorker);
      patience = setTimeout(() => pending.has(id) && replaced(STOPPED), PATIENCE);
    };
    const settled = (): void => {
      clearTimeout(patience);
      stop?.removeEventListener("abort", onAbort);
    };
    pending.set(id, {
      resolve: (output) => {
        settled();
        resolve(output);
      },
      reject: (error) => {
        settled();
        reject(error);
      },
      onProgress,
      onNote: onNote as Pending["onNote"],
    });
    stop?.addEventListener("abort", onAbort);
    started().postMessage({ id, name, input } as Ask);
  });
}
