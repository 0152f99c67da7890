/** @file The page's side of the service worker: what it has to say to the reader, and what the reader may do about it. */
import { signal } from "@preact/signals";

/** What can be said. */
export type OfflineNews = "ready" | "threads";

/** Words for each, and what its button says, where there is something to do. */
export const OFFLINE_WORDS: Readonly<Record<OfflineNews, { readonly text: string; readonly action?: string }>> = {
  ready: { text: "The studio is kept in this browser and opens without a network." },
  threads: {
    text: "This host does not let a page use several threads. The studio can see to that itself: load it once more, and maps come faster.",
    action: "Reload",
  },
};

/** What there is to say now, the most pressing last. */
export const offlineNews = signal<readonly OfflineNews[]>([]);

const say = (news: OfflineNews): void => {
  if (!offlineNews.value.includes(news)) offlineNews.value = [...offlineNews.value, news];
};
/** Takes a line away that was read. */
export const heard = (news: OfflineNews): void => {
  offlineNews.value = offlineNews.value.filter((n) => n !== news);
};

/** What the first map is computed with; kept at once, since it was fetched before the service worker could see it. */
const FIRST = ["mjs", "wasm"].map((kind) => `ort/ort-wasm-simd-threaded.${kind}`);

/**
 * Lets the studio be kept; call it when the first map stands, so that nothing waits for it. Where a browser or a host does not
 * allow it nothing is said and nothing is lost.
 */
export async function startOffline(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const controlled = navigator.serviceWorker.controller !== null;
  try {
    await navigator.serviceWorker.register(new URL("./service-worker.js", document.baseURI), {
      updateViaCache: "none",
    });
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage({ keep: FIRST });
    if (controlled) return;
    say("ready");
    if (!crossOriginIsolated) say("threads");
  } catch {
    return; // private windows and hosts that send no JavaScript type refuse
  }
}
