/** @file Every op the compiler knows: one line each. An op that is not here is carried through, and refused where its facts are needed. */
import type { Op } from "./define.ts";
import { Relu } from "./relu.ts";

export const OPS = {
  Relu,
} as const satisfies Readonly<Record<string, Op>>;

export type OpName = keyof typeof OPS;
/** A table of ops: `{ ...OPS, MyOp }` extends the compiler by value. */
export type Ops = Readonly<Record<string, Op>>;
