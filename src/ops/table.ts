/** @file Every op the compiler knows: one line each. An op that is not here is carried through, and refused where its facts are needed. */

import { ArgMax, ArgMin, TopK } from "./arg-max.ts";
import { Add, Div, Max, Mean, Min, Mod, Mul, Pow, Sub, Sum } from "./arithmetic.ts";
import { AveragePool, GlobalAveragePool } from "./average-pool.ts";
import { BatchNormalization } from "./batch-normalization.ts";
import { Cast, CastLike } from "./cast.ts";
import { Clip } from "./clip.ts";
import { And, Equal, Greater, GreaterOrEqual, IsInf, IsNaN, Less, LessOrEqual, Not, Or, Xor } from "./compare.ts";
import { Concat } from "./concat.ts";
import { Constant } from "./constant.ts";
import { Conv } from "./conv.ts";
import { ConvTranspose } from "./conv-transpose.ts";
import { CumSum } from "./cum-sum.ts";
import type { Op } from "./define.ts";
import { DepthToSpace, SpaceToDepth } from "./depth-to-space.ts";
import { Einsum } from "./einsum.ts";
import { Expand, Tile } from "./expand.ts";
import { Gather } from "./gather.ts";
import { GatherElements, GatherND } from "./gather-elements.ts";
import { Gemm } from "./gemm.ts";
import { GroupNormalization, InstanceNormalization } from "./instance-normalization.ts";
import { BitShift, BitwiseAnd, BitwiseNot, BitwiseOr, BitwiseXor } from "./integer.ts";
import { LayerNormalization, RMSNormalization } from "./layer-normalization.ts";
import { LpNormalization, MeanVarianceNormalization } from "./lp-normalization.ts";
import { LRN } from "./lrn.ts";
import { MatMul } from "./matmul.ts";
import { GlobalMaxPool, MaxPool } from "./max-pool.ts";
import { Pad } from "./pad.ts";
import { PRelu } from "./prelu.ts";
import { DequantizeLinear, DynamicQuantizeLinear, QuantizeLinear } from "./quantize.ts";
import { ConvInteger, MatMulInteger, QLinearConv, QLinearMatMul } from "./quantized-arithmetic.ts";
import { NonZero, OneHot, Range } from "./range.ts";
import { HardSigmoid, HardSwish, LeakyRelu, Shrink, ThresholdedRelu } from "./rectifiers.ts";
import {
  ReduceL1,
  ReduceL2,
  ReduceLogSum,
  ReduceLogSumExp,
  ReduceMax,
  ReduceMean,
  ReduceMin,
  ReduceProd,
  ReduceSum,
  ReduceSumSquare,
} from "./reduce.ts";
import { Relu } from "./relu.ts";
import { Dropout, Flatten, Identity, Reshape, Squeeze, Unsqueeze } from "./reshape.ts";
import { Resize } from "./resize.ts";
import { ScatterElements, ScatterND } from "./scatter.ts";
import { ConstantOfShape, EyeLike, Shape, Size } from "./shape.ts";
import { Slice } from "./slice.ts";
import { Celu, Elu, Gelu, Mish, Selu, Sigmoid, Softplus, Softsign, Swish, Tanh } from "./smooth-activations.ts";
import { Hardmax, LogSoftmax, Softmax } from "./softmax.ts";
import { Split } from "./split.ts";
import { Transpose } from "./transpose.ts";
import {
  Abs,
  Acos,
  Acosh,
  Asin,
  Asinh,
  Atan,
  Atanh,
  Ceil,
  Cos,
  Cosh,
  Erf,
  Exp,
  Floor,
  Log,
  Neg,
  Reciprocal,
  Round,
  Sign,
  Sin,
  Sinh,
  Sqrt,
  Tan,
} from "./unary-math.ts";
import { Where } from "./where.ts";

export const OPS = {
  ArgMax,
  ArgMin,
  TopK,
  CumSum,
  ReduceL1,
  ReduceL2,
  ReduceLogSum,
  ReduceLogSumExp,
  ReduceMax,
  ReduceMean,
  ReduceMin,
  ReduceProd,
  ReduceSum,
  ReduceSumSquare,
  Cast,
  CastLike,
  Where,
  And,
  Equal,
  Greater,
  GreaterOrEqual,
  IsInf,
  IsNaN,
  Less,
  LessOrEqual,
  Not,
  Or,
  Xor,
  BitShift,
  BitwiseAnd,
  BitwiseNot,
  BitwiseOr,
  BitwiseXor,
  Concat,
  Split,
  Slice,
  Pad,
  Expand,
  Tile,
  DepthToSpace,
  SpaceToDepth,
  Gather,
  GatherElements,
  GatherND,
  ScatterElements,
  ScatterND,
  Dropout,
  Flatten,
  Identity,
  Reshape,
  Squeeze,
  Transpose,
  Unsqueeze,
  Constant,
  ConstantOfShape,
  EyeLike,
  NonZero,
  OneHot,
  Range,
  Shape,
  Size,
  Add,
  Div,
  Max,
  Mean,
  Min,
  Mod,
  Mul,
  Pow,
  Sub,
  Sum,
  AveragePool,
  GlobalAveragePool,
  GlobalMaxPool,
  MaxPool,
  Conv,
  ConvTranspose,
  Gemm,
  MatMul,
  Relu,
  Abs,
  Acos,
  Acosh,
  Asin,
  Asinh,
  Atan,
  Atanh,
  Ceil,
  Cos,
  Cosh,
  Erf,
  Exp,
  Floor,
  Log,
  Neg,
  Reciprocal,
  Round,
  Sign,
  Sin,
  Sinh,
  Sqrt,
  Tan,
  Celu,
  Elu,
  Gelu,
  Mish,
  Selu,
  Sigmoid,
  Softplus,
  Softsign,
  Swish,
  Tanh,
  Clip,
  HardSigmoid,
  HardSwish,
  LeakyRelu,
  PRelu,
  Shrink,
  ThresholdedRelu,
  Hardmax,
  LogSoftmax,
  Softmax,
  BatchNormalization,
  GroupNormalization,
  InstanceNormalization,
  LayerNormalization,
  LpNormalization,
  LRN,
  MeanVarianceNormalization,
  RMSNormalization,
  Einsum,
  Resize,
  DequantizeLinear,
  DynamicQuantizeLinear,
  QuantizeLinear,
  ConvInteger,
  MatMulInteger,
  QLinearConv,
  QLinearMatMul,
} as const satisfies Readonly<Record<string, Op>>;

export type OpName = keyof typeof OPS;
/** A table of ops: `{ ...OPS, MyOp }` extends the compiler by value. */
export type Ops = Readonly<Record<string, Op>>;
