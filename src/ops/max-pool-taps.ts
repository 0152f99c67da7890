/**
 * @file MaxPool backwards without indices, by comparing the taps of each window with its maximum, in row-major order:
 * `left_0 = dy`, `left_(i+1) = left_i * [x_i < y]`, and tap i receives `left_i - left_(i+1)`, the last one what is left.
 * `left_(i+1)` is `left_i` or 0, so the differences are exact.
 */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import type { WindowAxis } from "./conv-geometry.ts";
import { depthwiseKernel, picked, resized, shifted } from "./depthwise.ts";
import { type Grid, interleave } from "./interleave.ts";
import { positiveMask } from "./masks.ts";

export interface Taps {
  readonly x: Value;
  readonly y: Value;
  readonly dy: Value;
  readonly axes: readonly [WindowAxis, WindowAxis];
  /** Spatial sizes of input and output. */
  readonly size: Grid;
  readonly count: Grid;
}

/** Element `t * stride + offset` along each axis. */
interface Source {
  readonly v: Value;
  readonly offsets: Grid;
  readonly strides: Grid;
}

interface Chain {
  /** The taps, in the order in which they may win. */
  readonly taps: readonly Source[];
  /** Their maximum. */
  readonly y: Value;
  readonly dy: Value;
  readonly counts: Grid;
}

/** What is left of `dy` before each tap. */
function remainders(g: GraphBuilder, { taps, y, dy, counts }: Chain): readonly Value[] {
  const left = [dy];
  for (const { v, offsets, strides } of taps.slice(0, -1)) {
    const below = g.op("Add", [picked(g, v, { offsets, strides, counts, factor: -1 }), y]);
    left.push(g.op("Mul", [left.at(-1) as Value, positiveMask(g, below)]));
  }
  return left;
}

/** The share of each tap. A difference is a convolution with -1 and an Add, which the runtime makes one kernel of. */
function shares(
  g: GraphBuilder,
  left: readonly Value[],
  difference: (a: Value, b: Value) => Value = (a, b) => minus(g, a, b),
): readonly Value[] {
  return left.map((value, i) => {
    const next = left[i + 1];
    return next === undefined ? value : difference(value, next);
  });
}

function minus(g: GraphBuilder, a: Value, b: Value): Value {
  const channels = (b.dims as readonly Dim[])[1] as number;
  const negative = g.op("Conv", [b, depthwiseKernel(g, channels, { dims: [1, 1], values: [-1] })], {
    group: channels,
    kernel_shape: [1, 1],
  });
  return g.op("Add", [negative, a]);
}

const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

/** Windows that tile the input: every tap is a phase of its own. */
export function firstMaximaOfTiles(g: GraphBuilder, { x, y, dy, axes: [rows, columns], size, count }: Taps): Value {
  const strides = [rows.stride, columns.stride] as const;
  const taps = upTo(rows.kernel).flatMap((a) =>
    upTo(columns.kernel).map((b) => ({ v: x, offsets: [a, b] as const, strides })),
  );
  const parts = shares(g, remainders(g, { taps, y, dy, counts: count }), (a, b) => g.op("Sub", [a, b]));
  const phases = upTo(rows.kernel).map((a) => parts.slice(a * columns.kernel, (a + 1) * columns.kernel));
  return interleave(g, phases, { grid: count, size, zeroMargin: true });
}

/** Pixel `s U + f` is tap `o` of window `U - q`: `q = floor(o / s)`, `f = o - s q`. */
const phaseOf = (offset: number, stride: number): { readonly phase: number; readonly shift: number } => {
  const shift = Math.floor(offset / stride);
  return { phase: offset - stride * shift, shift };
};

/**
 * Any windows, rows first: the maximum of a window is that of the maxima of its rows, and its first maximum lies in the
 * first row that attains it, in the first column there. So a window hands its cotangent to a row, and a row, for all
 * windows that chose it, to a column: kh + kw comparisons instead of kh kw. Rows and columns stay sorted by their phase
 * (position modulo stride) to the very end, so that every value has the resolution of the output.
 */
