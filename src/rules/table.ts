/** @file Every relevance rule by name: one line each. What the command line's `--rule 'conv*=gamma:0.25'` can say. */
import { OnnxplainError } from "../errors.ts";
import { linear } from "./evaluate.ts";
import {
  alphaBetaRule,
  dualExcitationRule,
  epsilonRule,
  excitationRule,
  flatRule,
  gammaRule,
  type LinearRule,
  positiveExcitationRule,
  wSquareRule,
  zBoxRule,
  zPlusNoBiasRule,
  zPlusRule,
} from "./linear-rule.ts";
import {
  activeRule,
  contributionRule,
  deconvRule,
  gradientRule,
  guidedRule,
  ignoreSkipRule,
  normRule,
  passRule,
  positiveShareRule,
  productRule,
  residualRule,
  routeRule,
  shareRule,
  softmaxRule,
  stopRule,
  uniformRule,
} from "./node-rules.ts";
import type { NodeRule } from "./rule-site.ts";

/** A rule as results record it: a name with numbers, or a linear rule by value. */
export type RuleSpec =
  | { readonly rule: RuleName; readonly args?: readonly number[] }
  | { readonly linear: LinearRule; readonly name?: string };

interface RuleRow {
  /** Names and defaults of the arguments; undefined = the walk's own. */
  readonly args: Readonly<Record<string, number | undefined>>;
  readonly make: (...args: readonly (number | undefined)[]) => NodeRule;
  readonly about: string;
  /** Law that the arguments must obey. */
  readonly law?: (args: readonly (number | undefined)[]) => string | undefined;
}

const plain = (rule: NodeRule, about: string): RuleRow => ({ args: {}, make: () => rule, about });
const number = (v: number | undefined): number => v as number;

export const RULES = {
  epsilon: {
    args: { epsilon: undefined },
    make: (e) => linear(epsilonRule(e)),
    about: "x W R / (z + epsilon sign z); epsilon 0 is LRP-0",
  },
  "z-plus": plain(linear(zPlusRule), "positive contributions only"),
  "z-plus-no-bias": plain(linear(zPlusNoBiasRule), "positive contributions only, biases left out"),
  "alpha-beta": {
    args: { alpha: 2, beta: 1 },
    make: (a, b) => linear(alphaBetaRule(number(a), number(b))),
    about: "alpha x positive minus beta x negative contributions",
    law: ([a, b]) =>
      Math.abs(number(a) - number(b) - 1) > 1e-9 || number(a) < 0 || number(b) < 0
        ? "alpha - beta = 1 with neither below 0, so that relevance is conserved"
        : undefined,
  },
  gamma: {
    args: { gamma: 0.25 },
    make: (v) => linear(gammaRule(number(v))),
    about: "positive contributions weigh 1 + gamma",
    law: ([v]) => (number(v) < 0 ? "gamma of at least 0" : undefined),
  },
  zbox: plain(linear(zBoxRule), "for the layer that reads the image: inputs between low and high"),
  "w-square": plain(linear(wSquareRule), "squared weights, whatever the input"),
  flat: plain(linear(flatRule), "every input of a unit alike"),
  excitation: plain(linear(excitationRule), "marginal winning probability: positive weights, no bias"),
  "positive-excitation": plain(linear(positiveExcitationRule), "excitation by the positive part of the inputs"),
  "dual-excitation": plain(
    linear(dualExcitationRule),
    "excitation with negated weights: the unit that is not this class",
  ),
  pass: plain(passRule, "unchanged"),
  norm: plain(normRule, "each input's share of the output"),
  share: plain(shareRule, "each input's share of the output, without a stabiliser"),
  contribution: plain(contributionRule, "each branch by the size of what it brings"),
  "ignore-skip": plain(ignoreSkipRule, "all to the branch with more layers"),
  "positive-share": plain(positiveShareRule, "each branch by the positive part of what it brings"),
  residual: plain(residualRule, "as the residual policy says"),
  route: plain(routeRule, "back to where a value came from; the first maximum wins"),
  active: plain(activeRule, "where the unit was active"),
  guided: plain(guidedRule, "what is positive, where the unit was active"),
  deconv: plain(deconvRule, "what is positive"),
  gradient: plain(gradientRule, "the derivative"),
  uniform: plain(uniformRule, "every factor alike"),
  product: plain(productRule, "half to each factor"),
  softmax: plain(softmaxRule, "first-order expansion of Softmax"),
  stop: plain(stopRule, "nothing goes on"),
} as const satisfies Readonly<Record<string, RuleRow>>;

