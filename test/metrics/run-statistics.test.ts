/** @file Statistics against SciPy 1.17.1 / NumPy 2.4.6: every constant below was printed by the call named beside it. */
import { describe, expect, it } from "vitest";
import { bootstrapMeans } from "../../src/metrics/bootstrap.ts";
import { holm } from "../../src/metrics/compare-runs.ts";
import { mean, quantile, sorted, standardError, trimmedMean } from "../../src/metrics/quantiles.ts";
import { signedRank } from "../../src/metrics/signed-rank.ts";
import { tTest, twoSidedT } from "../../src/metrics/student.ts";

const A = [0.62, 0.48, 0.91, 0.33, 0.75, 0.58, 0.66, 0.29, 0.84, 0.51, 0.47, 0.7];
const B = [0.71, 0.46, 0.95, 0.41, 0.73, 0.69, 0.72, 0.45, 0.83, 0.64, 0.52, 0.77];
const WAVE = Array.from({ length: 200 }, (_, k) => Math.round((Math.sin(k * 1.7) * 10 + 1.3) * 10) / 10);
const near = (value: number | undefined | null, wanted: number, relative = 1e-12): void =>
  expect(Math.abs((value ?? Number.NaN) - wanted)).toBeLessThanOrEqual(relative * Math.abs(wanted));

describe("location and spread", () => {
  const values = [2.5, 0.1, 7.2, 3.3, 3.3, -1, 100, 4.4, 5.5, 1.2, 0.9];
  it("np.quantile, stats.trim_mean(0.1), stats.sem, np.mean", () => {
    const ascending = sorted(values);
    expect([0.25, 0.5, 0.75].map((p) => quantile(ascending, p))).toEqual([1.05, 3.3, 4.95]);
    near(trimmedMean(ascending, 0.1), 3.1555555555555554);
    near(standardError(values), 8.871412905628324);
    near(mean(values), 11.581818181818182);
  });
  it("one value has no spread", () => {
    expect(standardError([3])).toBeUndefined();
    expect(quantile([3], 0.75)).toBe(3);
  });
});

describe("Student's t", () => {
  it.each([
    [0, 5, 1],
    [1.5, 1, 0.3743340836219977],
    [2.2, 9, 0.05534057279861165],
    [12, 40, 7.82417130425598e-15],
    [40, 3, 3.4380680789158506e-5],
    [1e-3, 1000, 0.9992023150184528],
  ])("2 * stats.t.sf(%d, %d)", (t, df, p) => near(twoSidedT(t, df), p, 1e-10));
  it("stats.ttest_rel, stats.ttest_1samp", () => {
    const paired = tTest(A.map((a, i) => (B[i] as number) - a));
    near(paired?.t, 3.6849558898077293);
    near(paired?.p, 0.003594624906487305, 1e-10);
    const wave = tTest(WAVE);
    near(wave?.t, 2.568068166611143, 1e-10);
    near(wave?.p, 0.010959869192023223, 1e-9);
  });
  it("equal differences", () => {
    expect(tTest([0, 0, 0])).toEqual({ t: null, p: 1 });
    expect(tTest([2, 2])).toEqual({ t: null, p: 0 });
    expect(tTest([2])).toBeUndefined();
  });
});

describe("Wilcoxon's signed-rank test", () => {
  it('stats.wilcoxon(method="exact")', () => {
    const test = signedRank([3, -1, 7, 5, -2, 9, 4, 11, -6, 8]);
    expect(test).toMatchObject({ w: 9, n: 10, by: "exact" });
    near(test?.p, 0.064453125);
  });
  it("ties and zeros: 76 of the 2^13 sign patterns are as far out (enumerated with stats.rankdata)", () => {
    const test = signedRank([0, 2, 2, -1, 3, 0, -2, 4, 1, 5, 3, -1, 6, 2, 0, 4]);
    expect(test).toMatchObject({ w: 9.5, n: 13, by: "exact" });
    near(test?.p, 0.00927734375);
  });
  it('200 differences with ties: stats.wilcoxon(method="approx")', () => {
    const test = signedRank(WAVE);
    expect(test).toMatchObject({ w: 7729.5, by: "normal" });
    near(test?.p, 0.004632885574759382, 1e-10);
  });
  it("nothing but zeros", () => expect(signedRank([0, 0])).toBeUndefined());
  it("turns around with the signs, and p is at most 1", () => {
    expect(signedRank([1, -1])?.p).toBe(1);
    expect(signedRank(WAVE.map((v) => -v))?.p).toBe(signedRank(WAVE)?.p);
  });
});

describe("the bootstrap", () => {
  const options = { seed: 3, resamples: 2000, level: 0.95 };
  const wave = Float64Array.from(WAVE);
  it("stats.bootstrap(np.mean, percentile, 200000 resamples) gives 0.3055 … 2.269; 2000 resamples come within 5 % of its width", () => {
    const [interval] = bootstrapMeans([wave], options);
    expect(Math.abs((interval?.[0] ?? 9) - 0.3055)).toBeLessThan(0.1);
    expect(Math.abs((interval?.[1] ?? 9) - 2.269)).toBeLessThan(0.1);
  });
  it("is the same twice, and whatever else is resampled beside it", () => {
    const alone = bootstrapMeans([wave], options);
    expect(bootstrapMeans([wave.map((v) => -v), Float64Array.of(1, 2), wave], options)[2]).toEqual(alone[0]);
    expect(bootstrapMeans([wave], { ...options, seed: 4 })).not.toEqual(alone);
  });
  it("has nothing to say of one value", () =>
    expect(bootstrapMeans([Float64Array.of(1)], options)).toEqual([undefined]));
});

it("Holm's adjustment of 0.01, 0.04, 0.03, 0.005", () => {
  const out = holm([0.01, 0.04, undefined, 0.03, 0.005]);
  expect(out[2]).toBeUndefined();
  for (const [i, p] of [0.03, 0.06, undefined, 0.06, 0.02].entries()) if (p) near(out[i], p);
});
