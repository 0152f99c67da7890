/** @file Linear machines: optimality conditions, a tiny problem solved by trying all active sets, primal against dual. */
import { Matrix, solve } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { OnnxplainError } from "../../src/errors.ts";
import { type SvmLoss, type SvmOptions, trainSvm, trainSvms, weightsOf } from "../../src/fisher/svm.ts";
import { normals } from "../../src/random.ts";

interface Problem {
  readonly n: number;
  readonly width: number;
  readonly rows: Float64Array;
  readonly gram: Float64Array;
  readonly y: readonly number[];
}
/** Two overlapping clouds. */
function problem(n: number, width: number, seed: number): Problem {
  const normal = normals(seed);
  const y = Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 1 : -1));
  const rows = Float64Array.from({ length: n * width }, (_, i) => normal() + 0.4 * y[Math.floor(i / width)]!);
  const gram = Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let d = 0; d < width; d++) sum += rows[i * width + d]! * rows[j * width + d]!;
    return sum;
  });
  return { n, width, rows, gram, y };
}
const upperOf = { hinge: (c: number) => c, "squared-hinge": () => Number.POSITIVE_INFINITY };
const ridgeOf = { hinge: () => 0, "squared-hinge": (c: number) => 1 / (2 * c) };
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof OnnxplainError) return error.code;
    throw error;
  }
  return "none";
};

/** The dual's minimum: of all ways to put each a_i at 0, at the bound, or free, the best that stays in bounds. */
function exhaustive({ n, gram, y }: Problem, cost: number, loss: SvmLoss, bias: number): number {
  const [upper, ridge] = [upperOf[loss](cost), ridgeOf[loss](cost)];
  const q = new Matrix(
    y.map((yi, i) => y.map((yj, j) => yi * yj * (gram[i * n + j]! + bias * bias) + (i === j ? ridge : 0))),
  );
  let best = Number.POSITIVE_INFINITY;
  for (let code = 0; code < 3 ** n; code++) {
    const state = y.map((_, i) => Math.floor(code / 3 ** i) % 3);
    if (upper === Number.POSITIVE_INFINITY && state.includes(1)) continue;
    const free = state.flatMap((s, i) => (s === 2 ? [i] : []));
    const a = state.map((s) => (s === 1 ? upper : 0));
    if (free.length > 0) {
      const right = free.map((i) => 1 - a.reduce((sum, aj, j) => sum + q.get(i, j) * aj, 0));
      const found = solve(q.selection(free, free), Matrix.columnVector(right));
      for (const [k, i] of free.entries()) a[i] = found.get(k, 0);
    }
    if (a.some((v) => !(v >= -1e-12 && v <= upper + 1e-12))) continue;
    const value = a.reduce((sum, ai, i) => sum + (ai * a.reduce((s, aj, j) => s + q.get(i, j) * aj, 0)) / 2 - ai, 0);
    best = Math.min(best, value);
  }
  return best;
}

describe.each(["hinge", "squared-hinge"] as const)("%s", (loss) => {
  it.each([
    [0.1, 1],
    [2, 1],
    [2, 0],
    [50, 3],
  ])("meets the optimality conditions at C = %f, bias feature %f", (cost, bias) => {
    const p = problem(90, 12, 5);
    const m = trainSvm(p.gram, p.y, { cost, loss, bias, tolerance: 1e-12, sweeps: 200_000 });
    expect(m.converged).toBe(true);
    const [upper, ridge] = [upperOf[loss](cost), ridgeOf[loss](cost)];
    const kinds = { zero: 0, free: 0, bound: 0 };
    for (let i = 0; i < p.n; i++) {
      const f = p.y.reduce((s, _, j) => s + m.alpha[j]! * p.gram[i * p.n + j]!, m.bias);
      const a = m.alpha[i]! * p.y[i]!;
      const slope = p.y[i]! * f - 1 + ridge * a;
      expect(a >= 0 && a <= upper).toBe(true);
      if (a === 0) expect(slope).toBeGreaterThan(-1e-4);
      else if (a === upper) expect(slope).toBeLessThan(1e-4);
      else expect(Math.abs(slope)).toBeLessThan(1e-4);
      kinds[a === 0 ? "zero" : a === upper ? "bound" : "free"]++;
    }
    expect(kinds.free).toBeGreaterThan(0);
    expect(m.bias).toBeCloseTo(bias * bias * m.alpha.reduce((s, v) => s + v, 0), 10);
  });
  it("finds the minimum that trying all active sets finds", () => {
    for (let seed = 0; seed < 6; seed++)
      for (const [cost, bias] of [
        [0.05, 1],
        [1, 0.5],
        [20, 1],
      ] as const) {
        const p = problem(7, 9, 40 + seed);
        const m = trainSvm(p.gram, p.y, { cost, loss, bias, tolerance: 1e-11, sweeps: 100_000 });
        const wanted = -exhaustive(p, cost, loss, bias);
        expect(Math.abs(m.dual - wanted)).toBeLessThanOrEqual(1e-9 * wanted);
        expect(m.primal).toBeGreaterThanOrEqual(m.dual * (1 - 1e-12));
      }
  });
  it("states primal, dual and gap as the weights themselves give them", async () => {
    const p = problem(60, 8, 9);
    const cost = 1.5;
    const m = trainSvm(p.gram, p.y, { cost, loss, tolerance: 1e-7 });
    const w = await weightsOf([m], inTwo(p), p.width);
    let [primal, dual] = [m.bias ** 2 / 2, -(m.bias ** 2) / 2];
    for (let d = 0; d < p.width; d++) {
      primal += w[d]! ** 2 / 2;
      dual -= w[d]! ** 2 / 2;
    }
    for (let i = 0; i < p.n; i++) {
      let f = m.bias;
      for (let d = 0; d < p.width; d++) f += w[d]! * p.rows[i * p.width + d]!;
      primal += cost * Math.max(0, 1 - p.y[i]! * f) ** (loss === "hinge" ? 1 : 2);
      dual += Math.abs(m.alpha[i]!) - (ridgeOf[loss](cost) * m.alpha[i]! ** 2) / 2;
    }
    expect(m.primal).toBeCloseTo(primal, 9);
    expect(m.dual).toBeCloseTo(dual, 9);
    expect(m.gap).toBeCloseTo((primal - dual) / primal, 9);
    expect(m.gap).toBeLessThanOrEqual(1e-7);
  });
});

