/** @file Relevance of dimensions (R3) summed up: by kind of statistic, by Gaussian, by cell. */
import { blocksOf } from "./fisher-vector.ts";
import { CELLS, cellWidth, type Encoding } from "./pipeline.ts";

export interface DimensionSums {
  /** Of the entries that speak of weights (0 where the encoding has none), means and deviations. */
  readonly blocks: Readonly<Record<"pi" | "mu" | "sigma", number>>;
  /** Of each Gaussian, all blocks and cells, `[K]`. */
  readonly gaussians: Float64Array;
  /** Of each cell of the layout. */
  readonly cells: readonly number[];
}

/** Three ways to add up R3 `[V]`; each gives f in total. */
export function dimensionSums(
  relevance: Float64Array,
  { mixture, zeroth, spatial }: Pick<Encoding, "mixture" | "zeroth" | "spatial">,
): DimensionSums {
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
        d < mu ? (["pi", 0, 1] as const) : d < sigma ? (["mu", mu, width] as const) : (["sigma", sigma, width] as const);
      blocks[block] += value;
      gaussians[Math.floor((d - from) / each)]! += value;
      sum += value;
    }
    return sum;
  });
  return { blocks, gaussians, cells };
}
