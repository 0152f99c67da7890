/** @file Element-wise arithmetic with broadcasting. The walk sums cotangents over broadcast axes, so rows do not. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { type Dim, dimQuotient, elementProduct } from "../graph/dim.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import { isFloat, toNumbers } from "../graph/tensor.ts";
import type { Fact } from "../graph/types.ts";
import { broadcastDims, mapBroadcast } from "./broadcast.ts";
import { type Cotangents, defineOp, type Kind, type NoVjp, type Op, required, type VjpArgs } from "./define.ts";

/** Element-by-element result of shape arithmetic; undefined as soon as an element cannot be said. */
type ContentRule = (a: Dim, b: Dim) => Dim | undefined;

interface Binary {
  readonly kind: Kind;
  readonly f: (a: number, b: number) => number;
  readonly content?: ContentRule;
  readonly vjp: ((args: VjpArgs<object>) => Cotangents) | NoVjp;
}

const numeric =
  (f: (a: number, b: number) => number): ContentRule =>
  (a, b) =>
    typeof a === "number" && typeof b === "number" ? f(a, b) : undefined;

function contentOf(a: Fact, b: Fact, rule: ContentRule | undefined): readonly Dim[] | undefined {
  if (!rule || !a.content || !b.content || isFloat(a.dtype)) return undefined;
  const length = Math.max(a.content.length, b.content.length);
  const at = (c: readonly Dim[], i: number): Dim | undefined => (c.length === 1 ? c[0] : c[i]);
  const out: Dim[] = [];
  for (let i = 0; i < length; i++) {
    const x = at(a.content, i);
    const y = at(b.content, i);
    const z = x === undefined || y === undefined ? undefined : rule(x, y);
    if (z === undefined) return undefined;
    out.push(z);
  }
  return out;
}

const binary = (def: Binary): Op =>
  defineOp({
    kind: def.kind,
    attrs: {},
    shape: ({ x }) => {
      const a = required(x, 0);
      const b = required(x, 1);
      const content = contentOf(a, b, def.content);
      return { dtype: a.dtype, dims: broadcastDims(a.dims, b.dims), ...(content ? { content } : {}) };
    },
    eval: ({ x }) => {
      const a = required(x, 0);
      const whole = !isFloat(a.dtype);
      return mapBroadcast(a.dtype, [a, required(x, 1)], whole ? (u, v) => Math.trunc(def.f(u, v)) : def.f);
    },
    vjp: def.vjp,
  });

const both = ({ x }: VjpArgs<object>): readonly [Value, Value] => [required(x, 0), required(x, 1)];

export const Add: Op = binary({
  kind: "join",
  f: (a, b) => a + b,
  content: (a, b) => (a === 0 ? b : b === 0 ? a : numeric((u, v) => u + v)(a, b)),
  vjp: ({ dy }) => [dy, dy],
});
export const Sub: Op = binary({
  kind: "join",
  f: (a, b) => a - b,
  content: (a, b) => (b === 0 ? a : numeric((u, v) => u - v)(a, b)),
  vjp: ({ g, dy, wants }) => [dy, wants[1] ? g.op("Neg", [dy]) : null],
});
export const Mul: Op = binary({
  kind: "product",
  f: (a, b) => a * b,
  content: (a, b) => elementProduct([a, b]),
  vjp: (args) => {
    const [a, b] = both(args);
    const { g, dy, wants } = args;
    return [wants[0] ? g.op("Mul", [dy, b]) : null, wants[1] ? g.op("Mul", [dy, a]) : null];
  },
});
export const Div: Op = binary({
  kind: "product",
  f: (a, b) => a / b,
  content: (a, b) => dimQuotient(a, b) ?? numeric((u, v) => Math.trunc(u / v))(a, b),
  // d(a/b) = da/b - y db/b
  vjp: (args) => {
    const [, b] = both(args);
    const { g, dy, y, wants } = args;
    const da = g.op("Div", [dy, b]);
    return [wants[0] ? da : null, wants[1] ? g.op("Neg", [g.op("Mul", [da, y])]) : null];
  },
});
export const Pow: Op = binary({
  kind: "activation",
  f: (a, b) => a ** b,
  // da = b a^(b-1) dy; db = y ln(a) dy, taken as 0 where a <= 0
  vjp: (args) => {
    const [a, b] = both(args);
    const { g, dy, y, wants } = args;
    return [
      wants[0] ? g.op("Mul", [dy, powerSlope(g, a, b)]) : null,
      wants[1] ? g.op("Mul", [dy, g.op("Mul", [y, logOrZero(g, a)])]) : null,
    ];
  },
});

