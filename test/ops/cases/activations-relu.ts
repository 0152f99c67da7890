/** @file Cases of Relu, and an example of how cases are written. */
import { data, fixed, type OpCases } from "../cases.ts";

export const relu = {
  Relu: [
    { name: "batch of vectors", inputs: [data([3, 5])], symbolic: ["N", 5] },
    {
      name: "kink: no gradient at 0",
      inputs: [fixed([4], [-1, 0, -0, 2])],
      diff: [],
      expect: [[0, 0, 0, 2]],
      gradient: { dy: [1, 2, 3, 4], dx: { 0: [0, 0, 0, 4] } },
    },
    { name: "empty", inputs: [data([0, 3])] },
  ],
} as const satisfies OpCases;
