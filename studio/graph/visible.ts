/** @file Which box stands for a node, while some groups are shut. */
import type { GraphView } from "../../src/index.ts";

export interface Ancestry {
  /** Groups around a node or group, outermost first, by id. */
  readonly above: ReadonlyMap<string, readonly string[]>;
}

export function ancestry({ groups, nodes }: Pick<GraphView, "groups" | "nodes">): Ancestry {
  const above = new Map<string, readonly string[]>();
  const inside = (group: string | null): readonly string[] =>
    group === null ? [] : [...(above.get(group) ?? []), group];
  for (const g of groups) above.set(g.id, inside(g.parent));
  for (const n of nodes) above.set(n.id, inside(n.group));
  return { above };
}

/** The node itself, or the outermost shut group around it. */
export function boxOf({ above }: Ancestry, open: ReadonlySet<string>, id: string): string {
  return above.get(id)?.find((g) => !open.has(g)) ?? id;
}

/** Groups that must be open for this node or group to be seen. */
export const toOpen = ({ above }: Ancestry, id: string): readonly string[] => above.get(id) ?? [];
