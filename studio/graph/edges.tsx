/** @file The links, and what flows along them. */
import { meets, type Rect } from "./camera.ts";
import type { PlacedEdge } from "./placed.ts";

interface EdgesProps {
  readonly edges: readonly PlacedEdge[];
  readonly rect: Rect;
  readonly shapes: boolean;
}

export function Edges({ edges, rect, shapes }: EdgesProps) {
  const near = edges.filter((e) => meets(e, rect));
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in here takes the focus
    <g class="edges" aria-hidden="true">
      <path d={near.map((e) => e.path).join("")} />
      {shapes &&
        near
          .filter((e) => e.label !== "")
          .map((e) => (
            <text key={`${e.labelX},${e.labelY},${e.label}`} x={e.labelX} y={e.labelY}>
              {e.label}
            </text>
          ))}
    </g>
  );
}
