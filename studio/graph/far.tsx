/** @file The drawing from afar: one path for all boxes of a kind, however many there are. */
import type { GraphNode } from "../../src/index.ts";
import { meets, type Rect, rectOf } from "./camera.ts";
import type { PlacedItem } from "./placed.ts";

interface FarProps {
  readonly items: readonly PlacedItem[];
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly rect: Rect;
}

const kindOf = (item: PlacedItem, nodes: ReadonlyMap<string, GraphNode>): string =>
  item.open ? "frame" : (nodes.get(item.id)?.kind ?? "group");

export function Far({ items, nodes, rect }: FarProps) {
  const paths = new Map<string, string>();
  for (const item of items) {
    if (!meets(rectOf(item), rect)) continue;
    const kind = kindOf(item, nodes);
    const { x, y, width, height } = item;
    paths.set(kind, `${paths.get(kind) ?? ""}M${x} ${y}h${width}v${height}h${-width}z`);
  }
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in here takes the focus
    <g class="far" aria-hidden="true">
      {[...paths].map(([kind, d]) => (
        <path key={kind} class={`far-kind kind-${kind}`} d={d} />
      ))}
    </g>
  );
}
