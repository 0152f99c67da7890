/** @file A small app that is kept as the studio is. */
import { offlineNews, startOffline } from "../../../studio/offline.ts";

const answer = (): Promise<unknown> =>
  new Promise((resolve) => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => resolve({ error: event.message || "the worker did not start" });
    worker.postMessage(null);
  });

const kept = {
  answer,
  news: (): readonly string[] => offlineNews.value,
  late: async (): Promise<string> => (await import("./late.ts")).late,
};

Object.assign(window, { kept });
await startOffline();
document.body.dataset.started = "yes";
export type Kept = typeof kept;
