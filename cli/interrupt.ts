/** @file Ctrl-C as a signal to long work: it stops at the next safe place, and what is done is kept. */

/** Held until the end of the block; a second Ctrl-C ends the process. */
export interface Interruptible extends Disposable {
  readonly signal: AbortSignal;
}

/** @example using stop = untilInterrupted(); await run({ signal: stop.signal }); */
export function untilInterrupted(names: readonly NodeJS.Signals[] = ["SIGINT"]): Interruptible {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  for (const name of names) process.once(name, abort);
  return {
    signal: stop.signal,
    [Symbol.dispose]: () => {
      for (const name of names) process.removeListener(name, abort);
    },
  };
}
