/** @file Slice: clamping of bounds, the elements, and zero insertion on the way back. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { type Dim, unknownDim } from "../graph/dim.ts";
import type { Fact } from "../graph/types.ts";
import { reshapeTo } from "./broadcast.ts";
import { factWith, numbersOf } from "./content.ts";
import { defineOp, type Op, required } from "./define.ts";
import { eachIndex, type NumTensor, normalizeAxis, num, stridesOf } from "./num-tensor.ts";
import { scatterBack } from "./scatter-back.ts";
import { zerosLike } from "./zeros-like.ts";

/** What is kept of one axis: `count` elements from `start` in steps of `step`. */
export interface AxisSlice {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

const clamp = (v: number, low: number, high: number): number => Math.min(Math.max(v, low), high);

/** Bounds as ONNX clamps them: negative ones count from the end; out of range is not an error. */
function clamped(
  size: number,
  bounds: { readonly start: number; readonly end: number; readonly step: number },
): Omit<AxisSlice, "axis"> {
  const { step } = bounds;
  if (size === 0) return { start: 0, step, count: 0 };
  const wrap = (v: number): number => (v < 0 ? v + size : v);
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const start = clamp(wrap(bounds.start), step > 0 ? 0 : Math.max(low, 0), high);
  const end = clamp(wrap(bounds.end), low, high);
  return { start, step, count: Math.max(0, Math.ceil((end - start) / step)) };
}

export function sliceAxes({ dtype, dims, data }: NumTensor, slices: readonly AxisSlice[]): NumTensor {
  const outDims = [...dims];
  const strides = stridesOf(dims);
  let offset = 0;
  for (const { axis, start, step, count } of slices) {
    outDims[axis] = count;
    offset += start * (stridesOf(dims)[axis] as number);
    strides[axis] = (strides[axis] as number) * step;
  }
  const out = new Float64Array(outDims.reduce((p, d) => p * d, 1));
  eachIndex(outDims, (index, at) => {
    let from = offset;
    for (let i = 0; i < index.length; i++) from += (index[i] as number) * (strides[i] as number);
    out[at] = data[from] as number;
  });
  return num(dtype, outDims, out);
}

/** Bounds this far out mean "to the end" for any size of an axis. */
const FAR = 2 ** 31 - 1;

/** Is the axis kept whole (or merely reversed), whatever its size? */
function keepsAll(size: Dim, bounds: { readonly start: Dim; readonly end: Dim; readonly step: number }): boolean {
  const { start, end, step } = bounds;
  if (step === 1) return start === 0 && (end === size || (typeof end === "number" && end >= FAR));
  return (
    step === -1 &&
    (start === -1 || (typeof start === "number" && start >= FAR)) &&
    typeof end === "number" &&
    end <= -FAR
  );
}

interface Bounds {
  readonly axis: number;
  readonly start: Dim;
  readonly end: Dim;
  readonly step: number;
}

/** What the inputs say, axis by axis; undefined when they are not known before the run. */
function boundsOf(x: readonly (Fact | null | undefined)[], rank: number): readonly Bounds[] | undefined {
  const starts = x[1]?.content ?? numbersOf(x[1]);
  const ends = x[2]?.content ?? numbersOf(x[2]);
  const axes = x[3] ? numbersOf(x[3]) : starts?.map((_, i) => i);
  const steps = x[4] ? numbersOf(x[4]) : starts?.map(() => 1);
  if (!starts || !ends || !axes || !steps) return undefined;
  return axes.map((a, i) => ({
    axis: normalizeAxis(a, rank),
    start: starts[i] as Dim,
    end: ends[i] as Dim,
    step: steps[i] as number,
  }));
}

/** The slice of one axis, `undefined` when its size or a bound is free; a free axis kept whole has `count` = its size. */
type Known = { readonly axis: number; readonly start: number; readonly step: number; readonly count: Dim };
function known(b: Bounds, size: Dim): Known | undefined {
  const { axis, start, end, step } = b;
  if (typeof size === "number" && typeof start === "number" && typeof end === "number")
    return { axis, ...clamped(size, { start, end, step }) };
  return keepsAll(size, b) ? { axis, start: 0, step, count: size } : undefined;
}

function sliceShape(x: readonly (Fact | undefined)[], name: string): Fact {
  const { dtype, dims, content } = required(x, 0);
  if (dims === undefined) return { dtype, dims };
  const bounds = boundsOf(x, dims.length);
  const axes = x[3] ? numbersOf(x[3])?.map((a) => normalizeAxis(a, dims.length)) : undefined;
  if (bounds === undefined)
    return { dtype, dims: dims.map((d, i) => (axes && !axes.includes(i) ? d : unknownDim(name, i))) };
  const out = [...dims];
  for (const b of bounds) out[b.axis] = known(b, dims[b.axis] as Dim)?.count ?? unknownDim(name, b.axis);
  const only = bounds[0] && known(bounds[0], dims[0] as Dim);
  const part =
    content && only && typeof only.count === "number" && dims.length === 1
      ? Array.from({ length: only.count }, (_, i) => content[only.start + i * only.step] as Dim)
      : undefined;
  return factWith({ dtype, dims: out }, part);
}

/** Put `step - 1` zeros after every element of an axis: Unsqueeze, Pad, Reshape. */
function insertZeros(
  g: GraphBuilder,
  v: Value,
  { axis, step, count }: { readonly axis: number; readonly step: number; readonly count: number },
): Value {
  const dims = v.dims as readonly Dim[];
  const pads = new Array<number>(2 * dims.length + 2).fill(0);
  pads[dims.length + 1 + axis + 1] = step - 1;
  const spread = g.op("Pad", [g.op("Unsqueeze", [v, g.ints([axis + 1])]), g.ints(pads)]);
  return reshapeTo(
    g,
    spread,
    dims.map((d, i) => (i === axis ? count * step : d)),
    () => {
      throw new Error("internal: several free dims");
    },
  );
}

/**
 * Zeros around (and between) the kept elements: reversed axes are turned back, steps spread, one Pad fits the whole.
 * Undefined when a bound is not known before the run, or a spread would need several free dims.
 */
function spreadBack(g: GraphBuilder, dy: Value, x: readonly (Value | null)[]): Value | undefined {
  const input = required(x, 0);
  if (input.dims === undefined || dy.dims === undefined) return undefined;
  const { dims } = input;
  const rank = dims.length;
  const kept = boundsOf(x, rank)?.map((b) => known(b, dims[b.axis] as Dim));
  if (kept === undefined || kept.some((k) => k === undefined)) return undefined;
  const slices = kept as readonly Known[];
  if (slices.some((s) => s.count === 0)) return zerosLike(g, input);
  if (slices.some((s) => Math.abs(s.step) > 1) && dy.dims.filter((d) => typeof d === "string").length > 1)
    return undefined;
  const pads = new Array<number>(2 * rank).fill(0);
  const reversed = slices.filter((s) => s.step < 0).map((s) => s.axis);
  let out = dy;
  if (reversed.length > 0) out = reverse(g, out, reversed);
  for (const s of slices) {
    if (typeof s.count !== "number") continue;
    const step = Math.abs(s.step);
    const begin = s.step < 0 ? s.start - (s.count - 1) * step : s.start;
    if (step > 1) out = insertZeros(g, out, { axis: s.axis, step, count: s.count });
    pads[s.axis] = begin;
    pads[s.axis + rank] = (dims[s.axis] as number) - begin - s.count * step;
  }
  return pads.every((p) => p === 0) ? out : g.op("Pad", [out, g.ints(pads)]);
}

/** Turn axes around. */
export const reverse = (g: GraphBuilder, v: Value, axes: readonly number[]): Value =>
  g.op("Slice", [
    v,
    g.ints(axes.map(() => -1)),
    g.ints(axes.map(() => -FAR)),
    g.ints(axes),
    g.ints(axes.map(() => -1)),
  ]);

export const Slice: Op = defineOp({
  kind: "movement",
  attrs: {},
  shape: ({ x, name }) => sliceShape(x, name),
  eval: ({ x }) => {
    const data = required(x, 0);
    const facts = x.map((t) => t && { dtype: t.dtype, dims: t.dims, content: Array.from(t.data) });
    const bounds = boundsOf(facts, data.dims.length) ?? [];
    return sliceAxes(
      data,
      bounds.map((b) => known(b, data.dims[b.axis] as number) as AxisSlice),
    );
  },
  vjp: ({ g, dy, x }) => {
    const data = required(x, 0);
    return [spreadBack(g, dy, x) ?? scatterBack(g, dy, { x: data, move: (p) => g.op("Slice", [p, ...x.slice(1)]) })];
  },
});
