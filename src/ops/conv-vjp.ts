/** @file The transposes of convolution, as ops: shared by Conv, ConvTranspose and every linear relevance rule. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { type Dim, elementCount, isStatic } from "../graph/dim.ts";
import { tensor } from "../graph/tensor.ts";
import { enlarge } from "./_enlarge.ts";
import { columnsOf, imagesInnermost } from "./conv-columns.ts";
import { extent, padsOf, type WindowAxis } from "./conv-geometry.ts";
import type { Grid } from "./interleave.ts";
import { phaseCotangent } from "./phase-convolutions.ts";
import { type SubPixel, subPixelCotangent } from "./sub-pixel.ts";

export interface ConvVjp {
  readonly dy: Value;
  /** [O, C/group, k…] */
  readonly w: Value;
  /** The convolution's input; only its dims are used for the input cotangent. */
  readonly data: Value;
  readonly axes: readonly WindowAxis[];
  readonly group: number;
}

/** A convolution to fewer channels than this wastes the blocked kernels: the transposed one is faster. */
const FEW_CHANNELS = 4;

/** Cotangent of the data: [N, C, spatial…]. */
export function convInputCotangent(g: GraphBuilder, c: ConvVjp): Value {
  const { axes, group } = c;
  const [o, cg] = c.w.dims as readonly [number, number];
  const spatial = c.data.dims?.slice(2);
  const flippable = axes.every((a) => a.begin <= extent(a) - 1 && a.end <= extent(a) - 1);
  const pointwise = axes.every((a) => a.kernel === 1);
  if (flippable && axes.every((a) => a.stride === 1)) {
    const narrow = group === 1 && cg < FEW_CHANNELS && !pointwise && isStatic(spatial);
    return narrow ? convByTranspose(g, c) : convByFlippedWeights(g, c);
  }
  if (group === 1 && axes.every((a) => a.dilation === 1)) {
    const made = strided(g, c);
    if (made) return made;
  }
  const depthwise =
    cg === 1 && o === group && group > 1 && axes.length === 2 && isStatic(spatial) && isStatic(c.dy.dims?.slice(2));
  return (depthwise && flippable ? depthwiseStrided(g, c) : undefined) ?? convByTranspose(g, c);
}

/** Kernels from this size on are worth rearranging; below, the transposed convolution is as fast. */
const LARGE_KERNEL = 5;
/** Channels of a block of the runtime's convolutions. */
const BLOCK = 16;

/** A stem goes by sub-pixels, a convolution between wide layers by phases; others by transposition. */
function strided(g: GraphBuilder, { dy, w, data, axes }: ConvVjp): Value | undefined {
  const [small, size] = [dy.dims?.slice(2), data.dims?.slice(2)];
  if (axes.length !== 2 || !isStatic(small) || !isStatic(size)) return undefined;
  const c: SubPixel = {
    dy,
    w,
    axes: axes as unknown as SubPixel["axes"],
    small: small as unknown as Grid,
    size: size as unknown as Grid,
  };
  const [o, channels] = w.dims as readonly [number, number];
  if (channels < FEW_CHANNELS) return axes.every((a) => a.kernel >= LARGE_KERNEL) ? subPixelCotangent(g, c) : undefined;
  return channels % BLOCK === 0 && o % BLOCK === 0 && axes.every((a) => a.kernel >= a.stride)
    ? phaseCotangent(g, c)
    : undefined;
}

/**
 * Strided, one filter a channel: zeros between the elements of `dy` (a nearest up-sampling times a constant plane), then
 * stride 1. Undefined when the end would have to be cut.
 */
