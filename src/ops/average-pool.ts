/** @file AveragePool, GlobalAveragePool, LpPool, GlobalLpPool. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { type Dim, elementCount, isStatic } from "../graph/dim.ts";
import { tensor } from "../graph/tensor.ts";
import { enlarge } from "./_enlarge.ts";
import { poolEach, windowOffsets } from "./_windows.ts";
import { extent, padsOf, type WindowAxis, windowAxes, windowCount, windowDim } from "./conv-geometry.ts";
import { convInputCotangent } from "./conv-vjp.ts";
import { defineOp, flag, ints, type Op, required, text } from "./define.ts";
import { depthwiseKernel } from "./depthwise.ts";
import { num } from "./num-tensor.ts";

export const poolAttrs = {
  auto_pad: text("NOTSET"),
  ceil_mode: flag(),
  dilations: ints(),
  kernel_shape: ints(),
  pads: ints(),
  strides: ints(),
} as const;

/** Output dims of a pool: batch and channels stay. */
export function pooledDims(
  dims: readonly Dim[] | undefined,
  axes: readonly WindowAxis[],
  ceil: boolean,
  name: string,
): readonly Dim[] | undefined {
  return dims && [...dims.slice(0, 2), ...axes.map((a, i) => windowDim(dims[i + 2], a, { ceil, name, axis: i + 2 }))];
}

/** How many elements each window divides by: its own (without padding), or its extent within input and declared padding. */
function divisors(
  spatial: readonly number[],
  axes: readonly WindowAxis[],
  ceil: boolean,
  includePad: boolean,
): readonly number[] {
  if (!includePad) return windowOffsets(spatial, axes, ceil).offsets.map((o) => o.length);
  const padded = spatial.map((s, i) => s + (axes[i] as WindowAxis).begin + (axes[i] as WindowAxis).end);
  const bare = axes.map((a) => ({ ...a, begin: 0, end: 0 }));
  const counts = windowOffsets(padded, bare, ceil).offsets.map((o) => o.length);
  return counts;
}

export const AveragePool: Op = defineOp({
  kind: "pool",
  attrs: { ...poolAttrs, count_include_pad: flag() },
  shape: ({ x, attrs, name }) => {
    const { dtype, dims } = required(x, 0);
    return {
      dtype,
      dims: pooledDims(dims, windowAxes(attrs.kernel_shape ?? [], attrs, dims?.slice(2) ?? []), attrs.ceil_mode, name),
    };
  },
  eval: ({ x, attrs }) => {
    const data = required(x, 0);
    const spatial = data.dims.slice(2);
    const axes = windowAxes(attrs.kernel_shape ?? [], attrs, spatial);
    const counts = divisors(spatial, axes, attrs.ceil_mode, attrs.count_include_pad);
    const y = poolEach(
      data,
      axes,
      attrs.ceil_mode,
      (offsets, base, w) => offsets.reduce((s, o) => s + (data.data[base + o] as number), 0) / (counts[w] as number),
    );
    return num(data.dtype, y.dims, y.data);
  },
  vjp: ({ g, dy, x, attrs }) => {
    const data = required(x, 0);
    const spatial = staticSpatial(data, "AveragePool");
    const declared = windowAxes(attrs.kernel_shape ?? [], attrs, spatial);
    const counts = divisors(spatial, declared, attrs.ceil_mode, attrs.count_include_pad);
    const out = declared.map((a, i) => windowCount(spatial[i] as number, a, attrs.ceil_mode));
    // ceil mode may hang over the end: write that overhang as padding, so that the window count is exact
    const axes = declared.map((a, i) => ({
      ...a,
      end: Math.max(a.end, ((out[i] as number) - 1) * a.stride + extent(a) - (spatial[i] as number) - a.begin),
    }));
    return [spread(g, { dy, data, axes, counts, out })];
  },
});