export function firstMaxima(g: GraphBuilder, t: Taps): Value {
  const [rows, columns] = t.axes;
  const grid: Grid = [Math.ceil(t.size[0] / rows.stride), Math.ceil(t.size[1] / columns.stride)];
  // windows are added at the end until there is one for each pixel of a phase; they hand out nothing
  const count: Grid = [Math.max(t.count[0], grid[0]), Math.max(t.count[1], grid[1])];
  const grown = { ...t, count, y: resized(g, t.y, count), dy: resized(g, t.dy, count) };
  const maxima = rowMaxima(g, grown);
  const along = upTo(rows.stride).map((f) =>
    rows.stride === 1
      ? maxima
      : picked(g, maxima, { offsets: [f, 0], strides: [rows.stride, 1], counts: [grid[0], count[1]], factor: 1 }),
  );
  const handed = toRows(g, grown, { along, grid });
  const phases = handed.map((dy, f) => toColumns(g, grown, { dy, y: along[f] as Value, f, grid }));
  return interleave(g, phases, { grid, size: t.size, zeroMargin: true });
}

/** Maximum of each row of each window: [N, C, H, windows across]. */
function rowMaxima(g: GraphBuilder, { x, axes: [, columns], size, count }: Taps): Value {
  if (columns.kernel === 1 && columns.stride === 1) return x;
  const end = Math.max(0, (count[1] - 1) * columns.stride + columns.kernel - size[1] - columns.begin);
  return g.op("MaxPool", [x], {
    kernel_shape: [1, columns.kernel],
    pads: [0, columns.begin, 0, end],
    strides: [1, columns.stride],
  });
}

/** The cotangent of the row maxima, by phase of the row. */
function toRows(
  g: GraphBuilder,
  { y, dy, axes: [rows], count }: Taps,
  { along, grid }: { readonly along: readonly Value[]; readonly grid: Grid },
): readonly Value[] {
  const at = upTo(rows.kernel).map((a) => phaseOf(a - rows.begin, rows.stride));
  const taps = at.map(({ phase, shift }) => ({
    v: along[phase] as Value,
    offsets: [shift, 0] as const,
    strides: [1, 1] as const,
  }));
  const parts = shares(g, remainders(g, { taps, y, dy, counts: count }));
  return along.map((_, f) =>
    gathered(g, parts, {
      at: at.map(({ phase, shift }) => (phase === f ? [shift, 0] : null)),
      counts: [grid[0], count[1]],
    }),
  );
}

interface Row {
  readonly dy: Value;
  readonly y: Value;
  readonly f: number;
  readonly grid: Grid;
}

/** The cotangent of the elements of the rows of phase `f`, by phase of the column. */
function toColumns(
  g: GraphBuilder,
  { x, axes: [rows, columns], count }: Taps,
  { dy, y, f, grid }: Row,
): readonly Value[] {
  const at = upTo(columns.kernel).map((b) => phaseOf(b - columns.begin, columns.stride));
  const taps = upTo(columns.kernel).map((b) => ({
    v: x,
    offsets: [f, b - columns.begin] as const,
    strides: [rows.stride, columns.stride] as const,
  }));
  const parts = shares(g, remainders(g, { taps, y, dy, counts: [grid[0], count[1]] }));
  return upTo(columns.stride).map((q) =>
    gathered(g, parts, { at: at.map(({ phase, shift }) => (phase === q ? [0, shift] : null)), counts: grid }),
  );
}

/** Sum of the parts that belong here, each moved to its place. */
function gathered(
  g: GraphBuilder,
  parts: readonly Value[],
  { at, counts }: { readonly at: readonly (Grid | readonly number[] | null)[]; readonly counts: Grid },
): Value {
  let sum: Value | undefined;
  parts.forEach((part, i) => {
    const shifts = at[i];
    if (!shifts) return;
    const moved = shifted(g, part, { shifts, counts });
    // what stays in place is added to what was moved: a convolution and an Add are one kernel
    sum = sum ? g.op("Add", moved === part ? [sum, moved] : [moved, sum]) : moved;
  });
  return sum as Value;
}
