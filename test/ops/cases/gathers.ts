/** @file Cases of Gather, Scatter and their kin. */
import { constant, data, fixed, ints, type OpCases, scalar, weight } from "../cases.ts";

export const gathers = {
  Gather: [
    {
      name: "scalar index drops the axis",
      inputs: [data([2, 5, 3]), scalar(0, "int64")],
      attrs: { axis: 1 },
      symbolic: ["N", 3],
    },
    { name: "negative scalar index", inputs: [data([2, 5, 3]), scalar(-1, "int64")], attrs: { axis: 1 } },
    { name: "a run", inputs: [data([2, 5]), ints(1, 2, 3)], attrs: { axis: 1 }, symbolic: ["N", 3] },
    { name: "duplicates", inputs: [data([2, 5]), ints(3, 0, 3, -2, 1)], attrs: { axis: 1 } },
    { name: "many duplicates", inputs: [data([2, 3, 2]), ints(1, 1, 1, 1, 1, 1, 0)], attrs: { axis: 1 } },
    { name: "a permutation", inputs: [data([2, 4]), ints(2, 0, 3, 1)], attrs: { axis: -1 } },
    {
      name: "matrix of indices",
      inputs: [data([2, 4, 2]), constant([2, 3], [0, 1, 3, 3, 2, 0], "int64")],
      attrs: { axis: 1 },
      symbolic: ["N", 2, 3, 2],
    },
    { name: "from the batch", inputs: [data([4, 3]), ints(1, 1)], symbolic: [2, 3] },
    {
      name: "embedding, indices are data",
      inputs: [weight([6, 3]), data([2, 4], { dtype: "int64", choices: [0, 1, 5, -1] })],
      batched: [1],
      symbolic: ["N", 4, 3],
    },
    {
      name: "indices are data, inner axis",
      inputs: [data([2, 4, 2]), data([3], { dtype: "int64", choices: [0, 2, 3] })],
      attrs: { axis: 1 },
    },
    { name: "no indices", inputs: [data([2, 4]), ints()], attrs: { axis: 1 }, symbolic: ["N", 0] },
    { name: "content by scalar", inputs: [ints(4, 5, 6), scalar(-1, "int64")], expect: [[6]] },
    { name: "content by vector", inputs: [ints(4, 5, 6), ints(2, 0)], expect: [[6, 4]] },
  ],
  GatherElements: [
    {
      name: "with duplicates",
      inputs: [data([2, 4]), constant([2, 3], [0, 3, 3, -1, 1, -1], "int64")],
      attrs: { axis: 1 },
      batched: [],
    },
    { name: "axis 0", inputs: [data([3, 2]), constant([1, 2], [2, 0], "int64")], batched: [] },
  ],
  GatherND: [
    {
      name: "elements, with duplicates",
      inputs: [data([3, 4]), constant([3, 2], [0, 1, 2, 3, 0, 1], "int64")],
      batched: [],
      symbolic: [3],
    },
    { name: "rows", inputs: [data([3, 4]), constant([2, 1], [-1, 0], "int64")], symbolic: [2, 4] },
    {
      name: "batch_dims",
      inputs: [data([2, 3, 4]), constant([2, 2, 1], [2, 0, 1, 1], "int64")],
      attrs: { batch_dims: 1 },
      batched: [],
    },
  ],
  ScatterElements: [
    {
      name: "replace",
      inputs: [data([3, 4]), constant([3, 2], [0, 3, 1, -2, 2, 0], "int64"), data([3, 2])],
      attrs: { axis: 1 },
      batched: [],
    },
    {
      name: "add, duplicates",
      inputs: [data([2, 3]), constant([2, 3], [0, 0, 2, 1, 1, 1], "int64"), data([2, 3])],
      attrs: { axis: 1, reduction: "add" },
      batched: [],
    },
  ],
  ScatterND: [
    {
      name: "replace elements",
      inputs: [data([3, 4]), constant([2, 2], [0, 1, 2, -1], "int64"), data([2])],
      batched: [],
    },
    {
      name: "replace rows",
      inputs: [data([3, 4]), constant([2, 1], [2, 0], "int64"), data([2, 4])],
      symbolic: ["N", 4],
    },
    {
      name: "add rows, duplicates",
      inputs: [data([3, 4]), constant([3, 1], [2, 0, 2], "int64"), data([3, 4])],
      attrs: { reduction: "add" },
    },
    { name: "replace one of a feed", inputs: [fixed([3], [1, 2, 3]), constant([1, 1], [1], "int64"), data([1])] },
  ],
} as const satisfies OpCases;
