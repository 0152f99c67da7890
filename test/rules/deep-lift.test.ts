/** @file DeepLIFT's rescale rule against plain loops in float64, and summation to the difference of scores, op by op. */
import { describe, expect, it } from "vitest";
import type { Value } from "../../src/graph/builder.ts";
import { float } from "../../src/graph/types.ts";
import { type Explanation, explain, predict } from "../../src/index.ts";
import { netBytes, open } from "../methods/nets.ts";
import { dotOf, images, type Net, relativeError, wave } from "../nets.ts";

const lift = async (
  bytes: Uint8Array,
  x: ReturnType<typeof images>,
  options: { readonly target?: number; readonly baselines?: number | Float32Array } = {},
): Promise<Explanation> => {
  const { target = 0, baselines = 0 } = options;
  return explain(await open(bytes), x, { method: "deep-lift", target, params: { baselines }, threads: 1 });
};

/** Rows of a matrix that is stored row by row. */
const times = (m: Float32Array, x: readonly number[], rows: number): readonly number[] =>
  Array.from({ length: rows }, (_, r) => dotOf(m.subarray(r * x.length, (r + 1) * x.length), x));
const transposedTimes = (m: Float32Array, y: readonly number[], columns: number): readonly number[] =>
  Array.from({ length: columns }, (_, c) => y.reduce((s, v, r) => s + v * (m[r * columns + c] as number), 0));
const plus = (a: readonly number[], b: ArrayLike<number>): readonly number[] => a.map((v, i) => v + (b[i] as number));
const each = (f: (...v: number[]) => number, ...lists: readonly (readonly number[])[]): readonly number[] =>
  (lists[0] as readonly number[]).map((_, i) => f(...lists.map((l) => l[i] as number)));

describe("a gated dense network, by hand", () => {
  const [n, hidden, gates, classes] = [12, 7, 5, 3];
  for (const seed of [1, 2, 3, 4, 5]) {
    const weights = [
      [hidden, n],
      [gates, hidden],
      [gates, hidden],
      [classes, gates],
    ].map(([r, c], i) => wave((r as number) * (c as number), 100 * seed + i));
    const [w1, w2, w3, w4] = weights as [Float32Array, Float32Array, Float32Array, Float32Array];
    const biases = [hidden, gates, gates, classes].map((r, i) => wave(r, 100 * seed + 50 + i));
    const [b1, b2, b3, b4] = biases as [Float32Array, Float32Array, Float32Array, Float32Array];
    const bytes = netBytes(["N", 3, 2, 2], ({ g, x, w }) => {
      const dense = (v: Value, m: Float32Array, b: Float32Array, [r, c]: readonly [number, number]): Value =>
        g.op("Gemm", [v, w([r, c], m), w([r], b)], { transB: 1 });
      const a = g.op("Relu", [dense(g.op("Flatten", [x], { axis: 1 }), w1, b1, [hidden, n])]);
      const gate = g.op("Sigmoid", [dense(a, w2, b2, [gates, hidden])]);
      return {
        scores: dense(g.op("Mul", [gate, dense(a, w3, b3, [gates, hidden])]), w4, b4, [classes, gates]),
      };
    });
    const forward = (
      x: readonly number[],
    ): Readonly<Record<"z" | "a" | "t" | "s" | "u" | "scores", readonly number[]>> => {
      const z = plus(times(w1, x, hidden), b1);
      const a = each((v) => Math.max(0, v ?? 0), z);
      const t = plus(times(w2, a, gates), b2);
      const s = each((v) => 1 / (1 + Math.exp(-(v ?? 0))), t);
      const u = plus(times(w3, a, gates), b3);
      return {
        z,
        a,
        t,
        s,
        u,
        scores: plus(
          times(
            w4,
            each((p, q) => (p ?? 0) * (q ?? 0), s, u),
            classes,
          ),
          b4,
        ),
      };
    };
    it.each([0, 1, 2])(`seed ${seed}, class %i`, async (target) => {
      const x = images([1, 3, 2, 2], seed);
      const baselines = wave(n, seed + 70);
      const [here, there] = [forward([...x.data]), forward([...baselines])];
      const top = Array.from({ length: gates }, (_, i) => w4[target * gates + i] as number);
      const halves = (k: "s" | "u"): readonly number[] => each((a, b) => ((a ?? 0) + (b ?? 0)) / 2, here[k], there[k]);
      const quotient = (y: "s" | "a", v: "t" | "z"): readonly number[] =>
        each(
          (y1, y0, v1, v0) => ((y1 ?? 0) - (y0 ?? 0)) / ((v1 ?? 0) - (v0 ?? 0)),
          here[y],
          there[y],
          here[v],
          there[v],
        );
      const product = (...l: readonly (readonly number[])[]): readonly number[] =>
        each((...v) => v.reduce((p, q) => p * q, 1), ...l);
      const toGate = product(top, halves("u"), quotient("s", "t"));
      const toValue = product(top, halves("s"));
      const toHidden = plus(transposedTimes(w2, toGate, hidden), transposedTimes(w3, toValue, hidden));
      const m = transposedTimes(w1, product(toHidden, quotient("a", "z")), n);
      const want = m.map((v, i) => v * ((x.data[i] as number) - (baselines[i] as number)));
      const got = await lift(bytes, x, { target, baselines });
      expect(relativeError(got.values, want)).toBeLessThan(2e-5);
      const difference = (here.scores[target] as number) - (there.scores[target] as number);
      expect(got.checks[0]?.score_difference).toBeCloseTo(difference, 5);
      expect(Math.abs(got.checks[0]?.convergence_delta as number)).toBeLessThan(1e-5);
    });
  }
});

