/** @file Shares in proportion to |m_d(l)|: no form of the descriptor, but only Gaussians that answer for it are gone through. */
import { cellPlan } from "./cells.ts";
import {
  blocksOf,
  cellSums,
  type Descriptors,
  type FisherSums,
  inverseRoots,
  type VectorKind,
} from "./fisher-vector.ts";
import { cellWidth } from "./pipeline.ts";
import { byAtom, type Shares } from "./shares.ts";

/** What a Gaussian that answers changes |m_pi| by: without an answer it is sqrt(pi_k). */
const answered = (gamma: number, weight: number): number => Math.abs(gamma - weight) - weight;

/** sum over l of |m_d(l)|, `[V]`. */
export function absoluteSums(
  { rows, atoms }: Descriptors,
  kind: VectorKind,
  { active, counts }: FisherSums,
): Float64Array {
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
export const absoluteShares: Shares = ({ rows, atoms }, kind, { active }, coefficients, xi) => {
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
