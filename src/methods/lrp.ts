/** @file Layer-wise relevance propagation: a composite of rules on the reverse walk (Bach et al. 2015). */

import { boolean, nonNegative, numbers, oneOf, type Params } from "../params.ts";
import { type Composite, type CompositeRow, findComposite } from "../rules/composites.ts";
import { uncovered } from "../rules/relevance.ts";
import { RESIDUAL_POLICIES, type ResidualPolicy, type WalkSettings } from "../rules/rule-site.ts";
import { survey } from "../rules/survey.ts";
import type { RuleSpec } from "../rules/table.ts";
import type { Classifier } from "./classifier.ts";
import type { EmitContext, Emitted, Method } from "./method.ts";
import { onePass } from "./one-pass.ts";
import { channelAxisOf, walkTo, whereOf } from "./relevance-walk.ts";
import { compositeParam, rulesParam } from "./rule-params.ts";

/** The composite with the user's rules before its own, and its free parameters filled in. */
export function compositeOf(params: Params): Composite {
  const chosen =
    typeof params.composite === "string" ? findComposite(params.composite) : (params.composite as Composite);
  const fill = (spec: RuleSpec): RuleSpec => {
    const value = "rule" in spec && (spec.rule === "epsilon" || spec.rule === "gamma") ? params[spec.rule] : null;
    return typeof value === "number" && "rule" in spec && !spec.args ? { rule: spec.rule, args: [value] } : spec;
  };
  const own = chosen.rows.map(([selector, spec]): CompositeRow => [selector, fill(spec)]);
  return { ...chosen, rows: [...((params.rules as readonly CompositeRow[] | null) ?? []), ...own] };
}

function settingsOf(classifier: Classifier, params: Params): WalkSettings {
  const level = (name: "low" | "high"): readonly number[] | undefined =>
    (params[name] as readonly number[] | null) ?? classifier.range?.[name];
  return {
    stabilizer: params.stabilizer as number,
    residual: params.residual as ResidualPolicy,
    low: level("low"),
    high: level("high"),
    channelAxis: channelAxisOf(classifier),
  };
}

function emit(context: EmitContext): Emitted {
  const { g, classifier, params, cotangent } = context;
  const start = params.start === "score" ? g.op("Mul", [cotangent, g.value(classifier.scores)]) : cotangent;
  return walkTo(context, {
    composite: compositeOf(params),
    settings: settingsOf(classifier, params),
    start,
    to: classifier.input.name,
    ledger: params.ledger === true,
  });
}

export const lrp: Method = {
  id: "lrp",
  aliases: ["layer-wise-relevance-propagation", "relevance"],
  title: "Layer-wise relevance propagation",
  source:
    "Bach et al. 2015 (doi 10.1371/journal.pone.0130140); rules and composites as in zennit and iNNvestigate; SPEC 2.5",
  params: {
    composite: compositeParam(
      "epsilon-plus",
      "which rule where: a composite (epsilon-plus, epsilon-alpha2-beta1, their -flat forms, epsilon-gamma-box, excitation-backprop, guided-backprop, deconvnet, sequential-preset-a or -b, lrp-caffe, attnlrp, attnlrp-gamma), or one rule for all layers with weights (gamma:0.25, z-plus, …)",
    ),
    rules: rulesParam(
      "rules for single layers before the composite's: `conv*=gamma:0.25;fc=epsilon:0.1`; patterns match node names and ops",
    ),
    epsilon: nonNegative(null, "epsilon of the composite's epsilon rules; none = `stabilizer`"),
    gamma: nonNegative(null, "gamma of the composite's gamma rules; none = 0.25"),
    stabilizer: nonNegative(1e-6, "added to every other denominator, away from 0"),
    residual: oneOf(
      "norm",
      RESIDUAL_POLICIES,
      "how a sum of branches shares relevance: by signed contribution (norm), by absolute contribution, or all to the branch with layers (ignore_skip)",
    ),
    start: oneOf("score", ["score", "one"], "relevance to begin with: the class score, or 1 (zennit)"),
    low: numbers(null, "lowest value of each input channel, for zbox; none = from the preprocessing"),
    high: numbers(null, "highest value of each input channel, for zbox; none = from the preprocessing"),
    ledger: boolean(
      false,
      "keep books on every node: relevance in, out, and lost to bias, stabiliser, dead denominators",
    ),
  },
  space: "input",
  signed: () => true,
  cost: "1 forward + 1 to 3 passes of every layer, by rule",
  gradients: true,
  unsuitable: (classifier, params) => uncovered(compositeOf(params), survey(whereOf(classifier))),
  emit,
  plan: onePass(emit),
};
