/** @file Cases of quantisation. Scales are powers of two, so that float32 and float64 round alike. */
import { constant, data, fixed, type InputSpec, type OpCase, type OpCases, scalar, weight } from "../cases.ts";

const uint8 = (dims: readonly number[], constantInput = false): InputSpec =>
  (constantInput ? weight : data)(dims, { dtype: "uint8", range: [0, 255] });
const int8 = (dims: readonly number[]): InputSpec => weight(dims, { dtype: "int8", range: [-127, 127] });
const real = data([2, 3, 4], { range: [-9, 9] });

const quantize: readonly OpCase[] = [
  { name: "unsigned by default", inputs: [real, scalar(0.0625)], diff: [], symbolic: ["N", 3, 4] },
  { name: "signed", inputs: [real, scalar(0.0625), scalar(3, "int8")], diff: [] },
  {
    name: "one scale a channel",
    inputs: [real, constant([3], [0.5, 0.25, 0.0625]), constant([3], [0, 7, -2], "int8")],
    diff: [],
    symbolic: ["N", 3, 4],
  },
  {
    name: "another axis",
    inputs: [real, constant([4], [0.5, 0.25, 0.125, 1]), constant([4], [0, 7, 2, 1], "uint8")],
    attrs: { axis: -1 },
    diff: [],
  },
  {
    name: "halves go to the even neighbour, then saturate",
    inputs: [fixed([7], [-1, 0.25, 0.75, 1.25, 100, 127.75, 200]), scalar(0.5)],
    diff: [],
    expect: [[0, 0, 2, 2, 200, 255, 255]],
  },
  { name: "the type in an attribute", inputs: [real, scalar(0.25)], attrs: { output_dtype: 3 }, diff: [] },
];
const dequantize: readonly OpCase[] = [
  { name: "one scale", inputs: [uint8([2, 3, 4]), scalar(0.3), scalar(100, "uint8")], diff: [], symbolic: ["N", 3, 4] },
  {
    name: "one scale a channel",
    inputs: [uint8([2, 3, 4]), constant([3], [0.5, 0.3, 0.7]), constant([3], [0, 7, 200], "uint8")],
    diff: [],
  },
  {
    name: "int32, as biases are",
    inputs: [fixed([2], [-1000, 5], "int32"), scalar(0.5)],
    diff: [],
    expect: [[-500, 2.5]],
  },
];

export const quantization: OpCases = {
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  DynamicQuantizeLinear: [
    {
      name: "both signs",
      inputs: [fixed([4], [-127, 0, 64, 128])],
      outputs: 3,
      expect: [[0, 127, 191, 255], [1], [127]],
      batched: [],
    },
    {
      name: "positive only",
      inputs: [fixed([3], [0.5, 2, 255])],
      outputs: 3,
      expect: [[0, 2, 255], [1], [0]],
      batched: [],
    },
  ],
  QLinearMatMul: [
    {
      name: "unsigned",
      inputs: [
        uint8([2, 3]),
        scalar(0.5),
        scalar(113, "uint8"),
        uint8([3, 4], true),
        scalar(0.25),
        scalar(120, "uint8"),
        scalar(16),
        scalar(118, "uint8"),
      ],
      symbolic: ["N", 4],
    },
    {
      name: "one scale a column",
      inputs: [
        uint8([2, 3]),
        scalar(0.5),
        scalar(113, "uint8"),
        int8([3, 2]),
        constant([2], [0.25, 0.5]),
        constant([2], [0, 0], "int8"),
        scalar(16),
        scalar(118, "uint8"),
      ],
    },
  ],
  MatMulInteger: [
    { name: "without zero points", inputs: [uint8([2, 3]), int8([3, 4])], symbolic: ["N", 4] },
    { name: "with zero points", inputs: [uint8([2, 3]), uint8([3, 4], true), scalar(12, "uint8"), scalar(7, "uint8")] },
  ],
  QLinearConv: [
    {
      name: "bias, one scale a filter",
      inputs: [
        uint8([2, 2, 4, 4]),
        scalar(0.5),
        scalar(128, "uint8"),
        int8([3, 2, 3, 3]),
        constant([3], [0.25, 0.5, 0.125]),
        constant([3], [0, 0, 0], "int8"),
        scalar(8),
        scalar(120, "uint8"),
        constant([3], [100, -200, 5], "int32"),
      ],
      attrs: { pads: [1, 1, 1, 1], strides: [2, 2] },
      symbolic: ["N", 3, 2, 2],
    },
    {
      name: "depthwise, no bias",
      inputs: [
        uint8([1, 2, 3, 3]),
        scalar(0.5),
        scalar(128, "uint8"),
        int8([2, 1, 2, 2]),
        scalar(0.25),
        scalar(0, "int8"),
        scalar(8),
        scalar(120, "uint8"),
      ],
      attrs: { group: 2 },
      symbolic: ["N", 2, 2, 2],
    },
  ],
  ConvInteger: [
    {
      name: "with zero points",
      inputs: [uint8([2, 2, 4, 4]), uint8([3, 2, 3, 3], true), scalar(100, "uint8"), scalar(120, "uint8")],
      attrs: { pads: [1, 1, 1, 1] },
      symbolic: ["N", 3, 4, 4],
    },
  ],
};
