/** @file Places for what is visible of a graph: every open group is laid out by itself and stands as one box among its neighbours. */
import type { GraphView } from "../../src/index.ts";
import { type Level, type PlacedLevel, type Point, placeLevel, type Size } from "./level.ts";
import type { Placed, PlacedEdge, PlacedItem } from "./placed.ts";
import { curve } from "./route.ts";
import { ancestry, boxOf } from "./visible.ts";

/** A box, and the frame of an open group. */
export const BOX: Size = { width: 196, height: 46 };
export const FRAME = { title: 30, side: 16, foot: 16 } as const;
/** Around the whole drawing. */
const MARGIN = 24;

/** The places of a graph whose open groups are those given. */
export type Place = (open: readonly string[]) => Placed;

/** A link of one level, and the shape of what flows along it. */
interface Link {
  readonly from: string;
  readonly to: string;
  readonly shape: string;
}

/** What lies inside a group (`""` is the whole model): its children, the links between them, and those over its border. */
interface Inside {
  readonly children: string[];
  readonly links: Map<string, Link>;
  readonly entries: Set<string>;
  readonly exits: Set<string>;
}

/** A laid out level: sizes, corners and bends of its children; x of where links enter and leave it. */
interface Done extends Size {
  readonly group: string;
  readonly placed: PlacedLevel;
  readonly inner: ReadonlyMap<string, Done>;
  readonly entryX: number;
  readonly exitX: number;
}

/** A layout for one graph. Equal levels (the blocks of a network are much alike) are laid out once and remembered. */
export function placer(view: GraphView): Place {
  const { above } = ancestry(view);
  const levels = insides(view, above);
  const known = new Map<string, PlacedLevel>();
  const remembered = (level: Level): PlacedLevel => {
    const key = JSON.stringify([level.sizes.map((s) => [s.width, s.height]), level.links]);
    const placed = known.get(key) ?? placeLevel(level);
    known.set(key, placed);
    return placed;
  };

  const arrange = (group: string, open: ReadonlySet<string>): Done => {
    const { children, links, entries, exits } = levels.get(group) as Inside;
    const inner = new Map(children.filter((c) => open.has(c) && levels.has(c)).map((c) => [c, arrange(c, open)]));
    const sizes = children.map((c) => inner.get(c) ?? BOX);
    const at = new Map(children.map((c, i) => [c, i]));
    const index = (id: string): number => at.get(id) as number;
    const between = [...links.values()].map((l) => [index(l.from), index(l.to)] as const);
    // where links cross the border, a point takes part in the layout
    const entry = entries.size > 0 ? 1 : 0;
    const exit = exits.size > 0 ? 1 : 0;
    const shifted = between.map(([a, b]) => [a + entry, b + entry] as const);
    const last = children.length + entry;
    const placed = remembered({
      sizes: [...(entry ? [POINT] : []), ...sizes, ...(exit ? [POINT] : [])],
      links: [
        ...[...entries].map((id) => [0, index(id) + entry] as const),
        ...shifted,
        ...[...exits].map((id) => [index(id) + entry, last] as const),
      ].toSorted(([a, b], [c, d]) => a - c || b - d),
    });
    const centre = (i: number): number => (placed.corners[i]?.[0] ?? 0) + (i === 0 || i === last ? 0.5 : 0);
    const outermost = group === "";
    const [side, title, foot] = outermost ? [MARGIN, MARGIN, MARGIN] : [FRAME.side, FRAME.title, FRAME.foot];
    const width = Math.max(placed.width + 2 * side, outermost ? 0 : BOX.width);
    return {
      group,
      placed,
      inner,
      width,
      height: placed.height + title + foot,
      entryX: (width - placed.width) / 2 + (entry ? centre(0) : placed.width / 2),
      exitX: (width - placed.width) / 2 + (exit ? centre(last) : placed.width / 2),
    };
  };

  return (asked) => {
    const open = new Set(asked.filter((id) => levels.has(id)));
    const whole = arrange("", open);
    const items: PlacedItem[] = [];
    const edges: PlacedEdge[] = [];
    draw(whole, [0, 0], 0, levels, items, edges);
    return { width: whole.width, height: whole.height, items, edges, links: linksOf(view, open), open: [...open] };
  };
}

const POINT: Size = { width: 1, height: 1 };

