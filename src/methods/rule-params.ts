/** @file Composites and rules as method parameters: as text from the command line, or by value. */
import { OnnxplainError } from "../errors.ts";
import type { ParamSpec } from "../params.ts";
import { type Composite, type CompositeRow, findComposite, type Selector } from "../rules/composites.ts";
import { parseRule, type RuleSpec, ruleOf } from "../rules/table.ts";

const isComposite = (raw: unknown): raw is Composite =>
  typeof raw === "object" && raw !== null && "rows" in raw && Array.isArray(raw.rows) && "id" in raw;

/** A composite by name, one rule for all layers, or a `Composite` by value. Throws `E_PARAM` for names that do not exist. */
export const compositeParam = (fallback: string, about: string): ParamSpec => ({
  default: fallback,
  about,
  expected: "a composite's name, a rule, or a composite by value",
  read: (raw) => {
    if (isComposite(raw)) return raw;
    return typeof raw === "string" ? findComposite(raw).id : undefined;
  },
});

/** `pattern=rule` pairs, joined by `;`; a record of them; or rows of a composite. Throws `E_PARAM` for rules that do not exist. */
export const rulesParam = (about: string): ParamSpec => ({
  default: null,
  about,
  expected: "`pattern=rule` pairs joined by `;`, or a record from pattern to rule",
  read: (raw) => {
    if (typeof raw === "string") return pairsOf(raw);
    if (Array.isArray(raw)) return raw as readonly CompositeRow[];
    if (typeof raw !== "object" || raw === null) return undefined;
    return Object.entries(raw).map(([glob, rule]) => rowOf(glob, rule as string | RuleSpec));
  },
});

function pairsOf(text: string): readonly CompositeRow[] {
  const pairs = text.split(";").filter((p) => p.trim() !== "");
  return pairs.map((pair) => {
    const at = pair.lastIndexOf("=");
    if (at <= 0)
      throw new OnnxplainError(
        "E_PARAM",
        `Expected a rule as \`pattern=rule\` (\`conv*=gamma:0.25\`), got \`${pair}\`.`,
      );
    return rowOf(pair.slice(0, at).trim(), pair.slice(at + 1));
  });
}

function rowOf(glob: string, rule: string | RuleSpec): CompositeRow {
  const spec = typeof rule === "string" ? parseRule(rule) : rule;
  ruleOf(spec);
  return [{ glob } satisfies Selector, spec];
}
