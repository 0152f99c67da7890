/** @file Where a picture lies in its frame: scaled about a point, and never away from the frame's edges. */

/** In the frame's pixels; the picture fills the frame at scale 1. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}
type Pair = readonly [x: number, y: number];

export const WHOLE: Place = { x: 0, y: 0, scale: 1 };
const CLOSEST = 12;
/** Closer by less than this is whole. */
const SNAP = 1.02;

const within = (v: number, low: number, high: number): number => Math.min(high, Math.max(low, v));

function held({ x, y, scale }: Place, [width, height]: Pair): Place {
  return { x: within(x, width * (1 - scale), 0), y: within(y, height * (1 - scale), 0), scale };
}

/** Scaled by a factor with the point `at` of the frame staying where it is. */
export function around(place: Place, factor: number, at: Pair, size: Pair): Place {
  const asked = within(place.scale * factor, 1, CLOSEST);
  if (asked < SNAP) return WHOLE;
  const by = asked / place.scale;
  return held({ x: at[0] - by * (at[0] - place.x), y: at[1] - by * (at[1] - place.y), scale: asked }, size);
}

export const moved = (place: Place, [x, y]: Pair, size: Pair): Place =>
  held({ ...place, x: place.x + x, y: place.y + y }, size);
