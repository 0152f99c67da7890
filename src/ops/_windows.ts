/** @file Reference pooling in float64: what every window of every channel sees. */
import { elementCount } from "../graph/dim.ts";
import { type WindowAxis, windowCount } from "./conv-geometry.ts";
import { eachIndex, type NumTensor, stridesOf } from "./num-tensor.ts";

/** Input offsets (within one channel) that each output position's window covers, row-major, padding left out. */
export function windowOffsets(
  spatial: readonly number[],
  axes: readonly WindowAxis[],
  ceil: boolean,
): { readonly out: readonly number[]; readonly offsets: readonly (readonly number[])[] } {
  const out = axes.map((a, i) => windowCount(spatial[i] as number, a, ceil));
  const strides = stridesOf(spatial);
  const kernel = axes.map((a) => a.kernel);
  const offsets: number[][] = [];
  eachIndex(out, (at) => {
    const list: number[] = [];
    eachIndex(kernel, (k) => {
      let offset = 0;
      for (let i = 0; i < axes.length; i++) {
        const a = axes[i] as WindowAxis;
        const p = (at[i] as number) * a.stride - a.begin + (k[i] as number) * a.dilation;
        if (p < 0 || p >= (spatial[i] as number)) return;
        offset += p * (strides[i] as number);
      }
      list.push(offset);
    });
    offsets.push(list);
  });
  return { out, offsets };
}

/** Fold each window of each channel to one number. `visit(values, window, base)` gets absolute offsets. */
export function poolEach(
  x: NumTensor,
  axes: readonly WindowAxis[],
  ceil: boolean,
  visit: (offsets: readonly number[], base: number, window: number) => number,
): { readonly dims: readonly number[]; readonly data: Float64Array } {
  const spatial = x.dims.slice(2);
  const planes = (x.dims[0] as number) * (x.dims[1] as number);
  const size = elementCount(spatial);
  const { out, offsets } = windowOffsets(spatial, axes, ceil);
  const data = new Float64Array(planes * offsets.length);
  for (let p = 0; p < planes; p++) {
    for (let w = 0; w < offsets.length; w++)
      data[p * offsets.length + w] = visit(offsets[w] as readonly number[], p * size, w);
  }
  return { dims: [x.dims[0] as number, x.dims[1] as number, ...out], data };
}
