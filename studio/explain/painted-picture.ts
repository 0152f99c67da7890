/** @file The picture as the edits leave it, at the size of the screen; one question at a time, and the newest wins. */
import { computed, effect, signal } from "@preact/signals";
import { call } from "../engine/client.ts";
import { chosen, epoch, ready } from "../state/session.ts";
import { isStopped, report } from "../state/work.ts";
import { painting } from "./paint-state.ts";
import { liveEdits } from "./strokes.ts";

/** Longest side on the screen. */
const MOST = 1024;

/** Held down: the picture without edits. */
export const original = signal(false);
export const shown = signal<ImageBitmap | undefined>(undefined);

const NONE: readonly string[] = [];
const wanted = computed(() => {
  epoch.value;
  const id = chosen.value;
  return painting.value && ready.value && id !== undefined
    ? { id, edits: original.value ? NONE : liveEdits.value, most: MOST }
    : undefined;
});

let busy = false;
effect(() => {
  if (wanted.value === undefined || busy) return;
  busy = true;
  void (async () => {
    for (let ask = wanted.peek(), done: typeof ask; ask && ask !== done; ask = wanted.peek()) {
      done = ask;
      try {
        shown.value = await call("showPicture", ask);
      } catch (error) {
        if (!isStopped(error)) report("Drawing the picture", error);
      }
    }
    busy = false;
  })();
});
