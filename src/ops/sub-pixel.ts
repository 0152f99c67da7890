/**
 * @file The cotangent of a strided convolution of few channels (a stem) as one convolution at the resolution of `dy`, that
 * makes all `s x s` pixels of a cell at once, as channels. `dx[sU + f] = Σ_t W[f + p - st] dy[U + t]`.
 */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { WindowAxis } from "./conv-geometry.ts";

interface Axis {
  /** Taps along this axis at the resolution of `dy`. */
  readonly taps: number;
  /** Zeros before and after the kernel that make it `s` times as long. */
  readonly grow: readonly [number, number];
  readonly pads: readonly [number, number];
  readonly cells: number;
}

/** t runs from ceil((p - k + 1) / s) to floor((s - 1 + p) / s). */
function axisOf({ kernel, stride, begin }: WindowAxis, small: number, size: number): Axis {
  const first = Math.ceil((begin - kernel + 1) / stride);
  const last = Math.floor((stride - 1 + begin) / stride);
  const taps = last - first + 1;
  const cells = Math.ceil(size / stride);
  const before = stride * last - begin;
  return {
    taps,
    grow: [before, stride * taps - before - kernel],
    pads: [-first, cells + taps - 1 - small + first],
    cells,
  };
}

export interface SubPixel {
  readonly dy: Value;
  /** [O, C, k, k] */
  readonly w: Value;
  readonly axes: readonly [WindowAxis, WindowAxis];
  /** Spatial sizes of `dy` and of the result. */
  readonly small: readonly [number, number];
  readonly size: readonly [number, number];
}

/** Undefined where the strides differ, or the input ends before what the windows cover. */
export function subPixelCotangent(g: GraphBuilder, { dy, w, axes, small, size }: SubPixel): Value | undefined {
  const s = axes[0].stride;
  const [rows, columns] = axes.map((a, i) => axisOf(a, small[i] as number, size[i] as number)) as [Axis, Axis];
  if (axes[1].stride !== s || [rows, columns].some((a) => [...a.pads, ...a.grow].some((p) => p < 0))) return undefined;
  const [o, c] = w.dims as readonly [number, number];
  const grown = g.op("Pad", [w, g.ints([0, 0, rows.grow[0], columns.grow[0], 0, 0, rows.grow[1], columns.grow[1]])]);
  const cells = g.op("Reshape", [grown, g.ints([o, c, rows.taps, s, columns.taps, s])]);
  const flipped = g.op("Slice", [
    cells,
    g.ints([-1, -1]),
    g.ints([-(2 ** 31), -(2 ** 31)]),
    g.ints([2, 4]),
    g.ints([-1, -1]),
  ]);
  const kernel = g.op("Reshape", [
    g.op("Transpose", [flipped], { perm: [3, 5, 1, 0, 2, 4] }),
    g.ints([s * s * c, o, rows.taps, columns.taps]),
  ]);
  const pixels = g.op("Conv", [dy, kernel], {
    kernel_shape: [rows.taps, columns.taps],
    pads: [rows.pads[0], columns.pads[0], rows.pads[1], columns.pads[1]],
  });
  const whole = g.op("DepthToSpace", [pixels], { blocksize: s, mode: "DCR" });
  const cut = [0, 1].filter((i) => ([rows, columns][i] as Axis).cells * s !== size[i]);
  if (cut.length === 0) return whole;
  return g.op("Slice", [
    whole,
    g.ints(cut.map(() => 0)),
    g.ints(cut.map((i) => size[i] as number)),
    g.ints(cut.map((i) => i + 2)),
  ]);
}
