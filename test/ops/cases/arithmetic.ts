/** @file Cases of the element-wise arithmetic: equal shapes, broadcasts on either side, constants, ties of Max and Min. */
import { constant, data, fixed, type OpCase, type OpCases, scalar, weight } from "../cases.ts";

const positive = { range: [0.5, 3] } as const;
const away = { choices: [-2.5, -1.5, -0.75, 0.5, 1.25, 2] } as const;

/** What every binary op must do; `right` keeps the second operand where the op is smooth. */
const binary = (left: object, right: object): readonly OpCase[] => [
  {
    name: "equal shapes",
    inputs: [data([2, 3, 4], left), data([2, 3, 4], right)],
    batched: [0, 1],
    symbolic: ["N", 3, 4],
  },
  { name: "row against matrix", inputs: [data([2, 3, 4], left), data([4], right)] },
  {
    name: "column on the left",
    inputs: [data([3, 1], left), data([2, 1, 4], right)],
    batched: [1],
    symbolic: ["N", 3, 4],
  },
  { name: "both broadcast", inputs: [data([2, 1, 4], left), data([3, 1], right)] },
  {
    name: "constant channel factor",
    inputs: [data([2, 3, 2, 2], left), weight([3, 1, 1], right)],
    symbolic: ["N", 3, 2, 2],
  },
  { name: "scalar", inputs: [data([2, 3], left), scalar(1.5)], symbolic: ["N", 3] },
  { name: "scalars", inputs: [data([], left), data([], right)], batched: [] },
  { name: "empty", inputs: [data([0, 3], left), data([3], right)] },
];

const integers = { dtype: "int64", range: [-9, 9] } as const;
const nonZero = { dtype: "int64", choices: [-3, -2, 1, 2, 4] } as const;

/** What Max and Min must do beside smooth points: the first of several equal inputs takes the cotangent. */
const extremum = (expect: readonly number[], dx: readonly (readonly number[])[]): readonly OpCase[] => [
  { name: "two", inputs: [data([2, 3, 4]), data([2, 3, 4])], batched: [0, 1], symbolic: ["N", 3, 4] },
  { name: "three, broadcast", inputs: [data([2, 3, 4]), data([4]), data([3, 1])] },
  { name: "one", inputs: [data([2, 3])], symbolic: ["N", 3] },
  {
    name: "ties",
    diff: [],
    batched: [],
    expect: [expect],
    inputs: [fixed([4], [1, 2, 3, 0]), fixed([4], [1, 3, 2, 0]), fixed([4], [1, 3, 3, -1])],
    gradient: { dy: [1, 2, 3, 4], dx: { 0: dx[0] ?? [], 1: dx[1] ?? [], 2: dx[2] ?? [] } },
  },
];

const several: readonly OpCase[] = [
  { name: "one", inputs: [data([2, 3])], symbolic: ["N", 3] },
  { name: "three", inputs: [data([2, 3]), data([2, 3]), data([2, 3])], batched: [0, 1, 2], symbolic: ["N", 3] },
  { name: "broadcast", inputs: [data([2, 3, 4]), data([1]), data([3, 1])] },
];

export const arithmetic = {
  Add: [...binary({}, {}), { name: "integers", inputs: [data([2, 3], integers), data([3], integers)], diff: [] }],
  Sub: [...binary({}, {}), { name: "integers", inputs: [data([2, 3], integers), data([3], integers)], diff: [] }],
  Mul: [
    ...binary({}, {}),
    { name: "square", inputs: [data([2, 3]), data([2, 3])], batched: [0, 1], symbolic: ["N", 3] },
    { name: "integers", inputs: [data([2, 3], integers), data([3], integers)], diff: [] },
  ],
  Div: [
    ...binary({}, away),
    {
      name: "integers truncate towards 0",
      inputs: [fixed([4], [7, -7, 7, -7], "int64"), fixed([4], [2, 2, -2, -2], "int64")],
      diff: [],
      batched: [],
      expect: [[3, -3, -3, 3]],
    },
  ],
  Pow: [
    ...binary(positive, {}),
    { name: "square of any sign", inputs: [data([2, 5]), constant([1], [2])], diff: [0], symbolic: ["N", 5] },
    { name: "cube of any sign", inputs: [data([2, 5]), scalar(3)], diff: [0], symbolic: ["N", 5] },
    { name: "negative exponent", inputs: [data([2, 5], away), scalar(-2)], diff: [0], symbolic: ["N", 5] },
    { name: "square root", inputs: [data([2, 5], positive), scalar(0.5)], diff: [0], symbolic: ["N", 5] },
    { name: "integer exponent", inputs: [data([2, 5]), scalar(2, "int64")], diff: [0], symbolic: ["N", 5] },
    {
      name: "square at 0",
      inputs: [fixed([3], [0, -1, 2]), scalar(2)],
      diff: [],
      batched: [],
      expect: [[0, 1, 4]],
      gradient: { dy: [1, 1, 1], dx: { 0: [0, -2, 4] } },
    },
    {
      name: "exponents 0 and 1 at 0",
      inputs: [fixed([2], [0, 0]), constant([2], [0, 1])],
      diff: [],
      batched: [],
      expect: [[1, 0]],
      gradient: { dy: [1, 1], dx: { 0: [0, 1] } },
    },
  ],
  Mod: [
    {
      name: "sign of the divisor",
      inputs: [fixed([4], [7, -7, 7, -7], "int64"), fixed([4], [3, 3, -3, -3], "int64")],
      diff: [],
      batched: [],
      expect: [[1, 2, -2, -1]],
    },
    {
      name: "fmod: sign of the dividend",
      inputs: [fixed([4], [7, -7, 7, -7]), fixed([4], [3, 3, -3, -3])],
      attrs: { fmod: 1 },
      diff: [],
      batched: [],
      expect: [[1, -1, 1, -1]],
    },
    { name: "broadcast", inputs: [data([2, 3], integers), data([3], nonZero)], diff: [] },
  ],
  Max: extremum(
    [1, 3, 3, 0],
    [
      [1, 0, 3, 4],
      [0, 2, 0, 0],
      [0, 0, 0, 0],
    ],
  ),
  Min: extremum(
    [1, 2, 2, -1],
    [
      [1, 2, 0, 0],
      [0, 0, 3, 0],
      [0, 0, 0, 4],
    ],
  ),
  Sum: several,
  Mean: several,
} as const satisfies OpCases;
