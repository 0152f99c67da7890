/** @file Splits of channels pushed up into the convolutions that made them: slices of constant weights cost nothing, slices of data do. */
import type { Value } from "../../graph/builder.ts";
import type { Node } from "../../graph/types.ts";
import { channelParts, type Draft, joinedChannels, type Rewrite } from "./draft.ts";

/** `Split(Conv(dy, w))` is `Conv(dy, Slice(w))`, …; and so through sums, and away with a Concat of the same parts. */
export const sinkSplits: Rewrite = (draft) => {
  const out = new Map<string, Value>();
  for (const node of draft.graph.nodes) {
    const sizes = channelParts(draft, node);
    const data = node.inputs[0] as string;
    if (!sizes || !draft.readOnce(data) || !sinks(draft, data, sizes)) continue;
    let begin = 0;
    node.outputs.forEach((name, i) => {
      const end = begin + (sizes[i] as number);
      out.set(name, part(draft, data, { begin, end, index: i }));
      begin = end;
    });
  }
  return out;
};

const bare = (node: Node): boolean =>
  node.inputs.length === 2 && (node.attrs.group === undefined || node.attrs.group === 1);

/** Can every part be had without a slice of data? Values read elsewhere too stay whole. */
function sinks(draft: Draft, name: string, sizes: readonly number[]): boolean {
  const node = draft.maker(name);
  if (node === undefined) return false;
  if (node.op === "Conv" || node.op === "ConvTranspose")
    return bare(node) && draft.isConstant(node.inputs[1] as string);
  if (node.op === "Add" || node.op === "Sum") {
    const { dims } = draft.g.value(name);
    return node.inputs.every(
      (n) => draft.readOnce(n) && draft.g.value(n).dims?.join() === dims?.join() && sinks(draft, n, sizes),
    );
  }
  const joined = joinedChannels(draft, node);
  return joined !== undefined && joined.length === sizes.length && joined.every((p, i) => p.size === sizes[i]);
}

interface Part {
  readonly begin: number;
  readonly end: number;
  readonly index: number;
}

/** The channels from `begin` to `end` of a value that {@link sinks} accepts. */
function part(draft: Draft, name: string, p: Part): Value {
  const { g } = draft;
  const node = draft.maker(name) as Node;
  const inputs = node.inputs.map((n) => g.value(n));
  if (node.op === "Concat") return inputs[p.index] as Value;
  if (node.op === "Add" || node.op === "Sum")
    return g.op(
      node.op,
      node.inputs.map((n) => part(draft, n, p)),
      node.attrs,
    );
  const [dy, w] = inputs as [Value, Value];
  // weights are [out, in, k…] for Conv, [in, out, k…] for ConvTranspose
  const rows = g.op("Slice", [w, g.ints([p.begin]), g.ints([p.end]), g.ints([node.op === "Conv" ? 0 : 1])]);
  return g.op(node.op, [dy, rows], node.attrs);
}
