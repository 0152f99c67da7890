/** @file One-hot depthwise convolutions: shifts, strided picks and sums of them, for which the runtime has a fast kernel. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { type Dim, elementCount } from "../graph/dim.ts";
import { tensor } from "../graph/tensor.ts";

/** A kernel plane for every channel: [C,1,k…], written once and expanded when the graph is loaded. */
export function depthwiseKernel(
  g: GraphBuilder,
  channels: number,
  plane: { readonly dims: readonly number[]; readonly values: ArrayLike<number> },
): Value {
  const one = g.constant(tensor("float32", [1, 1, ...plane.dims], plane.values), "kernel");
  return channels === 1 ? one : g.op("Expand", [one, g.ints([channels, 1, ...plane.dims.map(() => 1)])]);
}

/** A picked or shifted axis: a kernel of `size` taps of which the one at `tap` counts. */
interface Pick {
  readonly begin: number;
  readonly end: number;
  readonly size: number;
  readonly tap: number;
  readonly stride: number;
}

/**
 * The axis of a convolution with `out[t] = in[t * stride + offset]`, zero outside: the kernel is long enough for the
 * window count to be exactly `count`.
 */
function pick(
  offset: number,
  { size, count, stride }: { readonly size: number; readonly count: number; readonly stride: number },
): Pick {
  const begin = Math.max(0, -offset);
  const tap = Math.max(0, offset);
  const kernel = Math.max(tap + 1, size + begin - count * stride + 1);
  const end = Math.max(0, (count - 1) * stride - (size + begin - kernel));
  return { begin, end, size: kernel, tap, stride };
}

export interface Picking {
  readonly offsets: readonly number[];
  readonly strides: readonly number[];
  /** Spatial size of the result. */
  readonly counts: readonly number[];
  /** What the picked element is multiplied by. */
  readonly factor: number;
}

/** `out[t] = factor * v[t * stride + offset]` along every spatial axis, 0 where that lies outside `v`. */
export function picked(g: GraphBuilder, v: Value, { offsets, strides, counts, factor }: Picking): Value {
  const dims = v.dims as readonly Dim[];
  const channels = dims[1] as number;
  const axes = offsets.map((o, i) =>
    pick(o, { size: dims[i + 2] as number, count: counts[i] as number, stride: strides[i] as number }),
  );
  const sizes = axes.map((a) => a.size);
  const values = new Float32Array(elementCount(sizes));
  values[axes.reduce((at, a) => at * a.size + a.tap, 0)] = factor;
  return g.op("Conv", [v, depthwiseKernel(g, channels, { dims: sizes, values })], {
    group: channels,
    kernel_shape: sizes,
    pads: [...axes.map((a) => a.begin), ...axes.map((a) => a.end)],
    strides: [...strides],
  });
}

/** `v` moved by `shift` along each axis onto a grid of `counts`: `out[t] = v[t - shift]`, 0 outside. */
export function shifted(
  g: GraphBuilder,
  v: Value,
  { shifts, counts }: { readonly shifts: readonly number[]; readonly counts: readonly number[] },
): Value {
  const same = shifts.every((s, i) => s === 0 && v.dims?.[i + 2] === counts[i]);
  return same
    ? v
    : picked(g, v, { offsets: shifts.map((s) => (s === 0 ? 0 : -s)), strides: shifts.map(() => 1), counts, factor: 1 });
}

/** `v` cropped, or padded with 0, at the end of each axis. */
export const resized = (g: GraphBuilder, v: Value, counts: readonly number[]): Value =>
  shifted(g, v, { shifts: counts.map(() => 0), counts });
