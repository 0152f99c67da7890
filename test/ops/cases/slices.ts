/** @file Cases of Concat, Split, Slice and Pad. */
import { constant, data, fixed, ints, type OpCases, scalar, weight } from "../cases.ts";

const END = 2 ** 63;
const image = data([2, 2, 4, 5]);

export const slices = {
  Concat: [
    {
      name: "channels",
      inputs: [data([2, 3, 2]), data([2, 1, 2]), data([2, 2, 2])],
      attrs: { axis: 1 },
      batched: [0, 1, 2],
      symbolic: ["N", 6, 2],
    },
    {
      name: "one part is differentiated",
      inputs: [data([2, 3]), data([2, 2])],
      attrs: { axis: -1 },
      diff: [1],
      batched: [0, 1],
    },
    { name: "along the batch", inputs: [data([2, 3]), data([1, 3])], attrs: { axis: 0 } },
    { name: "class token", inputs: [weight([1, 1, 4]), data([1, 3, 4])], attrs: { axis: 1 } },
    { name: "single", inputs: [data([2, 3])], attrs: { axis: 1 } },
    { name: "an empty part", inputs: [data([2, 0]), data([2, 3])], attrs: { axis: 1 }, batched: [0, 1] },
    { name: "content", inputs: [ints(1, 2), ints(-1)], attrs: { axis: 0 }, expect: [[1, 2, -1]] },
  ],
  Split: [
    { name: "sizes", inputs: [data([2, 6]), ints(1, 3, 2)], attrs: { axis: 1 }, outputs: 3, symbolic: ["N", 1] },
    { name: "equal parts", inputs: [data([2, 6])], attrs: { axis: -1, num_outputs: 3 }, outputs: 3 },
    { name: "smaller last part", inputs: [data([7, 2])], attrs: { axis: 0, num_outputs: 3 }, outputs: 3 },
    {
      name: "cotangent of the middle part",
      inputs: [data([2, 6]), ints(1, 3, 2)],
      attrs: { axis: 1 },
      outputs: 3,
      cotangents: [1],
    },
    {
      name: "cotangents of two parts of three",
      inputs: [data([2, 6]), ints(1, 3, 2)],
      attrs: { axis: 1 },
      outputs: 3,
      cotangents: [0, 2],
    },
    { name: "content", inputs: [ints(4, 5, 6), ints(1, 2)], attrs: { axis: 0 }, outputs: 2, expect: [[4], [5, 6]] },
  ],
  Slice: [
    { name: "crop", inputs: [image, ints(1, 0), ints(3, -1), ints(2, 3)], symbolic: ["N", 2, 2, 4] },
    { name: "to the end", inputs: [image, ints(-2), ints(END), ints(-1)], symbolic: ["N", 2, 4, 2] },
    { name: "no axes: leading ones", inputs: [data([3, 4]), ints(1, 1), ints(3, 2)] },
    { name: "the whole batch", inputs: [data([2, 3]), ints(0), ints(END), ints(0)], symbolic: ["N", 3] },
    { name: "the reversed batch", inputs: [data([2, 3]), ints(-1), ints(-END), ints(0), ints(-1)], symbolic: ["N", 3] },
    { name: "part of the batch", inputs: [data([4, 3]), ints(1), ints(3), ints(0)] },
    {
      name: "steps of 2",
      inputs: [image, ints(0, 1), ints(END, END), ints(2, 3), ints(2, 2)],
      symbolic: ["N", 2, 2, 2],
    },
    { name: "steps of 3, ending early", inputs: [data([2, 11]), ints(1), ints(9), ints(1), ints(3)] },
    {
      name: "reversed",
      inputs: [image, ints(END, -2), ints(-END, 0), ints(2, 3), ints(-1, -1)],
      symbolic: ["N", 2, 4, 3],
    },
    { name: "steps of -2", inputs: [data([2, 7]), ints(5), ints(-END), ints(1), ints(-2)] },
    {
      name: "bounds out of range are clamped",
      inputs: [data([2, 5]), ints(-9), ints(99), ints(1)],
      symbolic: ["N", 5],
    },
    { name: "start out of range, backwards", inputs: [data([2, 5]), ints(99), ints(1), ints(1), ints(-1)] },
    { name: "nothing is left", inputs: [data([2, 5]), ints(3), ints(3), ints(1)], symbolic: ["N", 0] },
    { name: "of an empty axis", inputs: [data([2, 0]), ints(-1), ints(-END), ints(1), ints(-1)] },
    {
      name: "bounds are data",
      inputs: [data([2, 6]), fixed([1], [1], "int64"), fixed([1], [6], "int64"), ints(1), ints(2)],
      dataDependent: true,
    },
    { name: "content", inputs: [ints(4, 5, 6, 7), ints(3), ints(0), ints(0), ints(-2)], expect: [[7, 5]] },
  ],
  Pad: [
    { name: "constant", inputs: [image, ints(0, 0, 1, 2, 0, 0, 3, 0)], symbolic: ["N", 2, 8, 7] },
    { name: "constant with a value and axes", inputs: [data([2, 3, 4]), ints(1, 2), scalar(0.5), ints(-1)], diff: [0] },
    { name: "the value is differentiated", inputs: [data([2, 3]), ints(0, -1, 0, 2), data([])], batched: [0] },
    { name: "negative pads crop", inputs: [data([2, 5]), ints(0, -1, 0, -2)], symbolic: ["N", 2] },
    { name: "crop and pad", inputs: [data([2, 5]), ints(0, 2, 0, -2)] },
    { name: "nothing", inputs: [data([2, 5]), ints(0, 0, 0, 0)] },
    { name: "pads are data", inputs: [data([2, 5]), fixed([4], [0, 1, 0, 2], "int64")], dataDependent: true },
    ...(["reflect", "edge", "wrap"] as const).flatMap((mode) => [
      { name: `${mode}, both spatial axes`, inputs: [image, ints(0, 0, 3, 1, 0, 0, 1, 4)], attrs: { mode } },
      {
        name: `${mode}, one side, width 1`,
        inputs: [data([2, 3]), ints(0, 1, 0, 0)],
        attrs: { mode },
        symbolic: ["N", 4],
      },
      { name: `${mode}, only the end`, inputs: [data([2, 3]), ints(0, 0, 0, 2)], attrs: { mode } },
    ]),
    { name: "edge, axis of size 1", inputs: [data([2, 1]), ints(0, 2, 0, 3)], attrs: { mode: "edge" } },
    { name: "edge, crop and pad", inputs: [data([2, 5]), ints(0, -1, 0, 2)], attrs: { mode: "edge" } },
    { name: "reflect, crop and pad", inputs: [data([2, 5]), ints(0, 2, 0, -1)], attrs: { mode: "reflect" } },
    { name: "edge, a free axis", inputs: [data([3, 2]), ints(1, 0, 2, 0)], attrs: { mode: "edge" } },
    {
      name: "wrap, wider than the axis",
      inputs: [data([2, 3]), ints(0, 7, 0, 5)],
      attrs: { mode: "wrap" },
      noOrt: "ONNX Runtime up to 1.30 leaves zeros beyond one turn (microsoft/onnxruntime#32725)",
    },
    {
      name: "integers",
      inputs: [data([2, 3], { dtype: "int64", range: [-5, 5] }), ints(0, 1, 0, 1), constant([], [9], "int64")],
    },
  ],
} as const satisfies OpCases;