function insides(view: GraphView, above: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, Inside> {
  const levels = new Map<string, Inside>();
  const make = (): Inside => ({ children: [], links: new Map(), entries: new Set(), exits: new Set() });
  levels.set("", make());
  for (const g of view.groups) levels.set(g.id, make());
  const seen = new Set<string>();
  const adopt = (parent: string, child: string): void => {
    if (seen.has(child)) return;
    seen.add(child);
    levels.get(parent)?.children.push(child);
  };
  for (const node of view.nodes) {
    const way = [...(above.get(node.id) ?? []), node.id];
    way.forEach((id, depth) => {
      adopt(depth === 0 ? "" : (way[depth - 1] as string), id);
    });
  }
  for (const { from, to, shape } of view.edges) {
    const a = [...(above.get(from) ?? []), from];
    const b = [...(above.get(to) ?? []), to];
    let depth = 0;
    while (a[depth] === b[depth] && depth < Math.min(a.length, b.length)) depth++;
    const [start, end] = [a[depth], b[depth]];
    if (start === undefined || end === undefined) continue;
    const level = levels.get(depth === 0 ? "" : (a[depth - 1] as string)) as Inside;
    const key = JSON.stringify([start, end]);
    if (!level.links.has(key)) level.links.set(key, { from: start, to: end, shape });
    for (let i = depth; i < a.length - 1; i++) levels.get(a[i] as string)?.exits.add(a[i + 1] as string);
    for (let i = depth; i < b.length - 1; i++) levels.get(b[i] as string)?.entries.add(b[i + 1] as string);
  }
  return levels;
}

/** Absolute places of everything in a level, outer frames first. */
function draw(
  done: Done,
  [left, top]: Point,
  depth: number,
  levels: ReadonlyMap<string, Inside>,
  items: PlacedItem[],
  edges: PlacedEdge[],
): void {
  const { placed, inner, group } = done;
  const { children, links, entries, exits } = levels.get(group) as Inside;
  const outermost = group === "";
  const x0 = left + (done.width - placed.width) / 2;
  const y0 = top + (outermost ? MARGIN : FRAME.title);
  const first = entries.size > 0 ? 1 : 0;
  const corner = (i: number): Point => {
    const [x, y] = placed.corners[i] as Point;
    return [x0 + x, y0 + y];
  };
  const place = new Map(children.map((c, i) => [c, corner(i + first)]));
  const sizeOf = (id: string): Size => inner.get(id) ?? BOX;
  const exitOf = (id: string): Point => {
    const [x, y] = place.get(id) as Point;
    return [x + (inner.get(id)?.exitX ?? BOX.width / 2), y + sizeOf(id).height];
  };
  const entryOf = (id: string): Point => {
    const [x, y] = place.get(id) as Point;
    return [x + (inner.get(id)?.entryX ?? BOX.width / 2), y];
  };
  const ends = new Map<string, readonly [Point, Point, string]>();
  const at = new Map(children.map((c, i) => [c, i + first]));
  const key = (a: number, b: number): string => `${a},${b}`;
  for (const id of entries) ends.set(key(0, at.get(id) as number), [[left + done.entryX, top], entryOf(id), ""]);
  for (const { from, to, shape } of links.values())
    ends.set(key(at.get(from) as number, at.get(to) as number), [exitOf(from), entryOf(to), shape]);
  for (const id of exits)
    ends.set(key(at.get(id) as number, children.length + first), [
      exitOf(id),
      [left + done.exitX, top + done.height],
      "",
    ]);
  // the same order in which the level was laid out
  const labelled = new Set<string>();
  [...ends]
    .map(([k, end]) => ({ at: k.split(",").map(Number) as [number, number], end }))
    .toSorted((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1])
    .forEach(({ at: [source], end: [from, to, shape] }, i) => {
      const bends = (placed.bends[i] ?? []).map(([x, y]): Point => [x0 + x, y0 + y]);
      const once = `${source}/${shape}`;
      const border: readonly Point[] = first === 1 && source === 0 ? [[from[0], from[1] + FRAME.title]] : [];
      edges.push(curve([from, ...border, ...bends, to], labelled.has(once) ? "" : shape));
      labelled.add(once);
    });
  children.forEach((id, i) => {
    const [x, y] = corner(i + first);
    const { width, height } = sizeOf(id);
    const open = inner.get(id);
    items.push({ id, open: open !== undefined, depth, x, y, width, height });
    if (open) draw(open, [x, y], depth + 1, levels, items, edges);
  });
}

function linksOf(view: GraphView, open: ReadonlySet<string>): readonly (readonly [string, string])[] {
  const family = ancestry(view);
  const links = new Map<string, readonly [string, string]>();
  for (const { from, to } of view.edges) {
    const link = [boxOf(family, open, from), boxOf(family, open, to)] as const;
    if (link[0] !== link[1]) links.set(JSON.stringify(link), link);
  }
  return [...links.values()];
}
