/** @file ConvTranspose: the adjoint of Conv as a forward op; weights are [C, O/group, k…]. */
import { type Dim, unknownDim } from "../graph/dim.ts";
import { convolveAdjoint } from "./_convolve.ts";
import { mapBroadcast } from "./broadcast.ts";
import { channelSum } from "./conv.ts";
import { padsOf, type WindowAxis } from "./conv-geometry.ts";
import { convWeightCotangent } from "./conv-vjp.ts";
import { defineOp, int, ints, type Op, required, text } from "./define.ts";
import { num } from "./num-tensor.ts";

interface Attrs {
  readonly auto_pad: string;
  readonly dilations: readonly number[] | undefined;
  readonly output_padding: readonly number[] | undefined;
  readonly output_shape: readonly number[] | undefined;
  readonly pads: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
}
interface TransposeAxis extends WindowAxis {
  readonly extra: number;
  readonly size: Dim;
}

/** Pads and output size along each axis: `output_shape` and `SAME_*` fix the size and derive the pads. */
function transposeAxes(
  kernel: readonly number[],
  attrs: Attrs,
  spatial: readonly Dim[],
  name: string,
): readonly TransposeAxis[] {
  const rank = kernel.length;
  return kernel.map((k, i) => {
    const stride = attrs.strides?.[i] ?? 1;
    const dilation = attrs.dilations?.[i] ?? 1;
    const extra = attrs.output_padding?.[i] ?? 0;
    const axis = { kernel: k, stride, dilation, extra };
    const input = spatial[i];
    if (typeof input !== "number")
      return { ...axis, begin: attrs.pads?.[i] ?? 0, end: attrs.pads?.[i + rank] ?? 0, size: unknownDim(name, i + 2) };
    const full = (input - 1) * stride + extra + dilation * (k - 1) + 1;
    const same = attrs.auto_pad.startsWith("SAME");
    const wanted = attrs.output_shape?.at(i - rank) ?? (same ? input * stride : undefined);
    if (wanted !== undefined) {
      const total = Math.max(0, full - wanted);
      const less = Math.floor(total / 2);
      const [begin, end] = attrs.auto_pad === "SAME_UPPER" ? [less, total - less] : [total - less, less];
      // more than the windows reach is left 0 at the end
      return { ...axis, begin, end, size: Math.max(wanted, full - total) };
    }
    const begin = attrs.pads?.[i] ?? 0;
    const end = attrs.pads?.[i + rank] ?? 0;
    return { ...axis, begin, end, size: full - begin - end };
  });
}

export const ConvTranspose: Op = defineOp({
  kind: "linear",
  attrs: {
    auto_pad: text("NOTSET"),
    dilations: ints(),
    group: int(1),
    kernel_shape: ints(),
    output_padding: ints(),
    output_shape: ints(),
    pads: ints(),
    strides: ints(),
  },
  shape: ({ x, attrs, name }) => {
    const data = required(x, 0);
    const w = required(x, 1);
    if (!data.dims || !w.dims) return { dtype: data.dtype, dims: undefined };
    const axes = transposeAxes(w.dims.slice(2) as readonly number[], attrs, data.dims.slice(2), name);
    return {
      dtype: data.dtype,
      dims: [data.dims[0] as Dim, (w.dims[1] as number) * attrs.group, ...axes.map((a) => a.size)],
    };
  },
  eval: ({ x, attrs }) => {
    const data = required(x, 0);
    const w = required(x, 1);
    const axes = transposeAxes(w.dims.slice(2), attrs, data.dims.slice(2), "");
    const y = convolveAdjoint(
      data,
      w,
      axes.map((a) => a.size as number),
      { axes, group: attrs.group },
    );
    const b = x[2];
    return b ? mapBroadcast(y.dtype, [y, num(b.dtype, [...b.dims, ...axes.map(() => 1)], b.data)], (u, v) => u + v) : y;
  },
  vjp: ({ g, dy, x, attrs, wants }) => {
    const data = required(x, 0);
    const w = required(x, 1);
    const axes = transposeAxes(
      (w.dims as readonly number[]).slice(2),
      attrs,
      (data.dims as readonly Dim[]).slice(2),
      data.name,
    );
    const { group } = attrs;
    const dx = wants[0]
      ? g.op("Conv", [dy, w], {
          dilations: axes.map((a) => a.dilation),
          group,
          pads: padsOf(axes),
          strides: axes.map((a) => a.stride),
        })
      : null;
    // y = convᵀ(x, w), so <dy, y> = <conv(dy, w), x>: the weight cotangent is that of a Conv from dy to x
    const dw = wants[1] ? convWeightCotangent(g, { dy: data, w, data: dy, axes, group }) : null;
    return [dx, dw, wants[2] ? channelSum(g, dy) : null];
  },
});
