/** @file Which layers read values that may be negative: rules made for what activations give do not foresee them. */
import type { GraphBuilder } from "../graph/builder.ts";
import type { Node } from "../graph/types.ts";
import { isNonNegative } from "../ops/masks.ts";
import type { Role } from "./roles.ts";
import type { Survey } from "./survey.ts";

const WEIGHTED: ReadonlySet<Role> = new Set(["convolution", "dense"]);

/** Layers with weights among those that `wanted` picks, and how many of them read values not known to be non-negative. */
export function signedLayers(
  g: GraphBuilder,
  s: Survey,
  wanted: (node: Node) => boolean,
): { readonly layers: number; readonly signed: number } {
  const layers = s.nodes.filter((n) => WEIGHTED.has(s.role(n)) && wanted(n));
  const signed = layers.filter((n) => !isNonNegative(g, g.value(n.inputs[0] as string)));
  return { layers: layers.length, signed: signed.length };
}
