/** @file Cases of the ops that leave elements in place or permute them. */
import { constant, data, fixed, ints, type OpCases } from "../cases.ts";

export const reshapes = {
  Reshape: [
    { name: "to a vector per image", inputs: [data([2, 3, 4]), ints(0, -1)], symbolic: ["N", 12] },
    { name: "-1 takes the batch", inputs: [data([2, 3, 4]), ints(-1, 12)], symbolic: ["N", 12] },
    { name: "batch folded with another axis", inputs: [data([2, 3, 4]), ints(-1, 4)], symbolic: ["3*N", 4] },
    { name: "0 copies by position", inputs: [data([2, 6, 1, 1]), ints(0, 2, 3)], symbolic: ["N", 2, 3] },
    { name: "channel shuffle", inputs: [data([1, 6, 2, 2]), ints(0, 3, 2, 2, 2)] },
    { name: "allowzero", inputs: [data([0, 3]), ints(3, 0)], attrs: { allowzero: 1 }, batched: [] },
    { name: "empty", inputs: [data([0, 3]), ints(-1, 3)] },
    { name: "to a scalar", inputs: [data([1, 1]), ints()], batched: [] },
    { name: "target is data", inputs: [data([2, 6]), fixed([2], [3, 4], "int64")], dataDependent: true },
    { name: "integers with content", inputs: [constant([], [7], "int64"), ints(-1)], expect: [[7]] },
  ],
  Flatten: [
    { name: "default axis", inputs: [data([2, 3, 4])], symbolic: ["N", 12] },
    { name: "axis 0", inputs: [data([2, 3])], attrs: { axis: 0 }, symbolic: [1, "3*N"] },
    { name: "negative axis", inputs: [data([2, 3, 4])], attrs: { axis: -1 }, symbolic: ["3*N", 4] },
    { name: "empty", inputs: [data([0, 3, 2])] },
  ],
  Squeeze: [
    { name: "axes", inputs: [data([2, 1, 3, 1]), ints(1, -1)], symbolic: ["N", 3] },
    { name: "every axis of size 1", inputs: [data([2, 1, 3, 1])], symbolic: ["N", 3] },
    { name: "content", inputs: [ints(5), ints(0)], expect: [[5]] },
  ],
  Unsqueeze: [
    { name: "axes, unordered and negative", inputs: [data([2, 3]), ints(-1, 1)], symbolic: ["N", 1, 3, 1] },
    { name: "of a scalar", inputs: [data([]), ints(0)], batched: [] },
  ],
  Identity: [{ name: "data", inputs: [data([2, 3])], symbolic: ["N", 3] }],
  Dropout: [
    { name: "inference", inputs: [data([2, 3])], symbolic: ["N", 3] },
    {
      name: "with ratio, mode and mask",
      inputs: [data([2, 3]), constant([], [0.9]), constant([], [0], "bool")],
      outputs: 2,
      diff: [0],
      cotangents: [0],
      expect: [null, [1, 1, 1, 1, 1, 1]],
    },
  ],
  Transpose: [
    { name: "reversed by default", inputs: [data([2, 3, 4])], symbolic: [4, 3, "N"] },
    { name: "nchw to nhwc", inputs: [data([2, 3, 4, 5])], attrs: { perm: [0, 2, 3, 1] }, symbolic: ["N", 4, 5, 3] },
    { name: "a cycle", inputs: [data([2, 3, 4])], attrs: { perm: [1, 2, 0] } },
    { name: "empty", inputs: [data([0, 3])] },
  ],
  Expand: [
    { name: "axes of size 1", inputs: [data([2, 1, 3]), ints(2, 4, 3)] },
    { name: "1 in the target keeps the axis", inputs: [data([2, 1, 3]), ints(1, 4, 1)], symbolic: ["N", 4, 3] },
    { name: "more axes", inputs: [data([3, 1]), ints(2, 3, 4)], batched: [] },
    { name: "target is data", inputs: [data([2, 1]), fixed([2], [2, 3], "int64")], dataDependent: true },
    { name: "content", inputs: [ints(4), ints(3)], expect: [[4, 4, 4]] },
  ],
  Tile: [
    { name: "two axes", inputs: [data([2, 3, 2]), ints(1, 2, 3)], symbolic: ["N", 6, 6] },
    { name: "the batch", inputs: [data([2, 3]), ints(3, 1)], symbolic: ["3*N", 3] },
    { name: "all ones", inputs: [data([2, 3]), ints(1, 1)] },
    { name: "zero times", inputs: [data([2, 3]), ints(1, 0)] },
    { name: "repeats are data", inputs: [data([2, 3]), fixed([2], [2, 1], "int64")], dataDependent: true },
  ],
  DepthToSpace: [
    { name: "DCR", inputs: [data([2, 8, 2, 3])], attrs: { blocksize: 2, mode: "DCR" }, symbolic: ["N", 2, 4, 6] },
    { name: "CRD", inputs: [data([2, 8, 2, 3])], attrs: { blocksize: 2, mode: "CRD" }, symbolic: ["N", 2, 4, 6] },
  ],
  SpaceToDepth: [
    { name: "blocks of 2", inputs: [data([2, 3, 4, 6])], attrs: { blocksize: 2 }, symbolic: ["N", 12, 2, 3] },
  ],
} as const satisfies OpCases;
