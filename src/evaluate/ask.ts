/** @file What a run asks for: methods and metrics with their parameters, under the names that results carry. */
import { OnnxplainError } from "../errors.ts";
import type { ScoreKind } from "../methods/classifier.ts";
import { findMethod } from "../methods/table.ts";
import type { Metric } from "../metrics/metric.ts";
import { findMetric } from "../metrics/table.ts";
import { hasParam, type Params, readParams } from "../params.ts";

type Given = Readonly<Record<string, unknown>>;

/** One method of a run. */
export interface MethodAsk {
  readonly method: string;
  readonly params?: Given | undefined;
  readonly layer?: string | undefined;
  /** Which score the method explains, where it is not that of the run. */
  readonly output?: ScoreKind | undefined;
  /** What results call it; default: id and parameters, `occlusion strides=25`. */
  readonly name?: string | undefined;
}
/** One metric of a run; a metric of the table by id, or one of your own. */
export interface MetricAsk {
  readonly metric: string | Metric;
  readonly params?: Given | undefined;
  readonly name?: string | undefined;
}

export interface NamedMethod {
  readonly method: string;
  readonly params: Given;
  readonly layer: string | undefined;
  readonly output: ScoreKind | undefined;
  readonly name: string;
}
export interface NamedMetric {
  readonly metric: Metric;
  readonly params: Params;
  readonly name: string;
}

const nameOf = (id: string, params: Given): string =>
  [id, ...Object.entries(params).map(([k, v]) => `${k}=${v}`)].join(" ");

/** `ID k=v k=v`: the parameters are text, read when the method or metric is. Throws `E_PARAM`. */
function words(text: string): { readonly id: string; readonly params: Readonly<Record<string, string>> } {
  const [id = "", ...rest] = text.trim().split(/\s+/);
  const params = rest.map((pair): readonly [string, string] => {
    const at = pair.indexOf("=");
    if (at < 1) throw new OnnxplainError("E_PARAM", `Expected \`${text}\` to be NAME k=v …, got the word \`${pair}\`.`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { id, params: Object.fromEntries(params) };
}

/**
 * A list in one string: `gradient,occlusion strides=3,5,5 layer=conv1`. What follows a comma begins a new entry when it
 * begins with a letter.
 */
export const splitList = (text: string): readonly string[] =>
  text
    .split(/,(?=\s*[A-Za-z])/)
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** Throws `E_METHOD_UNKNOWN`, `E_PARAM` (also for two methods of one name). */
export function readMethodAsks(asks: readonly (string | MethodAsk)[]): readonly NamedMethod[] {
  const named = asks.map((ask): NamedMethod => {
    const given = typeof ask === "string" ? fromText(ask) : ask;
    const { id } = findMethod(given.method);
    const params = given.params ?? {};
    const { layer, output } = given;
    return { method: id, params, layer, output, name: given.name ?? nameOf(id, layer ? { ...params, layer } : params) };
  });
  if (named.length === 0)
    throw new OnnxplainError("E_PARAM", "The list of methods is empty. Give at least one method.");
  refuseTwins(named, "methods");
  return named;
}

function fromText(text: string): MethodAsk {
  const { id, params } = words(text);
  const { layer, ...rest } = params;
  const own = layer !== undefined && hasParam(findMethod(id).params, "layer");
  return own ? { method: id, params } : { method: id, params: rest, layer };
}

/** Throws `E_METRIC_UNKNOWN`, `E_PARAM`. */
export function readMetricAsks(asks: readonly (string | MetricAsk)[]): readonly NamedMetric[] {
  const named = asks.map((ask): NamedMetric => {
    const { id, params: text } = typeof ask === "string" ? words(ask) : { id: ask.metric, params: {} };
    const metric = typeof id === "string" ? findMetric(id) : id;
    const given = typeof ask === "string" ? text : (ask.params ?? {});
    const name = (typeof ask === "string" ? undefined : ask.name) ?? nameOf(metric.id, given);
    return { metric, params: readParams(metric.id, metric.params, given), name };
  });
  if (named.length === 0)
    throw new OnnxplainError("E_PARAM", "The list of metrics is empty. Give at least one metric.");
  refuseTwins(named, "metrics");
  return named;
}

function refuseTwins(named: readonly { readonly name: string }[], what: string): void {
  const twin = named.find(({ name }, i) => named.findIndex((n) => n.name === name) !== i);
  if (twin) throw new OnnxplainError("E_PARAM", `Two of the ${what} are called \`${twin.name}\`. Ask for each once.`);
}

/** Members of an agreement by their place in the list of methods: by name, or by method where only one has it. Throws `E_PARAM`. */
export function readAgreement(
  members: readonly string[],
  methods: readonly NamedMethod[],
): { readonly name: string; readonly members: readonly number[] } {
  const found = members.map((wanted) => {
    const exact = methods.findIndex((m) => m.name === wanted);
    if (exact >= 0) return exact;
    const { id } = findMethod(words(wanted).id);
    const places = methods.flatMap((m, i) => (m.method === id ? [i] : []));
    if (places.length === 1) return places[0] as number;
    throw new OnnxplainError(
      "E_PARAM",
      `\`${wanted}\` of the agreement \`${members.join("+")}\` stands for ${places.length} of the methods asked for: ${methods.map((m) => `\`${m.name}\``).join(", ")}. Name one of them.`,
    );
  });
  if (new Set(found).size < 2)
    throw new OnnxplainError(
      "E_PARAM",
      `An agreement needs at least two different methods, got \`${members.join("+")}\`.`,
    );
  return { name: found.map((i) => (methods[i] as NamedMethod).name).join("+"), members: found };
}
