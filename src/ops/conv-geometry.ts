/** @file The arithmetic of sliding windows: pads, output sizes, and what a backward pass must pad in turn. */
import { type Dim, unknownDim } from "../graph/dim.ts";

/** One spatial axis of a window op. */
export interface WindowAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
  readonly end: number;
}

export interface WindowAttrs {
  readonly strides: readonly number[] | undefined;
  readonly dilations?: readonly number[] | undefined;
  readonly pads: readonly number[] | undefined;
  readonly auto_pad: string;
}

/** Extent of a dilated kernel. */
export const extent = (a: WindowAxis): number => a.dilation * (a.kernel - 1) + 1;

/** Windows along an axis. In ceil mode the last window must begin inside the input or its leading padding. */
export function windowCount(size: number, a: WindowAxis, ceil = false): number {
  const span = size + a.begin + a.end - extent(a);
  if (span < 0) return 0;
  if (!ceil) return Math.floor(span / a.stride) + 1;
  const count = Math.ceil(span / a.stride) + 1;
  return (count - 1) * a.stride >= size + a.begin ? count - 1 : count;
}

/** Axes with `auto_pad` resolved against the input's spatial size (`SAME_*` needs it known). */
export function windowAxes(
  kernel: readonly number[],
  attrs: WindowAttrs,
  spatial: readonly Dim[],
): readonly WindowAxis[] {
  const rank = kernel.length;
  return kernel.map((k, i) => {
    const stride = attrs.strides?.[i] ?? 1;
    const dilation = attrs.dilations?.[i] ?? 1;
    const axis = { kernel: k, stride, dilation };
    if (attrs.auto_pad === "SAME_UPPER" || attrs.auto_pad === "SAME_LOWER") {
      const size = spatial[i];
      const total =
        typeof size === "number"
          ? Math.max(0, (Math.ceil(size / stride) - 1) * stride + dilation * (k - 1) + 1 - size)
          : stride === 1
            ? dilation * (k - 1)
            : 0;
      const less = Math.floor(total / 2);
      return attrs.auto_pad === "SAME_UPPER"
        ? { ...axis, begin: less, end: total - less }
        : { ...axis, begin: total - less, end: less };
    }
    const explicit = attrs.auto_pad === "VALID" ? undefined : attrs.pads;
    return { ...axis, begin: explicit?.[i] ?? 0, end: explicit?.[i + rank] ?? 0 };
  });
}

/** Output size along an axis, keeping a free dimension when the window preserves it. */
export function windowDim(
  size: Dim | undefined,
  a: WindowAxis,
  options: { readonly ceil?: boolean; readonly name: string; readonly axis: number },
): Dim {
  if (typeof size === "number") return windowCount(size, a, options.ceil);
  if (size !== undefined && a.stride === 1 && a.begin + a.end === extent(a) - 1) return size;
  return unknownDim(options.name, options.axis);
}

/** ONNX's flat pads: all begins, then all ends. */
export const padsOf = (axes: readonly WindowAxis[]): number[] => [
  ...axes.map((a) => a.begin),
  ...axes.map((a) => a.end),
];
