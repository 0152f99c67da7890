/** @file A ledger's figures at the places of a drawn graph. */
import type { Ledger } from "../rules/ledger.ts";
import type { GraphView } from "./view.ts";

/** Relevance at a node or group, in the units of the walk's start (the explained score). */
export interface NodeRelevance {
  /** What arrived at its outputs; null for a group that others read in more than one place, or that no walk visited. */
  readonly received: number | null;
  /** What it passed on to its inputs; null for a group. */
  readonly passed: number | null;
  /** What biases, stabilisers and denominators of 0 absorbed. */
  readonly bias: number;
  readonly stabilizer: number;
  readonly dead: number;
}

interface Sums {
  received: number;
  passed: number;
  bias: number;
  stabilizer: number;
  dead: number;
}
const COLUMNS = ["received", "passed", "bias", "stabilizer", "dead"] as const;

/** By id of node or group; those that the walk never reached are left out. Nodes of the ledger that the view lacks count nowhere. */
export function relevanceOf(view: GraphView, ledger: Ledger): Readonly<Record<string, NodeRelevance>> {
  const byName = new Map<string, Sums>();
  for (const entry of ledger) {
    const sums = byName.get(entry.node) ?? { received: 0, passed: 0, bias: 0, stabilizer: 0, dead: 0 };
    for (const c of COLUMNS) sums[c] += entry[c];
    byName.set(entry.node, sums);
  }
  const nodes = new Map(
    view.nodes.flatMap((n) => {
      const sums = byName.get(n.name);
      return sums && n.kind !== "input" ? [[n.id, sums] as const] : [];
    }),
  );
  const out: [string, NodeRelevance][] = [...nodes];
  const parents = new Map(view.groups.map((g) => [g.id, g.parent]));
  const within = new Map(view.nodes.map((n) => [n.id, groupsAbove(n.group, parents)]));
  for (const { id } of view.groups) {
    const members = view.nodes.filter((n) => within.get(n.id)?.has(id)).map((n) => n.id);
    const visited = members.flatMap((m) => nodes.get(m) ?? []);
    if (visited.length === 0) continue;
    const total = (column: (typeof COLUMNS)[number]): number => visited.reduce((sum, s) => sum + s[column], 0);
    const exit = onlyExit(view, new Set(members));
    out.push([
      id,
      {
        received: (exit === undefined ? undefined : nodes.get(exit)?.received) ?? null,
        passed: null,
        bias: total("bias"),
        stabilizer: total("stabilizer"),
        dead: total("dead"),
      },
    ]);
  }
  return Object.fromEntries(out);
}

function groupsAbove(group: string | null, parents: ReadonlyMap<string, string | null>): ReadonlySet<string> {
  const out = new Set<string>();
  for (let g = group; g !== null; g = parents.get(g) ?? null) out.add(g);
  return out;
}

/** The one member that others read, if nobody inside reads it as well. */
function onlyExit(view: GraphView, members: ReadonlySet<string>): string | undefined {
  const leaving = new Set<string>();
  const staying = new Set<string>();
  for (const { from, to } of view.edges) {
    if (!members.has(from)) continue;
    (members.has(to) ? staying : leaving).add(from);
  }
  const [exit, ...others] = leaving;
  return exit !== undefined && others.length === 0 && !staying.has(exit) ? exit : undefined;
}
