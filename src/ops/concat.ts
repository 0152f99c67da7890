/** @file Concat. */
import { OnnxplainError } from "../errors.ts";
import { type Dim, formatDims, isStatic, unknownDim } from "../graph/dim.ts";
import { factWith } from "./content.ts";
import { defineOp, int, type Op, required, type VjpArgs } from "./define.ts";
import { type NumTensor, normalizeAxis, num } from "./num-tensor.ts";

/** Number of the axis, or of a free one; sizes of the other axes must agree. */
function joined(all: readonly (readonly Dim[])[], axis: number, name: string): readonly Dim[] {
  const first = all[0] ?? [];
  const at = normalizeAxis(axis, first.length);
  return first.map((_, i) => {
    const sizes = all.map((dims) => dims[i] as Dim);
    const numbers = sizes.filter((d) => typeof d === "number");
    if (i !== at) {
      if (new Set(numbers).size > 1)
        throw new OnnxplainError(
          "E_SHAPE",
          `Shapes ${all.map(formatDims).join(", ")} cannot be concatenated along axis ${at}: axis ${i} differs.`,
        );
      return numbers[0] ?? sizes[0] ?? 1;
    }
    const free = sizes.filter((d) => typeof d === "string");
    const sum = numbers.reduce((s, d) => s + d, 0);
    if (free.length === 0) return sum;
    return free.length === 1 && sum === 0 ? (free[0] as Dim) : unknownDim(name, i);
  });
}

export function concat(parts: readonly NumTensor[], axis: number): NumTensor {
  const first = required(parts, 0);
  const dims = joined(
    parts.map((t) => t.dims),
    axis,
    "",
  ) as readonly number[];
  const at = normalizeAxis(axis, dims.length);
  const rows = dims.slice(0, at).reduce((p, d) => p * d, 1);
  const inner = dims.slice(at + 1).reduce((p, d) => p * d, 1);
  const stride = (dims[at] as number) * inner;
  const out = new Float64Array(rows * stride);
  let begin = 0;
  for (const part of parts) {
    const width = (part.dims[at] as number) * inner;
    for (let row = 0; row < rows; row++)
      out.set(part.data.subarray(row * width, (row + 1) * width), row * stride + begin);
    begin += width;
  }
  return num(first.dtype, dims, out);
}

/** A Split where every part is wanted, a Slice for each part where not; sizes come from the inputs where they are free. */
function parts({
  g,
  dy,
  x,
  wants,
  attrs,
}: VjpArgs<{ readonly axis: number }>): readonly (ReturnType<typeof g.op> | null)[] {
  const inputs = x.map((_, i) => required(x, i));
  if (inputs.length === 1) return [dy];
  const axis = normalizeAxis(attrs.axis, dy.dims?.length ?? 0);
  const sizes: readonly Dim[] = inputs.map((v) => v.dims?.[axis] ?? "?");
  if (isStatic(sizes) && !wants.every(Boolean)) {
    const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((s, d) => s + d, 0));
    return wants.map((want, i) => {
      const end = ends[i] as number;
      return want ? g.op("Slice", [dy, g.ints([end - (sizes[i] as number)]), g.ints([end]), g.ints([axis])]) : null;
    });
  }
  const split = isStatic(sizes)
    ? g.ints(sizes)
    : g.op(
        "Concat",
        inputs.map((v) => g.op("Shape", [v], { start: axis, end: axis + 1 })),
        { axis: 0 },
      );
  return g.ops("Split", [dy, split], { attrs: { axis }, outputs: inputs.length });
}

export const Concat: Op = defineOp({
  kind: "join",
  attrs: { axis: int(0) },
  shape: ({ x, attrs, name }) => {
    const facts = x.map((_, i) => required(x, i));
    const all = facts.map((f) => f.dims);
    const { dtype } = required(facts, 0);
    if (all.some((d) => d === undefined)) return { dtype, dims: undefined };
    const content = facts.every((f) => f.content) ? facts.flatMap((f) => f.content ?? []) : undefined;
    return factWith({ dtype, dims: joined(all as readonly (readonly Dim[])[], attrs.axis, name) }, content);
  },
  eval: ({ x, attrs }) =>
    concat(
      x.map((_, i) => required(x, i)),
      attrs.axis,
    ),
  vjp: parts,
});
