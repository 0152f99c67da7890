/** @file What part of the drawing is in view: screen = world * k + (x, y). */
import type { Size } from "./level.ts";
import type { Placed, PlacedItem } from "./placed.ts";

export interface Camera {
  readonly x: number;
  readonly y: number;
  /** Scale. */
  readonly k: number;
}

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const LARGEST = 2.5;
/** From this scale on a box can be read without an effort. */
export const READABLE = 0.8;
/** Room left around a box that comes into view. */
const AROUND = 48;
/** The seen part moves in steps of this size, so that most small moves draw nothing anew. */
const TILE = 256;

const within = (v: number, low: number, high: number): number => Math.min(high, Math.max(low, v));

/** Everything in view. */
export function fitted({ width, height }: Size, port: Size): Camera {
  const k = Math.min(port.width / width, port.height / height, 1);
  return { k, x: (port.width - width * k) / 2, y: (port.height - height * k) / 2 };
}

/** The beginning, as large as can be read. */
export function atTop({ width, height }: Size, port: Size): Camera {
  const k = within(port.width / width, 0.5, 1);
  return { k, x: (port.width - width * k) / 2, y: Math.max(0, (port.height - height * k) / 2) };
}

/** Scaled by a factor about a point of the screen; never smaller than everything in view, or a tenth. */
export function zoomed(camera: Camera, factor: number, [px, py]: readonly [number, number], smallest: number): Camera {
  const k = within(camera.k * factor, Math.min(smallest, 0.1), LARGEST);
  const ratio = k / camera.k;
  return { k, x: px - (px - camera.x) * ratio, y: py - (py - camera.y) * ratio };
}

/** Moved by pixels of the screen, but never so far that nothing is left in view. */
export function panned(camera: Camera, dx: number, dy: number, whole: Size, port: Size): Camera {
  const keep = 60;
  return {
    k: camera.k,
    x: within(camera.x + dx, keep - whole.width * camera.k, port.width - keep),
    y: within(camera.y + dy, keep - whole.height * camera.k, port.height - keep),
  };
}

/** Moved no further than needed to bring a box into view, readable; of what is too large, its beginning. */
export function revealing(camera: Camera, item: PlacedItem, port: Size): Camera {
  const k = Math.max(camera.k, 0.6);
  const [x, y] = k === camera.k ? [camera.x, camera.y] : [port.width / 2 - (item.x + item.width / 2) * k, camera.y];
  const shift = (at: number, size: number, room: number): number => {
    const low = AROUND - at;
    const high = room - AROUND - (at + size);
    return low > high ? low : within(0, low, high);
  };
  return {
    k,
    x: x + shift(item.x * k + x, item.width * k, port.width),
    y: y + shift(item.y * k + y, item.height * k, port.height),
  };
}

/** A box in the middle. */
export const centred = (item: PlacedItem, k: number, port: Size): Camera => ({
  k,
  x: port.width / 2 - (item.x + item.width / 2) * k,
  y: port.height / 2 - (item.y + (item.open ? 40 : item.height) / 2) * k,
});

/** The part of the world in view, and a tile more all around. */
export function seen({ x, y, k }: Camera, port: Size): Rect {
  const step = TILE / 2 ** Math.floor(Math.log2(k));
  const low = (v: number): number => (Math.floor(v / step) - 1) * step;
  const high = (v: number): number => (Math.ceil(v / step) + 1) * step;
  return {
    left: low(-x / k),
    top: low(-y / k),
    right: high((port.width - x) / k),
    bottom: high((port.height - y) / k),
  };
}

export const meets = (r: Rect, o: Rect): boolean =>
  o.left < r.right && o.right > r.left && o.top < r.bottom && o.bottom > r.top;

export const rectOf = (i: PlacedItem): Rect => ({ left: i.x, top: i.y, right: i.x + i.width, bottom: i.y + i.height });

/** The innermost box or frame title at a point of the world. */
export const itemAt = ({ items }: Placed, x: number, y: number, title: number): PlacedItem | undefined =>
  items.findLast((i) => x >= i.x && x <= i.x + i.width && y >= i.y && y <= i.y + (i.open ? title : i.height));
