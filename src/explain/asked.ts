/** @file Which methods are asked for, with which parameters and at which layer. */
import { OnnxplainError } from "../errors.ts";
import type { Classifier } from "../methods/classifier.ts";
import { defaultLayer, type Layer, namedLayer } from "../methods/layers.ts";
import type { Method } from "../methods/method.ts";
import { findMethod } from "../methods/table.ts";
import { hasParam, type Params, readParams } from "../params.ts";
import type { MethodRequest } from "./options.ts";

export interface Asked {
  readonly method: Method;
  readonly params: Params;
  /** Name of the layer asked for. */
  readonly layer: string | undefined;
}

type Given = Readonly<Record<string, unknown>>;

/**
 * Methods with their parameters: `common` ones go to whoever knows them, `"METHOD.name"` to that method alone.
 * Throws `E_METHOD_UNKNOWN`, `E_PARAM`.
 */
export function readMethods(
  requests: readonly (string | MethodRequest)[],
  { params: common = {}, layer }: { readonly params?: Given | undefined; readonly layer?: string | undefined },
): readonly Asked[] {
  if (requests.length === 0)
    throw new OnnxplainError("E_PARAM", "The list of methods is empty. Give at least one method.");
  const named = requests.map((r) => (typeof r === "string" ? { method: r } : r)) satisfies readonly MethodRequest[];
  const methods = named.map((r: MethodRequest) => ({ ...r, method: findMethod(r.method) }));
  const found = methods.map((r) => r.method);
  const shares = sharesOf(found, common);
  return methods.map(({ method, params, layer: own }, i) => ({
    method,
    params: readParams(method.id, method.params, { ...shares[i], ...params }),
    layer: own ?? layer,
  }));
}

/** What of the common parameters each method gets; a parameter for one method wins over one for all. */
function sharesOf(methods: readonly Method[], common: Given): readonly Given[] {
  const [forAll, forOne]: [[string, unknown][], [string, unknown][]] = [[], []];
  for (const entry of Object.entries(common)) (entry[0].includes(".") ? forOne : forAll).push(entry);
  const shares = methods.map((): Record<string, unknown> => ({}));
  for (const [name, value] of forAll) {
    const takers = methods.length === 1 ? methods : methods.filter((m) => hasParam(m.params, name));
    if (takers.length === 0) throw unknownParam(name, methods);
    for (const [i, m] of methods.entries())
      if (takers.includes(m)) (shares[i] as Record<string, unknown>)[name] = value;
  }
  for (const [qualified, value] of forOne) {
    const at = qualified.lastIndexOf(".");
    const method = findMethod(qualified.slice(0, at));
    if (!methods.includes(method))
      throw new OnnxplainError(
        "E_PARAM",
        `\`${qualified}\` is for \`${method.id}\`, which is not among the methods asked for: ${methods.map((m) => m.id).join(", ")}.`,
      );
    for (const [i, m] of methods.entries())
      if (m === method) (shares[i] as Record<string, unknown>)[qualified.slice(at + 1)] = value;
  }
  return shares;
}

const unknownParam = (name: string, methods: readonly Method[]): OnnxplainError =>
  new OnnxplainError(
    "E_PARAM",
    `None of the methods has a parameter \`${name}\`. They have: ${methods
      .map((m) => `${m.id}: ${Object.keys(m.params).join(", ") || "none"}`)
      .join("; ")}.`,
  );

/** The layer that a method reads: the one named, else its default. Throws `E_LAYER_UNKNOWN`, `E_LAYER_UNSUITABLE`. */
export function chooseLayer(method: Method, classifier: Classifier, wanted: string | undefined): Layer | undefined {
  const named = wanted === undefined ? undefined : namedLayer(classifier, wanted);
  if (method.space === "layer") return named ?? (method.defaultLayer ?? defaultLayer)(classifier);
  return method.takesLayer ? named : undefined;
}

export const readsLayer = (method: Method): boolean => method.space === "layer" || method.takesLayer === true;
