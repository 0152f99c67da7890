/** @file What the keys do while the drawing has the focus. */
import type { Direction } from "./walk.ts";

export interface KeyActions {
  readonly walk: (direction: Direction) => void;
  readonly pan: (dx: number, dy: number) => void;
  readonly zoom: (factor: number) => void;
  readonly activate: () => void;
  readonly fit: () => void;
  /** A letter: it goes where the focus goes. */
  readonly search: () => void;
}

/** One step of the zoom. */
export const CLOSER = 1.25;
/** Pixels of one step with shift and an arrow. */
const STEP = 80;

type Act = (actions: KeyActions) => void;

const SHIFTED: Readonly<Record<string, Act>> = {
  ArrowUp: (a) => a.pan(0, STEP),
  ArrowDown: (a) => a.pan(0, -STEP),
  ArrowLeft: (a) => a.pan(STEP, 0),
  ArrowRight: (a) => a.pan(-STEP, 0),
};
const PLAIN: Readonly<Record<string, Act>> = {
  ArrowUp: (a) => a.walk("up"),
  ArrowDown: (a) => a.walk("down"),
  ArrowLeft: (a) => a.walk("left"),
  ArrowRight: (a) => a.walk("right"),
  Home: (a) => a.walk("first"),
  End: (a) => a.walk("last"),
  Enter: (a) => a.activate(),
  " ": (a) => a.activate(),
  "+": (a) => a.zoom(CLOSER),
  "=": (a) => a.zoom(CLOSER),
  "-": (a) => a.zoom(1 / CLOSER),
  "0": (a) => a.fit(),
};

export function pressed(e: KeyboardEvent, actions: KeyActions): void {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const act = (e.shiftKey ? SHIFTED[e.key] : undefined) ?? PLAIN[e.key];
  if (act) {
    act(actions);
    e.preventDefault();
  } else if (e.key.length === 1) actions.search();
}
