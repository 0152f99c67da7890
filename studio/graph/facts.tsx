/** @file What is known of the node or group that has the focus. */
import type { GraphGroup, GraphNode, NodeRelevance } from "../../src/index.ts";
import { nameOf, relevanceWords } from "./words.ts";

interface FactsProps {
  readonly node: GraphNode | undefined;
  readonly group: GraphGroup | undefined;
  readonly relevance: NodeRelevance | undefined;
}

export function Facts({ node, group, relevance }: FactsProps) {
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
      {relevance && <p>Relevance: {relevanceWords(relevance)}</p>}
    </div>
  );
}
