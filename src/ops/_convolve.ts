/** @file Reference convolution in float64: direct sums, any rank, shared by Conv and ConvTranspose. */
import { elementCount } from "../graph/dim.ts";
import { type WindowAxis, windowCount } from "./conv-geometry.ts";
import { eachIndex, type NumTensor, stridesOf, zeros } from "./num-tensor.ts";

interface Geometry {
  readonly axes: readonly WindowAxis[];
  readonly group: number;
}

/** Input offset and weight offset of every kernel tap that lands inside, for each output position. */
function taps(
  input: readonly number[],
  output: readonly number[],
  axes: readonly WindowAxis[],
): readonly (readonly (readonly [number, number])[])[] {
  const inStrides = stridesOf(input);
  const kernel = axes.map((a) => a.kernel);
  const out: [number, number][][] = [];
  eachIndex(output, (at) => {
    const list: [number, number][] = [];
    eachIndex(kernel, (k, weight) => {
      let offset = 0;
      for (let i = 0; i < axes.length; i++) {
        const a = axes[i] as WindowAxis;
        const p = (at[i] as number) * a.stride - a.begin + (k[i] as number) * a.dilation;
        if (p < 0 || p >= (input[i] as number)) return;
        offset += p * (inStrides[i] as number);
      }
      list.push([offset, weight]);
    });
    out.push(list);
  });
  return out;
}

/** y[n,o] = b[o] + sum over c in o's group, taps: w[o,c,k] x[n,c,p]. */
export function convolve(x: NumTensor, w: NumTensor, b: NumTensor | undefined, { axes, group }: Geometry): NumTensor {
  const [n, c] = x.dims as [number, number];
  const o = w.dims[0] as number;
  const spatial = x.dims.slice(2);
  const out = axes.map((a, i) => windowCount(spatial[i] as number, a));
  const y = zeros(x.dtype, [n, o, ...out]);
  const [area, size, kernel] = [elementCount(out), elementCount(spatial), elementCount(w.dims.slice(2))];
  const list = taps(spatial, out, axes);
  const cg = c / group;
  for (let i = 0; i < n; i++) {
    for (let f = 0; f < o; f++) {
      const first = Math.floor(f / (o / group)) * cg;
      for (let p = 0; p < area; p++) {
        let sum = b ? (b.data[f] as number) : 0;
        const here = list[p] as readonly (readonly [number, number])[];
        for (let q = 0; q < cg; q++) {
          const px = (i * c + first + q) * size;
          const pw = (f * cg + q) * kernel;
          for (const [offset, weight] of here) sum += (x.data[px + offset] as number) * (w.data[pw + weight] as number);
        }
        y.data[(i * o + f) * area + p] = sum;
      }
    }
  }
  return y;
}

/** Adjoint of {@link convolve} in its data argument: x[n,c,p] += w[o,c,k] y[n,o]. `w` is [O, C/group, …] as for Conv. */
export function convolveAdjoint(
  y: NumTensor,
  w: NumTensor,
  spatial: readonly number[],
  { axes, group }: Geometry,
): NumTensor {
  const [n, o] = y.dims as [number, number];
  const cg = w.dims[1] as number;
  const out = y.dims.slice(2);
  const x = zeros(y.dtype, [n, cg * group, ...spatial]);
  const [area, size, kernel] = [elementCount(out), elementCount(spatial), elementCount(w.dims.slice(2))];
  const list = taps(spatial, out, axes);
  for (let i = 0; i < n; i++) {
    for (let f = 0; f < o; f++) {
      const first = Math.floor(f / (o / group)) * cg;
      for (let p = 0; p < area; p++) {
        const v = y.data[(i * o + f) * area + p] as number;
        for (let q = 0; q < cg; q++) {
          const px = (i * cg * group + first + q) * size;
          const pw = (f * cg + q) * kernel;
          for (const [offset, weight] of list[p] as readonly (readonly [number, number])[])
            x.data[px + offset]! += v * (w.data[pw + weight] as number);
        }
      }
    }
  }
  return x;
}
