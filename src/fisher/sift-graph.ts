/** @file Dense SIFT as nodes of a graph: the bins of all frames are two strided convolutions of eight maps. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { tensor } from "../graph/tensor.ts";
import { formula } from "../ops/formula.ts";
import { frameGrids } from "./frames.ts";
import { AT, type Axis, difference, gradient, orientations, TINY } from "./sift-gradients.ts";
import { BINS, binWeights, LUMA, ORIENTATIONS, triangle } from "./sift-kernels.ts";
import { CEILING, CLAMP, DESCRIPTOR_WIDTH, SCALE, type SiftSettings } from "./sift-settings.ts";

/** Descriptors of one bin size. */
export interface EmittedSift {
  readonly size: number;
  /** Float32 `[N, rows * columns, 128]`, frames row by row. */
  readonly descriptors: Value;
  /** Int64 scalars. */
  readonly rows: Value;
  readonly columns: Value;
}

/** 0.2989 R + 0.5870 G + 0.1140 B: `[N, 3, H, W]` to `[N, 1, H, W]`. */
export const emitGrey = (g: GraphBuilder, rgb: Value): Value =>
  g.op("Conv", [rgb, g.constant(tensor("float32", [1, 3, 1, 1], LUMA), "luma")]);

/**
 * Dense SIFT of grey values in 0 … 1, `[N, 1, H, W]`: the sizes that fit, in their order. With free H or W every size is emitted, and a
 * picture that is too small for one is refused by the runtime. Unless quantised, descriptors have a derivative, for fixed H and W.
 *
 * Numbers as `denseSift` within float32; source: SPEC 2.2.1.
 */
export function emitSift(g: GraphBuilder, grey: Value, settings: SiftSettings): readonly EmittedSift[] {
  const [height, width] = grey.dims?.slice(2) ?? [];
  const differences = { x: difference(g, grey, "x"), y: difference(g, grey, "y") };
  return frameGrids({ height: known(height), width: known(width) }, settings)
    .filter(({ rows, columns }) => rows > 0 && columns > 0)
    .map(({ size, offset }) => {
      // what a triangle reaches before the first bin and after the last; a frame may begin far enough inside to need no border
      const border = { before: size - 1 - offset, after: size - 1 };
      const [dx, dy] = gradient(g, differences, { sigma: size / settings.magnification, border });
      const pooled = bins(g, orientations(g, dx, dy), { size, ...settings });
      const shape = g.op("Shape", [pooled]);
      const side = (axis: Axis): Value => g.op("Gather", [shape, g.scalar(AT[axis], "int64")]);
      return {
        size,
        descriptors: normalised(g, descriptorsOf(g, pooled), { size, ...settings }),
        rows: side("y"),
        columns: side("x"),
      };
    });
}

/** A free side is taken for one that every size fits. */
const known = (side: Dim | undefined): number => (typeof side === "number" ? side : Number.MAX_SAFE_INTEGER);

interface Pooling {
  readonly size: number;
  readonly step: number;
  readonly window: number;
}

/** Weighted sums under the triangles of 4 x 4 bins at every frame: `[N, 8 * 4 * 4, rows, columns]`. */
function bins(g: GraphBuilder, maps: Value, { size, step, window }: Pooling): Value {
  const taps = triangle(size);
  const weights = binWeights(size, window);
  const length = 3 * size + taps.length;
  // bin j begins j * size after the frame: four shifted triangles in one kernel
  const plane = Float32Array.from(
    { length: BINS * length },
    (_, i) => (taps[(i % length) - size * Math.floor(i / length)] ?? 0) * weights[Math.floor(i / length)]!,
  );
  const pass = (f: Value, groups: number, axis: Axis): Value => {
    const dims = axis === "y" ? [BINS, 1, length, 1] : [BINS, 1, 1, length];
    const kernel = g.op("Tile", [g.constant(tensor("float32", dims, plane), "bins"), g.ints([groups, 1, 1, 1])]);
    return g.op("Conv", [f, kernel], { group: groups, strides: axis === "y" ? [step, 1] : [1, step] });
  };
  return pass(pass(maps, ORIENTATIONS, "y"), ORIENTATIONS * BINS, "x");
}

/** Length 1, no entry above 0.2, length 512: of pooled p, min(p, |p| / 5) brought to length 512; zero where the contrast is too low. */
function normalised(
  g: GraphBuilder,
  pooled: Value,
  { size, contrast, quantised }: SiftSettings & { readonly size: number },
): Value {
  const m = formula(g, "float32");
  const length = (v: Value): Value =>
    m.sqrt(m.atLeast(g.op("ReduceSumSquare", [v, g.ints([-1])], { keepdims: 1 }), TINY ** 2));
  const clamped = g.op("Min", [pooled, m.mul(length(pooled), CLAMP)]);
  const flat = m.less(m.sum(pooled, [-1]), contrast * (3 * size + 1) ** 2);
  const scaled = m.mul(clamped, m.where(flat, 0, m.div(SCALE, length(clamped))));
  return quantised ? g.op("Floor", [m.atMost(scaled, CEILING)]) : scaled;
}

/** `[N, 8 * 16, rows, columns]` as rows of 16 x 8. Two steps that runtimes are fast at: whole planes are put in order, then a matrix is turned. */
function descriptorsOf(g: GraphBuilder, pooled: Value): Value {
  const split = g.op("Reshape", [pooled, g.ints([0, ORIENTATIONS, BINS * BINS, -1])]);
  const ordered = g.op("Transpose", [split], { perm: [0, 2, 1, 3] });
  return g.op("Transpose", [g.op("Reshape", [ordered, g.ints([0, DESCRIPTOR_WIDTH, -1])])], { perm: [0, 2, 1] });
}
