/** @file Shape arithmetic: the elements of small integer tensors, symbolic where they depend on a free dimension. */
import { type Dim, isStatic } from "../graph/dim.ts";
import { toNumbers } from "../graph/tensor.ts";
import type { Fact } from "../graph/types.ts";

/** Elements of a tensor of axes, sizes or indices, when all of them are known numbers. */
export function numbersOf(fact: Fact | null | undefined): readonly number[] | undefined {
  if (!fact) return undefined;
  if (isStatic(fact.content)) return fact.content;
  return fact.constant ? Array.from(toNumbers(fact.constant)) : undefined;
}

/** Tensors longer than this are no shapes; their content is not followed. */
export const CONTENT_LIMIT = 64;

/** A fact with content, where there is some and the tensor is a scalar or a short vector. */
export function factWith(fact: Fact, content: readonly Dim[] | undefined): Fact {
  const follows =
    content !== undefined && content.length <= CONTENT_LIMIT && fact.dims !== undefined && fact.dims.length <= 1;
  return follows ? { ...fact, content } : fact;
}

/** Element-wise over broadcast contents; undefined as soon as an element of an input or of the result is unknown. */
export function mapContent(
  facts: readonly Fact[],
  f: (...elements: Dim[]) => Dim | undefined,
): readonly Dim[] | undefined {
  const contents = facts.map((fact) => fact.content);
  if (contents.some((c) => c === undefined)) return undefined;
  const known = contents as readonly (readonly Dim[])[];
  const length = known.reduce((longest, c) => (c.length === 1 ? longest : c.length), 1);
  const out: Dim[] = [];
  for (let i = 0; i < length; i++) {
    const element = f(...known.map((c) => (c.length === 1 ? c[0] : c[i]) as Dim));
    if (element === undefined) return undefined;
    out.push(element);
  }
  return out;
}