/** Every way through which a value may be changed on its way; each ends in a sum over what is left. */
const CHANGES: Readonly<Record<string, (net: Net) => Value>> = {
  "overlapping maxima": ({ g, x }) =>
    g.op("MaxPool", [x], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  "maxima of tiles": ({ g, x }) => g.op("MaxPool", [g.op("Relu", [x])], { kernel_shape: [2, 2], strides: [2, 2] }),
  GlobalMaxPool: ({ g, x }) => g.op("GlobalMaxPool", [x]),
  ReduceMax: ({ g, x }) => g.op("ReduceMax", [x, g.ints([3])], { keepdims: 1 }),
  ReduceMin: ({ g, x }) => g.op("ReduceMin", [x, g.ints([2, 3])], { keepdims: 1 }),
  "Max of branches": ({ g, x, w }) => g.op("Max", [x, g.op("Conv", [x, w([3, 3, 1, 1])])]),
  "Min of branches": ({ g, x, w }) => g.op("Min", [x, g.op("Conv", [x, w([3, 3, 1, 1])])]),
  "Max with a constant": ({ g, x }) => g.op("Max", [x, g.scalar(0.1)]),
  "x sigmoid(x)": ({ g, x }) => g.op("Mul", [x, g.op("Sigmoid", [x])]),
  "x x": ({ g, x }) => g.op("Mul", [x, x]),
  ReduceSumSquare: ({ g, x }) => g.op("ReduceSumSquare", [x, g.ints([3])], { keepdims: 1 }),
  "quotient of branches": ({ g, x, w }) =>
    g.op("Div", [g.op("Conv", [x, w([3, 3, 1, 1])]), g.op("Exp", [g.op("Conv", [x, w([3, 3, 1, 1])])])]),
  "constant over branch": ({ g, x, w }) => g.op("Div", [w([1, 3, 1, 1]), g.op("Softplus", [x])]),
  "product of matrices": ({ g, x }) => g.op("MatMul", [x, g.op("Transpose", [x], { perm: [0, 1, 3, 2] })]),
  "Einsum of branches": ({ g, x }) => g.op("Einsum", [x, x], { equation: "nchw,ncvw->nchv" }),
  "hand-written ReLU": ({ g, x }) => g.op("Mul", [x, g.op("Cast", [g.op("Greater", [x, g.scalar(0)])], { to: 1 })]),
  "hand-written layer normalisation": ({ g, x }) => {
    const centred = g.op("Sub", [x, g.op("ReduceMean", [x, g.ints([1])], { keepdims: 1 })]);
    const variance = g.op("ReduceMean", [g.op("Pow", [centred, g.scalar(2)]), g.ints([1])], { keepdims: 1 });
    return g.op("Div", [centred, g.op("Sqrt", [g.op("Add", [variance, g.scalar(1e-2)])])]);
  },
  "residual sum": ({ g, x, w }) =>
    g.op("Add", [x, g.op("Relu", [g.op("Conv", [x, w([3, 3, 3, 3])], { pads: [1, 1, 1, 1] })])]),
  "dense sum": ({ g, x, w }) => g.op("Concat", [x, g.op("Tanh", [g.op("Conv", [x, w([2, 3, 1, 1])])])], { axis: 1 }),
  PRelu: ({ g, x, w }) => g.op("PRelu", [x, w([3, 1, 1])]),
  ReLU6: ({ g, x }) => g.op("Clip", [g.op("Mul", [x, g.scalar(9)]), g.scalar(0), g.scalar(6)]),
  ...Object.fromEntries(
    [
      "Relu",
      "Sigmoid",
      "Tanh",
      "Elu",
      "Selu",
      "Celu",
      "Softplus",
      "Softsign",
      "HardSwish",
      "HardSigmoid",
      "Mish",
      "Gelu",
      "Erf",
      "Exp",
      "LeakyRelu",
      "Abs",
      "Sin",
    ].map((op) => [op, ({ g, x }: Net) => g.op(op, [x])] as const),
  ),
};

describe("what arrives sums to the difference of the scores", () => {
  it.each(Object.keys(CHANGES))("%s", async (name) => {
    const bytes = netBytes(["N", 3, 6, 6], (net) => {
      const { g, x, w } = net;
      const before = g.op("Conv", [x, w([3, 3, 1, 1]), w([3])]);
      const changed = (CHANGES[name] as (n: Net) => Value)({ ...net, x: before });
      const [, c = 1] = changed.dims as readonly number[];
      const after = g.op("Conv", [changed, w([4, c, 1, 1])]);
      return { scores: g.op("Flatten", [g.op("ReduceMean", [after, g.ints([2, 3])], { keepdims: 1 })], { axis: 1 }) };
    });
    for (const [seed, baselines] of [
      [3, 0],
      [4, wave(108, 40)],
      [5, images([1, 3, 6, 6], 5).data.map((v) => v + 1e-3 * Math.sin(1e3 * v))],
    ] as const) {
      const x = images([1, 3, 6, 6], seed);
      const { values, checks, notes } = await lift(bytes, x, { target: 2, baselines });
      const from = typeof baselines === "number" ? new Float32Array(108).fill(baselines) : baselines;
      const at = async (data: Float32Array): Promise<number> =>
        (await predict(await open(bytes), { dims: x.dims, data }, { threads: 1 }))[0]?.[2] as number;
      const difference = (await at(x.data)) - (await at(from));
      const size = values.reduce((s, v) => s + Math.abs(v), 0);
      expect(size).toBeGreaterThan(0);
      expect(Math.abs(values.reduce((s, v) => s + v, 0) - difference)).toBeLessThan(1e-5 * Math.max(1, size));
      expect(checks[0]?.score_difference).toBeCloseTo(difference, 5);
      expect(notes.filter((n) => n.includes("rescale"))).toEqual([]);
    }
  });
});

describe("maxima", () => {
  it("share what changed between the winners here and at the baseline, overlaps added up", async () => {
    const [size, kernel, stride, out] = [7, 3, 2, 3];
    const bytes = netBytes(["N", 1, size, size], ({ g, x, w }) => ({
      scores: g.op("MatMul", [
        g.op("Flatten", [g.op("MaxPool", [x], { kernel_shape: [kernel, kernel], strides: [stride, stride] })], {
          axis: 1,
        }),
        w([out * out, 2]),
      ]),
    }));
    const weights = wave(out * out * 2, 11);
    const x = images([1, 1, size, size], 6);
    const from = wave(size * size, 61);
    const amounts = new Float64Array(size * size);
    for (let r = 0; r < out; r++)
      for (let c = 0; c < out; c++) {
        const inside = Array.from(
          { length: kernel * kernel },
          (_, i) => (r * stride + Math.floor(i / kernel)) * size + c * stride + (i % kernel),
        );
        const winner = (v: Float32Array): number =>
          inside.reduce((a, b) => ((v[b] as number) > (v[a] as number) ? b : a));
        const [p, q] = [winner(x.data), winner(from)];
        const [y, y0] = [x.data[p] as number, from[q] as number];
        const m = weights[(r * out + c) * 2 + 1] as number;
        amounts[p]! += m * (Math.max(y, y0) - y0);
        amounts[q]! += m * (y - Math.max(y, y0));
      }
    const got = await lift(bytes, x, { target: 1, baselines: from });
    expect(relativeError(got.values, amounts)).toBeLessThan(1e-6);
  });
});

describe("small differences", () => {
  const smooth = netBytes(["N", 3, 4, 4], ({ g, x, w }) => ({
    scores: g.op(
      "Gemm",
      [g.op("Sigmoid", [g.op("Gemm", [g.op("Flatten", [x], { axis: 1 }), w([9, 48])], { transB: 1 })]), w([2, 9])],
      { transB: 1 },
    ),
  }));
  const x = images([1, 3, 4, 4], 9);
  it.each([1e-7, 1e-5, 1e-3])("of %f give the gradient", async (step) => {
    const baselines = x.data.map((v, i) => v - step * (1 + Math.abs(Math.sin(i))));
    const slope = await explain(await open(smooth), x, { method: "gradient", target: 1 });
    const got = await lift(smooth, x, { target: 1, baselines });
    const want = slope.values.map((v, i) => v * ((x.data[i] as number) - (baselines[i] as number)));
    expect(relativeError(got.values, want)).toBeLessThan(Math.max(2e-6, 20 * step));
  });
  const tiny = wave(48, 30).map((v) => 1e-3 * v);
  it.each([
    ["Selu", tiny, tiny.map((v) => -2 * v)],
    ["HardSwish", tiny.map((v) => 3 + v), tiny.map((v) => 3 - 2 * v)],
    ["Sqrt", tiny.map((v) => 1.1e-3 + v), tiny.map(() => 2e-3)],
    ["Log", tiny.map((v) => 1.1e-3 + v), tiny.map(() => 2e-3)],
  ] as const)("across a kink of %s, or near its pole, are quotients", async (op, data, baselines) => {
    const bytes = netBytes(["N", 3, 4, 4], ({ g, x: input, w }) => ({
      scores: g.op("MatMul", [g.op("Flatten", [g.op(op, [input])], { axis: 1 }), w([48, 2])]),
    }));
    const f: Readonly<Record<string, (v: number) => number>> = {
      Selu: (v) => 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * Math.expm1(v)),
      HardSwish: (v) => v * Math.max(0, Math.min(1, v / 6 + 0.5)),
      Sqrt: Math.sqrt,
      Log: Math.log,
    };
    const weights = wave(96, 11);
    const change = (i: number): number =>
      (f[op] as (v: number) => number)(data[i] as number) - (f[op] as (v: number) => number)(baselines[i] as number);
    const want = Float64Array.from({ length: 48 }, (_, i) => (weights[2 * i + 1] as number) * change(i));
    const got = await lift(bytes, { dims: [1, 3, 4, 4], data }, { target: 1, baselines });
    expect(relativeError(got.values, want)).toBeLessThan(2e-3);
  });
  it("of nothing give nothing", async () => {
    const got = await lift(smooth, x, { baselines: x.data });
    expect(got.values.every((v) => v === 0)).toBe(true);
    expect(Math.abs(got.checks[0]?.score_difference as number)).toBeLessThan(1e-6);
  });
});

