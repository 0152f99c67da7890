/**
 * @file Relevance rules of linear layers as data for one evaluator:
 * `R_in = Σ_groups c · Σ_terms s · x_t ⊙ W_tᵀ( gate · R ⊘ stab(Σ_terms s·(W_t x_t + b_t)) )`.
 */
import { type ElementMap, ID, NEGATIVE, ONE, POSITIVE, SQUARE } from "./element-map.ts";

/** A plane of the input: what the lowest and highest possible pixel is (z^B rule). */
export type Plane = "low" | "high";

/** One product of inputs and weights. */
export interface Term {
  readonly x: ElementMap | Plane;
  readonly w: ElementMap;
  /** What the bias adds to the denominator; left out = nothing. */
  readonly b?: ElementMap;
  /** Left out = 1. */
  readonly sign?: 1 | -1;
}

/** Terms that share one denominator. */
export interface Group {
  /** Left out = 1. */
  readonly scale?: number;
  /** Only outputs of this sign take part; left out = all. */
  readonly gate?: "positive" | "negative";
  readonly terms: readonly Term[];
}

export interface LinearRule {
  readonly groups: readonly Group[];
  /** `signed` (default): denominators move away from 0, sign(0) = 1. `added`: the constant is added as it is. */
  readonly stabilizer?: "signed" | "added";
  /** Overrides the walk's stabiliser. */
  readonly epsilon?: number;
}

const plus = (gamma: number): ElementMap => ({ v: 1, pos: gamma });
const minus = (gamma: number): ElementMap => ({ v: 1, neg: gamma });

/** Bach et al. 2015 (doi 10.1371/journal.pone.0130140), eq. 58. `epsilon` 0 is LRP-0. */
export const epsilonRule = (epsilon?: number): LinearRule => ({
  groups: [{ terms: [{ x: ID, w: ID, b: ID }] }],
  ...(epsilon === undefined ? {} : { epsilon }),
});

const positiveParts = {
  terms: [
    { x: POSITIVE, w: POSITIVE, b: POSITIVE },
    { x: NEGATIVE, w: NEGATIVE },
  ],
} as const;
const negativeParts = {
  terms: [
    { x: POSITIVE, w: NEGATIVE, b: NEGATIVE },
    { x: NEGATIVE, w: POSITIVE },
  ],
} as const;

/** Montavon et al. 2017 (doi 10.1016/j.patcog.2016.11.008), z⁺, extended to signed inputs as zennit's ZPlus. */
export const zPlusRule: LinearRule = { groups: [positiveParts] };

/** Bach et al. 2015, eq. 60, with alpha - beta = 1 (beta counted positive). */
export const alphaBetaRule = (alpha: number, beta: number): LinearRule => ({
  groups: [
    ...(alpha === 0 ? [] : [{ scale: alpha, ...positiveParts }]),
    ...(beta === 0 ? [] : [{ scale: -beta, ...negativeParts }]),
  ],
});

/** Montavon et al. 2019 (doi 10.1007/978-3-030-28954-6_10), eq. 10.11 and table 10.1, in the sign-aware form of zennit's Gamma. */
export const gammaRule = (gamma: number): LinearRule => ({
  groups: [
    {
      gate: "positive",
      terms: [
        { x: POSITIVE, w: plus(gamma), b: plus(gamma) },
        { x: NEGATIVE, w: minus(gamma) },
      ],
    },
    {
      gate: "negative",
      terms: [
        { x: POSITIVE, w: minus(gamma), b: minus(gamma) },
        { x: NEGATIVE, w: plus(gamma) },
      ],
    },
  ],
});

/** Montavon et al. 2017, z^B: for inputs between `low` and `high`. */
export const zBoxRule: LinearRule = {
  groups: [
    {
      terms: [
        { x: ID, w: ID, b: ID },
        { x: "low", w: POSITIVE, b: POSITIVE, sign: -1 },
        { x: "high", w: NEGATIVE, b: NEGATIVE, sign: -1 },
      ],
    },
  ],
};

/** Montavon et al. 2017, w². */
export const wSquareRule: LinearRule = { groups: [{ terms: [{ x: ONE, w: SQUARE, b: SQUARE }] }] };

/** Lapuschkin et al. 2019 (doi 10.1038/s41467-019-08987-4), flat: every input of a unit alike. */
export const flatRule: LinearRule = { groups: [{ terms: [{ x: ONE, w: ONE }] }] };

/** Zhang et al. 2016 (arXiv 1608.00507), eq. 1: z⁺ without bias; inputs enter as they are. SPEC 5.4. */
export const excitationRule: LinearRule = {
  groups: [{ terms: [{ x: ID, w: POSITIVE }] }],
  stabilizer: "added",
  epsilon: 1e-20,
};

/** {@link excitationRule} where inputs may be negative: their positive part alone excites. */
export const positiveExcitationRule: LinearRule = {
  ...excitationRule,
  groups: [{ terms: [{ x: POSITIVE, w: POSITIVE }] }],
};

/** {@link excitationRule} of the dual unit: the same layer with its weights negated. */
export const dualExcitationRule: LinearRule = {
  ...excitationRule,
  groups: [{ terms: [{ x: ID, w: { neg: -1 } }] }],
};

/** z⁺ without bias: zennit's composite for excitation backprop. */
export const zPlusNoBiasRule: LinearRule = {
  groups: [
    {
      terms: [
        { x: POSITIVE, w: POSITIVE },
        { x: NEGATIVE, w: NEGATIVE },
      ],
    },
  ],
};
