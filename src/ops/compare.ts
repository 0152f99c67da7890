/** @file Comparison and logic. Results are booleans: no derivative passes. */
import type { Dim } from "../graph/dim.ts";
import { broadcastDims, mapBroadcast } from "./broadcast.ts";
import { factWith, mapContent } from "./content.ts";
import { type AttrSpec, type AttrsOf, defineOp, flag, type Op, required } from "./define.ts";
import { num } from "./num-tensor.ts";

const binary = (f: (a: number, b: number) => boolean, content?: (a: Dim, b: Dim) => Dim | undefined): Op => {
  const rule =
    content ??
    ((a: Dim, b: Dim): Dim | undefined =>
      typeof a === "number" && typeof b === "number" ? Number(f(a, b)) : undefined);
  return defineOp({
    kind: "constant",
    attrs: {},
    shape: ({ x }) => {
      const a = required(x, 0);
      const b = required(x, 1);
      return factWith(
        { dtype: "bool", dims: broadcastDims(a.dims, b.dims) },
        mapContent([a, b], (u, v) => rule(u as Dim, v as Dim)),
      );
    },
    eval: ({ x }) =>
      mapBroadcast("bool", [required(x, 0), required(x, 1)], (a, b) => Number(f(a as number, b as number))),
    vjp: { none: "comparison" },
  });
};

const unary = <const S extends AttrSpec>(attrs: S, f: (v: number, attrs: AttrsOf<S>) => boolean): Op =>
  defineOp({
    kind: "constant",
    attrs,
    shape: ({ x, attrs: a }) => {
      const fact = required(x, 0);
      return factWith(
        { dtype: "bool", dims: fact.dims },
        mapContent([fact], (v) => (typeof v === "number" ? Number(f(v, a)) : undefined)),
      );
    },
    eval: ({ x, attrs: a }) => {
      const { dims, data } = required(x, 0);
      return num(
        "bool",
        dims,
        data.map((v) => Number(f(v, a))),
      );
    },
    vjp: { none: "comparison" },
  });

/** Sizes are not negative, and a symbol equals itself. */
function equalDims(a: Dim, b: Dim): Dim | undefined {
  if (a === b) return 1;
  const numbers = [a, b].filter((d) => typeof d === "number");
  return numbers.length === 2 || numbers.some((d) => d < 0) ? 0 : undefined;
}

export const Equal: Op = binary((a, b) => a === b, equalDims);
export const Greater: Op = binary((a, b) => a > b);
export const GreaterOrEqual: Op = binary((a, b) => a >= b);
export const Less: Op = binary((a, b) => a < b);
export const LessOrEqual: Op = binary((a, b) => a <= b);
export const And: Op = binary((a, b) => a !== 0 && b !== 0);
export const Or: Op = binary((a, b) => a !== 0 || b !== 0);
export const Xor: Op = binary((a, b) => (a !== 0) !== (b !== 0));
export const Not: Op = unary({}, (v) => v === 0);
export const IsNaN: Op = unary({}, (v) => Number.isNaN(v));
export const IsInf: Op = unary(
  { detect_negative: flag(true), detect_positive: flag(true) },
  (v, a) =>
    (v === Number.POSITIVE_INFINITY && a.detect_positive) || (v === Number.NEGATIVE_INFINITY && a.detect_negative),
);
