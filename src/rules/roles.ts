/** @file What an op is to relevance: finer than its kind, because a sum of branches is no concatenation and a maximum no mean. */
import type { Kind } from "../ops/define.ts";

/**
 * `convolution`, `dense`: weights · `scale`: one factor an element or channel, no mixing · `bias`: a constant is added ·
 * `activation`: element by element · `gate`: an element-wise function written as a product, x·σ(x) · `average`: a weighted mean ·
 * `winner`: one input takes all · `sum`: branches meet · `route`: copies, permutes, drops · `product`: two values that both depend
 * on the image are multiplied · `softmax`, `lrn`, `normalize`: divide by a statistic · `other`: none of these.
 */
export type Role =
  | "convolution"
  | "dense"
  | "scale"
  | "bias"
  | "activation"
  | "gate"
  | "average"
  | "winner"
  | "sum"
  | "route"
  | "product"
  | "softmax"
  | "lrn"
  | "normalize"
  | "other";

const BY_OP: Readonly<Record<string, Role>> = {
  Conv: "convolution",
  ConvTranspose: "convolution",
  Gemm: "dense",
  MatMul: "dense",
  Einsum: "dense",
  BatchNormalization: "scale",
  AveragePool: "average",
  GlobalAveragePool: "average",
  ReduceMean: "average",
  ReduceSum: "average",
  MaxPool: "winner",
  GlobalMaxPool: "winner",
  ReduceMax: "winner",
  ReduceMin: "winner",
  Add: "sum",
  Sum: "sum",
  Sub: "sum",
  Mean: "sum",
  Softmax: "softmax",
  LogSoftmax: "softmax",
  LRN: "lrn",
};
const BY_KIND: Readonly<Record<Kind, Role>> = {
  linear: "other",
  activation: "activation",
  pool: "other",
  join: "route",
  movement: "route",
  product: "product",
  normalize: "normalize",
  constant: "other",
};
/** What a role becomes when only one input depends on the image. */
const WITH_ONE: Partial<Readonly<Record<Role, Role>>> = { sum: "bias", product: "scale" };
/** What it becomes when two or more do. */
const WITH_MANY: Partial<Readonly<Record<Role, Role>>> = {
  dense: "product",
  convolution: "product",
  activation: "winner",
};

/** The role of an op of this kind, `data` of whose inputs depend on the image. */
export function roleOf(op: string, kind: Kind, data: number): Role {
  const role = BY_OP[op] ?? BY_KIND[kind];
  return (data > 1 ? WITH_MANY : WITH_ONE)[role] ?? role;
}
