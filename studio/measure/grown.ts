/** @file Growth of the masks as it is told, and which step is looked at. */
import { computed, signal } from "@preact/signals";
import type { GrowthAnswer, GrowthStep } from "../engine/calls/measure.ts";
import { call } from "../engine/client.ts";
import { view } from "../state/view.ts";
import { said, work } from "../state/work.ts";
import { ask } from "./desk.ts";

export type Steps = ReadonlyMap<string, readonly GrowthStep[]>;

export const steps = signal<Steps>(new Map());
export const answer = signal<GrowthAnswer | undefined>(undefined);
/** Dilations at the step that is shown; a map whose growth has ended stays at its end. */
export const step = signal(0);
export const playing = signal(false);
/** It was stopped, or did not work: there is no answer to wait for. */
export const ended = signal(false);

export const last = computed(() => Math.max(0, ...[...steps.value.values()].map((own) => own.length - 1)));
export const shownStep = computed(() => Math.min(step.value, last.value));

function forget(old: Steps): void {
  for (const own of old.values())
    for (const { mask, hybrid } of own) {
      mask.close();
      hybrid.close();
    }
}

/** In order of the dilations, however they arrive. */
function add(told: GrowthStep): void {
  const next = new Map(steps.peek());
  next.set(
    told.map,
    [...(next.get(told.map) ?? []), told].sort((a, b) => a.step - b.step),
  );
  steps.value = next;
}

/** Grows every mask; what was told before is forgotten. */
export async function grow(outer: AbortSignal): Promise<void> {
  const asked = ask.peek();
  if (asked === undefined) return;
  const { measure, look } = view.peek();
  const { rho, base, score } = measure;
  forget(steps.peek());
  steps.value = new Map();
  answer.value = undefined;
  ended.value = false;
  const found = await work(
    "Growing the masks",
    (tools) =>
      call(
        "growth",
        { ...asked, rho, base, score, cmap: look.cmap },
        { ...tools, onNote: (told) => !outer.aborted && add(told) },
      ),
    { outer },
  );
  if (outer.aborted) return;
  ended.value = found === undefined;
  if (found === undefined) return;
  answer.value = found;
  said.value = `${found.rows.length} maps are measured`;
}