interface Spread {
  readonly dy: Value;
  readonly data: Value;
  readonly axes: readonly WindowAxis[];
  /** What each window divides by, row-major over `out`. */
  readonly counts: readonly number[];
  readonly out: readonly number[];
}

/**
 * Every window's share to every element it covers. Windows that tile the input: a nearest up-sampling. Stride 1: again an
 * average, over the windows that cover an element. Otherwise the transpose of a convolution with ones.
 */
function spread(g: GraphBuilder, s: Spread): Value {
  const { data, axes, out } = s;
  const spatial = (data.dims as readonly Dim[]).slice(2);
  const tiles = axes.every(
    (a, i) =>
      a.stride === a.kernel && a.dilation === 1 && a.begin === 0 && (out[i] as number) * a.stride === spatial[i],
  );
  if (tiles)
    return enlarge(
      g,
      divided(g, s, 1),
      axes.map((a) => a.stride),
    );
  const kernel = axes.map((a) => a.kernel);
  const slides = axes.every((a) => a.stride === 1 && a.dilation === 1 && a.begin < a.kernel && a.end < a.kernel);
  if (slides) {
    const back = axes.map((a) => ({ ...a, begin: a.kernel - 1 - a.begin, end: a.kernel - 1 - a.end }));
    return g.op("AveragePool", [divided(g, s, elementCount(kernel))], {
      kernel_shape: kernel,
      pads: padsOf(back),
      strides: axes.map(() => 1),
      count_include_pad: 1,
    });
  }
  const channels = (data.dims as readonly Dim[])[1] as number;
  const w = depthwiseKernel(g, channels, { dims: kernel, values: new Float32Array(elementCount(kernel)).fill(1) });
  return convInputCotangent(g, { dy: divided(g, s, 1), w, data, axes, group: channels });
}

/** `dy * factor / counts`. */
function divided(g: GraphBuilder, { dy, counts, out }: Spread, factor: number): Value {
  const weights = counts.map((c) => factor / c);
  const first = weights[0] as number;
  if (weights.every((v) => v === first)) return first === 1 ? dy : g.op("Mul", [dy, g.scalar(first, dy.dtype)]);
  return g.op("Mul", [dy, g.constant(tensor(dy.dtype, [1, 1, ...out], weights), "window_weights")]);
}

export function staticSpatial(data: Value, op: string): readonly number[] {
  const spatial = data.dims?.slice(2);
  if (!isStatic(spatial))
    throw new OnnxplainError(
      "E_SHAPE",
      `The gradient of ${op} needs the size of its input \`${data.name}\`, which is free. Fix the model's input size (\`--size\`).`,
    );
  return spatial;
}

/** `[N,C,1,…]` from `[N,C,…]`. */
export const globalDims = (dims: readonly Dim[] | undefined): readonly Dim[] | undefined =>
  dims?.map((d, i) => (i < 2 ? d : 1));

export const GlobalAveragePool: Op = defineOp({
  kind: "pool",
  attrs: {},
  shape: ({ x }) => ({ dtype: required(x, 0).dtype, dims: globalDims(required(x, 0).dims) }),
  eval: ({ x }) => {
    const t = required(x, 0);
    const size = elementCount(t.dims.slice(2));
    const planes = t.data.length / size;
    return num(
      t.dtype,
      globalDims(t.dims) as readonly number[],
      Float64Array.from(
        { length: planes },
        (_, p) => t.data.subarray(p * size, (p + 1) * size).reduce((s, v) => s + v, 0) / size,
      ),
    );
  },
  vjp: ({ g, dy, x }) => {
    const data = required(x, 0);
    const spatial = staticSpatial(data, "GlobalAveragePool");
    const size = elementCount(spatial);
    return [
      g.op("Mul", [
        dy,
        g.constant(tensor(dy.dtype, [1, 1, ...spatial], new Float64Array(size).fill(1 / size)), "mean_plane"),
      ]),
    ];
  },
});
