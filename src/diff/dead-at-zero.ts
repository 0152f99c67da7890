/** @file Which cotangents nobody reads where the value itself is 0: those that only go back through a ReLU. */
import type { GraphBuilder } from "../graph/builder.ts";
import type { Node } from "../graph/types.ts";
import { deadAtZero } from "../ops/masks.ts";

/** Ops that hand a cotangent back to an element of the same value. */
const CARRIES = new Set(["Concat", "Identity", "Dropout", "MaxPool"]);

/** `to` holds the values whose cotangents are results, and so read everywhere. Right for derivatives only. */
export function deadAtZeroTest(
  g: GraphBuilder,
  nodes: readonly Node[],
  to: readonly string[],
): (name: string) => boolean {
  const made = new Map(nodes.flatMap((node) => node.outputs.map((o) => [o, node] as const)));
  const results = new Set(to);
  const known = new Map<string, boolean>();
  const test = (name: string): boolean => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const node = made.get(name);
    const carries = node !== undefined && node.domain === "" && CARRIES.has(node.op);
    const inputs = node?.op === "Concat" ? node.inputs : (node?.inputs.slice(0, 1) ?? []);
    const dead =
      !results.has(name) && node !== undefined && (carries ? inputs.every(test) : deadAtZero(node, (n) => g.value(n)));
    known.set(name, dead);
    return dead;
  };
  return test;
}
