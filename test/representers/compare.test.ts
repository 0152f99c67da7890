/** @file Representer values beside influence: agreement, silence, histograms, timing, and leaving points out as the truth. */
import { describe, expect, it } from "vitest";
import { normals, uniforms } from "../../src/random.ts";
import { compare, evenBins, histogram, NEAR_ZERO, STABILITY_EDGES, studyOf } from "../../src/representers/compare.ts";
import { timeMethods } from "../../src/representers/compare-timing.ts";
import { leaveOneOutTruth } from "../../src/representers/compare-truth.ts";
import { inMemory } from "../../src/representers/features.ts";
import { fitRepresenters } from "../../src/representers/fit.ts";
import { openLayerMath } from "../../src/representers/influence-math.ts";
import { pointsOf } from "../../src/representers/influence-study.ts";
import { fitLayer } from "../../src/representers/logistic.ts";
import { simulate } from "../../src/representers/simulate.ts";
import { spanned } from "../../src/representers/simulate-span.ts";

const [N, D, C, M] = [120, 4, 3, 9];
async function made(activation: "softmax" | "sigmoid" = "softmax") {
  const [normal, uniform] = [normals(1), uniforms(2)];
  const labels = Int32Array.from({ length: N + M }, () => Math.floor(uniform() * C));
  const rows = Float32Array.from({ length: (N + M) * D }, (_, at) => {
    const own = labels[Math.floor(at / D)] as number;
    return normal() + 1.5 * Number(at % D === own);
  });
  const train = { features: inMemory(rows.subarray(0, N * D), D), labels: labels.subarray(0, N) };
  const test = { features: rows.subarray(N * D), labels: labels.subarray(N) };
  const fitted = await fitRepresenters(train, { classes: C, lambda: 0.01, tolerance: 1e-12, activation });
  return { fitted, train, test };
}

describe("comparing", () => {
  it("finds both values, how they agree by class, and that leaving points out for real sides with influence", async () => {
    const { fitted, train, test } = await made();
    const found = await compare(fitted, train, test, { damping: 0 });
    expect(found.influence).toMatchObject({ method: "exact", damping: 0, weightDecay: 0.02 });
    expect(found.classes.reduce((s, c) => s + c.points, 0)).toBe(M);
    expect(found.silent).toEqual({ representer: 0, influence: 0 });
    for (const p of found.points) {
      expect(p.pearson).toBeGreaterThan(0.2);
      expect(p.representer.largest).toBeGreaterThan(NEAR_ZERO);
    }
    // representer values sum to the score of the class that was asked about
    const t = 4;
    const sum = Array.from({ length: N }, (_, i) => found.values.representer[i * M + t] as number).reduce(
      (s, v) => s + v,
      0,
    );
    const target = test.labels[t] as number;
    let logit = fitted.theta[target * 5 + 4] as number;
    for (let k = 0; k < D; k++)
      logit += (fitted.theta[target * 5 + k] as number) * (test.features[t * D + k] as number);
    expect(sum).toBeCloseTo(logit, 8);

    const truth = await leaveOneOutTruth(fitted, train, test, found, { sample: 30, seed: 3 });
    expect(truth.places.length).toBe(30);
    expect(truth.influence.pearson).toBeGreaterThan(0.99);
    expect(truth.influence.spearman).toBeGreaterThan(0.97);
    expect(truth.influence.slope).toBeGreaterThan(0.9);
    expect(truth.influence.pearson).toBeGreaterThan(truth.representer.pearson);
    expect(truth.representer.pearson).toBeGreaterThan(0.2);
  });
  it("says that influence is silent where the layer is sure, and representers are not", async () => {
    // wide apart and hardly regularised: residuals vanish, alpha is a residual over lambda
    const rows = Float32Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? -4000 : 4000));
    const labels = Int32Array.from({ length: 40 }, (_, i) => i % 2);
    const train = { features: inMemory(rows, 1), labels };
    const fitted = await fitRepresenters(train, { classes: 2, lambda: 1e-9, bias: false, tolerance: 1e-12 });
    const test = { features: Float32Array.of(-8000), labels: Int32Array.of(0) };
    const found = await compare(fitted, train, test);
    expect(found.silent).toEqual({ representer: 0, influence: 1 });
    expect(found.points[0]?.influence.nearZeros).toBe(40);
  });
  it("refuses layers that are no softmax, and no test points", async () => {
    const { fitted, train, test } = await made("sigmoid");
    expect(() => studyOf(fitted, train)).toThrow(/cross-entropy of a softmax/);
    await expect(compare(fitted, train, test)).rejects.toMatchObject({ code: "E_PARAM" });
    const soft = await made();
    const none = { features: new Float32Array(0), labels: new Int32Array(0) };
    await expect(compare(soft.fitted, soft.train, none)).rejects.toMatchObject({ code: "E_DATA_EMPTY" });
  });
  it("stands on the same minimum as a fit of its own", async () => {
    const { fitted, train } = await made();
    const study = studyOf(fitted, train);
    const math = openLayerMath({ ...study.layer, width: D });
    const own = await fitLayer(math, { ...study, layer: { ...study.layer, theta: new Float64Array(15) } });
    await math.dispose();
    for (const [j, v] of own.theta.entries()) expect(fitted.theta[j]).toBeCloseTo(v, 9);
  });
});