function depthwiseStrided(g: GraphBuilder, c: ConvVjp): Value | undefined {
  const small = (c.dy.dims as readonly Dim[]).slice(2) as readonly number[];
  const size = (c.data.dims as readonly Dim[]).slice(2) as readonly number[];
  const strides = c.axes.map((a) => a.stride);
  const spread = small.map((s, i) => s * (strides[i] as number));
  const back = c.axes.map((a, i) => ({
    ...a,
    stride: 1,
    begin: a.begin,
    end: extent(a) - 1 - ((size[i] as number) + a.begin - (spread[i] as number)),
  }));
  if (back.some((a) => a.end > extent(a) - 1)) return undefined;
  const plane = new Float32Array(elementCount(spread));
  const [h, w] = spread as [number, number];
  for (let i = 0; i < h; i += strides[0] as number)
    for (let j = 0; j < w; j += strides[1] as number) plane[i * w + j] = 1;
  const spaced = g.op("Mul", [enlarge(g, c.dy, strides), g.constant(tensor("float32", [1, 1, h, w], plane), "grid")]);
  return convByFlippedWeights(g, { ...c, dy: spaced, axes: back });
}

/** Stride 1: a plain convolution with the weights flipped in space and transposed in channels; runs at forward speed. */
function convByFlippedWeights(g: GraphBuilder, { dy, w, axes, group }: ConvVjp): Value {
  const back = axes.map((a) => ({ ...a, begin: extent(a) - 1 - a.begin, end: extent(a) - 1 - a.end }));
  return g.op("Conv", [dy, swapChannels(g, flip(g, w), group)], {
    dilations: axes.map((a) => a.dilation),
    group,
    kernel_shape: axes.map((a) => a.kernel),
    pads: padsOf(back),
    strides: axes.map(() => 1),
  });
}

function convByTranspose(g: GraphBuilder, { dy, w, data, axes, group }: ConvVjp): Value {
  const spatial = data.dims?.slice(2);
  if (!isStatic(spatial)) {
    throw new OnnxplainError(
      "E_SHAPE",
      `The gradient of a strided convolution needs the size of its input \`${data.name}\`, which is free. Fix the model's input size (\`--size\`).`,
    );
  }
  const output_padding = axes.map((a, i) => ((spatial[i] as number) + a.begin + a.end - extent(a)) % a.stride);
  return g.op("ConvTranspose", [dy, w], {
    dilations: axes.map((a) => a.dilation),
    group,
    kernel_shape: axes.map((a) => a.kernel),
    output_padding,
    pads: padsOf(axes),
    strides: axes.map((a) => a.stride),
  });
}

/** Reverse the spatial axes of a weight. Emitted as ops on the original initializer, so the file does not grow. */
export function flip(g: GraphBuilder, w: Value): Value {
  const dims = w.dims as readonly number[];
  const axes = dims.flatMap((d, i) => (i >= 2 && d > 1 ? [i] : []));
  if (axes.length === 0) return w;
  return g.op(
    "Slice",
    [w, g.ints(axes.map(() => -1)), g.ints(axes.map(() => -(2 ** 31))), g.ints(axes), g.ints(axes.map(() => -1))],
    {},
    "flip",
  );
}

/** [O, C/group, k…] -> [C, O/group, k…]. */
export function swapChannels(g: GraphBuilder, w: Value, group: number): Value {
  const [o, cg, ...kernel] = w.dims as readonly [number, number, ...number[]];
  if (cg === 1 && o === group) return w;
  const tail = kernel.map((_, i) => i + 2);
  if (group === 1) return g.op("Transpose", [w], { perm: [1, 0, ...tail] });
  const split = g.op("Reshape", [w, g.ints([group, o / group, cg, ...kernel])]);
  const swapped = g.op("Transpose", [split], { perm: [0, 2, 1, ...tail.map((i) => i + 1)] });
  return g.op("Reshape", [swapped, g.ints([group * cg, o / group, ...kernel])]);
}

/** Cotangent of the weight, summed over the batch: [O, C/group, k…]. */
export function convWeightCotangent(g: GraphBuilder, c: ConvVjp): Value {
  const planes = [c.data, c.dy].map((v) => v.dims?.slice(1));
  if (!planes.every(isStatic)) return weightByConvolution(g, c);
  const pointwise = c.axes.every((a) => a.kernel === 1 && a.stride === 1 && a.begin === 0 && a.end === 0);
  return pointwise && c.group === 1 ? weightByImages(g, c) : weightByColumns(g, c);
}

