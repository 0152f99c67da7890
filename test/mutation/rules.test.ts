/**
 * @file Do the closed forms bite? Every number in the data of every linear rule is changed in turn (a sign flipped, a factor or map
 * negated, a gate turned); the rule as it is agrees with its closed form, and no mutant does.
 */
import { describe, expect, it } from "vitest";
import type { Composite } from "../../src/rules/composites.ts";
import type { ElementMap } from "../../src/rules/element-map.ts";
import {
  alphaBetaRule,
  dualExcitationRule,
  epsilonRule,
  excitationRule,
  flatRule,
  type Group,
  gammaRule,
  type LinearRule,
  type Term,
  wSquareRule,
  zBoxRule,
  zPlusRule,
} from "../../src/rules/linear-rule.ts";
import { float64, relativeError, sizeOf, wave } from "../nets.ts";
import { type LayerCase, matricesOf, modelOf, relevanceOf } from "../rules/layer.ts";
import { type Case, ORACLES, type Vec } from "../rules/oracles.ts";

/** Each rule with the name of its closed form. */
const RULES: readonly (readonly [string, LinearRule])[] = [
  ["epsilon:0.1", epsilonRule(0.1)],
  ["z-plus", zPlusRule],
  ["alpha-beta:2,1", alphaBetaRule(2, 1)],
  ["gamma:0.3", gammaRule(0.3)],
  ["zbox", zBoxRule],
  ["w-square", wSquareRule],
  ["flat", flatRule],
  ["excitation", excitationRule],
  ["dual-excitation", dualExcitationRule],
];

const LAYER: LayerCase = {
  name: "Conv2d",
  dims: [1, 3, 4, 4],
  weight: [5, 3, 3, 3],
  bias: [5],
  build: ({ g, x }, w, b) => g.op("Conv", [x, w, b], { pads: [1, 1, 1, 1] }),
};
const weights = wave(sizeOf(LAYER.weight), 21);
const bias = wave(5, 22);
const model = modelOf(LAYER, weights, bias);
const matrices = matricesOf(LAYER, weights, bias);
const x = wave(sizeOf(LAYER.dims), 23);
const r = wave(matrices.b.length, 24);

function error(name: string, rule: LinearRule): number {
  const composite: Composite = {
    id: name,
    source: "mutation",
    rows: [
      ["weighted", { linear: rule }],
      ["route", { rule: "route" }],
    ],
  };
  const dims = model.graph.outputs[0]?.dims as readonly number[];
  const { relevance } = relevanceOf(model, { composite, x: float64(LAYER.dims, x), start: float64(dims, r) });
  const want = (ORACLES[name] as (c: Case) => Vec)({ ...matrices, x: Array.from(x), r: Array.from(r) });
  return relativeError(relevance, want);
}

interface Mutant {
  readonly what: string;
  readonly rule: LinearRule;
}

const replaced = <T>(list: readonly T[], at: number, value: T): readonly T[] =>
  list.map((v, i) => (i === at ? value : v));

/** Half more of one sign: a factor alone would stand above and below the fraction and cancel. */
const skewed = (map: ElementMap): ElementMap => ("pos" in map ? { ...map, neg: 0.5 } : { ...map, pos: 0.5 });

function mutantsOf(rule: LinearRule): readonly Mutant[] {
  return rule.groups.flatMap((group, gi) => {
    const withGroup = (what: string, g: Group): Mutant => ({
      what: `group ${gi}, ${what}`,
      rule: { ...rule, groups: replaced(rule.groups, gi, g) },
    });
    const withTerm = (what: string, ti: number, t: Term): Mutant =>
      withGroup(`term ${ti}, ${what}`, { ...group, terms: replaced(group.terms, ti, t) });
    return [
      withGroup("scale", { ...group, scale: -(group.scale ?? 1) }),
      ...(group.gate
        ? [withGroup("gate", { ...group, gate: group.gate === "positive" ? "negative" : "positive" })]
        : []),
      ...group.terms.flatMap((term, ti) => [
        // with one term a sign stands above and below the fraction and cancels
        ...(group.terms.length > 1 ? [withTerm("sign", ti, { ...term, sign: term.sign === -1 ? 1 : -1 })] : []),
        ...(["x", "w", "b"] as const).flatMap((part) => {
          const map = term[part];
          if (map === undefined || typeof map === "string") return [];
          if (part !== "b" && group.terms.length === 1)
            return [withTerm(`${part} skewed`, ti, { ...term, [part]: skewed(map) })];
          return Object.entries(map).map(([k, v]) =>
            withTerm(`${part}.${k}`, ti, { ...term, [part]: { ...map, [k]: -v } }),
          );
        }),
        ...(typeof term.x === "string"
          ? [withTerm("plane", ti, { ...term, x: term.x === "low" ? "high" : "low" })]
          : []),
      ]),
    ];
  });
}

describe("rules as they are agree with their closed forms", () => {
  it.each(RULES)("%s", (name, rule) => expect(error(name, rule)).toBeLessThan(1e-6));
});

describe("no mutant does", () => {
  const mutants = RULES.flatMap(([name, rule]) => mutantsOf(rule).map((m) => [name, m.what, m.rule] as const));
  it(`${mutants.length} mutants of ${RULES.length} rules`, () => expect(mutants.length).toBeGreaterThan(40));
  it.each(mutants)("%s: %s", (name, _, rule) => expect(error(name, rule)).toBeGreaterThan(1e-4));
});
