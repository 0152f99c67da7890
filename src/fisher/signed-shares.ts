/** @file Shares in proportion to m_d(l): quadratic forms of the descriptor, one a Gaussian. */
import { blocksOf, inverseRoots, type VectorKind } from "./fisher-vector.ts";
import { byAtom, type Shares } from "./shares.ts";

/**
 * xi + sum_k pi_k^(-1/2) { c_pi(k) (gamma_k - pi_k) + gamma_k (q0 + sum_r l_r (q1 + q2 l_r)) }: the sum over r is quadratic in l, and its
 * coefficients are worked out once a Gaussian.
 */
export const signedShares: Shares = ({ rows, atoms }, kind, { active }, coefficients, xi) => {
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
