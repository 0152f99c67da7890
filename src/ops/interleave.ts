/** @file Phases woven into one plane: what sub-pixel and un-pooling ops end in. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";

/** Rows and columns. */
export type Grid = readonly [number, number];

export interface Weave {
  /** Spatial size of each phase. */
  readonly grid: Grid;
  /** Spatial size of the result. */
  readonly size: Grid;
  /** What is cut off is known to be 0. */
  readonly zeroMargin: boolean;
}

/** Pixel (s U + f, r V + q) of the result is pixel (U, V) of phase (f, q); then cut to `size`. */
export function interleave(
  g: GraphBuilder,
  phases: readonly (readonly Value[])[],
  { grid: [h, w], size, zeroMargin }: Weave,
): Value {
  const c = (((phases[0] as readonly Value[])[0] as Value).dims as readonly Dim[])[1] as number;
  const sh = phases.length;
  const sw = (phases[0] as readonly Value[]).length;
  // a leading 0 copies the batch size, so that the runtime still sees equal shapes when it is free
  const shaped = (v: Value, dims: readonly number[]): Value => g.op("Reshape", [v, g.ints([0, ...dims])]);
  const woven = (parts: readonly Value[]): Value =>
    parts.length === 1 ? (parts[0] as Value) : g.op("Concat", parts, { axis: 2 });
  const rows = phases.map((row) => (sw === 1 ? (row[0] as Value) : woven(row.map((v) => shaped(v, [c * h * w, 1])))));
  const plane = sh === 1 ? (rows[0] as Value) : woven(rows.map((v) => shaped(v, [c * h, 1, w * sw])));
  const out = sh * sw === 1 ? plane : shaped(plane, [c, h * sh, w * sw]);
  const cut = [h * sh, w * sw].flatMap((s, i) => (s === size[i] ? [] : [i]));
  if (cut.length === 0) return out;
  const cropped = g.op("Slice", [
    out,
    g.ints(cut.map(() => 0)),
    g.ints(cut.map((i) => size[i] as number)),
    g.ints(cut.map((i) => i + 2)),
  ]);
  if (zeroMargin) margins(g).add(cropped.name);
  return cropped;
}

/** Crops that cut off nothing but zeros. */
const known = new WeakMap<GraphBuilder, Set<string>>();
function margins(g: GraphBuilder): Set<string> {
  const found = known.get(g) ?? new Set<string>();
  known.set(g, found);
  return found;
}
export const cutsZeros = (g: GraphBuilder, v: Value): boolean => margins(g).has(v.name);
