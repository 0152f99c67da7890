/** @file Edits that are being made: the stroke under the pointer, the way back, and the edits that maps wait for. */
import { computed, effect, signal } from "@preact/signals";
import { chosen } from "../state/session.ts";
import { setView, view } from "../state/view.ts";

type Edits = readonly string[];

/** Boxes of a stroke that is not finished. */
export const stroke = signal<Edits>([]);
export const liveEdits = computed<Edits>(() =>
  stroke.value.length === 0 ? view.value.edits : [...view.value.edits, ...stroke.value],
);

/** Do maps follow the edits by themselves? */
export const follow = signal(true);
/** The edits that maps are made for: those of the view, after a pause. */
export const mapEdits = signal<Edits>([]);
export const mapsLate = computed(() => mapEdits.value !== view.value.edits);
export const mapsNow = (): void => {
  mapEdits.value = view.peek().edits;
};

/** How long the hand rests before maps are made again, in ms. */
const PAUSE = 900;

const past = signal<readonly Edits[]>([]);
const future = signal<readonly Edits[]>([]);
export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);

let own: Edits = [];
function put(edits: Edits): void {
  own = edits;
  setView({ edits });
}

export function apply(edits: Edits): void {
  past.value = [...past.peek(), view.peek().edits];
  future.value = [];
  stroke.value = [];
  put(edits);
}
export function undo(): void {
  const before = past.peek().at(-1);
  if (before === undefined) return;
  past.value = past.peek().slice(0, -1);
  future.value = [...future.peek(), view.peek().edits];
  put(before);
}
export function redo(): void {
  const after = future.peek().at(-1);
  if (after === undefined) return;
  future.value = future.peek().slice(0, -1);
  past.value = [...past.peek(), view.peek().edits];
  put(after);
}

const edits = computed(() => view.value.edits);

/** Edits that came from elsewhere (another picture, a link) have no way back, and maps follow them at once. */
effect(() => {
  const next = edits.value;
  if (next === own) return;
  own = next;
  past.value = [];
  future.value = [];
  stroke.value = [];
  mapEdits.value = next;
});
effect(() => {
  chosen.value;
  stroke.value = [];
});
effect(() => {
  const next = edits.value;
  const busy = stroke.value.length > 0;
  if (!follow.value || busy || mapEdits.peek() === next) return undefined;
  const timer = setTimeout(() => {
    mapEdits.value = next;
  }, PAUSE);
  return () => clearTimeout(timer);
});
