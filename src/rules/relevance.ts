/** @file Relevance through a network: the reverse walk with a composite's rules, refusals before it, a ledger beside it. */
import { reverse } from "../diff/reverse.ts";
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Node } from "../graph/types.ts";
import { type Books, keepBooks } from "./books.ts";
import type { Composite, Selector } from "./composites.ts";
import type { NodeRule, WalkSettings } from "./rule-site.ts";
import { type Survey, type Surveyed, survey } from "./survey.ts";
import { type RuleSpec, ruleOf, specText } from "./table.ts";

const matches = (selector: Selector, node: Node, s: Survey): boolean => {
  const role = s.role(node);
  if (typeof selector === "object") return globOf(selector.glob)(node);
  if (selector === "first") return node === s.first;
  if (selector === "last") return node === s.last;
  if (selector === "rectifier") return s.isRectifier(node);
  return selector === "weighted" ? role === "convolution" || role === "dense" : selector === role;
};

/** `*` and `?`, ignoring case, against a node's name, its op, or what it makes. */
function globOf(glob: string): (node: Node) => boolean {
  const pattern = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const test = new RegExp(`^${pattern}$`, "i");
  return (node) => [node.name, node.op, ...node.outputs].some((name) => test.test(name));
}

/** Which rule runs at each node; undefined where the composite has none. */
export function assignment(composite: Composite, s: Survey): ReadonlyMap<Node, RuleSpec | undefined> {
  return new Map(s.nodes.map((node) => [node, composite.rows.find(([selector]) => matches(selector, node, s))?.[1]]));
}

/** Are there rectifiers between image and scores? */
export const hasRectifier = (s: Survey): boolean => s.nodes.some((n) => matches("rectifier", n, s));

/** Patterns of a composite that fit no node. */
export const idleGlobs = (composite: Composite, s: Survey): readonly string[] =>
  composite.rows.flatMap(([selector]) =>
    typeof selector === "object" && !s.nodes.some(globOf(selector.glob)) ? [selector.glob] : [],
  );

const REASONS: Readonly<Record<string, string>> = {
  product: "two values that both depend on the image are multiplied",
  softmax: "its outputs compete",
  normalize: "it divides by a statistic of the image",
};

/** Why the composite cannot run on this graph, all nodes at once; undefined when it can. */
export function uncovered(composite: Composite, s: Survey): string | undefined {
  const bad = [...assignment(composite, s)].flatMap(([node, rule]) => (rule === undefined ? [node] : []));
  const [first] = bad;
  if (first === undefined) return undefined;
  const listed = bad
    .slice(0, 8)
    .map((n) => `${n.op} "${n.name}"`)
    .join(", ");
  return `composite \`${composite.id}\` has no rule for ${bad.length} node${bad.length > 1 ? "s" : ""}: ${listed}${bad.length > 8 ? ", …" : ""} (${REASONS[s.role(first)] ?? "no rule fits its op"}). \`composite=attnlrp\` has rules for products, Softmax and normalisations; \`--rule '${first.op}=uniform'\` (or pass, gradient) sets one`;
}

export interface RelevanceOptions {
  readonly g: GraphBuilder;
  readonly where: Surveyed;
  readonly composite: Composite;
  readonly settings: WalkSettings;
  /** Relevance to start from, by value name. */
  readonly start: ReadonlyMap<string, Value>;
  /** Values whose relevance is wanted. */
  readonly to: readonly string[];
  /** Keep books on every node. */
  readonly ledger?: boolean;
}

export interface Relevance {
  /** By name of `to`; null where no path leads. */
  readonly relevance: ReadonlyMap<string, Value | null>;
  readonly books: Books | undefined;
  readonly notes: readonly string[];
}

/** Throws `E_METHOD_UNSUITABLE` naming all nodes without a rule, `E_PARAM` for a pattern that fits no node. */
export function relevance(options: RelevanceOptions): Relevance {
  const { g, where, composite, settings, start, to } = options;
  const s = survey(where);
  const [idle] = idleGlobs(composite, s);
  if (idle !== undefined)
    throw new OnnxplainError(
      "E_PARAM",
      `The rule pattern \`${idle}\` fits no node of the model. Patterns are matched against node names, ops and values (\`onnxplain inspect\` lists them); there are ${[...new Set(s.nodes.map((n) => n.op))].join(", ")}.`,
    );
  const reason = uncovered(composite, s);
  if (reason !== undefined) throw new OnnxplainError("E_METHOD_UNSUITABLE", `${reason}.`);
  const specs = assignment(composite, s);
  const rules = new Map<RuleSpec, NodeRule>();
  const ruleFor = (spec: RuleSpec): NodeRule => {
    const made = rules.get(spec) ?? ruleOf(spec);
    rules.set(spec, made);
    return made;
  };
  const books = options.ledger ? keepBooks(g) : undefined;
  const { cotangents, notes } = reverse({
    g,
    nodes: where.graph.nodes,
    ops: where.ops,
    from: start,
    to,
    rule: (site) => {
      const spec = specs.get(site.node) as RuleSpec;
      return ruleFor(spec)({ ...site, survey: s, settings, account: books?.open(site.node, specText(spec)) });
    },
    ...(books ? { observe: books.observe } : {}),
  });
  return { relevance: cotangents, books, notes };
}
