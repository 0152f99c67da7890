/** @file What is looked up by id while a graph is drawn, and which node holds the layer in use. */
import { useMemo } from "preact/hooks";
import type { GraphGroup, GraphNode } from "../../src/index.ts";
import type { Placed, PlacedItem } from "./placed.ts";
import type { GraphProps } from "./props.ts";
import { type Ancestry, ancestry, boxOf } from "./visible.ts";

export interface Lookup {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly groups: ReadonlyMap<string, GraphGroup>;
  readonly family: Ancestry;
  readonly items: ReadonlyMap<string, PlacedItem>;
  /** Ids of the open groups. */
  readonly opened: ReadonlySet<string>;
  /** Makes the layer in use. */
  readonly pickedNode: GraphNode | undefined;
  /** The box that stands for it. */
  readonly pickedBox: string | undefined;
}

export function useLookup({ view, picked }: Pick<GraphProps, "view" | "picked">, placed: Placed): Lookup {
  const nodes = useMemo(() => new Map(view.nodes.map((n) => [n.id, n])), [view]);
  const groups = useMemo(() => new Map(view.groups.map((g) => [g.id, g])), [view]);
  const family = useMemo(() => ancestry(view), [view]);
  const items = useMemo(() => new Map(placed.items.map((i) => [i.id, i])), [placed]);
  const opened = useMemo(() => new Set(placed.open), [placed]);
  const layer = picked ?? view.defaultLayer;
  const pickedNode = useMemo(() => view.nodes.find((n) => layer !== null && n.outputs.includes(layer)), [view, layer]);
  const pickedBox = pickedNode && boxOf(family, opened, pickedNode.id);
  return useMemo(
    () => ({ nodes, groups, family, items, opened, pickedNode, pickedBox }),
    [nodes, groups, family, items, opened, pickedNode, pickedBox],
  );
}
