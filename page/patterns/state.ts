/** @file What the reader has chosen, and who must draw again when that changes. */
import { type Rotation, slanted } from "../../src/report/patterns/camera.ts";
import type { ColouringName } from "../../src/report/patterns/colouring.ts";

export type View = "space" | "sphere" | "plane";

export interface State {
  /** Between frames where not whole. */
  readonly frame: number;
  /** The frame compared with. */
  readonly against: number;
  /** Place of the layer; null shows the samples. */
  readonly layer: number | null;
  readonly colouring: ColouringName;
  readonly view: View;
  readonly rotation: Rotation;
  readonly zoom: number;
  /** Of the plane, in shares of its reach. */
  readonly pan: readonly [number, number];
  /** Keys of the legend that stand out; empty: all do. */
  readonly only: ReadonlySet<number>;
  /** Place of the point under the pointer, or stepped to. */
  readonly picked: number | null;
  /** Place among the shown pictures. */
  readonly picture: number;
  /** Category whose contours lie under the plane; null without. */
  readonly contour: number | null;
}

export const FIRST_VIEW: Pick<State, "zoom" | "pan"> = { zoom: 1, pan: [0, 0] };
/** At the last frame, compared with the one that it followed. */
export const firstState = (frames: number, dimension: number): State => ({
  frame: frames - 1,
  against: Math.max(frames - 2, 0),
  layer: null,
  colouring: "label",
  view: dimension === 2 ? "plane" : "space",
  rotation: slanted(),
  only: new Set(),
  picked: null,
  picture: 0,
  contour: null,
  ...FIRST_VIEW,
});

export interface Store {
  readonly get: () => State;
  readonly set: (change: Partial<State>) => void;
  /** Called once a frame of the screen after changes, with what was before. */
  readonly subscribe: (draw: (now: State, before: State) => void) => void;
  /** Draws no more. */
  readonly stop: () => void;
}

/** Draws on demand: however many changes, at most one round of drawing for each frame of the screen. */
export function storeOf(first: State): Store {
  let now = first;
  let drawn = first;
  let asked = false;
  const draws: ((now: State, before: State) => void)[] = [];
  const flush = (): void => {
    asked = false;
    const before = drawn;
    drawn = now;
    for (const draw of draws) draw(drawn, before);
  };
  return {
    get: () => now,
    set: (change) => {
      now = { ...now, ...change };
      if (asked) return;
      asked = true;
      requestAnimationFrame(flush);
    },
    subscribe: (draw) => {
      draws.push(draw);
    },
    stop: () => {
      draws.length = 0;
    },
  };
}

export const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
