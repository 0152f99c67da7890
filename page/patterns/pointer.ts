/** @file Turning, zooming and asking by pointer, finger and key. */
import { type Rotation, turned } from "../../src/report/patterns/camera.ts";
import type { Listen } from "../listening.ts";
import { one } from "../root.ts";
import type { Frames } from "./frames.ts";
import type { Stage } from "./stage.ts";
import { FIRST_VIEW, type State, type Store } from "./state.ts";

const KEY_TURN = Math.PI / 30;
const KEY_PAN = 0.08;
const ZOOM = 1.2;
const MOST_ZOOM = 12;

const zoomed = ({ zoom }: State, by: number): Partial<State> => ({
  zoom: Math.min(Math.max(zoom * by, 0.4), MOST_ZOOM),
});

/** By so much of the sheet's half, right and up. */
function moved(state: State, right: number, up: number): Partial<State> {
  if (state.view !== "plane") return { rotation: turned(state.rotation, right, -up) };
  return { pan: [state.pan[0] + right / state.zoom, state.pan[1] + up / state.zoom] };
}

export interface Pointed {
  readonly stage: Stage;
  readonly store: Store;
  readonly frames: Frames;
  /** The rotation that a reset returns to. */
  readonly home: Rotation;
  readonly listen: Listen;
}

export function pointerOf(root: ParentNode, { stage, store, frames, home, listen }: Pointed): void {
  const canvas = one<HTMLCanvasElement>(root, "#stage");
  const fingers = new Map<number, { readonly x: number; readonly y: number }>();
  let travelled = 0;
  const inside = (event: PointerEvent): { x: number; y: number } => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const ask = (event: PointerEvent): void => {
    const { x, y } = inside(event);
    const picked = stage.pick(store.get(), x, y);
    if (picked !== store.get().picked) store.set({ picked });
  };
  listen(canvas, "pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, inside(event));
    travelled = 0;
  });
  listen(canvas, "pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (before === undefined) {
      if (event.pointerType !== "touch") ask(event);
      return;
    }
    const now = inside(event);
    const others = [...fingers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    fingers.set(event.pointerId, now);
    const [other] = others;
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    travelled += Math.hypot(dx, dy);
    const half = Math.min(canvas.clientWidth, canvas.clientHeight) / 2;
    if (other !== undefined) {
      const apart = (at: typeof now): number => Math.hypot(at.x - other.x, at.y - other.y);
      if (apart(before) > 0) store.set(zoomed(store.get(), apart(now) / apart(before)));
    } else store.set({ ...moved(store.get(), (1.2 * dx) / half, (-1.2 * dy) / half), picked: null });
  });
  const lift = (event: PointerEvent): void => {
    if (fingers.delete(event.pointerId) && travelled < 5) ask(event);
  };
  listen(canvas, "pointerup", lift);
  listen(canvas, "pointercancel", (event) => fingers.delete(event.pointerId));
  listen(canvas, "pointerleave", (event) => {
    if (event.pointerType !== "touch" && fingers.size === 0) store.set({ picked: null });
  });
  listen(
    canvas,
    "wheel",
    (event) => {
      // Without the key the wheel belongs to the page; a pinch on a touchpad arrives with it.
      if (!event.ctrlKey) return;
      event.preventDefault();
      store.set(zoomed(store.get(), Math.exp(-event.deltaY / 200)));
    },
    { passive: false },
  );

  const stepPoint = (by: number): void => {
    const state = store.get();
    const count = stage.setOf(state)?.picture.length ?? 0;
    const key = stage.colouredOf(state)?.key;
    if (count === 0) return;
    let at = state.picked ?? (by > 0 ? -1 : 0);
    for (let tries = 0; tries < count; tries++) {
      at = (at + by + count) % count;
      if (state.only.size === 0 || state.only.has(key?.[at] ?? -1)) break;
    }
    store.set({ picked: at });
  };
  const keys: Readonly<Record<string, (state: State, fine: number) => void>> = {
    ArrowLeft: (s, f) => store.set(moved(s, ...direction(s, -1, 0, f))),
    ArrowRight: (s, f) => store.set(moved(s, ...direction(s, 1, 0, f))),
    ArrowUp: (s, f) => store.set(moved(s, ...direction(s, 0, 1, f))),
    ArrowDown: (s, f) => store.set(moved(s, ...direction(s, 0, -1, f))),
    "+": (s) => store.set(zoomed(s, ZOOM)),
    "=": (s) => store.set(zoomed(s, ZOOM)),
    "-": (s) => store.set(zoomed(s, 1 / ZOOM)),
    Home: () => store.set({ ...FIRST_VIEW, rotation: home }),
    n: () => stepPoint(1),
    p: () => stepPoint(-1),
    Escape: () => store.set({ picked: null, only: new Set() }),
  };
  listen(canvas, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act(store.get(), event.shiftKey ? 1 / 3 : 1);
  });
  listen(root, "keydown", (event) => {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      (event.target as Element | null)?.closest?.("input[type=text],textarea")
    )
      return;
    if (event.key === "[") frames.step(-1);
    if (event.key === "]") frames.step(1);
  });
  for (const [id, act] of [
    ["closer", () => zoomed(store.get(), ZOOM)],
    ["farther", () => zoomed(store.get(), 1 / ZOOM)],
    ["reset", () => ({ ...FIRST_VIEW, rotation: home })],
  ] as const)
    listen(one(root, `#${id}`), "click", () => store.set(act()));
}

const direction = ({ view }: State, right: number, up: number, fine: number): [number, number] => {
  const step = (view === "plane" ? -KEY_PAN : KEY_TURN) * fine;
  return [right * step, up * step];
};
