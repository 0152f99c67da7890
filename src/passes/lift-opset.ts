/** @file Raises the default-domain ops of a model to the canonical opset, the only one that the op rows describe. */
import { OnnxplainError } from "../errors.ts";
import { CANONICAL_IR, CANONICAL_OPSET } from "../graph/new-model.ts";
import type { Node } from "../graph/types.ts";
import { inferWith } from "../ops/infer.ts";
import { LIFTS } from "./lift/table.ts";
import type { Pass } from "./pass.ts";
import { type Rewriter, rewrite } from "./rewriter.ts";

export { CANONICAL_IR, CANONICAL_OPSET } from "../graph/new-model.ts";
/** Rows state what opset 21 means. Up to this opset none of the ops with a row has changed its meaning since. */
export const NEWEST_OPSET = 25;

function lifted(node: Node, opset: number, rw: Rewriter): Node {
  let now = node;
  const key = node.domain === "" ? node.op : `${node.domain}.${node.op}`;
  // A lift may change the op (Upsample into Resize); the rows are those of the op the file names.
  for (const { below, lift } of Object.hasOwn(LIFTS, key) ? (LIFTS[key] ?? []) : []) {
    if (opset < below) now = lift(now, rw);
  }
  return now;
}

function notesFor(opset: number, nodes: readonly Node[]): readonly string[] {
  const notes: string[] = [];
  const inner = nodes.find((n) => Object.values(n.attrs).some((a) => typeof a === "object" && "graph" in a));
  if (opset < 7)
    notes.push(
      `The model uses opset ${opset}, older than 7; it was read with best effort. Compare a prediction with the original.`,
    );
  if (opset > NEWEST_OPSET)
    notes.push(
      `The model uses opset ${opset}, newer than ${NEWEST_OPSET}; ops that changed since then would be misread.`,
    );
  if (inner && opset < CANONICAL_OPSET)
    notes.push(`Node "${inner.name}" (${inner.op}) holds a subgraph, whose ops stay as opset ${opset} wrote them.`);
  return notes;
}

/** Throws `E_MODEL_INVALID` for an impossible opset or an old form that has no modern equal. */
export const liftOpset: Pass = {
  name: "lift-opset",
  run: (model, { ops }) => {
    const { opset, irVersion } = model;
    if (!Number.isInteger(opset) || opset < 1) {
      throw new OnnxplainError(
        "E_MODEL_INVALID",
        `The model declares opset ${opset} for the default domain; expected 1 or more. The file is damaged; export it again.`,
      );
    }
    const graph = rewrite(model.graph, (node, rw) => rw.emit(lifted(node, opset, rw)), inferWith(ops));
    return {
      model: { ...model, graph, opset: Math.max(CANONICAL_OPSET, opset), irVersion: Math.max(CANONICAL_IR, irVersion) },
      notes: notesFor(opset, model.graph.nodes),
    };
  },
};
