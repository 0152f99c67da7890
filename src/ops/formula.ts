/** @file Arithmetic on values under construction, where a plain number stands for a constant of the right type. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import type { DType } from "../graph/types.ts";

export type Operand = Value | number;
type Unary = (a: Operand) => Value;
type Binary = (a: Operand, b: Operand) => Value;

/** Emits one node a call, broadcasting as ONNX does. */
export interface Formula {
  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly div: Binary;
  readonly neg: Unary;
  readonly abs: Unary;
  readonly sign: Unary;
  readonly exp: Unary;
  readonly log: Unary;
  readonly sqrt: Unary;
  readonly greater: Binary;
  readonly less: Binary;
  readonly lessOrEqual: Binary;
  readonly and: Binary;
  readonly where: (condition: Value, a: Operand, b: Operand) => Value;
  /** A truth value as 0 or 1. */
  readonly mask: (condition: Value) => Value;
  readonly atLeast: Binary;
  readonly atMost: Binary;
  /** Mean over axes, which stay as size 1. */
  readonly mean: (a: Value, axes: readonly number[]) => Value;
  /** Sum over axes, which stay as size 1. */
  readonly sum: (a: Value, axes: readonly number[]) => Value;
}

/** `const m = formula(g, x.dtype); m.mul(dy, m.sub(1, y))`. */
export function formula(g: GraphBuilder, dtype: DType): Formula {
  const value = (operand: Operand): Value => (typeof operand === "number" ? g.scalar(operand, dtype) : operand);
  const unary =
    (op: string): Unary =>
    (a) =>
      g.op(op, [value(a)]);
  const binary =
    (op: string): Binary =>
    (a, b) =>
      g.op(op, [value(a), value(b)]);
  return {
    add: binary("Add"),
    sub: binary("Sub"),
    mul: binary("Mul"),
    div: binary("Div"),
    neg: unary("Neg"),
    abs: unary("Abs"),
    sign: unary("Sign"),
    exp: unary("Exp"),
    log: unary("Log"),
    sqrt: unary("Sqrt"),
    greater: binary("Greater"),
    less: binary("Less"),
    lessOrEqual: binary("LessOrEqual"),
    and: binary("And"),
    where: (condition, a, b) => g.op("Where", [condition, value(a), value(b)]),
    mask: (condition) => g.op("Cast", [condition], { to: dtypeCode(dtype) }),
    atLeast: (a, low) => g.op("Clip", [value(a), value(low)]),
    atMost: (a, high) => g.op("Clip", [value(a), null, value(high)]),
    mean: (a, axes) => g.op("ReduceMean", [a, g.ints(axes)], { keepdims: 1 }),
    sum: (a, axes) => g.op("ReduceSum", [a, g.ints(axes)], { keepdims: 1 }),
  };
}
