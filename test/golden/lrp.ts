/** @file How the LRP cases of the golden set are asked for: each states a rule for its first convolution, the other convolutions, its dense layers. */
import type { ExplainOptions } from "../../src/index.ts";
import { type Composite, findComposite } from "../../src/rules/composites.ts";
import { parseRule, type RuleSpec } from "../../src/rules/table.ts";

interface StatedRule {
  readonly rule: string;
  readonly epsilon?: number;
  readonly alpha?: number;
  readonly beta?: number;
  readonly gamma?: number;
}

const MEAN = [0.4914, 0.4822, 0.4465];
const STD = [0.247, 0.2435, 0.2616];
const level = (pixel: number): readonly number[] => MEAN.map((m, i) => (pixel - m) / (STD[i] as number));

function specOf({ rule, epsilon, alpha, beta, gamma }: StatedRule): RuleSpec {
  if (rule === "alphabeta") return { rule: "alpha-beta", args: [alpha as number, beta as number] };
  if (rule === "epsilon") return { rule, args: [epsilon as number] };
  if (rule === "gamma") return { rule, args: [gamma as number] };
  return parseRule(rule);
}

/** Our call for an LRP case. zennit starts with relevance 1. */
export function askForLrp(
  id: string,
  stated: Readonly<Record<string, unknown>>,
): Pick<ExplainOptions, "method" | "params"> {
  const composite: Composite = {
    id,
    source: "golden",
    rows: [
      ["first", specOf(stated.first_conv as StatedRule)],
      ["convolution", specOf(stated.conv as StatedRule)],
      ["dense", specOf(stated.linear as StatedRule)],
      ...findComposite("epsilon").rows.filter(([selector]) => selector !== "weighted"),
    ],
  };
  return {
    method: "lrp",
    params: {
      composite,
      start: "one",
      stabilizer: stated.norm_stabiliser,
      low: level(0),
      high: level(1),
      ...(id.includes("lrngrad") ? { rules: { LRN: "gradient" } } : {}),
    },
  };
}
