/** @file Every op the compiler knows: one line each. An op that is not here is carried through, and refused where its facts are needed. */
import type { Op } from "./define.ts";
import { Add, Div, Max, Mean, Min, Mod, Mul, Pow, Sub, Sum } from "./arithmetic.ts";
import { AveragePool, GlobalAveragePool } from "./average-pool.ts";
import { Conv } from "./conv.ts";
import { ConvTranspose } from "./conv-transpose.ts";
import { Gemm } from "./gemm.ts";
import { MatMul } from "./matmul.ts";
import { GlobalMaxPool, MaxPool } from "./max-pool.ts";
import { Relu } from "./relu.ts";

export const OPS = {
  Add, Div, Max, Mean, Min, Mod, Mul, Pow, Sub, Sum,
  AveragePool, GlobalAveragePool, GlobalMaxPool, MaxPool,
  Conv, ConvTranspose, Gemm, MatMul,
  Relu,
} as const satisfies Readonly<Record<string, Op>>;

export type OpName = keyof typeof OPS;
/** A table of ops: `{ ...OPS, MyOp }` extends the compiler by value. */
export type Ops = Readonly<Record<string, Op>>;
