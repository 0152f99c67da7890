/** @file The way back from a maximum or minimum over axes: everything goes to the first extremum in row-major order. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { reshapeLike } from "./broadcast.ts";
import { inversePermutation } from "./transpose.ts";
import { zerosLike } from "./zeros-like.ts";

export interface Extremum {
  readonly x: Value;
  /** Cotangent of the result, with the reduced axes as 1. */
  readonly dy: Value;
  /** The reduced axes, ascending. */
  readonly axes: readonly number[];
  readonly op: "ArgMax" | "ArgMin";
}

/** One axis: scatter to the arg. Several: move them to the end, fold them into one, scatter there, and undo both. */
export function extremumBack(g: GraphBuilder, { x, dy, axes, op }: Extremum): Value {
  const [only] = axes;
  if (only === undefined) return dy;
  if (axes.length === 1) return scatterToFirst(g, { x, dy, axis: only, op });
  const rank = (x.dims as readonly Dim[]).length;
  const kept = Array.from({ length: rank }, (_, i) => i).filter((i) => !axes.includes(i));
  const perm = [...kept, ...axes];
  const sorted = perm.every((axis, i) => axis === i);
  const moved = sorted ? x : g.op("Transpose", [x], { perm });
  const fold = g.ints([...kept.map(() => 0), -1]);
  const movedDy = sorted ? dy : g.op("Transpose", [dy], { perm });
  const folded = scatterToFirst(g, {
    x: g.op("Reshape", [moved, fold]),
    dy: g.op("Reshape", [movedDy, fold]),
    axis: kept.length,
    op,
  });
  const unfolded = reshapeLike(g, folded, moved);
  return sorted ? unfolded : g.op("Transpose", [unfolded], { perm: inversePermutation(perm) });
}

function scatterToFirst(
  g: GraphBuilder,
  { x, dy, axis, op }: Omit<Extremum, "axes"> & { readonly axis: number },
): Value {
  const first = g.op(op, [x], { axis, keepdims: 1, select_last_index: 0 });
  return g.op("ScatterElements", [zerosLike(g, x), first, dy], { axis });
}
