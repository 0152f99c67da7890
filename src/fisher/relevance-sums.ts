/** @file Relevance of dimensions (R3) summed up: by kind of statistic, by Gaussian, by cell; and what of it descriptors get. */
import { cellPlan } from "./cells.ts";
import { blocksOf, type VectorKind } from "./fisher-vector.ts";
import { CELLS, cellWidth } from "./pipeline.ts";
import { NEGLIGIBLE } from "./posteriors.ts";
import type { RelevanceVariant } from "./relevance.ts";

export interface DimensionSums {
  /** Of the entries that speak of weights (0 where the encoding has none), means and deviations. */
  readonly blocks: Readonly<Record<"pi" | "mu" | "sigma", number>>;
  /** Of each Gaussian, all blocks and cells, `[K]`. */
  readonly gaussians: Float64Array;
  /** Of each cell of the layout. */
  readonly cells: readonly number[];
}

/** Three ways to add up R3 `[V]`; each gives f in total. */
export function dimensionSums(relevance: Float64Array, { mixture, zeroth, spatial }: VectorKind): DimensionSums {
  const { components, width } = mixture;
  const { mu, sigma } = blocksOf({ mixture, zeroth });
  const own = cellWidth({ mixture, zeroth });
  const gaussians = new Float64Array(components);
  const blocks = { pi: 0, mu: 0, sigma: 0 };
  const cells = CELLS[spatial].map((_, cell) => {
    let sum = 0;
    for (let d = 0; d < own; d++) {
      const value = relevance[cell * own + d]!;
      const [block, from, each] =
        d < mu
          ? (["pi", 0, 1] as const)
          : d < sigma
            ? (["mu", mu, width] as const)
            : (["sigma", sigma, width] as const);
      blocks[block] += value;
      gaussians[Math.floor((d - from) / each)]! += value;
      sum += value;
    }
    return sum;
  });
  return { blocks, gaussians, cells };
}

/** s_d `[V]`, and the largest posterior of each Gaussian in each atom, `[atoms, K]`. */
export interface SumsAndAnswers {
  readonly sums: ArrayLike<number>;
  readonly answers: ArrayLike<number>;
}

/**
 * What R2 sums to: f, or with epsilon the sum over d outside Z of R3_d |s_d| / (|s_d| + epsilon), plus the sum over Z. A dimension of mu or
 * sigma is in Z where its Gaussian answers for no descriptor of the cell, and any where its sum is 0.
 *
 * Source: SPEC 2.8 after Bach et al. 2016, eq. 11 of the supplement.
 */
export function expectedSum(
  relevance: Float64Array,
  { sums, answers }: SumsAndAnswers,
  { mixture, zeroth, spatial }: VectorKind,
  { variant, epsilon }: { readonly variant: RelevanceVariant; readonly epsilon: number },
): number {
  const { components, width } = mixture;
  const { mu } = blocksOf({ mixture, zeroth });
  const own = cellWidth({ mixture, zeroth });
  const { cellsOf } = cellPlan(spatial);
  const absent = (cell: number, k: number): boolean =>
    cellsOf.every((cells, atom) => !cells.includes(cell) || (answers[atom * components + k] ?? 0) < NEGLIGIBLE);
  let expected = 0;
  for (let cell = 0; cell < CELLS[spatial].length; cell++) {
    const silent = Array.from({ length: components }, (_, k) => absent(cell, k));
    for (let d = 0; d < own; d++) {
      const at = cell * own + d;
      const vanishes = sums[at] === 0 || (d >= mu && silent[Math.floor((d - mu) / width) % components]);
      const size = Math.abs(sums[at]!);
      expected += relevance[at]! * (vanishes || variant !== "epsilon" ? 1 : size / (size + epsilon));
    }
  }
  return expected;
}
