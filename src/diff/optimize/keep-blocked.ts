/**
 * @file Keeping products and sums in the blocked layout that ONNX Runtime's CPU kernels convolve in. It takes one in only
 * when all its operands are laid out so already; one plain operand and both, and all that follows, are laid out anew.
 */
import type { Value } from "../../graph/builder.ts";
import { isStatic } from "../../graph/dim.ts";
import type { Node } from "../../graph/types.ts";
import type { Draft, Rewrite } from "./draft.ts";

/** Channels of a block, on the widest machines; a multiple of the narrower ones. */
const BLOCK = 16;
const JOINS = new Set(["Add", "Mul", "Sum"]);
const FOLLOWS = new Set(["Relu", "HardSigmoid", "Sigmoid", "Tanh", "LeakyRelu", "Resize"]);
const POOLS = new Set(["MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool"]);

/** A plain operand beside blocked ones goes through a pool of one element, which lays it out in blocks and changes nothing. */
export const keepBlocked: Rewrite = (draft) => {
  const { g, graph } = draft;
  const out = new Map<string, Value>();
  const blocked = new Set<string>();
  const useful = feedsConvolutions(draft);
  for (const node of graph.nodes) {
    const name = node.outputs[0] as string;
    if (node.domain !== "" || node.outputs.length !== 1) continue;
    if (!JOINS.has(node.op)) {
      if (isBlocked(draft, node, blocked)) blocked.add(name);
      continue;
    }
    if (!sameShape(draft, node) || !node.inputs.some((n) => blocked.has(n))) continue;
    const plain = node.inputs.filter((n) => !blocked.has(n));
    if (plain.length > 0 && !useful.has(name)) continue;
    blocked.add(name);
    if (plain.length > 0)
      out.set(
        name,
        g.op(
          node.op,
          node.inputs.map((n) => entered(draft, out.get(n) ?? g.value(n), blocked.has(n))),
          node.attrs,
        ),
      );
  }
  return out;
};

function entered({ g }: Draft, v: Value, blocked: boolean): Value {
  return blocked ? v : g.op("AveragePool", [v], { kernel_shape: [1, 1] }, "blocked");
}

/** [N, C, H, W] on all sides, C in whole blocks. */
function sameShape({ g }: Draft, node: Node): boolean {
  const { dims, dtype } = g.value(node.outputs[0] as string);
  const channels = dims?.[1];
  if (
    dtype !== "float32" ||
    dims?.length !== 4 ||
    typeof channels !== "number" ||
    channels % BLOCK !== 0 ||
    !isStatic(dims.slice(2))
  )
    return false;
  return node.inputs.every((n) => g.value(n).dims?.join() === dims.join());
}

/** Does the runtime lay out the node's result in blocks, whatever its operand is like? */
function isBlocked(draft: Draft, node: Node, blocked: ReadonlySet<string>): boolean {
  const { g } = draft;
  const { dims } = g.value(node.outputs[0] as string);
  const channels = dims?.[1];
  const data = node.inputs[0] as string;
  if (dims?.length !== 4 || typeof channels !== "number") return false;
  if (FOLLOWS.has(node.op)) return blocked.has(data);
  // a Clip is kept only as part of the convolution before it
  if (node.op === "Clip") return blocked.has(data) && draft.maker(data)?.op === "Conv" && draft.readOnce(data);
  if (POOLS.has(node.op)) return channels % BLOCK === 0;
  if (node.op === "Concat")
    return (
      node.attrs.axis === 1 &&
      node.inputs.every((n) => blocked.has(n) && (g.value(n).dims?.[1] as number) % BLOCK === 0)
    );
  if (node.op !== "Conv" || !draft.isConstant(node.inputs[1] as string)) return false;
  const group = (node.attrs.group as number | undefined) ?? 1;
  const from = g.value(data).dims?.[1];
  if (typeof from !== "number") return false;
  if (group === 1) return channels >= BLOCK && (from < BLOCK || from % 4 === 0);
  return (
    channels % BLOCK === 0 && (from === group || ((channels / group) % BLOCK === 0 && (from / group) % BLOCK === 0))
  );
}

/** Values that reach a convolution or pool through element-wise ops. */
function feedsConvolutions({ graph }: Draft): ReadonlySet<string> {
  const useful = new Set<string>();
  for (const node of graph.nodes.toReversed()) {
    if (node.domain !== "") continue;
    const through = (JOINS.has(node.op) || FOLLOWS.has(node.op)) && node.outputs.some((o) => useful.has(o));
    if (through) for (const n of node.inputs) useful.add(n);
    else if (node.op === "Conv" || POOLS.has(node.op)) useful.add(node.inputs[0] as string);
  }
  return useful;
}
