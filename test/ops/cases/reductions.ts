/** @file Cases of reductions along axes, arg extrema, TopK and CumSum. */
import { data, fixed, type InputSpec, ints, type OpCase, type OpCases, scalar } from "../cases.ts";

const common = (x: (dims: readonly number[]) => InputSpec = data): readonly OpCase[] => [
  { name: "one axis, kept", inputs: [x([2, 3, 4]), ints(1)], symbolic: ["N", 1, 4] },
  { name: "one axis, dropped", inputs: [x([2, 3, 4]), ints(-1)], attrs: { keepdims: 0 }, symbolic: ["N", 3] },
  { name: "spatial axes", inputs: [x([2, 3, 4, 2]), ints(2, 3)], attrs: { keepdims: 1 }, symbolic: ["N", 3, 1, 1] },
  {
    name: "channels and a spatial axis, dropped",
    inputs: [x([2, 3, 4, 2]), ints(1, -1)],
    attrs: { keepdims: 0 },
    symbolic: ["N", 4],
  },
  { name: "the batch", inputs: [x([3, 2]), ints(0)], attrs: { keepdims: 0 }, symbolic: [2] },
  { name: "everything, kept", inputs: [x([2, 3])], symbolic: [1, 1] },
  { name: "everything, dropped", inputs: [x([2, 3])], attrs: { keepdims: 0 }, symbolic: [] },
  {
    name: "no axes, no reduction",
    inputs: [x([2, 3]), ints()],
    attrs: { noop_with_empty_axes: 1 },
    symbolic: ["N", 3],
    noOrt: "ONNX Runtime releases disagree on whether the formula applies to single elements",
  },
];
const positive = (dims: readonly number[]): InputSpec => data(dims, { range: [0.5, 2] });

export const reductions = {
  ReduceSum: [
    ...common(),
    { name: "no axes, no reduction, in ORT", inputs: [data([2, 3])], attrs: { noop_with_empty_axes: 1 } },
    { name: "of an empty axis", inputs: [data([2, 0]), ints(1)], expect: [[0, 0]] },
    { name: "content", inputs: [ints(2, 3, 4), ints(0)], attrs: { keepdims: 0 }, expect: [[9]] },
  ],
  ReduceMean: common(),
  ReduceMax: [
    ...common(),
    {
      name: "ties: the first along an axis",
      inputs: [fixed([2, 4], [1, 3, 3, 0, 2, 2, 2, 2]), ints(1)],
      diff: [],
      gradient: { dy: [5, 7], dx: { 0: [0, 5, 0, 0, 7, 0, 0, 0] } },
    },
    {
      name: "ties: the first in row-major order",
      inputs: [fixed([1, 2, 2, 2], [0, 4, 4, 1, 4, 2, 4, 4]), ints(2, 3)],
      diff: [],
      gradient: { dy: [5, 7], dx: { 0: [0, 5, 0, 0, 7, 0, 0, 0] } },
    },
    {
      name: "ties across axes that are not last",
      inputs: [fixed([2, 2, 2], [3, 1, 3, 3, 3, 3, 0, 3]), ints(0, 1)],
      attrs: { keepdims: 0 },
      diff: [],
      gradient: { dy: [5, 7], dx: { 0: [5, 0, 0, 7, 0, 0, 0, 0] } },
    },
    { name: "integers", inputs: [ints(2, 9, 4), ints(0)], expect: [[9]] },
  ],
  ReduceMin: [
    ...common(),
    {
      name: "ties: the first in row-major order",
      inputs: [fixed([1, 2, 2], [4, 1, 1, 1]), ints(1, 2)],
      diff: [],
      gradient: { dy: [5], dx: { 0: [0, 5, 0, 0] } },
    },
  ],
  ReduceProd: [
    ...common(),
    {
      name: "one zero, two zeros",
      inputs: [fixed([2, 3], [2, 0, 3, 0, 5, 0]), ints(1)],
      gradient: { dy: [1, 1], dx: { 0: [0, 6, 0, 0, 0, 0] } },
    },
    { name: "content", inputs: [ints(2, 3, 4), ints(0)], attrs: { keepdims: 0 }, expect: [[24]] },
  ],
  ReduceL1: [
    ...common(),
    {
      name: "kink at 0",
      inputs: [fixed([1, 3], [-2, 0, 3]), ints(1)],
      diff: [],
      gradient: { dy: [2], dx: { 0: [-2, 0, 2] } },
    },
  ],
  ReduceL2: [
    ...common(),
    {
      name: "the zero vector",
      inputs: [fixed([2, 2], [0, 0, 3, 4]), ints(1)],
      diff: [],
      expect: [[0, 5]],
      gradient: { dy: [2, 5], dx: { 0: [0, 0, 3, 4] } },
    },
  ],
  ReduceSumSquare: common(),
  ReduceLogSum: common(positive),
  ReduceLogSumExp: [
    ...common(),
    {
      name: "large values do not overflow",
      inputs: [fixed([1, 2], [1000, 1000]), ints(1)],
      expect: [[1000 + Math.log(2)]],
    },
  ],
  ArgMax: [
    { name: "classes", inputs: [data([2, 5])], attrs: { axis: 1, keepdims: 0 }, symbolic: ["N"] },
    { name: "kept, negative axis", inputs: [data([2, 3, 4])], attrs: { axis: -2 }, symbolic: ["N", 1, 4] },
    { name: "ties: the first", inputs: [fixed([1, 4], [1, 3, 3, 2])], attrs: { axis: 1 }, expect: [[1]] },
    {
      name: "ties: the last",
      inputs: [fixed([1, 4], [1, 3, 3, 2])],
      attrs: { axis: 1, select_last_index: 1 },
      expect: [[2]],
    },
  ],
  ArgMin: [
    { name: "axis 0", inputs: [data([4, 2])], symbolic: [1, 2] },
    { name: "ties: the first", inputs: [fixed([1, 4], [5, 1, 1, 2])], attrs: { axis: 1, keepdims: 0 }, expect: [[1]] },
  ],
  TopK: [
    { name: "largest", inputs: [data([2, 6]), ints(3)], outputs: 2, symbolic: ["N", 3] },
    {
      name: "smallest, along the first axis",
      inputs: [data([5, 2]), ints(2)],
      attrs: { axis: 0, largest: 0 },
      outputs: 2,
      symbolic: [2, 2],
    },
    {
      name: "ties: lower indices first",
      inputs: [fixed([1, 5], [1, 4, 4, 0, 4]), ints(2)],
      outputs: 2,
      diff: [],
      expect: [
        [4, 4],
        [1, 2],
      ],
      gradient: { dy: [5, 7], dx: { 0: [0, 5, 7, 0, 0] } },
    },
  ],
  CumSum: [
    { name: "plain", inputs: [data([2, 4]), scalar(1, "int64")], symbolic: ["N", 4] },
    { name: "exclusive", inputs: [data([3, 2, 2]), scalar(-2, "int64")], attrs: { exclusive: 1 } },
    { name: "reverse", inputs: [data([3, 2]), scalar(0, "int64")], attrs: { reverse: 1 } },
    { name: "exclusive and reverse", inputs: [data([2, 4]), scalar(1, "int64")], attrs: { exclusive: 1, reverse: 1 } },
  ],
} as const satisfies OpCases;
