/** @file Every rule of linear layers against its closed form on explicit matrices, written out apart; for every kind of layer. */
import { describe, expect, it } from "vitest";
import { findComposite } from "../../src/rules/composites.ts";
import { float64, relativeError, sizeOf, wave } from "../nets.ts";
import { betweenRelus, type LayerCase, matricesOf, modelOf, relevanceOf } from "./layer.ts";
import { apply, type Case, EPS, ORACLES, p, plus, type Vec } from "./oracles.ts";

const conv = (
  name: string,
  spatial: readonly number[],
  attrs: Readonly<Record<string, number | readonly number[]>>,
  { kernel = 3, group = 1, bias = true } = {},
): LayerCase => ({
  name,
  dims: [1, 4, ...spatial],
  weight: [6, 4 / group, ...spatial.map(() => kernel)],
  bias: bias ? [6] : null,
  build: ({ g, x }, w, b) => g.op("Conv", [x, w, b], { group, ...attrs }),
});
const LAYERS: readonly LayerCase[] = [
  {
    name: "Gemm",
    dims: [1, 7],
    weight: [5, 7],
    bias: [5],
    build: ({ g, x }, w, b) => g.op("Gemm", [x, w, b], { transB: 1 }),
  },
  {
    name: "Gemm with alpha -0.5, beta 2",
    dims: [1, 7],
    weight: [7, 5],
    bias: [5],
    build: ({ g, x }, w, b) => g.op("Gemm", [x, w, b], { alpha: { float: -0.5 }, beta: { float: 2 } }),
  },
  { name: "MatMul", dims: [1, 7], weight: [7, 5], bias: null, build: ({ g, x }, w) => g.op("MatMul", [x, w]) },
  {
    name: "MatMul of tokens, bias added apart",
    dims: [1, 3, 4],
    weight: [4, 5],
    bias: [5],
    build: ({ g, x }, w, b) => (b ? g.op("Add", [g.op("MatMul", [x, w]), b]) : g.op("MatMul", [x, w])),
  },
  {
    name: "MatMul, weights first",
    dims: [1, 4, 3],
    weight: [5, 4],
    bias: null,
    build: ({ g, x }, w) => g.op("MatMul", [w, x]),
  },
  conv("Conv1d", [6], { pads: [1, 1] }),
  conv("Conv2d", [4, 5], { pads: [1, 1, 1, 1] }),
  conv("Conv2d without bias", [4, 5], {}, { bias: false }),
  conv("Conv2d, stride 2", [5, 5], { pads: [1, 1, 1, 1], strides: [2, 2] }),
  conv("Conv2d, dilation 2", [5, 5], { pads: [2, 2, 2, 2], dilations: [2, 2] }),
  conv("Conv2d, 2 groups", [4, 4], { pads: [1, 1, 1, 1] }, { group: 2 }),
  conv("Conv2d 1x1", [3, 3], {}, { kernel: 1 }),
  conv("Conv3d", [3, 3, 3], { pads: [1, 1, 1, 1, 1, 1] }),
  {
    name: "ConvTranspose2d, stride 2",
    dims: [1, 4, 3, 3],
    weight: [4, 6, 3, 3],
    bias: [6],
    build: ({ g, x }, w, b) => g.op("ConvTranspose", [x, w, b], { strides: [2, 2], pads: [1, 1, 1, 1] }),
  },
];

const magnitude = (values: Float32Array): Float32Array => values.map(Math.abs);

describe.each(LAYERS.map((l) => [l.name, l] as const))("%s", (_, layer) => {
  const weights = wave(sizeOf(layer.weight), 11);
  const bias = layer.bias && wave(sizeOf(layer.bias), 12);
  const matrices = matricesOf(layer, weights, bias);
  const model = modelOf(layer, weights, bias);
  for (const [rule, oracle] of Object.entries(ORACLES)) {
    it.each(["signed", "non-negative"])(`${rule}, %s inputs`, (sign) => {
      // excitation is defined on what an activation gives
      const drawn = wave(sizeOf(layer.dims), 13);
      const x = sign === "signed" && !rule.includes("excitation") ? drawn : magnitude(drawn);
      const outputs = matrices.b.length;
      const y = model.graph.outputs[0]?.dims as readonly number[];
      const r = wave(outputs, 14);
      // zbox takes one level for all channels here
      const { relevance, ledger } = relevanceOf(model, {
        composite: findComposite(rule),
        x: float64(layer.dims, x),
        start: float64(y, r),
      });
      const want = oracle({ ...matrices, x: Array.from(x), r: Array.from(r) });
      expect(relativeError(relevance, want)).toBeLessThan(1e-6);
      const [entry] = ledger.filter((e) => e.rule === rule || e.rule.startsWith(rule.split(":")[0] as string));
      const lost = (entry?.received as number) - (entry?.passed as number);
      expect(entry?.received).toBeCloseTo(
        r.reduce((s, v) => s + v, 0),
        4,
      );
      expect(entry?.passed).toBeCloseTo(
        want.reduce((s, v) => s + v, 0),
        3,
      );
      expect(lost).toBeCloseTo((entry?.bias as number) + (entry?.stabilizer as number) + (entry?.dead as number), 3);
    });
  }

  // what the evaluator leaves out when signs are known must not be missed
  it.each(Object.keys(ORACLES).filter((rule) => rule !== "zbox"))("%s, between two Relus", (rule) => {
    const between = betweenRelus(layer, weights, bias);
    const x = wave(sizeOf(layer.dims), 15);
    const { relevance } = relevanceOf(between, {
      composite: findComposite(rule),
      x: float64(layer.dims, x),
      start: float64([1, 1], [2]),
    });
    const active = Array.from(x, p);
    const y = plus(apply(matrices.w, active), matrices.b).map(p);
    const total = y.reduce((s, v) => s + v, 0);
    const want = (ORACLES[rule] as (c: Case) => Vec)({
      ...matrices,
      x: active,
      r: y.map((v) => (2 * v) / (total + EPS)),
    });
    expect(relativeError(relevance, want)).toBeLessThan(1e-6);
  });
});
