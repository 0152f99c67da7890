/** @file The gradient of a smoothed picture and its eight orientations, as convolutions and arithmetic. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { tensor } from "../graph/tensor.ts";
import { formula } from "../ops/formula.ts";
import { gaussian } from "./sift-kernels.ts";

export type Axis = "x" | "y";
const AXES: readonly Axis[] = ["y", "x"];
/** Axes of `[N, C, H, W]`. */
export const AT: Readonly<Record<Axis, number>> = { y: 2, x: 3 };

export interface Border {
  readonly before: number;
  readonly after: number;
}

/** f[i + 1] - f[i]: one fewer along the axis. */
export const difference = (g: GraphBuilder, f: Value, axis: Axis): Value => filter(g, f, axis, [-1, 1]);

function filter(g: GraphBuilder, f: Value, axis: Axis, taps: ArrayLike<number>, pads = 0): Value {
  const along = (one: number, other: number): number[] => (axis === "x" ? [other, one] : [one, other]);
  const kernel = g.constant(tensor("float32", [1, 1, ...along(taps.length, 1)], Array.from(taps)), "taps");
  return g.op("Conv", [f, kernel], { pads: [...along(pads, 0), ...along(pads, 0)] });
}

/** Repeat the border along axes; what is cut off goes first. */
function edged(g: GraphBuilder, f: Value, borders: Readonly<Partial<Record<Axis, Border>>>): Value {
  const rows = AXES.flatMap((axis) => (borders[axis] ? [{ at: AT[axis], ...borders[axis] }] : []));
  const cut = rows.filter(({ before }) => before < 0);
  const [starts, ends] = [cut.map(({ before }) => -before), cut.map(() => END)];
  const inner = cut.length === 0 ? f : g.op("Slice", [f, g.ints(starts), g.ints(ends), g.ints(cut.map((c) => c.at))]);
  const pads = [...rows.map(({ before }) => Math.max(0, before)), ...rows.map(({ after }) => after)];
  return g.op("Pad", [inner, g.ints(pads), null, g.ints(rows.map((r) => r.at))], { mode: "edge" });
}

/** The end of an axis of any size. */
const END = 2 ** 31 - 1;

export interface Blur {
  readonly sigma: number;
  /** Repeats of the gradient's border, in both axes; negative ones cut off. */
  readonly border: Border;
}

/** dx and dy of the smoothed picture, `[N, 1, H + before + after, W + before + after]`, from its {@link difference}s. */
export function gradient(
  g: GraphBuilder,
  differences: Readonly<Record<Axis, Value>>,
  { sigma, border }: Blur,
): readonly [Value, Value] {
  const taps = gaussian(sigma);
  const along = (axis: Axis): Value => slope(g, smoothed(g, differences[axis], axis, taps), axis, border);
  return [along("x"), along("y")];
}

/** Smoothing commutes with the difference: where a picture repeats its border, the difference along the axis is zero. */
function smoothed(g: GraphBuilder, d: Value, axis: Axis, taps: Float64Array): Value {
  const other = axis === "x" ? "y" : "x";
  const radius = (taps.length - 1) / 2;
  const across = filter(g, edged(g, d, { [other]: { before: radius, after: radius } }), other, taps);
  return filter(g, across, axis, taps, radius);
}

/** Means of neighbouring differences, which at the border are the one difference; then the border repeated. */
function slope(g: GraphBuilder, d: Value, axis: Axis, border: Border): Value {
  const further = { before: border.before + 1, after: border.after + 1 };
  return filter(g, edged(g, d, { y: border, x: border, [axis]: further }), axis, [0.5, 0.5]);
}

/**
 * `[N, 8, H, W]` of the gradient, without its angle: with r = min / max of |dx|, |dy| and u = 4 atan(r) / pi in 0 … 1, the nearest axis
 * gets 1 - u of the magnitude and the nearest diagonal u. Opposite orientations are the two signs of one map.
 */
export function orientations(g: GraphBuilder, dx: Value, dy: Value): Value {
  const m = formula(g, "float32");
  const [ax, ay] = [m.abs(dx), m.abs(dy)];
  const larger = g.op("Max", [ax, ay]);
  const ratio = m.div(g.op("Min", [ax, ay]), m.atLeast(larger, TINY));
  const diagonal = m.mul(g.op("Atan", [ratio]), 4 / Math.PI);
  // magnitude = larger * stretch
  const stretch = m.sqrt(m.add(m.mul(ratio, ratio), 1));
  const steep = m.greater(ay, ax);
  const onAxis = m.mul(stretch, m.sub(1, diagonal));
  const sign = m.sign(dy);
  const onDiagonal = m.mul(m.mul(stretch, diagonal), m.mul(larger, sign));
  const falling = m.less(m.mul(m.sign(dx), sign), 0);
  const signed = g.op(
    "Concat",
    [
      m.mul(onAxis, m.where(steep, 0, dx)),
      m.where(falling, 0, onDiagonal),
      m.mul(onAxis, m.where(steep, dy, 0)),
      m.where(falling, onDiagonal, 0),
    ],
    { axis: 1 },
  );
  return g.op("Concat", [g.op("Relu", [signed]), g.op("Relu", [m.neg(signed)])], { axis: 1 });
}

/** Below every gradient that float32 pictures have; its square is a normal number. */
export const TINY = 1e-15;