export type RuleName = keyof typeof RULES;

const key = (name: string): string => name.toLowerCase().replaceAll(/[-_\s]/g, "");
/** Names of other toolkits. */
const ALIASES: Readonly<Record<string, RuleSpec>> = {
  lrp0: { rule: "epsilon", args: [0] },
  alpha1beta0: { rule: "alpha-beta", args: [1, 0] },
  alpha2beta1: { rule: "alpha-beta", args: [2, 1] },
  wsquared: { rule: "w-square" },
  identity: { rule: "pass" },
  winnertakesall: { rule: "route" },
};

const nameIn = (text: string): RuleName | undefined => {
  const [name = ""] = text.trim().split(":");
  return (Object.keys(RULES) as RuleName[]).find((n) => key(n) === key(name));
};

/** Does the text begin with a rule's name, or is it another toolkit's name for one? */
export const isRule = (text: string): boolean => nameIn(text) !== undefined || Object.hasOwn(ALIASES, key(text));

/** `gamma:0.25`, `alpha-beta:2,1`, `flat`. Throws `E_PARAM` naming the rules, the arguments, or the law they break. */
export function parseRule(text: string): RuleSpec {
  const [rawName = "", rawArgs] = text.trim().split(":");
  const alias = Object.hasOwn(ALIASES, key(rawName)) ? ALIASES[key(rawName)] : undefined;
  if (alias && rawArgs === undefined) return alias;
  const name = nameIn(text);
  if (name === undefined)
    throw new OnnxplainError(
      "E_PARAM",
      `There is no rule \`${rawName}\`. Rules: ${Object.keys(RULES).join(", ")}; with arguments as in \`gamma:0.25\`, \`alpha-beta:2,1\`.`,
    );
  const row: RuleRow = RULES[name];
  const given = rawArgs === undefined ? [] : rawArgs.split(",").map((v) => (v.trim() === "" ? Number.NaN : Number(v)));
  const names = Object.keys(row.args);
  if (given.length > names.length || given.some((v) => !Number.isFinite(v)))
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`${name}\` to be followed by ${names.length === 0 ? "nothing" : `${names.length} number${names.length > 1 ? "s" : ""} (${names.join(", ")})`}, got \`${text}\`.`,
    );
  const spec: RuleSpec = given.length > 0 ? { rule: name, args: given } : { rule: name };
  ruleOf(spec);
  return spec;
}

/** The rule that a spec stands for. Throws `E_PARAM` when its arguments break its law. */
export function ruleOf(spec: RuleSpec): NodeRule {
  if ("linear" in spec) return linear(spec.linear);
  const row: RuleRow = RULES[spec.rule];
  const args = Object.values(row.args).map((fallback, i) => spec.args?.[i] ?? fallback);
  const broken = row.law?.(args);
  if (broken !== undefined) throw new OnnxplainError("E_PARAM", `Rule \`${specText(spec)}\`: expected ${broken}.`);
  return row.make(...args);
}

/** `gamma:0.25`. */
export const specText = (spec: RuleSpec): string =>
  "linear" in spec ? (spec.name ?? "custom") : spec.args?.length ? `${spec.rule}:${spec.args.join()}` : spec.rule;
