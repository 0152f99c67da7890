/** @file Adaptive average pooling: maps of any size brought to one grid. Where the grid is finer, values repeat. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { tensor } from "../graph/tensor.ts";

/** Rows and columns. */
export type Grid = readonly [number, number];

/** Cell i of `to` averages cells floor(i from / to) up to, without, ceil((i + 1) from / to). */
export const binsOf = (from: number, to: number): readonly (readonly [number, number])[] =>
  Array.from({ length: to }, (_, i) => [Math.floor((i * from) / to), Math.ceil(((i + 1) * from) / to)] as const);

/** `[to, from]`: each row averages the cells of its bin. */
function averages(from: number, to: number): Float32Array {
  const out = new Float32Array(to * from);
  binsOf(from, to).forEach(([first, end], i) => {
    out.fill(1 / (end - first), i * from + first, i * from + end);
  });
  return out;
}

/** Planes `[n, h, w]` averaged to `[n, H, W]`, in float64. */
export function pooled(planes: ArrayLike<number>, from: Grid, to: Grid): Float64Array {
  const [rows, columns] = [binsOf(from[0], to[0]), binsOf(from[1], to[1])];
  const [area, width] = [from[0] * from[1], from[1]];
  const count = planes.length / area;
  const out = new Float64Array(count * to[0] * to[1]);
  let at = 0;
  for (let n = 0; n < count; n++)
    for (const [top, bottom] of rows)
      for (const [left, right] of columns) {
        let sum = 0;
        for (let y = top; y < bottom; y++)
          for (let x = left; x < right; x++) sum += planes[n * area + y * width + x] as number;
        out[at++] = sum / ((bottom - top) * (right - left));
      }
  return out;
}

/** The same of a value `[N, C, h, w]`, emitted: `[N, C, H, W]`. A cell's average is that over columns of those over rows. */
export function emitPooled(g: GraphBuilder, planes: Value, from: Grid, to: Grid): Value {
  const alongRows =
    from[0] === to[0] ? planes : g.op("MatMul", [matrixOf(g, [to[0], from[0]], averages(from[0], to[0])), planes]);
  if (from[1] === to[1]) return alongRows;
  const [wide, narrow] = [from[1], to[1]];
  const transposed = new Float32Array(wide * narrow);
  averages(wide, narrow).forEach((v, at) => {
    transposed[(at % wide) * narrow + Math.floor(at / wide)] = v;
  });
  return g.op("MatMul", [alongRows, matrixOf(g, [wide, narrow], transposed)]);
}

const matrixOf = (g: GraphBuilder, dims: readonly number[], values: Float32Array): Value =>
  g.constant(tensor("float32", dims, values), "pool");
