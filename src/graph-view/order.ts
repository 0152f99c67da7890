/** @file A topological order in which nodes of one group follow one another. */
import { uses } from "../graph/topology.ts";
import type { Graph, Node } from "../graph/types.ts";
import type { Path } from "./paths.ts";

const sharedStart = (a: Path, b: Path): number => {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return n;
};

/** Graphs with more nodes keep the order they have: looking for the best next one costs too much. */
const MOST = 20_000;

/** Of the nodes that are ready, the one whose path shares most with the last one's; then the earliest. `paths[i]` is node i's. */
export function togetherOrder(graph: Graph, paths: readonly Path[]): readonly Node[] {
  const { nodes } = graph;
  if (nodes.length > MOST) return nodes;
  const maker = new Map(nodes.flatMap((n, i) => n.outputs.filter((o) => o !== "").map((o) => [o, i] as const)));
  const readers: number[][] = nodes.map(() => []);
  const waiting = nodes.map((node, i) => {
    const from = new Set(uses(node).flatMap((v) => maker.get(v) ?? []));
    for (const m of from) readers[m]?.push(i);
    return from.size;
  });
  const ready = new Set(nodes.flatMap((_, i) => (waiting[i] === 0 ? [i] : [])));
  const order: Node[] = [];
  let here: Path = [];
  while (ready.size > 0) {
    const next = closest(ready, paths, here);
    ready.delete(next);
    order.push(nodes[next] as Node);
    here = paths[next] as Path;
    for (const reader of readers[next] as readonly number[]) {
      const left = (waiting[reader] as number) - 1;
      waiting[reader] = left;
      if (left === 0) ready.add(reader);
    }
  }
  return order;
}

function closest(ready: ReadonlySet<number>, paths: readonly Path[], here: Path): number {
  let best = -1;
  let most = -1;
  for (const i of ready) {
    const common = sharedStart(paths[i] as Path, here);
    if (common > most || (common === most && i < best)) [best, most] = [i, common];
  }
  return best;
}
