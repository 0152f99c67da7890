/** @file Cases of matrix products. */

import { float } from "../../../src/graph/types.ts";
import { data, type OpCases, weight } from "../cases.ts";

export const products = {
  Gemm: [
    { name: "plain", inputs: [data([2, 3]), data([3, 4])], symbolic: ["N", 4] },
    { name: "bias row", inputs: [data([2, 3]), weight([3, 4]), weight([4])], symbolic: ["N", 4] },
    {
      name: "linear layer",
      inputs: [data([2, 3]), weight([4, 3]), weight([4])],
      attrs: { transB: 1 },
      symbolic: ["N", 4],
    },
    {
      name: "bias matrix, alpha, beta",
      inputs: [data([2, 3]), data([3, 4]), data([2, 4])],
      attrs: { alpha: float(0.5), beta: float(-2) },
      batched: [0, 2],
    },
    {
      name: "bias column",
      inputs: [data([2, 3]), data([3, 4]), data([2, 1])],
      attrs: { beta: float(0.25) },
      batched: [],
    },
    { name: "bias scalar", inputs: [data([2, 3]), data([3, 4]), weight([])], attrs: { alpha: float(2) } },
    { name: "transA", inputs: [data([3, 2]), data([3, 4]), data([4])], attrs: { transA: 1 }, batched: [] },
    {
      name: "transA and transB",
      inputs: [data([3, 2]), data([4, 3])],
      attrs: { transA: 1, transB: 1, alpha: float(-1.5) },
      batched: [],
    },
  ],
  MatMul: [
    { name: "matrices", inputs: [data([2, 3]), data([3, 4])], symbolic: ["N", 4] },
    { name: "batches", inputs: [data([2, 5, 3]), data([2, 3, 4])], batched: [0, 1], symbolic: ["N", 5, 4] },
    { name: "weights", inputs: [data([2, 5, 3]), weight([3, 4])], symbolic: ["N", 5, 4] },
    { name: "batch against matrix on the left", inputs: [data([5, 3]), data([2, 3, 4])], batched: [1] },
    { name: "broadcast batches", inputs: [data([2, 1, 5, 3]), data([6, 3, 4])], symbolic: ["N", 6, 5, 4] },
    { name: "two vectors", inputs: [data([3]), data([3])], batched: [] },
    { name: "vector and matrix", inputs: [data([3]), data([3, 4])], batched: [] },
    { name: "matrix and vector", inputs: [data([2, 3]), data([3])], symbolic: ["N"] },
    { name: "vector and batch", inputs: [data([3]), data([2, 3, 4])], batched: [1] },
    { name: "batch and vector", inputs: [data([2, 5, 3]), data([3])], symbolic: ["N", 5] },
  ],
} as const satisfies OpCases;
