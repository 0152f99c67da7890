/** @file Cases of mathematical functions of one value. Sampling domains keep clear of poles and kinks. */
import { data, fixed, ints, type OpCase, type OpCases } from "../cases.ts";

const on = (low: number, high: number): readonly OpCase[] => [
  { name: `on [${low}, ${high})`, inputs: [data([3, 2, 4], { range: [low, high] })], symbolic: ["N", 2, 4] },
  { name: "scalar", inputs: [data([], { range: [low, high] })] },
];
const away: readonly number[] = [-1.9, -1.3, -0.7, -0.2, 0.3, 0.8, 1.4];
const steps: readonly OpCase[] = [
  {
    name: "between the steps",
    inputs: [data([3, 5], { choices: away })],
    symbolic: ["N", 5],
  },
];

export const unaryMath: OpCases = {
  Neg: [...on(-2, 2), { name: "content", inputs: [ints(2, -3)], expect: [[-2, 3]] }],
  Abs: [
    { name: "away from 0", inputs: [data([3, 5], { choices: away })] },
    {
      name: "kink: no gradient at 0",
      inputs: [fixed([3], [-1, 0, 2])],
      diff: [],
      expect: [[1, 0, 2]],
      gradient: { dy: [5, 6, 7], dx: { 0: [-5, 0, 7] } },
    },
    { name: "integers", inputs: [fixed([2], [-3, 4], "int32")], expect: [[3, 4]] },
  ],
  Sign: [...steps, { name: "at 0", inputs: [fixed([3], [-2, 0, 3])], diff: [], expect: [[-1, 0, 1]] }],
  Floor: [
    ...steps,
    { name: "whole and negative", inputs: [fixed([3], [-1.5, 2, 2.9])], diff: [], expect: [[-2, 2, 2]] },
  ],
  Ceil: [
    ...steps,
    { name: "whole and negative", inputs: [fixed([3], [-1.5, 2, 2.1])], diff: [], expect: [[-1, 2, 3]] },
  ],
  Round: [
    ...steps,
    {
      name: "halves go to the even neighbour",
      inputs: [fixed([8], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49999997, 2.6])],
      diff: [],
      expect: [[-2, -2, 0, 0, 2, 2, 0, 3]],
    },
  ],
  Exp: on(-2, 2),
  Log: on(0.2, 3),
  Sqrt: on(0.2, 3),
  Reciprocal: [...on(0.3, 3), ...on(-3, -0.3)],
  Erf: [
    ...on(-3, 3),
    {
      name: "known values",
      inputs: [fixed([5], [0, 0.5, -1, 3, 7])],
      diff: [],
      expect: [[0, 0.5204998778130465, -0.8427007929497149, 0.9999779095030014, 1]],
    },
  ],
  Sin: on(-4, 4),
  Cos: on(-4, 4),
  Tan: on(-1, 1),
  Asin: on(-0.8, 0.8),
  Acos: on(-0.8, 0.8),
  Atan: on(-3, 3),
  Sinh: on(-2, 2),
  Cosh: on(-2, 2),
  Asinh: on(-3, 3),
  Acosh: on(1.3, 4),
  Atanh: on(-0.8, 0.8),
};
