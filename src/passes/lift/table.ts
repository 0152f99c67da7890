/** @file Which op changed when: the rows that raise a model of any opset to the canonical one. */
import * as attrs from "./attrs-to-inputs.ts";
import * as contrib from "./contrib.ts";
import * as legacy from "./legacy.ts";
import type { Lift, LiftRow } from "./lift.ts";
import * as norm from "./normalization.ts";
import * as resize from "./resize.ts";
import { flatSoftmax } from "./softmax.ts";

const operand: readonly LiftRow[] = [{ below: 7, lift: legacy.alignedOperand }];
const hint: readonly LiftRow[] = [{ below: 6, lift: legacy.dropHint }];
const reduce: readonly LiftRow[] = [{ below: 18, lift: attrs.axesInput }];
const axes: readonly LiftRow[] = [{ below: 13, lift: attrs.axesInput }];
const softmax: readonly LiftRow[] = [{ below: 13, lift: flatSoftmax }];
const ALWAYS = Number.POSITIVE_INFINITY;
const always = (lift: Lift): readonly LiftRow[] => [{ below: ALWAYS, lift }];

/** Rows apply from top to bottom, each to what the one before it made. Ops that never changed are not here; keys of other domains carry theirs. */
export const LIFTS: Readonly<Record<string, readonly LiftRow[]>> = {
  Add: operand,
  Sub: operand,
  Mul: operand,
  Div: operand,
  Pow: operand,
  And: operand,
  Or: operand,
  Xor: operand,
  Equal: operand,
  Less: operand,
  Greater: operand,
  Abs: hint,
  Ceil: hint,
  Elu: hint,
  Exp: hint,
  Floor: hint,
  HardSigmoid: hint,
  LeakyRelu: hint,
  Log: hint,
  Max: hint,
  Mean: hint,
  Min: hint,
  Neg: hint,
  Reciprocal: hint,
  Relu: hint,
  Sigmoid: hint,
  Sqrt: hint,
  Sum: hint,
  Tanh: hint,
  InstanceNormalization: hint,
  BatchNormalization: [
    { below: 9, lift: norm.perPosition },
    { below: 14, lift: norm.oneOutput },
  ],
  Cast: [{ below: 6, lift: legacy.castByName }],
  Clip: [...hint, { below: 11, lift: attrs.clipBounds }],
  Concat: [{ below: 4, lift: legacy.concatAxis }],
  Dropout: [
    { below: 12, lift: attrs.dropoutRatio },
    { below: ALWAYS, lift: attrs.dropoutIdentity },
  ],
  Gemm: [{ below: 7, lift: legacy.dropBroadcast }],
  GridSample: [{ below: 20, lift: resize.gridMode }],
  GroupNormalization: [{ below: 21, lift: norm.perChannel }],
  Hardmax: softmax,
  LogSoftmax: softmax,
  Softmax: softmax,
  Pad: [{ below: 11, lift: attrs.padAmounts }],
  PRelu: [...hint, { below: 7, lift: legacy.channelSlopes }],
  ReduceL1: reduce,
  ReduceL2: reduce,
  ReduceLogSum: reduce,
  ReduceLogSumExp: reduce,
  ReduceMax: reduce,
  ReduceMean: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceSumSquare: reduce,
  ReduceSum: axes,
  Reshape: [{ below: 5, lift: attrs.reshapeTarget }],
  Resize: [
    { below: 11, lift: resize.upsampleToResize },
    { below: ALWAYS, lift: resize.emptyInputs },
    { below: 13, lift: resize.halfPixelForNearest },
  ],
  RoiAlign: [{ below: 16, lift: resize.roiPixels }],
  Scatter: [{ below: ALWAYS, lift: resize.scatterElements }],
  Selu: [{ below: 6, lift: norm.seluDefaults }, ...hint],
  Slice: [{ below: 10, lift: attrs.sliceBounds }],
  Split: [
    { below: 13, lift: attrs.splitSizes },
    { below: 18, lift: attrs.splitCount },
  ],
  Squeeze: axes,
  Unsqueeze: axes,
  TopK: [{ below: 10, lift: attrs.topCount }],
  Upsample: [{ below: ALWAYS, lift: resize.upsampleToResize }],

  "com.microsoft.QLinearAdd": always(contrib.quantizedPair("Add")),
  "com.microsoft.QLinearMul": always(contrib.quantizedPair("Mul")),
  "com.microsoft.QLinearSigmoid": always(contrib.quantizedMap("Sigmoid")),
  "com.microsoft.QLinearLeakyRelu": always(contrib.quantizedMap("LeakyRelu")),
  "com.microsoft.QLinearAveragePool": always(contrib.quantizedMap("AveragePool")),
  "com.microsoft.QLinearGlobalAveragePool": always(contrib.quantizedMap("GlobalAveragePool")),
  "com.microsoft.QLinearConcat": always(contrib.quantizedConcat),
  "com.microsoft.FusedConv": always(contrib.fusedConv),
  "com.microsoft.FusedGemm": always(contrib.fusedGemm),
  "com.microsoft.Gelu": always(contrib.biasGelu("none")),
  "com.microsoft.BiasGelu": always(contrib.biasGelu("none")),
  "com.microsoft.FastGelu": always(contrib.biasGelu("tanh")),
  "com.microsoft.QuickGelu": always(contrib.quickGelu),
};
