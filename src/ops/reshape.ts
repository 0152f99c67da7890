/** @file Ops that leave the elements in place: Reshape, Flatten, Squeeze, Unsqueeze, Identity, Dropout. */
import { OnnxplainError } from "../errors.ts";
import { type Dim, dimProduct, dimQuotient, formatDims, unknownDim } from "../graph/dim.ts";
import type { Fact } from "../graph/types.ts";
import { reshapeLike } from "./broadcast.ts";
import { factWith, numbersOf } from "./content.ts";
import { defineOp, flag, int, type Op, required, type Vjp } from "./define.ts";
import { type NumTensor, normalizeAxis, num } from "./num-tensor.ts";
import { zerosLike } from "./zeros-like.ts";

/** A target with a 0 in it would copy an axis of the cotangent, so the cotangent of an empty tensor is made anew. */
const back: Vjp<object> = ({ g, dy, x }) => {
  const data = required(x, 0);
  return [data.dims?.includes(0) ? zerosLike(g, data) : reshapeLike(g, dy, data)];
};

/** Target dims of a Reshape: 0 copies (unless `allowzero`), -1 takes what is left. */
function resolve(
  from: readonly Dim[] | undefined,
  target: readonly Dim[],
  options: { readonly allowzero: boolean; readonly name: string },
): readonly Dim[] {
  const unknown = (axis: number): Dim => unknownDim(options.name, axis);
  const copied = target.map((d, axis) => (d === 0 && !options.allowzero ? (from?.[axis] ?? unknown(axis)) : d));
  const hole = copied.indexOf(-1);
  if (copied.some((d, axis) => axis !== hole && typeof d === "number" && d < 0)) throw misfit(from, target);
  const rest = dimProduct(copied.filter((_, axis) => axis !== hole));
  const all = from && dimProduct(from);
  if (hole < 0) {
    if (typeof all === "number" && typeof rest === "number" && all !== rest) throw misfit(from, target);
    return copied;
  }
  const left = all === undefined ? undefined : dimQuotient(all, rest);
  if (left === undefined && typeof all === "number" && typeof rest === "number" && rest !== 0)
    throw misfit(from, target);
  return copied.map((d, axis) => (axis === hole ? (left ?? unknown(axis)) : d));
}

const misfit = (from: readonly Dim[] | undefined, target: readonly Dim[]): OnnxplainError =>
  new OnnxplainError(
    "E_SHAPE",
    `A tensor of shape ${formatDims(from)} cannot be reshaped to ${formatDims(target)}: the element counts differ, or more than one axis is left open. Check the input size (\`--size\`).`,
  );

export const Reshape: Op = defineOp({
  kind: "movement",
  attrs: { allowzero: flag() },
  shape: ({ x, attrs, name }) => {
    const { dtype, dims, content } = required(x, 0);
    const target = required(x, 1);
    const rank = target.dims?.[0];
    const wanted = target.content ?? numbersOf(target);
    if (wanted) return factWith({ dtype, dims: resolve(dims, wanted, { ...attrs, name }) }, content);
    return {
      dtype,
      dims: typeof rank === "number" ? Array.from({ length: rank }, (_, i) => unknownDim(name, i)) : undefined,
    };
  },
  eval: ({ x, attrs }) => {
    const { dtype, dims, data } = required(x, 0);
    return num(dtype, resolve(dims, Array.from(required(x, 1).data), { ...attrs, name: "" }) as number[], data);
  },
  vjp: back,
});

function flattened(dims: readonly Dim[], axis: number): readonly Dim[] {
  const at = normalizeAxis(axis, dims.length);
  return [dimProduct(dims.slice(0, at)), dimProduct(dims.slice(at))];
}

export const Flatten: Op = defineOp({
  kind: "movement",
  attrs: { axis: int(1) },
  shape: ({ x, attrs, name }) => {
    const { dtype, dims } = required(x, 0);
    return { dtype, dims: dims ? flattened(dims, attrs.axis) : [unknownDim(name, 0), unknownDim(name, 1)] };
  },
  eval: ({ x, attrs }) => {
    const { dtype, dims, data } = required(x, 0);
    return num(dtype, flattened(dims, attrs.axis) as number[], data);
  },
  vjp: back,
});

/** Without axes, every axis known to be 1 goes; a free dimension stays. */
function squeezed(dims: readonly Dim[], axes: readonly number[] | undefined): readonly Dim[] {
  const gone = new Set(axes?.map((a) => normalizeAxis(a, dims.length)));
  return dims.filter((d, axis) => (axes ? !gone.has(axis) : d !== 1));
}

export const Squeeze: Op = defineOp({
  kind: "movement",
  attrs: {},
  shape: ({ x }) => {
    const { dtype, dims, content } = required(x, 0);
    const axes = numbersOf(x[1]);
    if (dims === undefined || (x[1] && axes === undefined)) return { dtype, dims: undefined };
    return factWith({ dtype, dims: squeezed(dims, axes) }, content);
  },
  eval: ({ x }) => {
    const { dtype, dims, data } = required(x, 0);
    return num(dtype, squeezed(dims, x[1] && Array.from(x[1].data)) as number[], data);
  },
  vjp: back,
});

function unsqueezed(dims: readonly Dim[], axes: readonly number[]): readonly Dim[] {
  const rank = dims.length + axes.length;
  const made = new Set(axes.map((a) => normalizeAxis(a, rank)));
  const rest = dims.values();
  return Array.from({ length: rank }, (_, axis) => (made.has(axis) ? 1 : (rest.next().value as Dim)));
}

export const Unsqueeze: Op = defineOp({
  kind: "movement",
  attrs: {},
  shape: ({ x }) => {
    const { dtype, dims, content } = required(x, 0);
    const axes = numbersOf(required(x, 1));
    return dims && axes ? factWith({ dtype, dims: unsqueezed(dims, axes) }, content) : { dtype, dims: undefined };
  },
  eval: ({ x }) => {
    const { dtype, dims, data } = required(x, 0);
    return num(dtype, unsqueezed(dims, Array.from(required(x, 1).data)) as number[], data);
  },
  vjp: back,
});

export const Identity: Op = defineOp({
  kind: "movement",
  attrs: {},
  shape: ({ x }) => required(x, 0),
  eval: ({ x }) => required(x, 0),
  vjp: ({ dy }) => [dy],
});

/** Inference only: the identity, whatever `ratio` and `training_mode` say; the mask keeps everything. */
export const Dropout: Op = defineOp({
  kind: "movement",
  attrs: { seed: int(0) },
  shape: ({ x }) => {
    const { dtype, dims } = required(x, 0);
    const mask: Fact = { dtype: "bool", dims };
    return [{ dtype, dims }, mask];
  },
  eval: ({ x }) => {
    const { dtype, dims, data } = required(x, 0);
    const kept: NumTensor = num("bool", dims, new Float64Array(data.length).fill(1));
    return [num(dtype, dims, data), kept];
  },
  vjp: ({ dy }) => [dy],
});