/** One position at a time: the sum over images of a product each, which needs no rearranging. */
function weightByImages(g: GraphBuilder, { dy, w, data }: ConvVjp): Value {
  const flat = (v: Value): Value => {
    const [, channels, ...plane] = v.dims as readonly [Dim, number, ...number[]];
    return g.op("Reshape", [v, g.ints([-1, channels, elementCount(plane)])]);
  };
  const each = g.op("MatMul", [flat(dy), g.op("Transpose", [flat(data)], { perm: [0, 2, 1] })]);
  const sum = g.op("ReduceSum", [each, g.ints([0])], { keepdims: 0 });
  return g.op("Reshape", [sum, g.ints(w.dims as readonly number[])]);
}

/** One product of the cotangent with the windows that the weight saw, over all images and places. */
function weightByColumns(g: GraphBuilder, { dy, w, data, axes, group }: ConvVjp): Value {
  const [o, cg, ...kernel] = w.dims as readonly [number, number, ...number[]];
  const taps = elementCount(kernel);
  const columns = columnsOf(g, { data, axes });
  const weight = (v: Value): Value => g.op("Reshape", [v, g.ints([o, cg, ...kernel])]);
  const rows = imagesInnermost(g, dy);
  if (group === 1) {
    // the runtime packs the second factor anew: let it be the small one
    const [a, b] = [g.op("Reshape", [columns, g.ints([cg * taps, -1])]), g.op("Reshape", [rows, g.ints([o, -1])])];
    const made = g.op("Reshape", [g.op("Gemm", [a, b], { transB: 1 }), g.ints([cg, ...kernel, o])]);
    return g.op("Transpose", [made], {
      perm: [kernel.length + 1, ...Array.from({ length: kernel.length + 1 }, (_, i) => i)],
    });
  }
  const a = g.op("Reshape", [rows, g.ints([group, o / group, -1])]);
  const b = g.op("Reshape", [columns, g.ints([group, cg * taps, -1])]);
  return weight(g.op("MatMul", [a, g.op("Transpose", [b], { perm: [0, 2, 1] })]));
}

/**
 * Where sizes are free: itself a convolution, of the input with the cotangent as kernel, stride and dilation exchanged; rows beyond
 * the kernel (from input the stride never reached) are cut off.
 */
function weightByConvolution(g: GraphBuilder, { dy, w, data, axes, group }: ConvVjp): Value {
  const [, cg, ...kernel] = w.dims as readonly number[];
  const channels = (data.dims as readonly Dim[])[1] as number;
  const rank = axes.length + 2;
  const firstTwo = [1, 0, ...Array.from({ length: axes.length }, (_, i) => i + 2)];
  let x = data;
  if (group > 1) {
    // [N, g*c, …] -> [c, g*N, …]: the batch becomes the channel axis, grouped
    const spatial = (data.dims as readonly Dim[]).slice(2) as readonly number[];
    const split = g.op("Reshape", [data, g.ints([-1, group, channels / group, ...spatial])]);
    const moved = g.op("Transpose", [split], {
      perm: [2, 1, 0, ...Array.from({ length: axes.length }, (_, i) => i + 3)],
    });
    x = g.op("Reshape", [moved, g.ints([cg as number, -1, ...spatial])]);
  } else x = g.op("Transpose", [data], { perm: firstTwo });
  const raw = g.op("Conv", [x, g.op("Transpose", [dy], { perm: firstTwo })], {
    dilations: axes.map((a) => a.stride),
    group,
    pads: padsOf(axes),
    strides: axes.map((a) => a.dilation),
  });
  const spatialAxes = Array.from({ length: rank - 2 }, (_, i) => i + 2);
  const cut = g.op("Slice", [raw, g.ints(spatialAxes.map(() => 0)), g.ints(kernel), g.ints(spatialAxes)]);
  return g.op("Transpose", [cut], { perm: firstTwo });
}
