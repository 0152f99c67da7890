/** @file The scores of the picture, as it was and as it is now; one question at a time, and the newest wins. */
import { computed, effect, signal } from "@preact/signals";
import type { PictureAsk, Prediction } from "../engine/calls/explain.ts";
import { call } from "../engine/client.ts";
import { chosen, epoch, model, ready, runSettings } from "../state/session.ts";
import { isStopped, report } from "../state/work.ts";
import { liveEdits } from "./strokes.ts";

export const scores = signal<Prediction | undefined>(undefined);
/** Of the picture without edits. */
export const scoresBefore = signal<Prediction | undefined>(undefined);

type Asked = PictureAsk & { readonly epoch: number };

const wanted = computed<Asked | undefined>(() => {
  const id = chosen.value;
  if (!model.value || id === undefined || !ready.value) return undefined;
  return { picture: id, edits: liveEdits.value, run: runSettings.value, epoch: epoch.value };
});

const keyOf = ({ picture, run, epoch: at }: Asked): string => JSON.stringify([picture, run, at]);

let busy = false;
let beforeKey = "";

async function pump(): Promise<void> {
  if (busy) return;
  busy = true;
  try {
    for (let asked = wanted.peek(), done: Asked | undefined; asked && asked !== done; asked = wanted.peek()) {
      await ask(asked);
      done = asked;
    }
  } finally {
    busy = false;
  }
}

async function ask(asked: Asked): Promise<void> {
  const key = keyOf(asked);
  const { picture, run } = asked;
  try {
    if (key !== beforeKey) {
      const plain = await call("predict", { picture, edits: [], run });
      scoresBefore.value = plain;
      beforeKey = key;
      if (asked.edits.length === 0) scores.value = plain;
    }
    if (asked.edits.length > 0) scores.value = await call("predict", { picture, edits: asked.edits, run });
    else scores.value = scoresBefore.peek();
  } catch (error) {
    if (!isStopped(error)) {
      scores.value = undefined;
      report("Classifying the picture", error);
    }
  }
}

effect(() => {
  if (wanted.value) void pump();
});

/** Index of the largest score; undefined while it is not known. */
export const predicted = computed(() => {
  const row = scores.value?.scores;
  return row?.reduce((best, v, i) => (v > (row[best] as number) ? i : best), 0);
});