/** b a^(b-1), and 0 for b = 0 even where a^(-1) is infinite. */
function powerSlope(g: GraphBuilder, a: Value, b: Value): Value {
  const fixed = b.constant?.data.length === 1 ? toNumbers(b.constant)[0] : undefined;
  if (fixed === 2) return g.op("Mul", [a, g.scalar(2, a.dtype)]);
  const exponent = b.dtype === a.dtype ? b : g.op("Cast", [b], { to: dtypeCode(a.dtype) });
  const slope = g.op("Mul", [exponent, g.op("Pow", [a, g.op("Sub", [exponent, g.scalar(1, a.dtype)])])]);
  if (fixed !== undefined && fixed !== 0) return slope;
  const none = g.scalar(0, a.dtype);
  return g.op("Where", [g.op("Equal", [exponent, none]), none, slope]);
}
function logOrZero(g: GraphBuilder, a: Value): Value {
  const positive = g.op("Greater", [a, g.scalar(0, a.dtype)]);
  return g.op("Where", [
    positive,
    g.op("Log", [g.op("Where", [positive, a, g.scalar(1, a.dtype)])]),
    g.scalar(0, a.dtype),
  ]);
}

/** Remainder; `fmod` = 1 follows C (sign of the dividend), 0 follows Python (sign of the divisor). */
export const Mod: Op = defineOp({
  kind: "constant",
  attrs: { fmod: { read: (raw) => raw === 1 } },
  shape: ({ x }) => {
    const a = required(x, 0);
    const b = required(x, 1);
    const content = contentOf(
      a,
      b,
      numeric((u, v) => ((u % v) + v) % v),
    );
    return { dtype: a.dtype, dims: broadcastDims(a.dims, b.dims), ...(content ? { content } : {}) };
  },
  eval: ({ x, attrs }) =>
    mapBroadcast(
      required(x, 0).dtype,
      [required(x, 0), required(x, 1)],
      attrs.fmod ? (a, b) => a % b : (a, b) => a - b * Math.floor(a / b),
    ),
  vjp: { none: "remainder" },
});

interface Variadic {
  readonly kind: Kind;
  readonly f: (values: readonly number[]) => number;
  readonly vjp: (args: VjpArgs<object>) => Cotangents;
}
const variadic = (def: Variadic): Op =>
  defineOp({
    kind: def.kind,
    attrs: {},
    shape: ({ x }) => ({ dtype: required(x, 0).dtype, dims: broadcastDims(...x.map((f) => f?.dims)) }),
    eval: ({ x }) =>
      mapBroadcast(
        required(x, 0).dtype,
        x.map((_, i) => required(x, i)),
        (...v) => def.f(v),
      ),
    vjp: def.vjp,
  });

export const Sum: Op = variadic({
  kind: "join",
  f: (v) => v.reduce((s, a) => s + a, 0),
  vjp: ({ dy, x }) => x.map(() => dy),
});
export const Mean: Op = variadic({
  kind: "join",
  f: (v) => v.reduce((s, a) => s + a, 0) / v.length,
  vjp: ({ g, dy, x }) => {
    const part = g.op("Mul", [dy, g.scalar(1 / x.length, dy.dtype)]);
    return x.map(() => part);
  },
});

/** The cotangent goes to the first input that attains the extremum. */
function extremumVjp({ g, dy, x, y }: VjpArgs<object>): Cotangents {
  let taken: Value | undefined;
  return x.map((_, i) => {
    const here = g.op("Equal", [required(x, i), y]);
    const wins = taken ? g.op("And", [here, g.op("Not", [taken])]) : here;
    taken = taken ? g.op("Or", [taken, here]) : here;
    return g.op("Mul", [dy, g.op("Cast", [wins], { to: 1 })]);
  });
}
export const Max: Op = variadic({ kind: "activation", f: (v) => Math.max(...v), vjp: extremumVjp });
export const Min: Op = variadic({ kind: "activation", f: (v) => Math.min(...v), vjp: extremumVjp });
