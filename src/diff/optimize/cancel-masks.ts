/** @file A ReLU mask on a cotangent that is already 0 there, once the cotangent went through a Concat and back apart. */
import type { Value } from "../../graph/builder.ts";
import { isPositiveMask, vanishingOf } from "../../ops/masks.ts";
import { channelParts, type Draft, joinedChannels, type Rewrite } from "./draft.ts";

/** `Mul(Split(dc)_i, [y_i > 0])` is `Split(dc)_i` where `dc` vanishes with `Concat(y_0, y_1, …)`. */
export const cancelMasks: Rewrite = (draft) => {
  const { g, graph, maker } = draft;
  const out = new Map<string, Value>();
  for (const node of graph.nodes) {
    if (node.op !== "Mul" || node.domain !== "") continue;
    const [dy, mask] = node.inputs as [string, string];
    const masking = maker(mask);
    if (masking && isPositiveMask(masking) && vanishes(draft, dy, masking.inputs[0] as string))
      out.set(node.outputs[0] as string, g.value(dy));
  }
  return out;
};

function vanishes(draft: Draft, part: string, y: string): boolean {
  const split = draft.maker(part);
  const sizes = split && channelParts(draft, split);
  if (!sizes) return false;
  const at = split.outputs.indexOf(part);
  const whole = vanishingOf(draft.g).get(split.inputs[0] as string) ?? new Set<string>();
  return [...whole].some((name) => {
    const joined = joinedChannels(draft, draft.maker(name));
    return (
      joined !== undefined &&
      joined.length === sizes.length &&
      joined.every((p, i) => p.size === sizes[i]) &&
      joined[at]?.name === y
    );
  });
}
