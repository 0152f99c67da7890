/** @file The reverse walk: one pass over a graph, backwards, that accumulates cotangents. What happens at a node is the rule's business. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Attrs, Node } from "../graph/types.ts";
import { fitTo } from "../ops/broadcast.ts";
import type { Cotangents, Op, Vjp, VjpArgs } from "../ops/define.ts";
import { rowOf } from "../ops/infer.ts";
import { vanishesWith, vanishingOf } from "../ops/masks.ts";
import type { Ops } from "../ops/table.ts";
import { deadAtZeroTest } from "./dead-at-zero.ts";
import { noteSeeds } from "./seeds.ts";

/** A node as a rule sees it. */
export interface Site extends VjpArgs<Attrs> {
  readonly node: Node;
  readonly row: Op;
}
/** What a node passes back to its inputs. {@link derivative} is the gradient's; relevance methods bring their own. */
export type Rule = (site: Site) => Cotangents;

/** The vector-Jacobian product of the op's row. */
export const derivative: Rule = (site) => (site.row.vjp as Vjp<Attrs>)(site);

export interface ReverseOptions {
  readonly g: GraphBuilder;
  /** The forward nodes, in topological order. */
  readonly nodes: readonly Node[];
  readonly ops: Ops;
  /** Cotangents to start from, by value name. */
  readonly from: ReadonlyMap<string, Value>;
  /** Values whose cotangents are wanted: inputs, any layer, weights. */
  readonly to: readonly string[];
  readonly rule?: Rule;
  /** Does the rule ask ops for their vjp? Then nodes without one are refused at once. Default: the rule is {@link derivative}. */
  readonly needsVjp?: boolean;
  /** Sees each node with what arrived at its outputs and what it passed on. */
  readonly observe?: (node: Node, received: readonly Value[], passed: readonly Value[]) => void;
}

export interface Reversed {
  /** One cotangent for each name of `to`, shaped like it; null when no path leads there. */
  readonly cotangents: ReadonlyMap<string, Value | null>;
  readonly notes: readonly string[];
}

/**
 * Walk back from `from` to `to`. Only nodes that lie between the two are visited.
 * @throws OnnxplainError `E_UNSUPPORTED_OP` / `E_NO_DERIVATIVE`, naming every node in the way at once.
 */
export function reverse(options: ReverseOptions): Reversed {
  const { g, ops, from, to, rule = derivative, needsVjp = rule === derivative } = options;
  const reached = reachedFrom(options);
  const between = nodesBetween(options, reached);
  if (needsVjp) refuseUnderivable(between, ops);
  const pending = new Map<string, Value[]>([...from].map(([name, v]) => [name, [v]]));
  const notes = new Set<string>();
  noteSeeds(g, from.values());
  const unread = rule === derivative ? deadAtZeroTest(g, options.nodes, to) : () => false;
  for (const node of between.toReversed()) {
    const dys = node.outputs.map((name) => settle(g, pending, name));
    if (dys.every((d) => d === null)) continue;
    const row = rowOf(ops, node) as Op;
    const ys = node.outputs.map((name) => (name === "" ? g.value(node.outputs[0] as string) : g.value(name)));
    const x = node.inputs.map((name) => (name === "" ? null : g.value(name)));
    const wants = node.inputs.map((name) => reached.has(name));
    const cotangents = blamed(node, () =>
      rule({
        g,
        node,
        row,
        dy: (dys[0] ?? dys.find((d) => d !== null)) as Value,
        dys,
        x,
        y: ys[0] as Value,
        ys,
        attrs: node.attrs,
        wants,
        deadAtZero: node.inputs.map(unread),
      }),
    );
    if (row.straightThrough)
      notes.add(`${node.op} is differentiated straight through: rounding is treated as the identity inside its range.`);
    const passed: Value[] = [];
    cotangents.forEach((c, i) => {
      const name = node.inputs[i];
      if (c === null || name === undefined || !wants[i]) return;
      const fitted = blamed(node, () => fitTo(g, c, x[i] as Value));
      passed.push(fitted);
      const waiting = pending.get(name);
      if (waiting) waiting.push(fitted);
      else pending.set(name, [fitted]);
    });
    options.observe?.(
      node,
      dys.filter((d) => d !== null),
      passed,
    );
  }
  return { cotangents: new Map(to.map((name) => [name, settle(g, pending, name)])), notes: [...notes] };
}

