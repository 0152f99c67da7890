/** @file Watching the runtime: how many sessions are open, and the batch size of every run. */
import type * as Ort from "../../src/runtime/ort-node.ts";
import type { OpenSession } from "../../src/runtime/session.ts";

interface Watch {
  open: number;
  /** Sessions opened in all. */
  opened: number;
  most: number;
  /** Rows of every run. */
  rows: number[];
}
export const watch: Watch = { open: 0, opened: 0, most: 0, rows: [] };

export function reset(): void {
  watch.opened = 0;
  watch.most = watch.open;
  watch.rows = [];
}

/** The runtime with counters; for `vi.mock`. */
export function watched(real: typeof Ort): typeof Ort {
  const openSession: OpenSession = async (bytes, options) => {
    const session = await real.openSession(bytes, options);
    watch.open++;
    watch.opened++;
    watch.most = Math.max(watch.most, watch.open);
    let disposed = false;
    return {
      ...session,
      run: (feeds, wanted) => {
        watch.rows.push(Object.values(feeds)[0]?.dims[0] ?? 0);
        return session.run(feeds, wanted);
      },
      dispose: () => {
        if (!disposed) watch.open--;
        disposed = true;
        return session.dispose();
      },
    };
  };
  return { ...real, openSession };
}
