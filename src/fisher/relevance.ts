/** @file Relevance of a Fisher vector's dimensions (R3) and of the descriptors behind it (R2), without the table of all descriptors by all dimensions. */
import { OnnxplainError } from "../errors.ts";
import { absoluteShares, absoluteSums } from "./absolute-shares.ts";
import type { Descriptors, FisherSums, VectorKind } from "./fisher-vector.ts";
import { vectorWidth } from "./pipeline.ts";
import { signedShares } from "./signed-shares.ts";

/** How a dimension's relevance is shared out: in proportion to m_d(l), so too with a stabilised sum, or to |m_d(l)|. */
export type RelevanceVariant = "plain" | "epsilon" | "absolute";
export const RELEVANCE_VARIANTS: readonly RelevanceVariant[] = ["plain", "epsilon", "absolute"];

/** Of the sums s_d, not of averages. Source: Bach et al. 2016, supplement. */
export const DEFAULT_EPSILON = 100;

/** R3_d = w_d Phi_d + b / V, which sums to f(x). Source: Bach et al. 2016, eq. 5 to 7 of the supplement. */
export function dimensionRelevance(weights: Float64Array, bias: number, phi: Float64Array): Float64Array {
  sameWidth(weights.length, phi.length, "weights");
  return phi.map((value, d) => weights[d]! * value + bias / phi.length);
}

export interface DualRelevance {
  /** R3 `[V]`. */
  readonly relevance: Float64Array;
  /** alpha_i <Phi(x_i), Phi(x)>: what each training picture adds to f(x) - b. */
  readonly shares: Float64Array;
}

/** R3_d = sum_i alpha_i Phi(x_i)_d Phi(x)_d + b / V; `support` are the rows Phi(x_i), `[alpha.length, V]`. */
export function dualRelevance(
  alpha: Float64Array,
  support: Float64Array,
  bias: number,
  phi: Float64Array,
): DualRelevance {
  const width = phi.length;
  sameWidth(support.length, alpha.length * width, "support vectors");
  const relevance = new Float64Array(width).fill(bias / width);
  const shares = alpha.map((a, i) => {
    let share = 0;
    for (let d = 0; d < width; d++) {
      const part = a * support[i * width + d]! * phi[d]!;
      relevance[d]! += part;
      share += part;
    }
    return share;
  });
  return { relevance, shares };
}

function sameWidth(got: number, expected: number, what: string): void {
  if (got === expected) return;
  throw new OnnxplainError(
    "E_PARAM",
    `The ${what} are ${got} numbers; expected ${expected}. They belong to another mixture or layout than the Fisher vector.`,
  );
}

export interface RelevanceOptions {
  readonly variant: RelevanceVariant;
  /** Of the variant `epsilon`; positive. */
  readonly epsilon?: number | undefined;
}

export interface DescriptorRelevance {
  /** R2 `[n]`. */
  readonly values: Float64Array;
  /** What every descriptor gets from the dimensions that none of them moves. */
  readonly xi: number;
  /** |Z|: dimensions that none moves. */
  readonly vanishing: number;
  /**
   * What R2 must sum to: f(x), or with epsilon sum over d outside Z of R3_d |s_d| / (|s_d| + epsilon), plus the sum over Z;
   * 0 without descriptors.
   */
  readonly expected: number;
}

/**
 * R2 of every descriptor: sum over d outside Z of R3_d m_d(l) / (s_d + epsilon sgn s_d) + xi, sgn 0 = +1.
 *
 * The plain variant divides by s_d: a dimension whose sum is exactly 0 though its parts are not is taken to Z, so that nothing is lost.
 * Posteriors below `NEGLIGIBLE` count as 0 here and in s_d.
 *
 * Source: Bach et al. 2016, eq. 8 to 12 of the supplement. Throws `E_PARAM`.
 */
export function descriptorRelevance(
  descriptors: Descriptors,
  kind: VectorKind,
  fisher: FisherSums,
  relevance: Float64Array,
  { variant, epsilon = DEFAULT_EPSILON }: RelevanceOptions,
): DescriptorRelevance {
  sameWidth(relevance.length, vectorWidth(kind), "relevances");
  if (!(epsilon > 0))
    throw new OnnxplainError(
      "E_PARAM",
      `epsilon is ${epsilon}; expected a positive number. The variant \`plain\` has none.`,
    );
  const { sums, active } = fisher;
  const vanishes = vanishing(descriptors, kind, fisher, variant);
  const denominators =
    variant === "absolute"
      ? absoluteSums(descriptors, kind, fisher)
      : sums.map((s) => s + (variant === "epsilon" ? (s < 0 ? -epsilon : epsilon) : 0));
  let inZ = 0;
  let count = 0;
  let expected = 0;
  const coefficients = relevance.map((share, d) => {
    if (vanishes(d)) {
      inZ += share;
      count++;
      return 0;
    }
    expected += variant === "epsilon" ? (share * Math.abs(sums[d]!)) / (Math.abs(sums[d]!) + epsilon) : share;
    return share / denominators[d]!;
  });
  const xi = active.count === 0 ? 0 : inZ / active.count;
  const share = variant === "absolute" ? absoluteShares : signedShares;
  const values = share(descriptors, kind, fisher, coefficients, xi);
  return { values, xi, vanishing: count, expected: active.count === 0 ? 0 : expected + inZ };
}

type InZ = (d: number) => boolean;

/** Z. A sum that is not 0 has parts that are not; where it is 0 the parts are looked at. */
function vanishing(descriptors: Descriptors, kind: VectorKind, fisher: FisherSums, variant: RelevanceVariant): InZ {
  const { sums } = fisher;
  let parts: Float64Array | undefined;
  return (d) => {
    if (sums[d] !== 0) return false;
    if (variant === "plain") return true;
    parts ??= absoluteSums(descriptors, kind, fisher);
    return parts[d] === 0;
  };
}
