/** @file Relevance of a Fisher vector's dimensions (R3) and of the descriptors behind it (R2), without the table of all descriptors by all dimensions. */
import { OnnxplainError } from "../errors.ts";
import { cellPlan } from "./cells.ts";
import {
  blocksOf,
  cellSums,
  type Descriptors,
  type FisherSums,
  inverseRoots,
  type VectorKind,
} from "./fisher-vector.ts";
import { cellWidth, vectorWidth } from "./pipeline.ts";

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

/** Coefficients of cells as coefficients of atoms: a descriptor counts in every cell that holds it. */
function byAtom(coefficients: Float64Array, kind: VectorKind): readonly Float64Array[] {
  const own = cellWidth(kind);
  return cellPlan(kind.spatial).cellsOf.map((cells) => {
    const sum = new Float64Array(own);
    for (const cell of cells) for (let d = 0; d < own; d++) sum[d]! += coefficients[cell * own + d]!;
    return sum;
  });
}

type Shares = (
  descriptors: Descriptors,
  kind: VectorKind,
  fisher: FisherSums,
  coefficients: Float64Array,
  xi: number,
) => Float64Array;

/**
 * xi + sum_k pi_k^(-1/2) { c_pi(k) (gamma_k - pi_k) + gamma_k (q0 + sum_r l_r (q1 + q2 l_r)) }: the sum over r is quadratic in l, and its
 * coefficients are worked out once a Gaussian.
 */
const signedShares: Shares = ({ rows, atoms }, kind, { active }, coefficients, xi) => {
  const { mixture, zeroth } = kind;
  const { width, components, weights } = mixture;
  const forms = byAtom(coefficients, kind).map((c) => {
    let constant = xi;
    if (zeroth) for (let k = 0; k < components; k++) constant -= c[k]! * Math.sqrt(weights[k]!);
    return { constant, ...centredForms(c, kind) };
  });
  const values = new Float64Array(active.count);
  const precisions = mixture.deviations.map((d) => 1 / d);
  for (let i = 0; i < active.count; i++) {
    const { constant, zero, one, two } = forms[atoms?.[i] ?? 0]!;
    let value = constant;
    for (let a = active.starts[i]!; a < active.starts[i + 1]!; a++) {
      const k = active.components[a]!;
      let inner = zero[k]!;
      for (let r = 0, p = k * width, at = i * width; r < width; r++, p++) {
        const u = (rows[at + r]! - mixture.means[p]!) * precisions[p]!;
        inner += u * (one[p]! + two[p]! * u);
      }
      value += active.values[a]! * inner;
    }
    values[i] = value;
  }
  return values;
};

interface Forms {
  /** `[K]`. */
  readonly zero: Float64Array;
  /** `[K, D]`. */
  readonly one: Float64Array;
  readonly two: Float64Array;
}

/** What gamma_k is multiplied with, as a quadratic form of u = (l - mu_k) / sigma_k: zero + sum_r (one u_r + two u_r^2). */
function centredForms(c: Float64Array, { mixture, zeroth }: Pick<VectorKind, "mixture" | "zeroth">): Forms {
  const { components, width } = mixture;
  const { mu, sigma } = blocksOf({ mixture, zeroth });
  const roots = inverseRoots(mixture);
  const zero = new Float64Array(components);
  const one = new Float64Array(components * width);
  const two = new Float64Array(components * width);
  for (let k = 0; k < components; k++) {
    const root = roots[k]!;
    if (zeroth) zero[k] = c[k]! * root;
    for (let r = 0, p = k * width; r < width; r++, p++) {
      one[p] = c[mu + p]! * root;
      two[p] = c[sigma + p]! * root * Math.SQRT1_2;
      zero[k]! -= two[p]!;
    }
  }
  return { zero, one, two };
}

/** What a Gaussian that answers changes |m_pi| by: without an answer it is sqrt(pi_k). */
const answered = (gamma: number, weight: number): number => Math.abs(gamma - weight) - weight;

/** sum over l of |m_d(l)|, `[V]`. */
function absoluteSums({ rows, atoms }: Descriptors, kind: VectorKind, { active, counts }: FisherSums): Float64Array {
  const { mixture, zeroth } = kind;
  const { components, width, weights, means, deviations } = mixture;
  const { mu, sigma } = blocksOf(kind);
  const plan = cellPlan(kind.spatial);
  const own = cellWidth(kind);
  const roots = inverseRoots(mixture);
  const precisions = deviations.map((d) => 1 / d);
  const ofAtoms = new Float64Array(plan.atoms * own);
  for (let i = 0; i < active.count; i++) {
    const base = (atoms?.[i] ?? 0) * own;
    for (let a = active.starts[i]!; a < active.starts[i + 1]!; a++) {
      const k = active.components[a]!;
      const first = roots[k]! * active.values[a]!;
      const second = first * Math.SQRT1_2;
      if (zeroth) ofAtoms[base + k]! += roots[k]! * answered(active.values[a]!, weights[k]!);
      for (let r = 0, p = k * width, at = i * width; r < width; r++, p++) {
        const u = (rows[at + r]! - means[p]!) * precisions[p]!;
        ofAtoms[base + mu + p]! += first * Math.abs(u);
        ofAtoms[base + sigma + p]! += second * Math.abs(u * u - 1);
      }
    }
  }
  const { sums } = cellSums(ofAtoms, [], plan, own);
  if (zeroth)
    for (let cell = 0; cell < plan.cells; cell++)
      for (let k = 0; k < components; k++) sums[cell * own + k]! += counts[cell]! * Math.sqrt(weights[k]!);
  return sums;
}

/** xi + sum over d of c_d |m_d(l)|: magnitudes do not factor into a form of l, so each Gaussian that answers is gone through. */
const absoluteShares: Shares = ({ rows, atoms }, kind, { active }, coefficients, xi) => {
  const { mixture, zeroth } = kind;
  const { components, width, weights, means, deviations } = mixture;
  const { mu, sigma } = blocksOf(kind);
  const roots = inverseRoots(mixture);
  const precisions = deviations.map((d) => 1 / d);
  const ofAtoms = byAtom(coefficients, kind);
  const constants = ofAtoms.map((c) => {
    let constant = xi;
    if (zeroth) for (let k = 0; k < components; k++) constant += c[k]! * Math.sqrt(weights[k]!);
    return constant;
  });
  const values = new Float64Array(active.count);
  for (let i = 0; i < active.count; i++) {
    const atom = atoms?.[i] ?? 0;
    const c = ofAtoms[atom]!;
    let value = constants[atom]!;
    for (let a = active.starts[i]!; a < active.starts[i + 1]!; a++) {
      const k = active.components[a]!;
      const gamma = active.values[a]!;
      let inner = 0;
      for (let r = 0, p = k * width, at = i * width; r < width; r++, p++) {
        const u = (rows[at + r]! - means[p]!) * precisions[p]!;
        inner += c[mu + p]! * Math.abs(u) + Math.SQRT1_2 * c[sigma + p]! * Math.abs(u * u - 1);
      }
      if (zeroth) value += roots[k]! * c[k]! * answered(gamma, weights[k]!);
      value += roots[k]! * gamma * inner;
    }
    values[i] = value;
  }
  return values;
};