/** A rule that fails on a node says so with the node's name: shapes and attributes come from the file. */
function blamed<T>(node: Node, f: () => T): T {
  try {
    return f();
  } catch (cause) {
    const place = { node: node.name, op: node.op, cause };
    if (cause instanceof OnnxplainError)
      throw cause.place.node === undefined
        ? new OnnxplainError(cause.code, `Node "${node.name}" (${node.op}): ${cause.message}`, place)
        : cause;
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `Node "${node.name}" (${node.op}) cannot be differentiated: ${(cause as Error).message}. Its inputs or attributes are not what the op allows, or not known.`,
      place,
    );
  }
}

/** The sum of what has arrived at a value, kept as its one cotangent. */
function settle(g: GraphBuilder, pending: Map<string, Value[]>, name: string): Value | null {
  const waiting = pending.get(name);
  if (waiting === undefined || waiting.length === 0) return null;
  const sum =
    waiting.length === 1 ? (waiting[0] as Value) : waiting.length === 2 ? g.op("Add", waiting) : g.op("Sum", waiting);
  if (waiting.length > 1) for (const y of commonZeros(g, waiting)) vanishesWith(g, sum, { name: y });
  pending.set(name, [sum]);
  return sum;
}

/** Values where all of several cotangents are known to vanish, and their sum with them. */
function commonZeros(g: GraphBuilder, parts: readonly Value[]): readonly string[] {
  const known = vanishingOf(g);
  const [first, ...rest] = parts.map((p) => known.get(p.name));
  return [...(first ?? [])].filter((y) => rest.every((zeros) => zeros?.has(y)));
}

/** Values that depend on `to` through data. Ops of kind `constant` (comparisons, shapes, indices) carry no data on. */
function reachedFrom({ nodes, ops, to }: ReverseOptions): ReadonlySet<string> {
  const reached = new Set(to);
  for (const node of nodes) {
    if (rowOf(ops, node)?.kind === "constant") continue;
    if (node.inputs.some((n) => reached.has(n))) for (const o of node.outputs) reached.add(o);
  }
  return reached;
}

function nodesBetween({ nodes, from }: ReverseOptions, reached: ReadonlySet<string>): readonly Node[] {
  const influences = new Set(from.keys());
  const kept: Node[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((o) => influences.has(o)) || !node.inputs.some((n) => reached.has(n))) continue;
    kept.push(node);
    for (const n of node.inputs) if (reached.has(n)) influences.add(n);
  }
  return kept.reverse();
}

function refuseUnderivable(nodes: readonly Node[], ops: Ops): void {
  const unknown = nodes.filter((n) => rowOf(ops, n) === undefined);
  const refused = nodes.filter((n) => typeof rowOf(ops, n)?.vjp === "object");
  const bad = [...unknown, ...refused];
  const first = bad[0];
  if (first === undefined) return;
  const reason = (n: Node): string => {
    const vjp = rowOf(ops, n)?.vjp;
    return typeof vjp === "object" ? vjp.none : "the compiler does not know this op";
  };
  const listed = bad
    .slice(0, 12)
    .map((n) => `${n.domain ? `${n.domain}.` : ""}${n.op} "${n.name}"`)
    .join(", ");
  throw new OnnxplainError(
    unknown.length > 0 ? "E_UNSUPPORTED_OP" : "E_NO_DERIVATIVE",
    `\`${first.op}\` (node "${first.name}") has no derivative: ${reason(first)}. ${bad.length} node${bad.length > 1 ? "s" : ""} of this model stand in the way: ${listed}${bad.length > 12 ? ", …" : ""}. ` +
      `Use a method that needs only forward passes (\`occlusion\`).`,
    { node: first.name, op: first.op },
  );
}
