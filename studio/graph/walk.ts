/** @file Where an arrow key leads: down and up along the links, left and right to neighbours, out to the frame. */
import type { Placed, PlacedItem } from "./placed.ts";

export type Direction = "up" | "down" | "left" | "right" | "first" | "last";

const middle = (i: PlacedItem): number => i.x + i.width / 2;
const inside = (outer: PlacedItem, i: PlacedItem): boolean =>
  outer !== i &&
  i.depth > outer.depth &&
  i.x >= outer.x &&
  i.y >= outer.y &&
  i.x + i.width <= outer.x + outer.width &&
  i.y + i.height <= outer.y + outer.height;

/** The nearest of those that remain. */
const nearest = (to: PlacedItem, items: readonly PlacedItem[]): PlacedItem | undefined =>
  items.toSorted((a, b) => Math.abs(middle(a) - middle(to)) - Math.abs(middle(b) - middle(to)))[0];

/** Id of where to go, or the same id where there is no such way. */
export function walk(placed: Placed, from: string, direction: Direction): string {
  const at = new Map(placed.items.map((i) => [i.id, i]));
  const here = at.get(from);
  if (here === undefined) return placed.items[0]?.id ?? from;
  return (STEPS[direction](placed, here, at) ?? here).id;
}

type Step = (placed: Placed, here: PlacedItem, at: ReadonlyMap<string, PlacedItem>) => PlacedItem | undefined;

/** Ends of links from (or to) a box, or from (or to) what lies in a frame to what lies outside of it. */
const linked =
  (side: 0 | 1): Step =>
  (placed, here, at) => {
    const mine = (i: PlacedItem): boolean => i === here || (here.open && inside(here, i));
    const ends = placed.links.flatMap((link) => {
      const [own, other] = [at.get(link[side]), at.get(link[side === 0 ? 1 : 0])];
      return own && other && mine(own) && !mine(other) ? [other] : [];
    });
    return nearest(here, ends);
  };

/** The box beside it, at the same height. */
const beside =
  (sign: 1 | -1): Step =>
  ({ items }, here) => {
    const level = here.y + here.height / 2;
    const row = items.filter(
      (i) =>
        !i.open && sign * (middle(i) - middle(here)) > 0 && i.y <= level && level <= i.y + i.height && !inside(here, i),
    );
    return nearest(here, row);
  };

const frameOf = ({ items }: Placed, here: PlacedItem): PlacedItem | undefined =>
  items.findLast((i) => i.open && inside(i, here));

const STEPS: Readonly<Record<Direction, Step>> = {
  down: (placed, here, at) =>
    here.open
      ? placed.items.filter((i) => inside(here, i)).toSorted((a, b) => a.y - b.y || a.x - b.x)[0]
      : linked(0)(placed, here, at),
  up: (placed, here, at) => linked(1)(placed, here, at) ?? frameOf(placed, here),
  left: (placed, here, at) => (here.open ? undefined : beside(-1)(placed, here, at)) ?? frameOf(placed, here),
  right: beside(1),
  first: ({ items }) => items.toSorted((a, b) => a.y - b.y)[0],
  last: ({ items }) => items.filter((i) => !i.open).toSorted((a, b) => b.y - a.y)[0],
};
