/** @file The way back from reflect, edge and wrap padding: cut the borders off, turn or sum them, add them where they came from. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { AxisPad } from "./pad.ts";
import { reverse } from "./slice.ts";

interface Border {
  readonly axis: number;
  readonly width: number;
  /** Size of the (cropped) axis that the border was copied from. */
  readonly size: number;
  readonly side: "begin" | "end";
}

/** A border's cotangent, and how many positions of the axis lie before it. */
type Fold = (
  g: GraphBuilder,
  piece: Value,
  border: Border,
) => { readonly piece: Value; readonly width: number; readonly at: number };

const FOLDS: Readonly<Record<string, Fold>> = {
  edge: (g, piece, { axis, size, side }) => ({
    piece: g.op("ReduceSum", [piece, g.ints([axis])], { keepdims: 1 }),
    width: 1,
    at: side === "begin" ? 0 : size - 1,
  }),
  reflect: (g, piece, { axis, width, size, side }) => ({
    piece: width > 1 ? reverse(g, piece, [axis]) : piece,
    width,
    at: side === "begin" ? 1 : size - 1 - width,
  }),
  wrap: (_, piece, { width, size, side }) => ({ piece, width, at: side === "begin" ? size - width : 0 }),
};

/** Widest border that one copy of the axis can fill. */
const reach = (mode: string, size: number): number =>
  mode === "edge" ? Number.POSITIVE_INFINITY : mode === "reflect" ? size - 1 : size;

/**
 * Cotangent of the input of a non-constant Pad. Undefined when a padded axis is free, or a border is wider than the
 * axis can fill at once.
 */
export function foldPadding(
  g: GraphBuilder,
  dy: Value,
  options: { readonly like: Value; readonly pads: readonly AxisPad[]; readonly mode: string },
): Value | undefined {
  const { like, pads, mode } = options;
  const fold = FOLDS[mode];
  const rank = like.dims?.length ?? 0;
  const cropped = new Array<number>(2 * rank).fill(0);
  let out = dy;
  for (const { axis, begin, end } of pads) {
    if (begin === 0 && end === 0) continue;
    const whole = like.dims?.[axis];
    if (typeof whole !== "number" || fold === undefined) return undefined;
    const size = whole + Math.min(0, begin) + Math.min(0, end);
    if (Math.max(begin, end) > reach(mode, size) || size === 0) return undefined;
    cropped[axis] = Math.max(0, -begin);
    cropped[axis + rank] = Math.max(0, -end);
    out = foldAxis(g, out, { axis, begin: Math.max(0, begin), end: Math.max(0, end), size, rank, fold });
  }
  return cropped.some((p) => p > 0) ? g.op("Pad", [out, g.ints(cropped)]) : out;
}

function foldAxis(
  g: GraphBuilder,
  dy: Value,
  o: AxisPad & { readonly size: number; readonly rank: number; readonly fold: Fold },
): Value {
  const { axis, begin, end, size, rank } = o;
  const cut = (from: number, to: number): Value => g.op("Slice", [dy, g.ints([from]), g.ints([to]), g.ints([axis])]);
  let out = begin + end === 0 ? dy : cut(begin, begin + size);
  const borders = [
    { side: "begin", width: begin, from: 0 },
    { side: "end", width: end, from: begin + size },
  ] as const;
  for (const { side, width, from } of borders) {
    if (width === 0) continue;
    const { piece, width: folded, at } = o.fold(g, cut(from, from + width), { axis, width, size, side });
    const pads = new Array<number>(2 * rank).fill(0);
    pads[axis] = at;
    pads[axis + rank] = size - at - folded;
    out = g.op("Add", [out, pads.every((p) => p === 0) ? piece : g.op("Pad", [piece, g.ints(pads)])]);
  }
  return out;
}
