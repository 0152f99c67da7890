/** @file What the network sees of the picture that the maps belong to. */
import { computed, effect, signal } from "@preact/signals";
import { call } from "../engine/client.ts";
import { chosen, epoch, model, ready, runSettings } from "../state/session.ts";
import { isStopped, report } from "../state/work.ts";
import { mapEdits } from "./strokes.ts";

export const seen = signal<ImageBitmap | undefined>(undefined);

const preprocessing = computed(() => runSettings.value.preprocessing);
const wanted = computed(() => {
  epoch.value;
  preprocessing.value;
  const id = chosen.value;
  return model.value && id !== undefined && ready.value ? { picture: id, edits: mapEdits.value } : undefined;
});

effect(() => {
  const ask = wanted.value;
  if (ask === undefined) return;
  call("seen", { ...ask, run: runSettings.peek() }).then(
    (bitmap) => {
      if (wanted.peek() === ask) seen.value = bitmap;
    },
    (error: unknown) => {
      if (!isStopped(error) && wanted.peek() === ask) report("Preparing the picture", error);
    },
  );
});
