/** @file The maps that are wanted, made one method after another; kept by all that they depend on, so that only what changed is made again. */
import { computed, effect, signal } from "@preact/signals";
import type { DrawnMap, ExplainAsk } from "../engine/calls/explain.ts";
import { call, EngineError } from "../engine/client.ts";
import type { Progress, Trouble } from "../engine/protocol.ts";
import { chosen, model, readDetails, ready, runSettings } from "../state/session.ts";
import { type Look, type MethodChoice, view } from "../state/view.ts";
import { isStopped, report, said, work } from "../state/work.ts";
import { mapEdits, stroke } from "./strokes.ts";
import { methodTable } from "./table.ts";

/** What became of one map. */
export type Outcome =
  | { readonly kind: "done"; readonly map: DrawnMap; readonly look: string }
  | { readonly kind: "failed"; readonly trouble: Trouble }
  | { readonly kind: "stopped" };

/** One map that belongs on the screen. */
export interface Wanted {
  readonly key: string;
  readonly choice: MethodChoice;
  readonly target: string;
  readonly ask: Omit<ExplainAsk, "targets" | "paint">;
}

export const outcomes = signal<ReadonlyMap<string, Outcome>>(new Map());
/** The map that is being made, and how far it is. */
export const making = signal<{ readonly keys: readonly string[]; readonly progress: Progress | undefined } | undefined>(
  undefined,
);

/** What a map depends on besides method and target; edits of the look are not among it. */
const ground = computed(() => {
  const id = chosen.value;
  const facts = model.value;
  if (!facts || id === undefined) return undefined;
  const { sha256, preprocessing, labels } = facts;
  return { picture: id, edits: mapEdits.value, run: runSettings.value, of: [sha256, preprocessing, labels?.length] };
});
const choices = computed(() => view.value.methods);
const targets = computed(() => view.value.targets);
const layer = computed(() => view.value.layer);
const readers = computed(() => new Set(methodTable.value.filter((m) => m.layer).map((m) => m.id)));

export const wanted = computed<readonly Wanted[]>(() => {
  const on = ground.value;
  if (on === undefined) return [];
  const { picture, edits, run, of } = on;
  return choices.value.flatMap((choice) => {
    const own = readers.value.has(choice.method) ? layer.value : undefined;
    const ask = { picture, edits, run, method: choice.method, params: choice.params, layer: own };
    return targets.value.map((target): Wanted => ({ key: JSON.stringify([of, ask, target]), choice, target, ask }));
  });
});

const lookOf = ({ cmap, reducer }: Look): string => JSON.stringify([cmap, reducer]);
const look = computed(() => lookOf(view.value.look));

/** Maps that are kept though they are not on the screen. */
const SPARE = 120;

function put(entries: readonly (readonly [string, Outcome])[]): void {
  const next = new Map(outcomes.peek());
  for (const [key, outcome] of entries) next.set(key, outcome);
  const shown = new Set(wanted.peek().map((w) => w.key));
  const spare = [...next.keys()].filter((key) => !shown.has(key));
  for (const key of spare.slice(0, Math.max(0, spare.length - SPARE))) next.delete(key);
  outcomes.value = next;
}

/** Make these again: after a stop, or a fault that may have passed. */
export function again(keys: readonly string[]): void {
  const next = new Map(outcomes.peek());
  for (const key of keys) next.delete(key);
  outcomes.value = next;
  void pump();
}

const missing = (): readonly Wanted[] => {
  const known = outcomes.peek();
  const open = wanted.peek().filter((w) => !known.has(w.key));
  return open.filter((w) => w.choice === open[0]?.choice);
};

let active: { readonly keys: readonly string[]; readonly controller: AbortController } | undefined;
let pumping = false;

async function pump(): Promise<void> {
  if (pumping) return;
  pumping = true;
  try {
    for (let next = missing(); next.length > 0 && ready.peek() && stroke.peek().length === 0; next = missing())
      await make(next);
    if (ready.peek() && wanted.peek().length > 0 && missing().length === 0) finished();
  } finally {
    pumping = false;
  }
}

let marked = false;
function finished(): void {
  if (!marked) performance.mark("explained");
  marked = true;
  said.value = `${wanted.peek().length} maps are there`;
  void readDetails();
}

async function make(asked: readonly Wanted[]): Promise<void> {
  const [{ ask }] = asked as readonly [Wanted];
  const keys = asked.map((w) => w.key);
  const controller = new AbortController();
  active = { keys, controller };
  making.value = { keys, progress: undefined };
  const paint = view.peek().look;
  await work(
    `Explaining by ${ask.method}`,
    async ({ signal: stop, onProgress }) => {
      try {
        const input = { ...ask, targets: asked.map((w) => w.target), paint };
        const maps = await call("explain", input, {
          signal: stop,
          onProgress: (progress) => {
            onProgress(progress);
            making.value = { keys, progress };
          },
        });
        put(maps.map((map, i) => [keys[i] as string, { kind: "done", map, look: lookOf(paint) }]));
      } catch (error) {
        if (!isStopped(error)) put(keys.map((key) => [key, { kind: "failed", trouble: troubleOf(error) }]));
        else if (stop.aborted && !controller.signal.aborted) put(keys.map((key) => [key, { kind: "stopped" }]));
      }
    },
    { outer: controller.signal },
  );
  active = undefined;
  making.value = undefined;
}

const troubleOf = (error: unknown): Trouble =>
  error instanceof EngineError
    ? { code: error.code, message: error.message }
    : { code: undefined, message: error instanceof Error ? error.message : String(error) };

/** Changes that come in quick succession are taken together, in ms. */
const BREATH = 120;

effect(() => {
  const keys = new Set(wanted.value.map((w) => w.key));
  if (active && !active.keys.some((key) => keys.has(key))) active.controller.abort();
  if (!ready.value || stroke.value.length > 0) return undefined;
  const timer = setTimeout(() => void pump(), marked ? BREATH : 0);
  return () => clearTimeout(timer);
});

let painting = false;
/** Colours change without explaining again. */
async function repaint(): Promise<void> {
  if (painting) return;
  painting = true;
  try {
    for (let next = stale(); next; next = stale()) {
      const { key, map } = next;
      const paint = view.peek().look;
      try {
        const painted = await call("paint", { id: map.id, index: map.index, paint });
        put([[key, { kind: "done", map: { ...map, ...painted }, look: lookOf(paint) }]]);
      } catch (error) {
        if (!isStopped(error) && !(error instanceof EngineError && error.code === "E_FILE"))
          report("Colouring the maps", error);
        again([key]);
        return;
      }
    }
  } finally {
    painting = false;
  }
}

function stale(): { readonly key: string; readonly map: DrawnMap } | undefined {
  for (const { key } of wanted.peek()) {
    const outcome = outcomes.peek().get(key);
    if (outcome?.kind === "done" && outcome.look !== look.peek()) return { key, map: outcome.map };
  }
  return undefined;
}

effect(() => {
  look.value;
  outcomes.value;
  wanted.value;
  void repaint();
});
