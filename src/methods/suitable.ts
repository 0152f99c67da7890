/** @file Does a method apply to a model, and if not, which ones do? */
import { OnnxplainError } from "../errors.ts";
import { type Params, readParams } from "../params.ts";
import type { Classifier } from "./classifier.ts";
import { candidateLayers } from "./layers.ts";
import type { Method } from "./method.ts";
import { METHODS } from "./table.ts";

/** Why a method has no meaning on this model; undefined when it has. */
export function unsuitability(
  method: Method,
  classifier: Classifier,
  params: Params = readParams(method.id, method.params, {}),
): string | undefined {
  return (
    (method.space === "layer" && candidateLayers(classifier).length === 0
      ? "the model has no feature map with a grid of positions (no convolution, no tokens)"
      : undefined) ??
    (method.gradients ? withoutDerivative(classifier) : undefined) ??
    method.unsuitable?.(classifier, params)
  );
}

/** The first op between input and scores that has no derivative. */
function withoutDerivative({ model: { graph }, ops, scores, input }: Classifier): string | undefined {
  const reached = new Set([input.name]);
  const through = graph.nodes.filter((n) => {
    if (ops[n.op]?.kind === "constant" || !n.inputs.some((i) => reached.has(i))) return false;
    for (const o of n.outputs) reached.add(o);
    return true;
  });
  const influences = new Set([scores]);
  for (const n of through.toReversed()) {
    if (!n.outputs.some((o) => influences.has(o))) continue;
    const row = n.domain === "" ? ops[n.op] : undefined;
    if (row === undefined) return `the compiler does not know \`${n.op}\` (node "${n.name}")`;
    if (typeof row.vjp === "object") return `\`${n.op}\` (node "${n.name}") has no derivative: ${row.vjp.none}`;
    for (const i of n.inputs) influences.add(i);
  }
  return undefined;
}

/** Ids of the methods that have a meaning on this model, in the order of the table. */
export const suitableMethods = (classifier: Classifier): readonly string[] =>
  Object.values<Method>(METHODS)
    .filter((m) => unsuitability(m, classifier) === undefined)
    .map((m) => m.id);

/** Throws `E_METHOD_UNSUITABLE` with the node, the reason, and the methods that do apply. */
export function refuseUnsuitable(method: Method, classifier: Classifier, params: Params): void {
  const reason = method.unsuitable?.(classifier, params);
  if (reason === undefined) return;
  throw new OnnxplainError(
    "E_METHOD_UNSUITABLE",
    `\`${method.id}\` has no meaning on this model: ${reason}. Methods that apply: ${suitableMethods(classifier).join(", ")}.`,
  );
}
