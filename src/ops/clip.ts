/** @file Clip: values held between two optional bounds (ReLU6, Hardtanh, clamp). */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { toNumbers } from "../graph/tensor.ts";
import { type Cotangents, defineOp, type Op, required, type VjpArgs } from "./define.ts";
import { type Formula, formula } from "./formula.ts";
import { isExactBound, whereBetween } from "./masks.ts";
import { num } from "./num-tensor.ts";

const FLOAT32_MAX = 3.4028234e38;

/** The bound, or null when there is none or it can never be met (exporters write the largest float for "no bound"). */
function effective(bound: Value | null | undefined): Value | null {
  if (!bound) return null;
  const value = bound.constant && toNumbers(bound.constant)[0];
  return value !== undefined && Math.abs(value) >= FLOAT32_MAX ? null : bound;
}

/** 1 where the output lies strictly between the bounds; only the comparisons that are needed. Null = everywhere. */
function inside(m: Formula, y: Value, low: Value | null, high: Value | null): Value | null {
  const above = low && m.greater(y, low);
  const below = high && m.less(y, high);
  const both = above && below ? m.and(above, below) : (above ?? below);
  return both && m.mask(both);
}

/** The bounds as numbers, where both (or the lack of them) are known before the run. */
function numbers(low: Value | null, high: Value | null): readonly [number, number] | undefined {
  const of = (bound: Value | null, none: number): number | undefined =>
    bound === null ? none : bound.constant && toNumbers(bound.constant)[0];
  const [from, to] = [of(low, Number.NEGATIVE_INFINITY), of(high, Number.POSITIVE_INFINITY)];
  return from === undefined || to === undefined || ![from, to].every((b) => !Number.isFinite(b) || isExactBound(b))
    ? undefined
    : [from, to];
}

/** `dy` where the output lies strictly between the bounds, else 0. */
function through(g: GraphBuilder, dy: Value, y: Value, [low, high]: readonly [Value | null, Value | null]): Value {
  const known = numbers(low, high);
  if (known) return whereBetween(g, dy, y, known);
  const m = formula(g, y.dtype);
  const held = inside(m, y, low, high);
  return held ? m.mul(dy, held) : dy;
}

function clipVjp({ g, dy, x, y, wants }: VjpArgs<object>): Cotangents {
  const m = formula(g, y.dtype);
  const [low, high] = [effective(x[1]), effective(x[2])];
  const data = required(x, 0);
  const atHigh = wants[2] && high ? m.mul(dy, m.mask(m.lessOrEqual(high, data))) : null;
  const atLow = wants[1] && low ? m.mul(dy, m.mask(m.lessOrEqual(data, low))) : null;
  return [wants[0] ? through(g, dy, y, [low, high]) : null, atLow, atHigh];
}

/**
 * At both bounds the subgradient with respect to the data is 0, as for ReLU6 and Hardtanh in PyTorch, so the mask is
 * read off the output; there the cotangent goes to the bound, if that is asked for.
 */
export const Clip: Op = defineOp({
  kind: "activation",
  attrs: {},
  shape: ({ x }) => ({ dtype: required(x, 0).dtype, dims: required(x, 0).dims }),
  eval: ({ x }) => {
    const { dtype, dims, data } = required(x, 0);
    const low = x[1]?.data[0] ?? Number.NEGATIVE_INFINITY;
    const high = x[2]?.data[0] ?? Number.POSITIVE_INFINITY;
    return num(
      dtype,
      dims,
      data.map((v) => Math.min(Math.max(v, low), high)),
    );
  },
  vjp: clipVjp,
});
