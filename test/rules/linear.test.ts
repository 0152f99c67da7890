/** @file Every rule of linear layers against its closed form on explicit matrices, written out apart; for every kind of layer. */
import { describe, expect, it } from "vitest";
import { findComposite } from "../../src/rules/composites.ts";
import { float64, relativeError, sizeOf, wave } from "../nets.ts";
import { betweenRelus, type LayerCase, type Matrices, matricesOf, modelOf, relevanceOf } from "./layer.ts";

type Vec = readonly number[];
type Mat = readonly Vec[];
const EPS = 1e-6;

const apply = (w: Mat, x: Vec): number[] => w.map((row) => row.reduce((s, v, i) => s + v * (x[i] as number), 0));
const back = (w: Mat, r: Vec): number[] =>
  (w[0] as Vec).map((_, i) => w.reduce((s, row, o) => s + (row[i] as number) * (r[o] as number), 0));
const plus = (...v: readonly Vec[]): number[] =>
  (v[0] as Vec).map((_, i) => v.reduce((s, u) => s + (u[i] as number), 0));
const times = (a: Vec, b: Vec): number[] => a.map((v, i) => v * (b[i] as number));
const part =
  (f: (v: number) => number) =>
  (w: Mat): Mat =>
    w.map((row) => row.map(f));
const p = (v: number): number => Math.max(v, 0);
const n = (v: number): number => Math.min(v, 0);
const [wp, wn] = [part(p), part(n)];
const share = (r: Vec, z: Vec, eps = EPS): number[] =>
  r.map((v, i) => v / ((z[i] as number) + ((z[i] as number) >= 0 ? eps : -eps)));

interface Case extends Matrices {
  readonly x: Vec;
  readonly r: Vec;
}
/** The closed forms, as the papers write them. */
const ORACLES: Readonly<Record<string, (c: Case) => Vec>> = {
  "epsilon:0.1": ({ w, b, x, r }) => times(x, back(w, share(r, plus(apply(w, x), b), 0.1))),
  "z-plus": (c) => positive(c),
  "alpha-beta:2,1": (c) =>
    plus(
      positive(c).map((v) => 2 * v),
      negative(c).map((v) => -v),
    ),
  "alpha-beta:1,0": (c) => positive(c),
  "gamma:0.3": ({ w, b, x, r }) => {
    const up = part((v) => v + 0.3 * p(v))(w);
    const down = part((v) => v + 0.3 * n(v))(w);
    const [xp, xn] = [x.map(p), x.map(n)];
    const y = plus(apply(w, x), b);
    const s = share(
      r,
      plus(
        apply(up, xp),
        apply(down, xn),
        b.map((v) => v + 0.3 * p(v)),
      ),
    ).map((v, o) => ((y[o] as number) > 0 ? v : 0));
    const t = share(
      r,
      plus(
        apply(down, xp),
        apply(up, xn),
        b.map((v) => v + 0.3 * n(v)),
      ),
    ).map((v, o) => ((y[o] as number) < 0 ? v : 0));
    return plus(times(xp, back(up, s)), times(xn, back(down, s)), times(xp, back(down, t)), times(xn, back(up, t)));
  },
  zbox: ({ w, b, x, r }) => {
    const [lo, hi] = [x.map(() => -3), x.map(() => 3)];
    const z = plus(
      apply(w, x),
      b,
      apply(wp(w), lo).map((v) => -v),
      b.map((v) => -p(v)),
      apply(wn(w), hi).map((v) => -v),
      b.map((v) => -n(v)),
    );
    const s = share(r, z);
    return plus(
      times(x, back(w, s)),
      times(lo, back(wp(w), s)).map((v) => -v),
      times(hi, back(wn(w), s)).map((v) => -v),
    );
  },
  "w-square": ({ w, b, r }) => {
    const square = part((v) => v * v)(w);
    return back(
      square,
      share(
        r,
        plus(
          square.map((row) => row.reduce((s, v) => s + v, 0)),
          b.map((v) => v * v),
        ),
      ),
    );
  },
  flat: ({ reach, r }) =>
    back(
      reach,
      share(
        r,
        reach.map((row) => row.reduce((s, v) => s + v, 0)),
      ),
    ),
  excitation: ({ w, x, r }) =>
    times(
      x,
      back(
        wp(w),
        r.map((v, o) => v / ((apply(wp(w), x)[o] as number) + 1e-20)),
      ),
    ),
  "dual-excitation": ({ w, x, r }) => {
    const dual = part((v) => p(-v))(w);
    return times(
      x,
      back(
        dual,
        r.map((v, o) => v / ((apply(dual, x)[o] as number) + 1e-20)),
      ),
    );
  },
};
const positive = ({ w, b, x, r }: Case): number[] => {
  const s = share(r, plus(apply(wp(w), x.map(p)), apply(wn(w), x.map(n)), b.map(p)));
  return plus(times(x.map(p), back(wp(w), s)), times(x.map(n), back(wn(w), s)));
};
const negative = ({ w, b, x, r }: Case): number[] => {
  const s = share(r, plus(apply(wn(w), x.map(p)), apply(wp(w), x.map(n)), b.map(n)));
  return plus(times(x.map(p), back(wn(w), s)), times(x.map(n), back(wp(w), s)));
};

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
