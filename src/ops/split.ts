/** @file Split. */
import type { Value } from "../graph/builder.ts";
import { type Dim, dimQuotient, isStatic, unknownDim } from "../graph/dim.ts";
import { factWith, numbersOf } from "./content.ts";
import { defineOp, int, type Op, optionalInt, required, type VjpArgs } from "./define.ts";
import { normalizeAxis } from "./num-tensor.ts";
import { sliceAxes } from "./slice.ts";
import { zerosLike } from "./zeros-like.ts";

/** Sizes along the axis: as given, or equal chunks with a smaller last one. */
function sizesOf(
  size: Dim,
  given: readonly Dim[] | undefined,
  options: { readonly outputs: number; readonly name: string; readonly axis: number },
): readonly Dim[] {
  const { outputs, name, axis } = options;
  if (given) return given;
  if (typeof size === "number") {
    const chunk = Math.ceil(size / outputs);
    return Array.from({ length: outputs }, (_, i) => Math.max(0, Math.min(chunk, size - i * chunk)));
  }
  const chunk = dimQuotient(size, outputs);
  return Array.from({ length: outputs }, (_, i) => chunk ?? unknownDim(`${name}_${i}`, axis));
}

interface SplitAttrs {
  readonly axis: number;
  readonly num_outputs: number | undefined;
}

/** A Pad where one part alone has a cotangent, else a Concat with zeros for the parts that have none. */
function together({ g, dys, x, ys, attrs }: VjpArgs<SplitAttrs>): readonly (Value | null)[] {
  const rank = required(x, 0).dims?.length ?? 0;
  const axis = normalizeAxis(attrs.axis, rank);
  const live = dys.flatMap((d, i) => (d ? [i] : []));
  const sizes: readonly Dim[] = ys.map((y) => y.dims?.[axis] ?? "?");
  if (live.length === 0) return [null];
  if (live.length === 1 && ys.length > 1 && isStatic(sizes)) {
    const at = live[0] as number;
    const sum = (part: readonly number[]): number => part.reduce((s, d) => s + d, 0);
    const pads = new Array<number>(2 * rank).fill(0);
    pads[axis] = sum(sizes.slice(0, at));
    pads[axis + rank] = sum(sizes.slice(at + 1));
    return [g.op("Pad", [required(dys, at), g.ints(pads)])];
  }
  return [
    g.op(
      "Concat",
      ys.map((y, i) => dys[i] ?? zerosLike(g, y)),
      { axis },
    ),
  ];
}

export const Split: Op = defineOp({
  kind: "movement",
  attrs: { axis: int(0), num_outputs: optionalInt() },
  shape: ({ x, attrs, outputs, name }) => {
    const { dtype, dims, content } = required(x, 0);
    if (dims === undefined) return Array.from({ length: outputs }, () => ({ dtype, dims }));
    const axis = normalizeAxis(attrs.axis, dims.length);
    const given = x[1]
      ? (x[1].content ?? numbersOf(x[1]) ?? Array.from({ length: outputs }, (_, i) => unknownDim(`${name}_${i}`, axis)))
      : undefined;
    const sizes = sizesOf(dims[axis] ?? 1, given, { outputs, name, axis });
    let begin = 0;
    return sizes.map((size) => {
      const part = content && isStatic(sizes) ? content.slice(begin, begin + (size as number)) : undefined;
      begin += typeof size === "number" ? size : 0;
      return factWith({ dtype, dims: dims.map((d, i) => (i === axis ? size : d)) }, part);
    });
  },
  eval: ({ x, attrs, outputs }) => {
    const data = required(x, 0);
    const axis = normalizeAxis(attrs.axis, data.dims.length);
    const given = x[1] && Array.from(x[1].data);
    const sizes = sizesOf(data.dims[axis] as number, given, { outputs, name: "", axis }) as readonly number[];
    let begin = 0;
    return sizes.map((count) => {
      const part = sliceAxes(data, [{ axis, start: begin, step: 1, count }]);
      begin += count;
      return part;
    });
  },
  vjp: together,
});
