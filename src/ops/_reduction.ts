/** @file What all reductions share: which axes, the dims left over, groups of elements, and bringing a cotangent back up. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import type { Fact } from "../graph/types.ts";
import { alignedStrides } from "./broadcast.ts";
import { numbersOf } from "./content.ts";
import { eachIndex, type NumTensor, normalizeAxis } from "./num-tensor.ts";

/** Axes that an input names: all of them (none, with `noop`) when it is absent or empty; undefined before they are known. */
export function reducedAxes(axes: Fact | null | undefined, rank: number, noop: boolean): readonly number[] | undefined {
  const given = axes ? numbersOf(axes) : [];
  if (given === undefined) return undefined;
  if (given.length > 0) return given.map((a) => normalizeAxis(a, rank)).sort((a, b) => a - b);
  return noop ? [] : Array.from({ length: rank }, (_, i) => i);
}

export const reducedDims = (dims: readonly Dim[], axes: readonly number[], keepdims: boolean): readonly Dim[] =>
  keepdims ? dims.map((d, i) => (axes.includes(i) ? 1 : d)) : dims.filter((_, i) => !axes.includes(i));

/** The elements that go into each result, in row-major order; results in row-major order. */
export function groupsOf({ dims, data }: NumTensor, axes: readonly number[]): readonly Float64Array[] {
  const kept = reducedDims(dims, axes, true) as readonly number[];
  const strides = alignedStrides(kept, dims.length);
  const count = axes.reduce((p, a) => p * (dims[a] as number), 1);
  const groups = Array.from({ length: kept.reduce((p, d) => p * d, 1) }, () => new Float64Array(count));
  const filled = new Uint32Array(groups.length);
  eachIndex(dims, (index, position) => {
    let at = 0;
    for (let i = 0; i < index.length; i++) at += (index[i] as number) * (strides[i] as number);
    const k = filled[at] as number;
    (groups[at] as Float64Array)[k] = data[position] as number;
    filled[at] = k + 1;
  });
  return groups;
}

/** Put reduced axes back as axes of size 1. */
export const restoreAxes = (g: GraphBuilder, v: Value, axes: readonly number[], keepdims: boolean): Value =>
  keepdims || axes.length === 0 ? v : g.op("Unsqueeze", [v, g.ints(axes)]);
