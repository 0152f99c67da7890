/** @file What is known of the node or group under the pointer, else of the one that has the focus. */
import type { ReadonlySignal } from "@preact/signals";
import type { GraphGroup, GraphNode, NodeRelevance } from "../../src/index.ts";
import { nameOf, relevanceWords } from "./words.ts";

interface FactsProps {
  readonly hovered: ReadonlySignal<string | undefined>;
  readonly focused: string | undefined;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly groups: ReadonlyMap<string, GraphGroup>;
  readonly relevance: Readonly<Record<string, NodeRelevance>> | undefined;
}

export function Facts({ hovered, focused, nodes, groups, relevance }: FactsProps) {
  const id = hovered.value ?? focused ?? "";
  const [node, group, own] = [nodes.get(id), groups.get(id), relevance?.[id]];
  if (!node && !group) return <p class="graph-facts soft">Pick a layer: those with a dot have positions.</p>;
  return (
    <div class="graph-facts">
      <p>
        <strong>{node?.op ?? group?.label}</strong>{" "}
        <span class="wrap">{node ? nameOf(node) : `${group?.size} nodes: ${group?.summary}`}</span>
      </p>
      <p class="soft">
        {[
          ...((node ?? group)?.shape ? [`output ${(node ?? group)?.shape}`] : []),
          ...(node?.attributes ? [node.attributes] : []),
        ].join("; ")}
      </p>
      {own && <p>Relevance: {relevanceWords(own)}</p>}
    </div>
  );
}