describe("what has no rescale form", () => {
  const normal = netBytes(["N", 16, 4, 4], ({ g, x, w }) => {
    const n = g.op("LRN", [g.op("LRN", [x], { size: 3, alpha: float(1) })], { size: 3, alpha: float(1) });
    const p = g.op("Softmax", [g.op("Flatten", [n], { axis: 1 })], { axis: 1 });
    return { scores: g.op("MatMul", [p, w([256, 2])]) };
  });
  it("is named, counted, and given its gradient", async () => {
    const x = images([1, 16, 4, 4], 2);
    const got = await lift(normal, x);
    expect(got.notes.join()).toContain("No rescale form exists for LRN (2 nodes), Softmax (1 node)");
    const slope = await explain(await open(normal), x, { method: "input-x-gradient", target: 0 });
    expect(relativeError(got.values, slope.values)).toBeLessThan(1e-5);
  });
  it("is a choice that the image makes", async () => {
    const net = (condition: (n: Net, x: Value) => Value): Uint8Array =>
      netBytes(["N", 3, 4, 4], (n) => {
        const chosen = n.g.op("Where", [condition(n, n.x), n.x, n.g.op("Mul", [n.x, n.g.scalar(0.1)])]);
        return { scores: n.g.op("MatMul", [n.g.op("Flatten", [chosen], { axis: 1 }), n.w([48, 2])]) };
      });
    const x = images([1, 3, 4, 4]);
    const free = net(({ g }, v) => g.op("Greater", [v, g.scalar(0)]));
    expect((await lift(free, x)).notes.join()).toContain("Where (1 node)");
    const fixed = net(({ g, w }) => g.op("Greater", [w([1, 3, 4, 4]), g.scalar(0)]));
    const { notes, checks } = await lift(fixed, x);
    expect(notes).toEqual([]);
    expect(Math.abs(checks[0]?.convergence_delta as number)).toBeLessThan(1e-5);
  });
  it("is refused where there is no gradient either", async () => {
    const hard = netBytes(["N", 3, 4, 4], ({ g, x, w }) => ({
      scores: g.op("MatMul", [g.op("Hardmax", [g.op("Flatten", [x], { axis: 1 })], { axis: 1 }), w([48, 2])]),
    }));
    await expect(lift(hard, images([1, 3, 4, 4]))).rejects.toMatchObject({ code: "E_NO_DERIVATIVE" });
  });
});
