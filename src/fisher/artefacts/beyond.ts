/** @file What a group's maps have that the others of the class have not: a shortcut beside a well known object is a small part of every map. */
import { meanOf } from "./row-clusters.ts";
import { densestBox, type RelativeBox } from "./spot.ts";
import { type Placed, positiveShare, type Suspicion, suspicionOf } from "./suspicion.ts";

/** Suspicion of the positive part of each member's map less the mean map of the others. [R]: ours. */
export interface Beyond extends Suspicion {
  readonly box: RelativeBox | undefined;
  /** `[grid, grid]`: the members' mean map less the others', positive part; sum 1, or zeros. */
  readonly mean: Float64Array;
}

/** A map whose magnitudes sum to 1, and which cells are where. */
type Map = Pick<Placed, "cells"> & { readonly row: Float64Array };

/** Undefined where there is no other. */
export function beyondOthers(members: readonly Map[], others: readonly Map[], grid: number): Beyond | undefined {
  if (others.length === 0) return undefined;
  const base = meanOf(others.map((o) => o.row));
  const excess = (map: Float64Array): Float64Array => positiveShare(map.map((v, p) => v - (base[p] as number)));
  const mean = excess(meanOf(members.map((m) => m.row)));
  const placed = members.map(({ row, cells }) => ({ positive: excess(row), cells }));
  return { ...suspicionOf(placed), box: densestBox(mean, grid), mean };
}
