/** @file Resize: separable resampling along any axes (nearest, linear, cubic). */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { type Dim, dimProduct, elementCount, unknownDim } from "../graph/dim.ts";
import { tensor, toNumbers } from "../graph/tensor.ts";
import type { Fact } from "../graph/types.ts";
import { type Interpolation, interpolation, interpolationMatrix, repeats } from "./_interpolation.ts";
import { type AttrsOf, defineOp, flag, int, ints, type Op, real, required, text } from "./define.ts";
import { type NumTensor, normalizeAxis, num } from "./num-tensor.ts";

const resizeAttrs = {
  antialias: flag(),
  axes: ints(),
  coordinate_transformation_mode: text("half_pixel"),
  cubic_coeff_a: real(-0.75),
  exclude_outside: flag(),
  extrapolation_value: real(0),
  keep_aspect_ratio_policy: text("stretch"),
  mode: text("nearest"),
  nearest_mode: text("round_prefer_floor"),
  stash_type: int(1),
} as const;
type ResizeAttrs = AttrsOf<typeof resizeAttrs>;

interface AxisResize {
  readonly size: Dim;
  readonly out: Dim;
  /** NaN where a free dimension hides it. */
  readonly scale: number;
}
interface Request {
  readonly dims: readonly Dim[];
  readonly scales: readonly number[] | undefined;
  readonly sizes: readonly Dim[] | undefined;
  readonly name: string;
}

const nonEmpty = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
  list && list.length > 0 ? list : undefined;

const ratio = (out: Dim, size: Dim): number =>
  out === size ? 1 : typeof out === "number" && typeof size === "number" ? out / size : Number.NaN;

/** One entry an axis of the data; axes that are not resized have scale 1. */
function resolve({ dims, scales, sizes, name }: Request, attrs: ResizeAttrs): readonly AxisResize[] {
  const axes = (attrs.axes ?? dims.map((_, i) => i)).map((a) => normalizeAxis(a, dims.length));
  const uniform =
    sizes && attrs.keep_aspect_ratio_policy !== "stretch"
      ? uniformScale(dims, axes, sizes, attrs.keep_aspect_ratio_policy)
      : undefined;
  return dims.map((size, axis): AxisResize => {
    const at = axes.indexOf(axis);
    if (at < 0) return { size, out: size, scale: 1 };
    const scale = uniform ?? scales?.[at];
    if (scale === undefined) {
      const out = sizes?.[at] ?? unknownDim(name, axis);
      return { size, out, scale: ratio(out, size) };
    }
    if (typeof size === "number")
      return {
        size,
        out: uniform === undefined ? Math.floor(Math.fround(size * scale)) : Math.round(size * scale),
        scale,
      };
    return { size, out: Number.isInteger(scale) ? dimProduct([size, scale]) : unknownDim(name, axis), scale };
  });
}

function uniformScale(dims: readonly Dim[], axes: readonly number[], sizes: readonly Dim[], policy: string): number {
  const ratios = axes.map((axis, i) => ratio(sizes[i] as Dim, dims[axis] as Dim));
  return policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
}

const isPlain = ({ size, out, scale }: AxisResize): boolean => out === size && scale === 1;

/** The interpolation of each axis; null where nothing changes. */
function interpolations(axes: readonly AxisResize[], attrs: ResizeAttrs): readonly (Interpolation | null)[] {
  if (attrs.coordinate_transformation_mode === "tf_crop_and_resize") {
    throw new OnnxplainError(
      "E_UNSUPPORTED_OP",
      "Resize with `tf_crop_and_resize` is not supported. Crop before resizing, or use a method that needs only forward passes (`occlusion`).",
    );
  }
  return axes.map((axis) => {
    if (isPlain(axis)) return null;
    const { size, out, scale } = axis;
    if (typeof size !== "number" || typeof out !== "number" || Number.isNaN(scale)) {
      throw new OnnxplainError(
        "E_SHAPE",
        `Resize changes an axis whose size is free (${size} to ${out}). Fix the model's input size (\`--size\`).`,
      );
    }
    if (attrs.antialias && scale < 1) {
      throw new OnnxplainError(
        "E_UNSUPPORTED_OP",
        "Resize with `antialias` is not supported when it shrinks. Export the model with `antialias=False`, or use a method that needs only forward passes (`occlusion`).",
      );
    }
    return interpolation({ size, out, scale }, attrs);
  });
}

