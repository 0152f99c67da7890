/** @file Bilinear enlargement of small maps: as two matrices inside a graph, and its extremes without enlarging. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { tensor } from "../graph/tensor.ts";

/** Where the pixels lie: corners on corners (`align_corners=True` of PyTorch), or pixel centres at halves with clamped edges. */
export type Alignment = "corners" | "centres";

/** One pixel of the enlarged axis: between `low` and `low + 1` of the small one, at `t` in [0, 1]. */
interface Tap {
  readonly low: number;
  readonly t: number;
}

function tapsOf(size: number, out: number, alignment: Alignment): readonly Tap[] {
  return Array.from({ length: out }, (_, i) => {
    const at =
      alignment === "corners" ? (out === 1 ? 0 : (i * (size - 1)) / (out - 1)) : ((i + 0.5) * size) / out - 0.5;
    const held = Math.max(0, Math.min(size - 1, at));
    const low = Math.max(0, Math.min(size - 2, Math.floor(held)));
    return { low, t: held - low };
  });
}

/** The weights of each pixel: [out, size] with `strides` [size, 1], transposed with [1, out]. */
function matrix(size: number, taps: readonly Tap[], [pixel, entry]: readonly [number, number]): Float32Array {
  const weights = new Float32Array(taps.length * size);
  taps.forEach(({ low, t }, i) => {
    weights[i * pixel + low * entry] = 1 - t;
    if (t !== 0) weights[i * pixel + (low + 1) * entry] = t;
  });
  return weights;
}

/** The first and the last pixel between each pair of neighbours: a bilinear patch has its extremes in their corners. */
function outermost(taps: readonly Tap[]): readonly Tap[] {
  const ends = new Map<number, [Tap, Tap]>();
  for (const tap of taps) {
    const [first, last] = ends.get(tap.low) ?? [tap, tap];
    ends.set(tap.low, [tap.t < first.t ? tap : first, tap.t > last.t ? tap : last]);
  }
  return [...ends.values()].flatMap(([first, last]) => (first === last ? [first] : [first, last]));
}

export interface Upsampling {
  /** [N, h, w] -> [N, H, W] */
  readonly emit: (g: GraphBuilder, maps: Value) => Value;
  /** Least and greatest value of the enlarged map. */
  readonly extremes: (map: Float32Array) => readonly [min: number, max: number];
}

export function upsampling(
  [h, w]: readonly [number, number],
  [height, width]: readonly [number, number],
  alignment: Alignment,
): Upsampling {
  const [rows, columns] = [tapsOf(h, height, alignment), tapsOf(w, width, alignment)];
  const [outerRows, outerColumns] = [outermost(rows), outermost(columns)];
  return {
    emit: (g, maps) => {
      const down = g.constant(tensor("float32", [height, h], matrix(h, rows, [h, 1])));
      const across = g.constant(tensor("float32", [w, width], matrix(w, columns, [1, width])));
      return g.op("MatMul", [g.op("MatMul", [down, maps]), across]);
    },
    extremes: (map) => {
      let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      const along = (y: number, { low, t }: Tap): number => {
        const from = map[y * w + low] as number;
        return t === 0 ? from : from + t * ((map[y * w + low + 1] as number) - from);
      };
      for (const row of outerRows)
        for (const column of outerColumns) {
          const from = along(row.low, column);
          const v = row.t === 0 ? from : from + row.t * (along(row.low + 1, column) - from);
          if (v < min) min = v;
          if (v > max) max = v;
        }
      return [min, max];
    },
  };
}
