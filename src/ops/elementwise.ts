/** @file Rows of one-input element-wise ops: a function and its slope make a row. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { isStatic } from "../graph/dim.ts";
import { isFloat } from "../graph/tensor.ts";
import type { Fact } from "../graph/types.ts";
import { type AttrSpec, type AttrsOf, defineOp, type Op, required } from "./define.ts";
import { type Formula, formula } from "./formula.ts";
import { num } from "./num-tensor.ts";

export interface SlopeArgs<A> {
  readonly g: GraphBuilder;
  /** Arithmetic in the type of `y`. */
  readonly m: Formula;
  readonly x: Value;
  readonly y: Value;
  readonly dy: Value;
  readonly attrs: A;
}

interface Elementwise<S extends AttrSpec> {
  readonly attrs: S;
  /** The function, given the attributes once. */
  readonly f: (attrs: AttrsOf<S>) => (v: number) => number;
  /** Cotangent of the input: `dy` times the slope; null where the slope is zero wherever it exists. */
  readonly dx: (args: SlopeArgs<AttrsOf<S>>) => Value | null;
}

/** An `activation` row. Small integer tensors keep their content, so that shape arithmetic can be followed. */
export function elementwise<const S extends AttrSpec>(def: Elementwise<S>): Op {
  return defineOp<S>({
    kind: "activation",
    attrs: def.attrs,
    shape: ({ x, attrs }) => sameShape(required(x, 0), def.f(attrs)),
    eval: ({ x, attrs }) => {
      const { dtype, dims, data } = required(x, 0);
      return num(dtype, dims, data.map(def.f(attrs)));
    },
    vjp: ({ g, dy, x, y, attrs }) => [def.dx({ g, m: formula(g, y.dtype), dy, x: required(x, 0), y, attrs })],
  });
}

/** {@link elementwise} without attributes. */
export const unary = (f: (v: number) => number, dx: (args: SlopeArgs<object>) => Value | null): Op =>
  elementwise({ attrs: {}, f: () => f, dx });

function sameShape({ dtype, dims, content }: Fact, f: (v: number) => number): Fact {
  if (!isStatic(content) || isFloat(dtype)) return { dtype, dims };
  return { dtype, dims, content: content.map((v) => Math.trunc(f(v))) };
}