function resample(t: NumTensor, axis: number, rows: Interpolation): NumTensor {
  const size = t.dims[axis] as number;
  const inner = elementCount(t.dims.slice(axis + 1));
  const outer = elementCount(t.dims.slice(0, axis));
  const data = new Float64Array(outer * rows.length * inner);
  for (let o = 0; o < outer; o++) {
    rows.forEach((taps, i) => {
      for (const [at, weight] of taps) {
        for (let k = 0; k < inner; k++)
          data[(o * rows.length + i) * inner + k]! += weight * (t.data[(o * size + at) * inner + k] as number);
      }
    });
  }
  return num(
    t.dtype,
    t.dims.map((d, i) => (i === axis ? rows.length : d)),
    data,
  );
}

/** dy contracted with the interpolation matrix along one axis. */
function contract(
  g: GraphBuilder,
  dy: Value,
  axis: number,
  { rows, size }: { readonly rows: Interpolation; readonly size: number },
): Value {
  const rank = (dy.dims as readonly Dim[]).length;
  const matrix = interpolationMatrix(rows, size);
  const out = rows.length;
  if (rank > 1 && axis === rank - 2) {
    const transposed = Float64Array.from(matrix, (_, i) => matrix[(i % out) * size + Math.floor(i / out)] as number);
    return g.op("MatMul", [g.constant(tensor(dy.dtype, [size, out], transposed), "interpolation"), dy]);
  }
  const right = g.constant(tensor(dy.dtype, [out, size], matrix), "interpolation");
  if (axis === rank - 1) return g.op("MatMul", [dy, right]);
  const perm = Array.from({ length: rank }, (_, i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i));
  return g.op("Transpose", [g.op("MatMul", [g.op("Transpose", [dy], { perm }), right])], { perm });
}

/** Whole-number nearest up-sampling of image axes: each element gathers its copies, which is a pool. */
function gatherCopies(
  g: GraphBuilder,
  dy: Value,
  rows: readonly (Interpolation | null)[],
  dims: readonly Dim[],
): Value | undefined {
  const counts = rows.map((r, axis) => (r ? repeats(r, dims[axis] as number) : 1));
  const kernel = counts.slice(2);
  if (
    kernel.length < 1 ||
    kernel.length > 3 ||
    counts[0] !== 1 ||
    counts[1] !== 1 ||
    kernel.some((k) => k === undefined)
  )
    return undefined;
  const window = kernel as number[];
  const means = g.op("AveragePool", [dy], { kernel_shape: window, strides: window });
  return g.op("Mul", [means, g.scalar(elementCount(window), dy.dtype)]);
}

/** How the axes change, as a vjp may know it: from constant scales or sizes, else from the output's shape. */
function resolveValues(x: readonly (Value | null)[], y: Value, attrs: ResizeAttrs): readonly AxisResize[] {
  const data = required(x, 0);
  const out = y.dims;
  if (!data.dims || !out)
    throw new OnnxplainError(
      "E_SHAPE",
      `The gradient of Resize needs the size of \`${data.name}\`. Fix the model's input size (\`--size\`).`,
    );
  const request = { dims: data.dims, ...given(x), name: y.name };
  if (request.scales || request.sizes) return resolve(request, attrs);
  return data.dims.map((size, axis) => ({ size, out: out[axis] as Dim, scale: ratio(out[axis] as Dim, size) }));
}

const given = (x: readonly (Fact | null | undefined)[]): Pick<Request, "scales" | "sizes"> => ({
  scales: x[2]?.constant && nonEmpty(Array.from(toNumbers(x[2].constant))),
  sizes: nonEmpty(x[3]?.content),
});

/** Nearest rounds coordinates: the vjp treats the choice of pixel as fixed, which is exact. `antialias` when shrinking and `tf_crop_and_resize` are refused. */
export const Resize: Op = defineOp({
  kind: "movement",
  attrs: resizeAttrs,
  shape: ({ x, attrs, name }) => {
    const { dtype, dims } = required(x, 0);
    if (!dims) return { dtype, dims };
    return { dtype, dims: resolve({ dims, ...given(x), name }, attrs).map((a) => a.out) };
  },
  eval: ({ x, attrs }) => {
    const data = required(x, 0);
    const [scales, sizes] = [x[2], x[3]].map((t) => nonEmpty(t && Array.from(t.data)));
    const rows = interpolations(resolve({ dims: data.dims, scales, sizes, name: "" }, attrs), attrs);
    return rows.reduce((t, r, axis) => (r ? resample(t, axis, r) : t), data);
  },
  vjp: ({ g, dy, x, y, attrs }) => {
    const { dims } = required(x, 0) as { readonly dims: readonly Dim[] };
    const rows = interpolations(resolveValues(x, y, attrs), attrs);
    const gathered = attrs.mode === "nearest" ? gatherCopies(g, dy, rows, dims) : undefined;
    return [
      gathered ??
        rows.reduce((d, r, axis) => (r ? contract(g, d, axis, { rows: r, size: dims[axis] as number }) : d), dy),
    ];
  },
});
