/** @file What names say about groups: `layer1.0.conv1` lies in layer1, and there in 0. */
import type { Node } from "../graph/types.ts";

/** Names of the groups that hold a node, outermost first; empty where its name says nothing. */
export type Path = readonly string[];

/** Members that make a name a group's. */
const FEWEST = 3;
/** Share of all nodes that must lie in groups before names count. */
const COVERED = 0.5;
/** Outermost names, beyond which they count the nodes rather than group them. */
const MOST = 40;
/** Deeper groups are nobody's intention. */
const DEEPEST = 8;

const SOURCES: readonly { readonly text: (node: Node) => string; readonly separator: string }[] = [
  { text: (n) => n.name, separator: "/" },
  { text: (n) => n.outputs[0] ?? "", separator: "/" },
  { text: (n) => n.name, separator: "." },
  { text: (n) => n.outputs[0] ?? "", separator: "." },
];

/** One path a node, from the first source (names of nodes, names of values) that says something of most of them. */
export function namePaths(nodes: readonly Node[]): readonly Path[] {
  for (const { text, separator } of SOURCES) {
    const paths = nodes.map((n) => text(n).split(separator).filter(Boolean).slice(0, -1).slice(0, DEEPEST));
    if (saysSomething(paths)) return paths;
  }
  return nodes.map(() => []);
}

function saysSomething(paths: readonly Path[]): boolean {
  const sizes = new Map<string, number>();
  for (const [top] of paths) if (top !== undefined) sizes.set(top, (sizes.get(top) ?? 0) + 1);
  const covered = paths.filter(([top]) => top !== undefined && (sizes.get(top) as number) >= FEWEST).length;
  return paths.length > 0 && sizes.size <= MOST && covered >= COVERED * paths.length;
}
