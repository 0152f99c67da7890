/** @file What lifting one op means: the node as it was, the node as the canonical opset writes it. */
import type { Node } from "../../graph/types.ts";
import type { Rewriter } from "../rewriter.ts";

/** Returns the node that makes the original outputs; whatever it needs first goes through `rw`. */
export type Lift = (node: Node, rw: Rewriter) => Node;

/** `lift` applies to models whose opset is below `below`. */
export interface LiftRow {
  readonly below: number;
  readonly lift: Lift;
}
