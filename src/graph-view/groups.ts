/** @file Nested groups of nodes: by name where names are paths, by structure where they are not. */
import type { Graph } from "../graph/types.ts";
import type { Path } from "./paths.ts";
import { structured } from "./structure.ts";
import type { GraphKind } from "./view.ts";

/** Indices of nodes and inner groups, in graph order; the outermost tree has no label. */
export interface Tree {
  readonly label: string;
  readonly items: readonly (number | Tree)[];
}

export interface Grouped {
  readonly graph: Graph;
  /** Of each node. */
  readonly paths: readonly Path[];
  readonly kinds: readonly GraphKind[];
}

/** A group of fewer nodes hides nothing worth hiding. */
const FEWEST = 3;
/** A group that holds this share of what its parent holds says no more than the parent. */
const ALL = 0.8;
/** Loose nodes beside one another that a reader still takes in at once. */
const AT_ONCE = 12;

export function groupsOf(graph: Grouped): Tree {
  const named = byName(
    graph.paths.map((_, i) => i),
    graph.paths,
    0,
    [],
  );
  const numbering = { next: 1 };
  return numbered(withStructure({ label: "", items: tidy(named) }, graph, numbering));
}

/** Runs of indices whose paths agree at this depth become groups. */
function byName(
  indices: readonly number[],
  paths: readonly Path[],
  depth: number,
  above: Path,
): readonly (number | Tree)[] {
  const items: (number | Tree)[] = [];
  for (let i = 0; i < indices.length; ) {
    const index = indices[i] as number;
    const name = paths[index]?.[depth];
    let end = i + 1;
    if (name === undefined) items.push(index);
    else {
      while (end < indices.length && paths[indices[end] as number]?.[depth] === name) end++;
      const inside = byName(indices.slice(i, end), paths, depth + 1, [...above, name]);
      items.push({ label: labelOf(name, above), items: inside });
    }
    i = end;
  }
  return items;
}

/** A bare number says little: `layer1.0`. */
const labelOf = (name: string, above: Path): string =>
  /^\d+$/.test(name) && above.length > 0 ? `${above.at(-1)}.${name}` : name;

const sizeOf = (item: number | Tree): number =>
  typeof item === "number" ? 1 : item.items.reduce((n: number, inner) => n + sizeOf(inner), 0);

/** Without groups that hide too little, hold nothing but one group, or hold nearly all that is there. */
function tidy(items: readonly (number | Tree)[]): readonly (number | Tree)[] {
  const total = items.reduce((n: number, i) => n + sizeOf(i), 0);
  return items.flatMap((item): readonly (number | Tree)[] => {
    if (typeof item === "number") return [item];
    const inside = tidy(item.items);
    if (sizeOf(item) < FEWEST || sizeOf(item) >= ALL * total) return inside;
    const [only] = inside;
    return [{ label: item.label, items: inside.length === 1 && typeof only === "object" ? only.items : inside }];
  });
}

/** Long runs of loose nodes, at any depth, in groups by structure. */
function withStructure(tree: Tree, graph: Grouped, numbering: { next: number }): Tree {
  const items: (number | Tree)[] = [];
  let loose: number[] = [];
  const settle = (): void => {
    items.push(...(loose.length > AT_ONCE ? structured(loose, graph, numbering) : loose));
    loose = [];
  };
  for (const item of tree.items) {
    if (typeof item === "number") loose.push(item);
    else {
      settle();
      items.push(withStructure(item, graph, numbering));
    }
  }
  settle();
  return { label: tree.label, items };
}

/** Groups of one level that share a label are told apart: `encoder`, `encoder (2)`. */
function numbered(tree: Tree): Tree {
  const seen = new Map<string, number>();
  const items = tree.items.map((item) => {
    if (typeof item === "number") return item;
    const count = (seen.get(item.label) ?? 0) + 1;
    seen.set(item.label, count);
    return numbered(count === 1 ? item : { ...item, label: `${item.label} (${count})` });
  });
  return { label: tree.label, items };
}
