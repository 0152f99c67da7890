/** @file What sharing relevance out to descriptors has in common, whichever the share: coefficients by atom. */
import { cellPlan } from "./cells.ts";
import type { Descriptors, FisherSums, VectorKind } from "./fisher-vector.ts";
import { cellWidth } from "./pipeline.ts";

/** xi + sum over d of c_d times the share, of every descriptor, from c `[V]`: `[n]`. */
export type Shares = (
  descriptors: Descriptors,
  kind: VectorKind,
  fisher: FisherSums,
  coefficients: Float64Array,
  xi: number,
) => Float64Array;

/** Coefficients of cells as coefficients of atoms: a descriptor counts in every cell that holds it. */
export function byAtom(coefficients: Float64Array, kind: VectorKind): readonly Float64Array[] {
  const own = cellWidth(kind);
  return cellPlan(kind.spatial).cellsOf.map((cells) => {
    const sum = new Float64Array(own);
    for (const cell of cells) for (let d = 0; d < own; d++) sum[d]! += coefficients[cell * own + d]!;
    return sum;
  });
}
