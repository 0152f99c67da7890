/** @file Places of boxes of one level, top to bottom: a plain stack where they form a chain, layers by dagre where they do not. */
import { Graph, layout } from "@dagrejs/dagre";

export interface Size {
  readonly width: number;
  readonly height: number;
}
export type Point = readonly [x: number, y: number];

/** Boxes by index, and which feeds which. */
export interface Level {
  readonly sizes: readonly Size[];
  readonly links: readonly (readonly [from: number, to: number])[];
}
export interface PlacedLevel extends Size {
  /** Upper left corners. */
  readonly corners: readonly Point[];
  /** Points between the two ends of each link. */
  readonly bends: readonly (readonly Point[])[];
}

/** Room between layers, with a shape written in it, and between neighbours. */
export const RANK_GAP = 34;
const NODE_GAP = 26;
/** Beyond this dagre takes too long, and nobody sees the difference. */
const MOST_BOXES = 700;
const MOST_LINKS = 2500;

export function placeLevel(level: Level): PlacedLevel {
  if (isChain(level)) return stack(level);
  if (level.sizes.length > MOST_BOXES || level.links.length > MOST_LINKS) return rows(level);
  return layers(level);
}

/** One box after another in the order given, each fed by the one before alone. */
const isChain = ({ sizes, links }: Level): boolean =>
  links.length === sizes.length - 1 && links.every(([from, to], i) => from === i && to === i + 1);

function stack({ sizes, links }: Level): PlacedLevel {
  const width = sizes.reduce((most, s) => Math.max(most, s.width), 0);
  let y = 0;
  const corners = sizes.map((s): Point => {
    const corner: Point = [(width - s.width) / 2, y];
    y += s.height + RANK_GAP;
    return corner;
  });
  return { width, height: Math.max(0, y - RANK_GAP), corners, bends: links.map(() => []) };
}

function layers({ sizes, links }: Level): PlacedLevel {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", ranksep: RANK_GAP, nodesep: NODE_GAP, edgesep: 14, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  sizes.forEach((size, i) => {
    graph.setNode(String(i), { ...size });
  });
  for (const [from, to] of links) graph.setEdge(String(from), String(to), {});
  layout(graph);
  const corners = sizes.map((s, i): Point => {
    const { x = 0, y = 0 } = graph.node(String(i)) as { x?: number; y?: number };
    return [x - s.width / 2, y - s.height / 2];
  });
  const bends = links.map(([from, to]) => {
    const { points = [] } = graph.edge(String(from), String(to)) as { points?: readonly { x: number; y: number }[] };
    return points.length <= 3 ? [] : points.slice(1, -1).map((p): Point => [p.x, p.y]);
  });
  return normal(sizes, corners, bends);
}

/** Layers by the longest way to each box, without a look at crossings. */
function rows({ sizes, links }: Level): PlacedLevel {
  const rank = sizes.map(() => 0);
  for (const [from, to] of links.toSorted(([a], [b]) => a - b))
    rank[to] = Math.max(rank[to] as number, (rank[from] as number) + 1);
  const byRank: number[][] = [];
  rank.forEach((r, i) => {
    byRank[r] = [...(byRank[r] ?? []), i];
  });
  const corners: Point[] = [];
  let y = 0;
  for (const row of byRank.filter((r) => r !== undefined)) {
    let x = 0;
    for (const i of row) {
      corners[i] = [x, y];
      x += (sizes[i] as Size).width + NODE_GAP;
    }
    y += row.reduce((most, i) => Math.max(most, (sizes[i] as Size).height), 0) + RANK_GAP;
  }
  return normal(
    sizes,
    corners,
    links.map(() => []),
  );
}

/** Moved so that everything, bends included, begins at 0. */
function normal(sizes: readonly Size[], corners: readonly Point[], bends: readonly (readonly Point[])[]): PlacedLevel {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const see = (x: number, y: number): void => {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  };
  corners.forEach(([x, y], i) => {
    see(x, y);
    see(x + (sizes[i] as Size).width, y + (sizes[i] as Size).height);
  });
  for (const [x, y] of bends.flat()) see(x, y);
  const move = ([x, y]: Point): Point => [x - left, y - top];
  return {
    width: right - left,
    height: bottom - top,
    corners: corners.map(move),
    bends: bends.map((b) => b.map(move)),
  };
}
