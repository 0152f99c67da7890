/** @file Cases of the ops that carry no data: shapes, constants, indices. */
import { tensor } from "../../../src/graph/tensor.ts";
import { float } from "../../../src/graph/types.ts";
import { constant, data, fixed, ints, type OpCases, scalar } from "../cases.ts";

export const constants = {
  Shape: [
    { name: "all", inputs: [data([2, 3, 4])], diff: [], expect: [[2, 3, 4]], symbolic: [3] },
    { name: "from start to end", inputs: [data([2, 3, 4])], attrs: { start: -2, end: -1 }, diff: [], expect: [[3]] },
    { name: "start alone", inputs: [data([2, 3, 4])], attrs: { start: 1 }, diff: [], expect: [[3, 4]] },
    { name: "of a scalar", inputs: [data([])], diff: [], batched: [] },
  ],
  Size: [{ name: "elements", inputs: [data([2, 3, 4])], diff: [], expect: [[24]], symbolic: [] }],
  ConstantOfShape: [
    { name: "zeros by default", inputs: [ints(2, 3)], expect: [[0, 0, 0, 0, 0, 0]] },
    {
      name: "a value",
      inputs: [ints(2)],
      attrs: { value: { tensor: tensor("float32", [1], [1.5]) } },
      expect: [[1.5, 1.5]],
    },
    {
      name: "integers with content",
      inputs: [ints(3)],
      attrs: { value: { tensor: tensor("int64", [1], [1]) } },
      expect: [[1, 1, 1]],
    },
    { name: "scalar", inputs: [ints()], expect: [[0]] },
    { name: "empty", inputs: [ints(0, 2)], expect: [[]] },
    { name: "shape is data", inputs: [fixed([2], [2, 1], "int64")], batched: [], dataDependent: true },
  ],
  Constant: [
    { name: "tensor", inputs: [], attrs: { value: { tensor: tensor("float32", [2], [1, 2]) } }, expect: [[1, 2]] },
    { name: "float", inputs: [], attrs: { value_float: float(0.5) }, expect: [[0.5]] },
    { name: "floats", inputs: [], attrs: { value_floats: { floats: [0.5, 2] } }, expect: [[0.5, 2]] },
    { name: "int", inputs: [], attrs: { value_int: 3 }, expect: [[3]] },
    { name: "ints", inputs: [], attrs: { value_ints: [3, 4] }, expect: [[3, 4]] },
  ],
  EyeLike: [
    { name: "square", inputs: [data([3, 3])], diff: [], symbolic: ["N", 3] },
    {
      name: "above the diagonal, other type",
      inputs: [data([2, 4])],
      attrs: { k: 1, dtype: 7 },
      diff: [],
      expect: [[0, 1, 0, 0, 0, 0, 1, 0]],
    },
  ],
  Range: [
    { name: "integers", inputs: [scalar(2, "int64"), scalar(9, "int64"), scalar(3, "int64")], expect: [[2, 5, 8]] },
    { name: "backwards", inputs: [scalar(3, "int64"), scalar(0, "int64"), scalar(-1, "int64")], expect: [[3, 2, 1]] },
    { name: "floats", inputs: [scalar(0), scalar(1), scalar(0.25)], diff: [], expect: [[0, 0.25, 0.5, 0.75]] },
    { name: "empty", inputs: [scalar(3, "int64"), scalar(3, "int64"), scalar(1, "int64")], expect: [[]] },
    {
      name: "limit is data",
      inputs: [scalar(0, "int64"), fixed([], [4], "int64"), scalar(1, "int64")],
      dataDependent: true,
    },
  ],
  OneHot: [
    {
      name: "last axis",
      inputs: [fixed([2, 2], [0, 2, -1, 5], "int64"), scalar(3, "int64"), constant([2], [0, 1])],
      diff: [],
      symbolic: ["N", 2, 3],
    },
    {
      name: "axis 1, other values",
      inputs: [fixed([2, 2], [0, 2, 1, 1], "int64"), ints(3), constant([2], [-1, 4])],
      attrs: { axis: 1 },
      diff: [],
      symbolic: ["N", 3, 2],
    },
  ],
  NonZero: [
    {
      name: "matrix",
      inputs: [fixed([2, 3], [0, 1, 0, 2, 0, 3])],
      diff: [],
      dataDependent: true,
      expect: [[0, 1, 1, 1, 0, 2]],
    },
  ],
} as const satisfies OpCases;
