/** @file Cases of softmaxes and normalisations. */
import { float } from "../../../src/graph/types.ts";
import { data, fixed, type InputSpec, type OpCase, type OpCases, weight } from "../cases.ts";

const along = (axis: number | undefined, extra: Partial<OpCase> = {}): OpCase => ({
  name: `along axis ${axis ?? "by default"}`,
  inputs: [data([3, 4, 2])],
  symbolic: ["N", 4, 2],
  ...(axis === undefined ? {} : { attrs: { axis } }),
  ...extra,
});
const positive = (dims: readonly number[]): InputSpec => weight(dims, { range: [0.5, 2] });
const batchNorm = (dims: readonly [number, number, ...number[]], extra: Partial<OpCase> = {}): OpCase => {
  const c = [dims[1]];
  return {
    name: `of [${dims}]`,
    inputs: [data(dims), weight(c), weight(c), weight(c), positive(c)],
    symbolic: ["N", ...dims.slice(1)],
    ...extra,
  };
};
const perChannel = (dims: readonly [number, number, ...number[]], extra: Partial<OpCase> = {}): OpCase => ({
  name: `of [${dims}] ${JSON.stringify(extra.attrs ?? {})}`,
  inputs: [data(dims), weight([dims[1]]), weight([dims[1]])],
  symbolic: ["N", ...dims.slice(1)],
  tol: 3e-5,
  ...extra,
});
const lrn = (size: number, beta: number, dims: readonly number[] = [2, 7, 2, 3]): OpCase => ({
  name: `${size} channels, beta ${beta}, ${dims.length} axes`,
  inputs: [data(dims)],
  attrs: { size, beta: float(beta), alpha: float(0.7), bias: float(1.5) },
  symbolic: ["N", ...dims.slice(1)],
  ...(size % 2 === 0 ? { noOrt: "it has no even windows" } : dims.length === 4 ? {} : { noOrt: "it wants four axes" }),
});

export const normalizations: OpCases = {
  Softmax: [
    along(undefined),
    along(1),
    { name: "along the batch", inputs: [data([3, 4])], attrs: { axis: 0 }, batched: [] },
    { name: "large logits", inputs: [fixed([1, 3], [1000, 1000, -1000])], diff: [], expect: [[0.5, 0.5, 0]] },
  ],
  LogSoftmax: [
    along(undefined),
    along(1),
    { name: "along the batch", inputs: [data([3, 4])], attrs: { axis: 0 }, batched: [] },
  ],
  Hardmax: [
    along(undefined),
    along(1),
    { name: "ties: the first", inputs: [fixed([1, 3], [2, 2, 1])], expect: [[1, 0, 0]] },
  ],
  BatchNormalization: [
    batchNorm([2, 3, 4, 2]),
    batchNorm([4, 3]),
    batchNorm([2, 3, 4]),
    ...[0, 0.75].flatMap((momentum) =>
      [[4, 3, 2, 3] as const, [6, 2] as const].map((dims) =>
        batchNorm(dims, {
          name: `of its batch [${dims}], momentum ${momentum}`,
          attrs: { training_mode: 1, momentum: float(momentum) },
          outputs: 3,
          tol: 3e-5,
        }),
      ),
    ),
    { ...batchNorm([1, 2, 2, 2, 2]), attrs: { epsilon: float(0.01) }, tol: 3e-5 },
    {
      name: "known values",
      inputs: [fixed([1, 2], [3, 4]), fixed([2], [2, 1]), fixed([2], [1, 0]), fixed([2], [1, 2]), fixed([2], [4, 1])],
      attrs: { epsilon: float(0) },
      diff: [],
      expect: [[3, 2]],
      gradient: { dy: [1, 1], dx: { 0: [1, 1], 1: [1, 2], 2: [1, 1] } },
    },
  ],
  LayerNormalization: [
    { name: "last axis", inputs: [data([3, 2, 6]), weight([6]), weight([6])], symbolic: ["N", 2, 6], tol: 3e-5 },
    { name: "without bias", inputs: [data([3, 6]), weight([6])], attrs: { epsilon: float(0.1) }, tol: 3e-5 },
    {
      name: "two axes",
      inputs: [data([3, 2, 4]), weight([2, 4]), weight([2, 4])],
      attrs: { axis: 1 },
      symbolic: ["N", 2, 4],
      tol: 3e-5,
    },
    {
      name: "with mean and deviation",
      inputs: [data([3, 2, 6]), weight([6]), weight([6])],
      outputs: 3,
      cotangents: [0],
      tol: 3e-5,
    },
  ],
  RMSNormalization: [
    {
      name: "last axis",
      inputs: [data([3, 2, 6]), weight([6])],
      symbolic: ["N", 2, 6],
      noOrt: "enters the standard at opset 23",
    },
    {
      name: "two axes",
      inputs: [data([3, 2, 4]), weight([2, 4])],
      attrs: { axis: 1, epsilon: float(0.1) },
      noOrt: "enters the standard at opset 23",
    },
  ],
  InstanceNormalization: [
    perChannel([2, 3, 4, 2]),
    perChannel([2, 3, 5]),
    perChannel([1, 2, 2, 3, 2], { attrs: { epsilon: float(0.1) } }),
  ],
  GroupNormalization: [
    perChannel([2, 4, 3, 2], { attrs: { num_groups: 2 } }),
    perChannel([2, 4, 3, 2], { attrs: { num_groups: 4, epsilon: float(0.1) } }),
    perChannel([2, 6, 5], { attrs: { num_groups: 1 } }),
  ],
  LpNormalization: [
    along(undefined),
    along(1),
    {
      ...along(1),
      name: "p = 1",
      inputs: [data([3, 4, 2], { choices: [-2, -1, 0.5, 1.5] })],
      attrs: { axis: 1, p: 1 },
    },
    {
      name: "a lane of zeros",
      inputs: [fixed([2, 2], [0, 0, 3, 4])],
      diff: [],
      expect: [[0, 0, 0.6, 0.8]],
      gradient: { dy: [1, 1, 1, 0], dx: { 0: [0, 0, 0.128, -0.096] } },
    },
  ],
  MeanVarianceNormalization: [
    { name: "batch and space", inputs: [data([2, 3, 4, 2])], symbolic: ["N", 3, 4, 2] },
    { name: "space", inputs: [data([2, 3, 4, 2])], attrs: { axes: [2, 3] }, symbolic: ["N", 3, 4, 2] },
  ],
  LRN: [
    lrn(5, 0.75),
    lrn(4, 0.75),
    lrn(3, 0.5),
    lrn(2, 1),
    lrn(3, 0.6),
    lrn(1, 0.75),
    lrn(9, 0.75),
    lrn(5, 0.75, [2, 7]),
  ],
};
