/** @file Cases of Resize and Einsum. */

import type { Attrs } from "../../../src/graph/types.ts";
import { float } from "../../../src/graph/types.ts";
import { constant, data, fixed, ints, type OpCase, type OpCases } from "../cases.ts";

const scales = (...values: number[]) => constant([values.length], values);
const by = (factors: readonly number[], attrs: Attrs, extra: Partial<OpCase> = {}): OpCase => ({
  name: `by [${factors}] ${JSON.stringify(attrs)}`,
  inputs: [data([2, 3, 4, 5]), null, scales(...factors)],
  attrs,
  ...extra,
});
const to = (sizes: readonly number[], attrs: Attrs, extra: Partial<OpCase> = {}): OpCase => ({
  name: `to [${sizes}] ${JSON.stringify(attrs)}`,
  inputs: [data([2, 3, 4, 5]), null, null, ints(...sizes)],
  attrs,
  batched: [],
  ...extra,
});
const TRANSFORMS = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric"] as const;
const ROUNDINGS = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"] as const;

const nearest: readonly OpCase[] = [
  ...TRANSFORMS.flatMap((coordinate_transformation_mode) =>
    ROUNDINGS.map((nearest_mode) =>
      by([1, 1, 2, 1.6], { mode: "nearest", coordinate_transformation_mode, nearest_mode }),
    ),
  ),
  by(
    [1, 1, 2, 2],
    { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
    { symbolic: ["N", 3, 8, 10] },
  ),
  by([1, 1, 3, 1], {}, { symbolic: ["N", 3, 12, 5] }),
  by([1, 1, 0.5, 0.6], { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }),
  to([2, 3, 7, 2], { nearest_mode: "floor", coordinate_transformation_mode: "asymmetric" }),
  {
    name: "by 2 along a line",
    inputs: [fixed([1, 1, 3], [1, 2, 3]), null, scales(1, 1, 2)],
    expect: [[1, 1, 2, 2, 3, 3]],
  },
  {
    name: "in three dimensions",
    inputs: [data([1, 2, 2, 3, 2]), null, scales(1, 1, 2, 2, 3)],
    symbolic: ["N", 2, 4, 6, 6],
  },
  {
    name: "axes",
    inputs: [data([2, 3, 4, 5]), null, scales(2, 3)],
    attrs: { axes: [2, 3] },
    symbolic: ["N", 3, 8, 15],
  },
  { name: "unchanged", inputs: [data([2, 3, 4, 5]), null, scales(1, 1, 1, 1)], symbolic: ["N", 3, 4, 5] },
  { name: "the leading axes", inputs: [data([2, 3, 4]), null, scales(2, 1.5, 1)], batched: [] },
];
const linear: readonly OpCase[] = [
  ...TRANSFORMS.flatMap((coordinate_transformation_mode) => [
    by([1, 1, 2, 1.6], { mode: "linear", coordinate_transformation_mode }),
    by([1, 1, 0.5, 0.6], { mode: "linear", coordinate_transformation_mode }),
    to([2, 3, 7, 1], { mode: "linear", coordinate_transformation_mode }),
  ]),
  {
    name: "linear, axes and sizes",
    inputs: [data([2, 3, 4, 5]), null, null, ints(9, 3)],
    attrs: { mode: "linear", axes: [2, 3] },
    symbolic: ["N", 3, 9, 3],
  },
  {
    name: "linear along a line",
    inputs: [fixed([1, 1, 2], [0, 4]), null, scales(1, 1, 2)],
    attrs: { mode: "linear" },
    expect: [[0, 1, 3, 4]],
  },
  {
    name: "linear, channels last",
    inputs: [data([2, 4, 5, 3]), null, scales(1, 2, 1.6, 1)],
    attrs: { mode: "linear" },
    symbolic: ["N", 8, 8, 3],
  },
  {
    name: "keep the aspect ratio: inside",
    inputs: [data([1, 1, 4, 6]), null, null, ints(7, 8)],
    attrs: { mode: "linear", axes: [2, 3], keep_aspect_ratio_policy: "not_larger" },
    symbolic: ["N", 1, 5, 8],
  },
  {
    name: "keep the aspect ratio: around",
    inputs: [data([1, 1, 4, 6]), null, null, ints(7, 8)],
    attrs: { mode: "linear", axes: [2, 3], keep_aspect_ratio_policy: "not_smaller" },
    symbolic: ["N", 1, 7, 11],
  },
];
const cubic: readonly OpCase[] = [
  ...TRANSFORMS.map((coordinate_transformation_mode) =>
    by([1, 1, 2, 1.6], { mode: "cubic", coordinate_transformation_mode }),
  ),
  by([1, 1, 0.5, 0.6], { mode: "cubic", cubic_coeff_a: float(-0.5) }),
  by([1, 1, 2, 2], { mode: "cubic", exclude_outside: 1 }),
  to([2, 3, 7, 3], { mode: "cubic", coordinate_transformation_mode: "align_corners" }),
];

const einsum = (equation: string, shapes: readonly (readonly number[])[], extra: Partial<OpCase> = {}): OpCase => ({
  name: equation,
  inputs: shapes.map((dims) => data(dims)),
  attrs: { equation },
  ...extra,
});

export const resizing: OpCases = {
  // scales are numbers of the format, not data
  Resize: [...nearest, ...linear, ...cubic].map((c) => ({ ...c, diff: [0] })),
  Einsum: [
    einsum(
      "ij,jk->ik",
      [
        [2, 3],
        [3, 4],
      ],
      { symbolic: ["N", 4] },
    ),
    einsum(
      "bhid, bhjd -> bhij",
      [
        [2, 2, 3, 4],
        [2, 2, 5, 4],
      ],
      { batched: [0, 1], symbolic: ["N", 2, 3, 5] },
    ),
    einsum("ij,kj", [
      [2, 3],
      [4, 3],
    ]),
    einsum(
      "...ij,...jk->...ik",
      [
        [2, 2, 3],
        [2, 3, 4],
      ],
      { batched: [0, 1], symbolic: ["N", 2, 4] },
    ),
    einsum(
      "...ij,...jk->...ik",
      [
        [2, 2, 3],
        [1, 3, 4],
      ],
      { name: "ellipses that broadcast", symbolic: ["N", 2, 4] },
    ),
    einsum(
      "...ij,...jk->...ik",
      [
        [2, 2, 2, 3],
        [2, 3, 4],
      ],
      { name: "ellipses of different length", noOrt: "it wants ellipses of one length" },
    ),
    einsum("b...->...b", [[2, 3, 4]], { symbolic: [3, 4, "N"] }),
    einsum("ij->ji", [[2, 3]], { symbolic: [3, "N"] }),
    einsum("ij->i", [[2, 3]], { symbolic: ["N"] }),
    einsum(
      "ij,jk->",
      [
        [2, 3],
        [3, 4],
      ],
      { name: "to a number" },
    ),
    einsum("i,j->ij", [[2], [3]], { symbolic: ["N", 3] }),
    einsum(
      "bi,oi,bo->b",
      [
        [2, 3],
        [4, 3],
        [2, 4],
      ],
      { name: "three inputs", batched: [0, 2] },
    ),
    einsum(
      "bij,bjk->bik",
      [
        [2, 2, 3],
        [2, 3, 4],
      ],
      { batched: [0, 1], symbolic: ["N", 2, 4] },
    ),
  ],
};
