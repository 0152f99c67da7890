/** @file Which nodes and groups a search means. */
import type { GraphView } from "../../src/index.ts";

/** Ids in graph order of those whose name, op, value or label holds the text; all words must occur. Empty text finds nothing. */
export function matches(view: GraphView, text: string): readonly string[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const fits = (parts: readonly string[]): boolean => {
    const whole = parts.join(" ").toLowerCase();
    return words.every((w) => whole.includes(w));
  };
  return [
    ...view.groups.filter((g) => fits([g.label])).map((g) => g.id),
    ...view.nodes.filter((n) => fits([n.op, n.name, ...n.outputs])).map((n) => n.id),
  ];
}
