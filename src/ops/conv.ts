/** @file Conv (1-3 spatial axes, groups, dilation, any stride and padding). */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { convolve } from "./_convolve.ts";
import { type WindowAxis, windowAxes, windowDim } from "./conv-geometry.ts";
import { convInputCotangent, convWeightCotangent } from "./conv-vjp.ts";
import { defineOp, int, ints, type Op, required, text } from "./define.ts";

export const convAttrs = {
  auto_pad: text("NOTSET"),
  dilations: ints(),
  group: int(1),
  kernel_shape: ints(),
  pads: ints(),
  strides: ints(),
} as const;

export const Conv: Op = defineOp({
  kind: "linear",
  attrs: convAttrs,
  shape: ({ x, attrs, name }) => {
    const data = required(x, 0);
    const w = required(x, 1);
    const kernel = (w.dims?.slice(2) ?? attrs.kernel_shape) as readonly number[] | undefined;
    if (!data.dims || !kernel) return { dtype: data.dtype, dims: undefined };
    const spatial = data.dims.slice(2);
    const axes = windowAxes(kernel, attrs, spatial);
    const out = axes.map((a, i) => windowDim(spatial[i], a, { name, axis: i + 2 }));
    return { dtype: data.dtype, dims: [data.dims[0] as Dim, w.dims?.[0] ?? (`?${name}.1` as Dim), ...out] };
  },
  eval: ({ x, attrs }) => {
    const data = required(x, 0);
    const w = required(x, 1);
    return convolve(data, w, x[2], {
      axes: windowAxes(w.dims.slice(2), attrs, data.dims.slice(2)),
      group: attrs.group,
    });
  },
  vjp: ({ g, dy, x, attrs, wants }) => {
    const data = required(x, 0);
    const w = required(x, 1);
    const axes = axesOf(data, w, attrs);
    return [
      wants[0] ? convInputCotangent(g, { dy, w, data, axes, group: attrs.group }) : null,
      wants[1] ? convWeightCotangent(g, { dy, w, data, axes, group: attrs.group }) : null,
      wants[2] ? channelSum(g, dy) : null,
    ];
  },
});

const axesOf = (data: Value, w: Value, attrs: Parameters<typeof windowAxes>[1]): readonly WindowAxis[] =>
  windowAxes((w.dims as readonly number[]).slice(2), attrs, (data.dims as readonly Dim[]).slice(2));

/** Sum over everything but the channel axis: the cotangent of a bias [C]. */
export function channelSum(g: GraphBuilder, dy: Value): Value {
  const rank = (dy.dims as readonly Dim[]).length;
  return g.op("ReduceSum", [dy, g.ints(Array.from({ length: rank }, (_, i) => i).filter((i) => i !== 1))], {
    keepdims: 0,
  });
}
