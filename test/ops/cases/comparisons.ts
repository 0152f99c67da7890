/** @file Cases of comparison, logic, selection, casts and integer arithmetic. */
import { constant, data, fixed, type InputSpec, ints, type OpCase, type OpCases } from "../cases.ts";

const pair = (a: InputSpec, b: InputSpec): OpCase["inputs"] => [a, b];
const few = (dims: readonly number[]): InputSpec => data(dims, { choices: [-1, 0, 1] });
const truth = (dims: readonly number[]): InputSpec => data(dims, { dtype: "bool", choices: [0, 1] });
const bytes = (dims: readonly number[], range: readonly [number, number] = [0, 255]): InputSpec =>
  data(dims, { dtype: "uint8", range });

const compare: readonly OpCase[] = [
  { name: "floats with ties", inputs: pair(few([3, 4]), few([3, 4])), symbolic: [3, 4] },
  { name: "broadcast", inputs: pair(few([3, 4]), few([4])), symbolic: ["N", 4] },
  {
    name: "NaN and infinities",
    inputs: pair(
      fixed([4], [Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, 0]),
      fixed([4], [Number.NaN, 1, Number.POSITIVE_INFINITY, -0]),
    ),
    batched: [],
  },
  { name: "content", inputs: pair(ints(1, 2, 3), ints(2)) },
];
const logic: readonly OpCase[] = [
  { name: "booleans", inputs: pair(truth([3, 4]), truth([3, 4])) },
  { name: "broadcast", inputs: pair(truth([3, 4]), truth([1])), symbolic: ["N", 4] },
];
const bits: readonly OpCase[] = [
  { name: "bytes", inputs: pair(bytes([2, 3]), bytes([3])), symbolic: ["N", 3] },
  {
    name: "signed",
    inputs: pair(data([6], { dtype: "int64", range: [-100, 100] }), data([6], { dtype: "int64", range: [-100, 100] })),
    batched: [],
  },
];

export const comparisons = {
  Equal: [...compare, { name: "booleans", inputs: pair(truth([5]), truth([5])) }],
  Greater: compare,
  GreaterOrEqual: compare,
  Less: compare,
  LessOrEqual: compare,
  And: logic,
  Or: logic,
  Xor: logic,
  Not: [
    { name: "booleans", inputs: [truth([2, 3])], symbolic: ["N", 3] },
    { name: "content", inputs: [constant([2], [0, 1], "bool")], expect: [[1, 0]] },
  ],
  IsNaN: [{ name: "NaN", inputs: [fixed([3], [Number.NaN, 1, Number.NEGATIVE_INFINITY])], expect: [[1, 0, 0]] }],
  IsInf: [
    {
      name: "both",
      inputs: [fixed([4], [Number.NaN, 1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])],
      expect: [[0, 0, 1, 1]],
    },
    {
      name: "positive only",
      inputs: [fixed([2], [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])],
      attrs: { detect_negative: 0 },
      expect: [[0, 1]],
    },
  ],
  Where: [
    {
      name: "same shapes",
      inputs: [truth([2, 3]), data([2, 3]), data([2, 3])],
      batched: [0, 1, 2],
      symbolic: ["N", 3],
    },
    { name: "broadcast", inputs: [truth([2, 1, 3]), data([4, 1]), data([])], symbolic: ["N", 4, 3] },
    {
      name: "masked fill",
      inputs: [truth([2, 3]), constant([], [-1e4]), data([2, 3])],
      diff: [2],
      batched: [0, 2],
      symbolic: ["N", 3],
    },
    { name: "content", inputs: [constant([2], [0, 1], "bool"), ints(7), ints(4, 5)], expect: [[4, 7]] },
  ],
  Cast: [
    { name: "float to double", inputs: [data([2, 3])], attrs: { to: 11 }, symbolic: ["N", 3] },
    { name: "double to float", inputs: [data([2, 3], { dtype: "float64" })], attrs: { to: 1 } },
    {
      name: "float to integer truncates",
      inputs: [fixed([4], [1.9, -1.9, 0.5, -0.5])],
      attrs: { to: 7 },
      diff: [],
      expect: [[1, -1, 0, 0]],
    },
    {
      name: "float to bool",
      inputs: [fixed([4], [0, -0, 0.3, -2])],
      attrs: { to: 9 },
      diff: [],
      expect: [[0, 0, 1, 1]],
    },
    { name: "integer to float", inputs: [data([3], { dtype: "int64", range: [-9, 9] })], attrs: { to: 1 } },
    { name: "content to int32", inputs: [ints(3, 4)], attrs: { to: 6 }, expect: [[3, 4]] },
    { name: "content to bool", inputs: [ints(3, 0)], attrs: { to: 9 }, expect: [[1, 0]] },
  ],
  CastLike: [
    { name: "to double", inputs: [data([2, 3]), constant([1], [0], "float64")], diff: [0] },
    { name: "to integer", inputs: [data([2, 3]), ints(1)], diff: [] },
  ],
  BitwiseAnd: bits,
  BitwiseOr: bits,
  BitwiseXor: bits,
  BitwiseNot: [
    { name: "bytes", inputs: [bytes([2, 3])] },
    { name: "signed", inputs: [data([4], { dtype: "int32", range: [-100, 100] })] },
  ],
  BitShift: [
    { name: "left drops bits", inputs: pair(bytes([2, 3]), bytes([3], [0, 7])), attrs: { direction: "LEFT" } },
    { name: "right", inputs: pair(bytes([2, 3]), bytes([3], [0, 7])), attrs: { direction: "RIGHT" } },
  ],
} as const satisfies OpCases;
