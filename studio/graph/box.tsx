/** @file One node or group as it is drawn. */
import type { GraphGroup, GraphNode, NodeRelevance } from "../../src/index.ts";
import type { PlacedItem } from "./placed.ts";
import type { Detail } from "./use-camera.ts";
import { figure, groupWords, head, nameOf, nodeWords, tail } from "./words.ts";

/** How a box stands out. */
export interface Look {
  readonly focused: boolean;
  readonly picked: boolean;
  readonly found: boolean;
  /** A search is on, and this is not among what it found. */
  readonly dim: boolean;
  readonly relevance: NodeRelevance | undefined;
  /** The largest relevance of any node. */
  readonly most: number;
}

interface BoxProps {
  readonly item: PlacedItem;
  readonly detail: Detail;
  readonly look: Look;
}

/** SVG has no button of its own. */
const buttonOf = (id: string, name: string, look: Look, state: Readonly<Record<`aria-${string}`, boolean>>) => ({
  role: "button" as const,
  "data-id": id,
  "aria-label": name,
  tabindex: look.focused ? 0 : -1,
  class: "hit",
  ...state,
});
/** What is written on a box is part of its name, which says it in full. */
const UNSPOKEN = { "aria-hidden": true, class: "writing" } as const;

/** Characters that fit a box. */
const LINE = 29;
const TITLE = 20;

const classes = (look: Look, ...more: readonly string[]): string =>
  [
    ...more,
    ...(look.focused ? ["focused"] : []),
    ...(look.picked ? ["picked"] : []),
    ...(look.found ? ["found"] : []),
    ...(look.dim ? ["dim"] : []),
  ].join(" ");

/** Relevance received, from the middle: to the right what speaks for the score, to the left what speaks against it. */
function Bar({ item: { width, height }, look: { relevance, most } }: BoxProps) {
  if (relevance === undefined || relevance.received === null) return null;
  const half = width / 2 - 10;
  const length = most > 0 ? Math.min(1, Math.abs(relevance.received) / most) * half : 0;
  const against = relevance.received < 0;
  const [x, y] = [against ? width / 2 - length : width / 2, height - 7];
  return (
    <>
      <rect class="trough" x={10} y={y} width={2 * half} height={3} />
      <rect class={against ? "against" : "for"} x={x} y={y} width={Math.max(1, length)} height={3} />
      <text class="value" x={width} y={-5}>
        {figure(relevance.received)}
      </text>
    </>
  );
}

export function NodeBox({ node, ...props }: BoxProps & { readonly node: GraphNode }) {
  const { item, detail, look } = props;
  const { width, height } = item;
  const pickable = node.layers.length > 0;
  const mark = node.isScores ? "scores" : node.isDefault ? "default" : "";
  const state = pickable ? { "aria-pressed": look.picked } : { "aria-disabled": true };
  return (
    <g
      class={classes(look, "box", `kind-${node.kind}`, pickable ? "pickable" : "fixed")}
      transform={`translate(${item.x} ${item.y})`}
    >
      <g {...buttonOf(node.id, nodeWords(node, look.relevance), look, state)}>
        <rect class="body" width={width} height={height} rx={6} />
      </g>
      <g {...UNSPOKEN}>
        <path class="stripe" d={`M5 0a5 5 0 0 0-5 6v${height - 12}a5 5 0 0 0 5 6z`} />
        <text class="op" x={14} y={18}>
          {head(node.op, TITLE)}
        </text>
        {detail === "all" && (
          <text class="name" x={14} y={34}>
            {tail(nameOf(node), LINE)}
          </text>
        )}
        {mark !== "" && detail === "all" && (
          <text class="mark" x={width - (pickable ? 24 : 10)} y={18}>
            {mark}
          </text>
        )}
        {pickable && <circle class="dot" cx={width - 13} cy={14} r={4.5} />}
        <Bar {...props} />
      </g>
    </g>
  );
}

export function GroupBox({ group, ...props }: BoxProps & { readonly group: GraphGroup }) {
  const { item, detail, look } = props;
  const { width, height, open } = item;
  return (
    <g class={classes(look, "box", "group", open ? "open" : "shut")} transform={`translate(${item.x} ${item.y})`}>
      {!open && <rect class="behind" x={4} y={4} width={width} height={height} rx={8} />}
      <g {...buttonOf(group.id, groupWords(group, look.relevance), look, { "aria-expanded": open })}>
        <rect class="body" width={width} height={height} rx={8} />
      </g>
      <g {...UNSPOKEN}>
        <path class="fold" d={open ? "M10 11h8l-4 5z" : "M12 9v8l5-4z"} />
        <text class="op" x={24} y={18}>
          {head(group.label, TITLE + 4)}
        </text>
        {!open && detail === "all" && (
          <text class="name" x={14} y={34}>
            {head(`${group.size} nodes: ${group.summary}`, LINE)}
          </text>
        )}
        {!open && look.picked && <circle class="dot" cx={width - 13} cy={14} r={4.5} />}
        {!open && <Bar {...props} />}
      </g>
    </g>
  );
}