describe("histograms", () => {
  it("count zeros, tiny and large ones in the published bins", () => {
    const bins = histogram([0, 0, 1e-100, 1e-60, 3e-6, 0.5], STABILITY_EDGES);
    const counts = Object.fromEntries(bins.map((b) => [b.from, b.count]));
    expect(counts).toMatchObject({ 0: 3, 1e-95: 1, 1e-10: 1, 0.1: 1 });
    expect(bins.reduce((s, b) => s + b.count, 0)).toBe(6);
  });
  it("hold the largest in the last of the even bins", () => {
    const bins = evenBins([1, 2, 3, 4], 3);
    expect(bins.map((b) => b.count)).toEqual([1, 1, 2]);
    expect(bins.at(-1)?.to).toBe(4);
    expect(evenBins([2, 2])).toEqual([{ from: 2, to: 2, count: 2 }]);
    expect(evenBins([])).toEqual([]);
  });
});

describe("timing", () => {
  it("has a row a method, and words where one is refused", async () => {
    const { fitted, train, test } = await made();
    const rows = await timeMethods(fitted, train, test, {
      points: { representer: 3, influence: 1 },
      largest: 10,
      lissa: { depth: 20 },
    });
    expect(rows.map((r) => r.method)).toEqual(["representer", "exact", "conjugate-gradient", "lissa"]);
    const [representer, exact, cg, series] = rows;
    expect(representer?.perPoint.length).toBe(3);
    expect(representer?.once).toBeGreaterThan(0);
    expect(exact?.note).toMatch(/refused: .*15 x 15/);
    expect(cg?.note).toMatch(/^damping 0.01, \d+ products/);
    expect(series?.note).toBe("damping 0.1");
  });
});

describe("points in the coordinates they span", () => {
  it("are the same to a layer with L2", async () => {
    const [normal, uniform] = [normals(7), uniforms(8)];
    const width = 40;
    const set = (n: number) => {
      const labels = Int32Array.from({ length: n }, () => Math.floor(uniform() * 2));
      const rows = Float32Array.from(
        { length: n * width },
        (_, at) => normal() + Number(at % 5 === labels[Math.floor(at / width)]),
      );
      return { rows, width, labels };
    };
    const [pool, test] = [set(20), set(15)];
    pool.rows.copyWithin(width, 0, width);
    const narrow = await spanned(pool, test, true);
    expect(narrow.pool.width).toBe(19);
    const options = { splits: 2, shares: [0.2], weightDecay: 0.05, seed: 1, loss: "logistic" } as const;
    const [wide, own] = [
      await simulate(pool, test, 2, { ...options, bias: true }),
      await simulate(narrow.pool, narrow.test, 2, { ...options, bias: false }),
    ];
    expect(own).toEqual(wide);
    expect(pointsOf(narrow.test.rows, narrow.test.width).count).toBe(15);
  });
});
