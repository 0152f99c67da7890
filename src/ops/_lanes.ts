/** @file Reference evaluation along one axis: every lane of a tensor, as a row of numbers. */
import { elementCount } from "../graph/dim.ts";
import { type NumTensor, normalizeAxis, num } from "./num-tensor.ts";

/** The tensor with `f` applied to each of its lanes along `axis`; `f` keeps the length. */
export function mapLanes(t: NumTensor, axis: number, f: (lane: Float64Array) => Float64Array): NumTensor {
  const at = normalizeAxis(axis, t.dims.length);
  const length = t.dims[at] ?? 1;
  const inner = elementCount(t.dims.slice(at + 1));
  const out = new Float64Array(t.data.length);
  for (let first = 0; first < t.data.length; first += length * inner) {
    for (let i = first; i < first + inner; i++) {
      const lane = Float64Array.from({ length }, (_, k) => t.data[i + k * inner] as number);
      f(lane).forEach((v, k) => {
        out[i + k * inner] = v;
      });
    }
  }
  return num(t.dtype, t.dims, out);
}

export const total = (lane: Float64Array): number => lane.reduce((s, v) => s + v, 0);
