/**
 * @file MaxPool backwards without indices, by comparing the taps of each window with its maximum, in row-major order:
 * `left_0 = dy`, `left_(i+1) = left_i * [x_i < y]`, and tap i receives `left_i - left_(i+1)`, the last one what is left.
 * `left_(i+1)` is `left_i` or 0, so the differences are exact.
 */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import type { WindowAxis } from "./conv-geometry.ts";
import { depthwiseKernel, picked, shifted } from "./_depthwise.ts";
import { positiveMask } from "./masks.ts";

export interface Taps {
  readonly x: Value;
  readonly y: Value;
  readonly dy: Value;
  readonly axes: readonly WindowAxis[];
  /** Spatial sizes of input and output. */
  readonly size: readonly number[];
  readonly count: readonly number[];
}

/** Where tap (a, b) of window 0 lies. */
interface Tap { readonly offsets: readonly number[] }

const tapsOf = (axes: readonly WindowAxis[]): readonly Tap[] =>
  axes.reduce<readonly Tap[]>((taps, a) => taps.flatMap((t) => Array.from({ length: a.kernel }, (_, k) => ({ offsets: [...t.offsets, k - a.begin] }))), [{ offsets: [] }]);

/** What is left of `dy` before each tap. */
function remainders(g: GraphBuilder, { x, y, dy, axes, count }: Taps, taps: readonly Tap[]): readonly Value[] {
  const strides = axes.map((a) => a.stride);
  const left = [dy];
  for (const { offsets } of taps.slice(0, -1)) {
    const below = g.op("Add", [picked(g, x, { offsets, strides, counts: count, factor: -1 }), y]);
    left.push(g.op("Mul", [left.at(-1) as Value, positiveMask(g, below)]));
  }
  return left;
}

/** The share of each tap. The difference is a convolution with -1 and an Add, which the runtime makes one kernel of. */
function shares(g: GraphBuilder, left: readonly Value[], blocked: boolean): readonly Value[] {
  const channels = (left[0]?.dims as readonly Dim[])[1] as number;
  return left.map((value, i) => {
    const next = left[i + 1];
    if (next === undefined) return value;
    if (!blocked) return g.op("Sub", [value, next]);
    const minus = g.op("Conv", [next, depthwiseKernel(g, channels, { dims: [1, 1], values: [-1] })], { group: channels, kernel_shape: [1, 1] });
    return g.op("Add", [minus, value]);
  });
}

/** Pixel `s U + f` of phase f is tap `o` of window `U - q` with `q = floor(o / s)`, `f = o - s q`. */
const phaseOf = (offset: number, stride: number): { readonly phase: number; readonly shift: number } => {
  const shift = Math.floor(offset / stride);
  return { phase: offset - stride * shift, shift };
};

export function firstMaxima(g: GraphBuilder, t: Taps): Value {
  const { axes, size } = t;
  const taps = tapsOf(axes);
  const grid = axes.map((a, i) => Math.ceil((size[i] as number) / a.stride));
  const apart = axes.every((a, i) => a.stride === a.kernel && a.begin === 0 && grid[i] === t.count[i]);
  const parts = shares(g, remainders(g, t, taps), !apart);
  const phases = new Map<string, Value>();
  taps.forEach(({ offsets }, i) => {
    const at = offsets.map((o, axis) => phaseOf(o, (axes[axis] as WindowAxis).stride));
    const moved = shifted(g, parts[i] as Value, { shifts: at.map((p) => p.shift), counts: grid });
    const key = at.map((p) => p.phase).join();
    const before = phases.get(key);
    phases.set(key, before ? g.op("Add", [moved, before]) : moved);
  });
  const [sh, sw] = axes.map((a) => a.stride) as [number, number];
  const rows = Array.from({ length: sh }, (_, f) => Array.from({ length: sw }, (_, q) => phases.get(`${f},${q}`) as Value));
  return interleave(g, rows, { grid, size });
}

/** Phases woven into one plane: pixel (s U + f, r V + q) is pixel (U, V) of phase (f, q); then cut to size. */
function interleave(g: GraphBuilder, phases: readonly (readonly Value[])[], { grid, size }: { readonly grid: readonly number[]; readonly size: readonly number[] }): Value {
  const [h, w] = grid as [number, number];
  const c = (((phases[0] as readonly Value[])[0] as Value).dims as readonly Dim[])[1] as number;
  const sh = phases.length;
  const sw = (phases[0] as readonly Value[]).length;
  // a leading 0 copies the batch size, so that the runtime still sees equal shapes when it is free
  const shaped = (v: Value, dims: readonly number[]): Value => g.op("Reshape", [v, g.ints([0, ...dims])]);
  const woven = (parts: readonly Value[]): Value => (parts.length === 1 ? (parts[0] as Value) : g.op("Concat", parts, { axis: 2 }));
  const rows = phases.map((row) => (sw === 1 ? (row[0] as Value) : woven(row.map((v) => shaped(v, [c * h * w, 1])))));
  const plane = sh === 1 ? (rows[0] as Value) : woven(rows.map((v) => shaped(v, [c * h, 1, w * sw])));
  const out = shaped(plane, [c, h * sh, w * sw]);
  const cut = size.flatMap((s, i) => (s === (i === 0 ? h * sh : w * sw) ? [] : [i]));
  if (cut.length === 0) return out;
  return g.op("Slice", [out, g.ints(cut.map(() => 0)), g.ints(cut.map((i) => size[i] as number)), g.ints(cut.map((i) => i + 2))]);
}

/**
 * Stride 1, one axis at a time: the maximum of a window is the maximum over its rows of the maxima of the rows, and the
 * first row that attains it, then the first column there, is its first maximum. 2 (k - 1) comparisons instead of k^2 - 1.
 */
export function firstMaximaSeparably(g: GraphBuilder, t: Taps): Value {
  const [rows, columns] = t.axes as [WindowAxis, WindowAxis];
  const [height] = t.size as [number, number];
  const [, w] = t.count as [number, number];
  const whole = { kernel: 1, stride: 1, dilation: 1, begin: 0, end: 0 };
  const across = { ...columns, end: w + columns.kernel - 1 - (t.size[1] as number) - columns.begin };
  const widest = columns.kernel === 1 ? t.x
    : g.op("MaxPool", [t.x], { kernel_shape: [1, columns.kernel], pads: [0, across.begin, 0, across.end], strides: [1, 1] });
  const middle = { ...t, x: widest, axes: [rows, whole], size: [height, w] };
  const down = rows.kernel === 1 ? t.dy : alongOneAxis(g, middle);
  return columns.kernel === 1 ? down : alongOneAxis(g, { ...t, y: widest, dy: down, axes: [whole, columns], count: [height, w] });
}

function alongOneAxis(g: GraphBuilder, t: Taps): Value {
  const taps = tapsOf(t.axes);
  const parts = shares(g, remainders(g, t, taps), true);
  let sum: Value | undefined;
  taps.forEach(({ offsets }, i) => {
    const moved = shifted(g, parts[i] as Value, { shifts: offsets, counts: t.size });
    sum = sum ? g.op("Add", [moved, sum]) : moved;
  });
  return sum as Value;
}
