/** @file What is drawn of the graph: frames below links, links below boxes, and only what is near the view. */
import type { NodeRelevance } from "../../src/index.ts";
import { GroupBox, type Look, NodeBox } from "./box.tsx";
import { meets, rectOf } from "./camera.ts";
import { Edges } from "./edges.tsx";
import { Far } from "./far.tsx";
import type { Lookup } from "./lookup.ts";
import type { Placed, PlacedItem } from "./placed.ts";
import { isFar, type Sight } from "./use-camera.ts";
import type { Find } from "./use-find.ts";

interface DrawingProps {
  readonly placed: Placed;
  readonly lookup: Lookup;
  readonly sight: Sight;
  readonly focused: string | undefined;
  readonly find: Find;
  readonly relevance: Readonly<Record<string, NodeRelevance>> | undefined;
  /** The largest relevance of any node. */
  readonly most: number;
}

export function Drawing({ placed, lookup, sight, focused, find, relevance, most }: DrawingProps) {
  const { nodes, groups, pickedNode, pickedBox } = lookup;
  const { rect, detail } = sight;
  const far = isFar(detail);
  const stands = ({ id }: PlacedItem): boolean => id === focused || id === pickedNode?.id;
  const near = placed.items.filter((i) => stands(i) || (!far && meets(rectOf(i), rect)));
  const lookOf = ({ id, open }: PlacedItem): Look => ({
    focused: id === focused,
    picked: id === pickedBox,
    found: id === find.current,
    dim: find.count > 0 && !find.boxes.has(id) && !open,
    relevance: relevance?.[id],
    most,
  });
  const box = (item: PlacedItem) => {
    const common = { item, detail, look: lookOf(item) };
    const [node, group] = [nodes.get(item.id), groups.get(item.id)];
    if (node) return <NodeBox key={item.id} node={node} {...common} />;
    return group ? <GroupBox key={item.id} group={group} {...common} /> : null;
  };
  return (
    <>
      {far && <Far items={placed.items} nodes={nodes} rect={rect} />}
      {near.filter((i) => i.open).map(box)}
      {detail !== "colours" && <Edges edges={placed.edges} rect={rect} shapes={detail === "all"} />}
      {near.filter((i) => !i.open).map(box)}
    </>
  );
}
