/**
 * @file The cotangent of a strided convolution as one small convolution for each phase of the pixels (their position modulo
 * the stride), with every s-th tap of the kernel, and no zero multiplied. `dx[sU + f] = Σ_t W[f + p - st] dy[U + t]`.
 */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { WindowAxis } from "./conv-geometry.ts";
import { type Grid, interleave } from "./interleave.ts";
import type { SubPixel } from "./sub-pixel.ts";

interface Phase {
  /** The kernel's taps, from the first backwards in steps of the stride. */
  readonly first: number;
  readonly taps: number;
  readonly pads: readonly [number, number];
}

/** t runs from ceil((f + p - k + 1) / s) to floor((f + p) / s). */
function phasesOf({ kernel, stride, begin }: WindowAxis, small: number, cells: number): readonly Phase[] {
  return Array.from({ length: stride }, (_, f) => {
    const from = Math.ceil((f + begin - kernel + 1) / stride);
    const taps = Math.floor((f + begin) / stride) - from + 1;
    return { first: f + begin - stride * from, taps, pads: [-from, cells + taps - 1 - small + from] };
  });
}

/** Undefined where a phase has no tap, or windows end before the input does. */
export function phaseCotangent(g: GraphBuilder, { dy, w, axes, small, size }: SubPixel): Value | undefined {
  const grid: Grid = [Math.ceil(size[0] / axes[0].stride), Math.ceil(size[1] / axes[1].stride)];
  const [rows, columns] = axes.map((a, i) => phasesOf(a, small[i] as number, grid[i] as number)) as [
    readonly Phase[],
    readonly Phase[],
  ];
  if ([...rows, ...columns].some((p) => p.taps < 1 || p.pads.some((v) => v < 0))) return undefined;
  const steps = axes.map((a) => -a.stride);
  const phase = (r: Phase, c: Phase): Value => {
    const ends = [r, c]
      .map((p, i) => p.first + (steps[i] as number) * (p.taps - 1) - 1)
      .map((end) => (end < 0 ? -(2 ** 31) : end));
    const taps = g.op("Slice", [w, g.ints([r.first, c.first]), g.ints(ends), g.ints([2, 3]), g.ints(steps)]);
    const kernel = g.op("Transpose", [taps], { perm: [1, 0, 2, 3] });
    return g.op("Conv", [dy, kernel], {
      kernel_shape: [r.taps, c.taps],
      pads: [r.pads[0], c.pads[0], r.pads[1], c.pads[1]],
    });
  };
  return interleave(
    g,
    rows.map((r) => columns.map((c) => phase(r, c))),
    { grid, size, zeroMargin: false },
  );
}
