/** @file Fisher vectors in float64: how a picture's descriptors would move the mixture's weights, means and deviations. */
import { type CellPlan, cellPlan } from "./cells.ts";
import type { Mixture } from "./mixture.ts";
import { cellWidth, type Encoding } from "./pipeline.ts";
import { type ActivePosteriors, activePosteriors, type Rows } from "./posteriors.ts";

/** What of an encoding the vector depends on once descriptors are reduced. */
export type VectorKind = Pick<Encoding, "mixture" | "zeroth" | "spatial">;

/** A picture's reduced descriptors. */
export interface Descriptors {
  /** `[n, D]`, coordinates included where the layout has them. */
  readonly rows: Rows;
  /** The atom of each descriptor (`atomsOf`); left out where the layout has one cell. */
  readonly atoms?: Uint8Array | undefined;
}

/** Where the blocks pi, mu, sigma of a cell begin. */
export const blocksOf = ({
  mixture: { components, width },
  zeroth,
}: Pick<Encoding, "mixture" | "zeroth">): { readonly mu: number; readonly sigma: number } => {
  const mu = zeroth ? components : 0;
  return { mu, sigma: mu + components * width };
};

export interface FisherSums {
  /** s_d = sum over the descriptors of a cell of m_d(l), `[V]`. */
  readonly sums: Float64Array;
  /** Descriptors in each cell. */
  readonly counts: readonly number[];
  readonly active: ActivePosteriors;
}

/** 1 / sqrt(pi_k). */
export const inverseRoots = ({ weights }: Mixture): Float64Array => weights.map((weight) => 1 / Math.sqrt(weight));

/** Sums over descriptors; each is looked at once, and only where a Gaussian answers for it. */
export function fisherSums({ rows, atoms }: Descriptors, kind: VectorKind): FisherSums {
  const { mixture, zeroth } = kind;
  const { components, width, weights, means, deviations } = mixture;
  const plan = cellPlan(kind.spatial);
  const own = cellWidth(kind);
  const { mu, sigma } = blocksOf(kind);
  const roots = inverseRoots(mixture);
  const precisions = deviations.map((d) => 1 / d);
  const active = activePosteriors(rows, mixture);
  const ofAtoms = new Float64Array(plan.atoms * own);
  const counted = new Array<number>(plan.atoms).fill(0);
  for (let i = 0; i < active.count; i++) {
    const atom = atoms?.[i] ?? 0;
    const base = atom * own;
    counted[atom]!++;
    for (let a = active.starts[i]!; a < active.starts[i + 1]!; a++) {
      const k = active.components[a]!;
      const first = roots[k]! * active.values[a]!;
      const second = first * Math.SQRT1_2;
      if (zeroth) ofAtoms[base + k]! += first;
      for (let r = 0, p = k * width, at = i * width; r < width; r++, p++) {
        const u = (rows[at + r]! - means[p]!) * precisions[p]!;
        ofAtoms[base + mu + p]! += first * u;
        ofAtoms[base + sigma + p]! += second * (u * u - 1);
      }
    }
  }
  const { sums, counts } = cellSums(ofAtoms, counted, plan, own);
  if (zeroth)
    for (let cell = 0; cell < plan.cells; cell++)
      for (let k = 0; k < components; k++) sums[cell * own + k]! -= counts[cell]! * weights[k]! * roots[k]!;
  return { sums, counts, active };
}

/** Sums over cells from sums over atoms. */
export function cellSums(
  ofAtoms: Float64Array,
  counted: readonly number[],
  { atoms, cells, cellsOf }: CellPlan,
  own: number,
): { readonly sums: Float64Array; readonly counts: readonly number[] } {
  const sums = new Float64Array(cells * own);
  const counts = new Array<number>(cells).fill(0);
  for (let atom = 0; atom < atoms; atom++)
    for (const cell of cellsOf[atom]!) {
      counts[cell]! += counted[atom] ?? 0;
      for (let d = 0; d < own; d++) sums[cell * own + d]! += ofAtoms[atom * own + d]!;
    }
  return { sums, counts };
}

/** x = s / |L|, cell by cell; zeros for a cell without descriptors. */
export function averaged({ sums, counts }: Pick<FisherSums, "sums" | "counts">): Float64Array {
  const own = sums.length / counts.length;
  return sums.map((sum, d) => sum / Math.max(1, counts[Math.floor(d / own)]!));
}

/**
 * The raw Fisher vector x = (1/|L|) sum over l of Psi(l): pi `[K]`, mu `[K, D]`, sigma `[K, D]`, cell after cell; zeros without descriptors.
 *
 * Source: Bach et al. 2016, eq. 1 and 2 of the supplement.
 */
export function rawFisherVector(
  rows: Rows,
  mixture: Mixture,
  {
    zeroth = true,
    spatial = "none",
    atoms,
  }: Partial<Pick<Encoding, "zeroth" | "spatial">> & Pick<Descriptors, "atoms"> = {},
): Float64Array {
  return averaged(fisherSums({ rows, atoms }, { mixture, zeroth, spatial }));
}

/** Phi: sign(x) sqrt(|x|), then unit length, each cell by itself; an all-zero cell stays 0. */
export function normalised(raw: Float64Array, cells = 1): Float64Array {
  const own = raw.length / cells;
  const phi = new Float64Array(raw.length);
  for (let from = 0; from < raw.length; from += own) {
    let squares = 0;
    for (let d = from; d < from + own; d++) squares += Math.abs(raw[d]!);
    if (squares === 0) continue;
    const scale = 1 / Math.sqrt(squares);
    for (let d = from; d < from + own; d++) phi[d] = Math.sign(raw[d]!) * Math.sqrt(Math.abs(raw[d]!)) * scale;
  }
  return phi;
}
