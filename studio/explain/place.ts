/** @file The place that is pointed at, the same in all maps; and the value of a map there. */
import { signal } from "@preact/signals";
import type { DrawnMap } from "../engine/calls/explain.ts";
import { significant } from "./words.ts";

/** In what the network saw, 0…1 from the left and from the top. */
export interface Place {
  readonly u: number;
  readonly v: number;
}
/** Is the picture under the maps? Without it they are read as colours alone. */
export const under = signal(true);

export const place = signal<Place | undefined>(undefined);

type Plane = Pick<DrawnMap, "values" | "width" | "height">;

const within = (t: number): number => Math.min(Math.max(t, 0), 1 - 1e-9);

export function pointAt(u: number, v: number): void {
  place.value = { u: within(u), v: within(v) };
}

export function pointed({ clientX, clientY }: PointerEvent, box: Element): void {
  const { left, top, width, height } = box.getBoundingClientRect();
  pointAt((clientX - left) / width, (clientY - top) / height);
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const FAR = 10;

/** Arrow keys go from value to value, with Shift ten at a time; true when the key was one of them. */
export function stepped({ key, shiftKey }: KeyboardEvent, { width, height }: Plane): boolean {
  const step = STEPS[key];
  if (step === undefined) return false;
  const far = shiftKey ? FAR : 1;
  const from = place.peek();
  // the middle of a value, so that rounding never skips one
  const middle = (t: number, count: number, by: number): number =>
    (Math.min(Math.max(Math.floor(t * count) + by, 0), count - 1) + 0.5) / count;
  if (from === undefined) pointAt(middle(0.5, width, 0), middle(0.5, height, 0));
  else pointAt(middle(from.u, width, far * step[0]), middle(from.v, height, far * step[1]));
  return true;
}

/** `0.0123456 at x 3, y 4`, in values of the map. */
export function valueText({ values, width, height }: Plane, { u, v }: Place): string {
  const [x, y] = [Math.floor(u * width), Math.floor(v * height)];
  return `${significant(values[y * width + x] as number, 6)} at x ${x}, y ${y}`;
}

/** Where the magnitude is greatest. */
export function peakText({ values, width }: Plane): string {
  let best = 0;
  for (let i = 1; i < values.length; i++)
    if (Math.abs(values[i] as number) > Math.abs(values[best] as number)) best = i;
  return `peak ${significant(values[best] as number, 3)} at x ${best % width}, y ${Math.floor(best / width)}`;
}