async function* inTwo(p: Problem) {
  const half = Math.floor(p.n / 2);
  yield { first: 0, count: half, rows: p.rows.subarray(0, half * p.width) };
  yield { first: half, count: p.n - half, rows: p.rows.subarray(half * p.width) };
}

it("the same seed gives the same bytes; another seed and another start the same machine", () => {
  const p = problem(80, 6, 3);
  const make = (options: SvmOptions) =>
    trainSvm(p.gram, p.y, { cost: 3, tolerance: 1e-11, sweeps: 100_000, ...options });
  const first = make({ seed: 4 });
  expect(make({ seed: 4 }).alpha).toEqual(first.alpha);
  const others = [make({ seed: 5 }), make({ start: make({ cost: 0.3 }).alpha }), make({ start: first.alpha })];
  for (const m of others) {
    expect(m.dual).toBeCloseTo(first.dual, 8);
    expect(m.bias).toBeCloseTo(first.bias, 4);
  }
  expect(others[2]?.sweeps).toBeLessThan(first.sweeps);
});

it("takes a Gram matrix in float32, and columns of targets", () => {
  const p = problem(40, 6, 8);
  const targets = Float32Array.from({ length: 80 }, (_, i) => (i % 2 === 0 ? p.y[i / 2]! : Number(i % 5 === 0)));
  const both = trainSvms(Float32Array.from(p.gram), targets, 2, { tolerance: 1e-6 });
  expect(both).toHaveLength(2);
  const alone = trainSvm(p.gram, p.y, { tolerance: 1e-9 });
  expect(both[0]!.dual).toBeCloseTo(alone.dual, 5);
  expect(both[1]!.converged).toBe(true);
});

describe("what has no machine", () => {
  it("targets of one sign give the constant", () => {
    const p = problem(5, 3, 1);
    for (const [target, bias] of [
      [0, -1],
      [1, 1],
    ] as const) {
      const m = trainSvm(p.gram, new Array(5).fill(target));
      expect([m.bias, m.gap, m.converged, m.notes.length]).toEqual([bias, 0, true, 1]);
      expect(m.alpha).toEqual(new Float64Array(5));
    }
  });
  it("features that are all zero leave the bias alone", () => {
    const y = [1, -1, -1];
    const m = trainSvm(new Float64Array(9), y, { cost: 1, tolerance: 1e-9, sweeps: 10_000 });
    // min b^2/2 + max(0, 1-b) + 2 max(0, 1+b): at b = -1
    expect(m.bias).toBeCloseTo(-1, 4);
    const without = trainSvm(new Float64Array(9), y, { cost: 1, bias: 0 });
    expect([...without.alpha, without.bias, without.converged]).toEqual([1, -1, -1, 0, true]);
  });
  it("says that it stopped early", () => {
    const p = problem(60, 4, 2);
    const m = trainSvm(p.gram, p.y, { cost: 100, sweeps: 2, tolerance: 1e-9 });
    expect([m.converged, m.sweeps, m.notes.length]).toEqual([false, 2, 1]);
    expect(m.gap).toBeGreaterThan(1e-9);
  });
  it("refuses what does not fit", () => {
    const { gram, y } = problem(4, 2, 1);
    const changed = (at: number, v: number): Float64Array => gram.map((g, i) => (i === at ? v : g));
    expect([
      codeOf(() => trainSvm(new Float64Array(0), [])),
      codeOf(() => trainSvm(gram, [1, -1])),
      codeOf(() => trainSvm(gram, y, { start: new Float64Array(3) })),
      codeOf(() => trainSvm(changed(1, Number.NaN), y)),
      codeOf(() => trainSvm(changed(5, -1), y)),
      codeOf(() => trainSvm(gram, y, { cost: 0 })),
      codeOf(() => trainSvm(gram, y, { bias: -1 })),
      codeOf(() => trainSvm(gram, y, { tolerance: 0 })),
      codeOf(() => trainSvm(gram, y, { sweeps: 0 })),
    ]).toEqual(
      ["E_DATA_EMPTY", "E_INPUT_SHAPE", "E_INPUT_SHAPE", "E_NUMERIC", "E_NUMERIC", ..."PPPP"].map((c) =>
        c === "P" ? "E_PARAM" : c,
      ),
    );
  });
});
