/** @file The layers as a list, for small screens and for those who would rather read than look. */
import { useMemo } from "preact/hooks";
import "./graph.css";
import type { LayerListProps } from "./props.ts";
import { ancestry } from "./visible.ts";
import { figure, tail } from "./words.ts";

interface Choice {
  readonly value: string;
  readonly text: string;
}

/** Longest name in the list. */
const NAME = 60;

export function LayerList({ view, picked, onPick, relevance, id }: LayerListProps) {
  const parts = useMemo(() => {
    const { above } = ancestry(view);
    const labels = new Map(view.groups.map((g) => [g.id, g.label]));
    const out: { readonly label: string; readonly choices: Choice[] }[] = [];
    for (const node of view.nodes) {
      const [outermost] = above.get(node.id) ?? [];
      const label = labels.get(outermost ?? "") ?? "";
      const r = relevance?.[node.id]?.received ?? null;
      const choices = node.layers.map((value): Choice => {
        const facts = [node.op, node.shape, ...(r === null ? [] : [`relevance ${figure(r)}`])].join(", ");
        return { value, text: `${tail(value, NAME)} (${facts})${value === view.defaultLayer ? ", default" : ""}` };
      });
      if (choices.length === 0) continue;
      if (out.at(-1)?.label === label) out.at(-1)?.choices.push(...choices);
      else out.push({ label, choices });
    }
    return out;
  }, [view, relevance]);
  const options = (choices: readonly Choice[]) =>
    choices.map((c) => (
      <option key={c.value} value={c.value}>
        {c.text}
      </option>
    ));
  return (
    <select
      class="layer-list"
      id={id}
      aria-label={id === undefined ? "Layer" : undefined}
      value={picked ?? view.defaultLayer ?? ""}
      disabled={parts.length === 0}
      onChange={(e) => onPick(e.currentTarget.value)}
    >
      {parts.length === 0 && <option value="">no layer has positions</option>}
      {parts.map((p) =>
        p.label === "" ? (
          options(p.choices)
        ) : (
          <optgroup key={p.label} label={p.label}>
            {options(p.choices)}
          </optgroup>
        ),
      )}
    </select>
  );
}
