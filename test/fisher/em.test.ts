/** @file EM: the reference set, rows drawn from a known mixture, rising likelihoods, rows that leave a mixture open, bad rows. */
import { describe, expect, test } from "vitest";
import { draw } from "../../src/fisher/draw.ts";
import { fitMixture, type MixtureState } from "../../src/fisher/em.ts";
import { openRound } from "../../src/fisher/em-step.ts";
import { EMPTY, maximised, varianceFloor } from "../../src/fisher/em-update.ts";
import type { Mixture } from "../../src/fisher/mixture.ts";
import { spreadOf } from "../../src/fisher/spread.ts";
import { inMemory } from "../../src/representers/features.ts";
import { absent, hasShared } from "../shared.ts";
import { goldenCase, MANIFEST } from "./golden.ts";
import { gaussianRows } from "./rows.ts";

const joined = (parts: readonly Float64Array[]): Float64Array => Float64Array.from(parts.flatMap((p) => Array.from(p)));

describe.skipIf(!hasShared(MANIFEST))(`golden2${absent(MANIFEST)}`, () => {
  const rounds = async (name: string, block: number) => {
    const c = goldenCase(name);
    const [components, width] = [c.param<number>("K"), c.param<number>("D")];
    const start: Mixture = {
      components,
      width,
      weights: c.array("pi0"),
      means: c.array("mu0"),
      deviations: c.array("sigma0"),
    };
    const states: MixtureState[] = [];
    const rows = inMemory(c.array("X"), width);
    const options = { components, start, iterations: c.param<number>("iterations"), dtype: "float64", block } as const;
    const fit = await fitMixture(rows, { ...options, tolerance: 0, onIteration: (s) => states.push(s) });
    expect(states.length).toBe(options.iterations + 1);
    expect(states.at(-1)?.mixture).toBe(fit.mixture);
    c.expectOutput("loglik", fit.logLikelihoods);
    c.expectOutput("pi", joined(states.map((s) => s.mixture.weights)));
    const kept = states.filter((s) => name === "gmm_em_floor" || [0, 1, 5, 10, 20].includes(s.iteration));
    c.expectOutput("mu", joined(kept.map((s) => s.mixture.means)));
    c.expectOutput("sigma", joined(kept.map((s) => s.mixture.deviations)));
    return { c, rows, fit, options };
  };

  test.each([700, 4096])("gmm_em in blocks of %i, and where it ends", async (block) => {
    const { c, rows, options, fit } = await rounds("gmm_em", block);
    c.expectOutput("variance_floor", varianceFloor(await spreadOf(rows, { block })));
    expect(fit).toMatchObject({ converged: false, floored: 0, empty: 0 });
    const ended = await fitMixture(rows, options);
    expect(ended).toMatchObject({ converged: true, iterations: c.value<number>("first_iteration_meeting_stop_rule") });
  });

  test("gmm_em_floor", async () => {
    const { fit } = await rounds("gmm_em_floor", 64);
    expect(fit.floored).toBe(2);
  });
});

/** Three components in four dimensions, the rows of which hardly mix. */
const TRUTH: Mixture = {
  components: 3,
  width: 4,
  weights: Float64Array.of(0.5, 0.3, 0.2),
  means: Float64Array.of(0, 0, 0, 0, 6, 0, -4, 1, 0, 6, 3, -2),
  deviations: Float64Array.of(1, 2, 1, 0.5, 0.5, 1, 1, 1, 2, 1, 0.7, 1),
};
const N = 6000;
const ROWS = draw(TRUTH, N, 5);

/** Log-likelihood and posteriors of a row, term by term. */
function logDensity({ components, width, weights, means, deviations }: Mixture, row: ArrayLike<number>) {
  const terms = Array.from({ length: components }, (_, k) => {
    let density = weights[k] as number;
    for (let d = 0; d < width; d++) {
      const s = deviations[k * width + d] as number;
      density *= Math.exp(-(((row[d] as number) - (means[k * width + d] as number)) ** 2) / (2 * s * s)) / s;
      density /= Math.sqrt(2 * Math.PI);
    }
    return density;
  });
  const all = terms.reduce((a, b) => a + b, 0);
  return { value: Math.log(all), shares: terms.map((t) => t / all) };
}

test("a round's sums are those of plain loops", async () => {
  const few = ROWS.subarray(0, 4 * 50);
  const centre = Float64Array.of(1, 2, 3, 4);
  const round = await openRound(inMemory(few, 4), {
    components: 3,
    assignment: "soft",
    dtype: "float64",
    centre,
    block: 7,
  });
  const wider = { ...TRUTH, deviations: TRUTH.deviations.map((s) => 4 * s) };
  const got = await round.of(wider);
  await round.dispose();
  const wanted = { counts: new Float64Array(3), first: new Float64Array(12), second: new Float64Array(12), gain: 0 };
  for (let i = 0; i < 50; i++) {
    const row = few.subarray(4 * i, 4 * i + 4);
    const { value, shares } = logDensity(wider, row);
    wanted.gain += value;
    shares.forEach((share, k) => {
      wanted.counts[k]! += share;
      row.forEach((v, d) => {
        wanted.first[4 * k + d]! += share * (v - (centre[d] as number));
        wanted.second[4 * k + d]! += share * (v - (centre[d] as number)) ** 2;
      });
    });
  }
  expect(got.gain).toBeCloseTo(wanted.gain, 9);
  for (const name of ["counts", "first", "second"] as const)
    got[name].forEach((v, i) => {
      expect(v).toBeCloseTo(wanted[name][i] as number, 9);
    });
});

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  test.each(["random", "k-means"] as const)(
    "from %s the likelihood never falls, at the floor neither",
    async (start) => {
      const rows = gaussianRows(3000, 6, 8).map((v, at) => v ** 3 + (at % 6));
      const fit = await fitMixture(inMemory(rows, 6), {
        components: 12,
        start,
        dtype,
        seed: 3,
        iterations: 40,
        tolerance: 0,
      });
      expect(fit.empty).toBe(0);
      expect(fit.floored).toBeGreaterThan(0);
      expect(fit.logLikelihoods.length).toBe(fit.iterations + 1);
      expect(fit.iterations).toBeGreaterThan(5);
      const least = dtype === "float64" ? -1e-12 : -1e-6;
      fit.logLikelihoods.slice(1).forEach((v, t) => {
        expect(v - (fit.logLikelihoods[t] as number)).toBeGreaterThan(least);
      });
      expect(fit.mixture.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    },
  );

  test("a mixture is found again from its draws", async () => {
    const fit = await fitMixture(inMemory(ROWS, 4), { components: 3, dtype, seed: 1 });
    expect(fit.converged).toBe(true);
    for (let k = 0; k < 3; k++) {
      const n = N * (TRUTH.weights[k] as number);
      const distances = [0, 1, 2].map((j) =>
        [0, 1, 2, 3].reduce((s, d) => s + (fit.mixture.means[4 * j + d]! - TRUTH.means[4 * k + d]!) ** 2, 0),
      );
      const j = distances.indexOf(Math.min(...distances));
      expect(Math.abs(fit.mixture.weights[j]! - TRUTH.weights[k]!)).toBeLessThan(5 / Math.sqrt(N));
      for (let d = 0; d < 4; d++) {
        const s = TRUTH.deviations[4 * k + d] as number;
        expect(Math.abs(fit.mixture.means[4 * j + d]! - TRUTH.means[4 * k + d]!)).toBeLessThan((5 * s) / Math.sqrt(n));
        expect(Math.abs(fit.mixture.deviations[4 * j + d]! / s - 1)).toBeLessThan(5 / Math.sqrt(n));
      }
    }
    const wanted = Array.from({ length: N }, (_, i) => logDensity(fit.mixture, ROWS.subarray(4 * i, 4 * i + 4)).value);
    expect(fit.logLikelihoods.at(-1)).toBeCloseTo(wanted.reduce((a, b) => a + b, 0) / N, dtype === "float64" ? 10 : 5);
  });

  test("one component is mean and variance, however far from the origin", async () => {
    const rows = Float32Array.from(gaussianRows(4000, 3, 2), (v, at) => 1000 * (1 + (at % 3)) + v);
    const { mean, variance } = await spreadOf(inMemory(rows, 3));
    const { mixture, converged } = await fitMixture(inMemory(rows, 3), { components: 1, dtype });
    expect(converged).toBe(true);
    for (let d = 0; d < 3; d++) {
      const off = dtype === "float64" ? 1e-9 : 1e-5;
      expect(Math.abs((mixture.means[d] as number) - (mean[d] as number))).toBeLessThan(off);
      expect(Math.abs((mixture.deviations[d] as number) ** 2 - (variance[d] as number))).toBeLessThan(off);
    }
  });

  test("rows that repeat, dimensions that never change, as many components as rows", async () => {
    const rows = Float64Array.from({ length: 40 * 3 }, (_, at) => (at % 3 === 1 ? 0.1 : Math.floor(at / 3) % 2));
    for (const start of ["random", "k-means"] as const)
      for (const components of [2, 5, 40]) {
        const { mixture, logLikelihoods } = await fitMixture(inMemory(rows, 3), { components, start, dtype });
        expect(logLikelihoods.every(Number.isFinite)).toBe(true);
        expect(mixture.means.every(Number.isFinite)).toBe(true);
        expect(mixture.weights.every((w) => w > 0)).toBe(true);
        expect(mixture.deviations.every((s) => s >= Math.sqrt(1e-9))).toBe(true);
        expect(mixture.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        for (let k = 0; k < components; k++) {
          if ((mixture.weights[k] as number) * 40 < 2 * EMPTY) continue;
          expect(mixture.means[3 * k + 1]).toBeCloseTo(0.1, 6);
          expect(mixture.deviations[3 * k + 1]).toBeCloseTo(Math.sqrt(1e-9), 12);
        }
      }
    const one = await fitMixture(inMemory(Float64Array.of(1, 2), 2), { components: 1, dtype });
    expect(Array.from(one.mixture.means)).toEqual([1, 2]);
  });
});

test("float32 follows float64", async () => {
  const rows = gaussianRows(4000, 20, 9).map((v, at) => 50 * v + 200 * Math.sin(at % 20) + 40 * Math.sin(at / 900));
  const options = { components: 8, seed: 4, iterations: 15, tolerance: 0 } as const;
  const single = await fitMixture(inMemory(Float32Array.from(rows), 20), options);
  const double = await fitMixture(inMemory(Float32Array.from(rows), 20), { ...options, dtype: "float64" });
  single.logLikelihoods.forEach((v, t) => {
    expect(Math.abs(v - (double.logLikelihoods[t] as number))).toBeLessThan(1e-3);
  });
});

test("the seed decides, and blocks do not", async () => {
  const source = inMemory(ROWS, 4);
  const options = { components: 4, dtype: "float64", iterations: 3, tolerance: 0 } as const;
  for (const start of ["random", "k-means"] as const) {
    const [a, b, c] = await Promise.all(
      [{ seed: 1 }, { seed: 1, block: 511 }, { seed: 2 }].map((o) => fitMixture(source, { ...options, start, ...o })),
    );
    a?.mixture.means.forEach((v, at) => {
      expect(v).toBeCloseTo(b?.mixture.means[at] as number, 8);
    });
    expect(a?.mixture.means).not.toEqual(c?.mixture.means);
  }
});

test("k-means begins EM where its centres hardly move, with the clusters' shares, means and variances", async () => {
  const rows = gaussianRows(2000, 3, 12);
  const { mixture, iterations } = await fitMixture(inMemory(rows, 3), {
    components: 6,
    iterations: 0,
    dtype: "float64",
  });
  expect(iterations).toBe(0);
  const nearest = (means: Float64Array): { readonly assignment: Int32Array; readonly squares: number } => {
    let squares = 0;
    const assignment = Int32Array.from({ length: 2000 }, (_, i) => {
      const distances = Array.from({ length: 6 }, (__, k) =>
        [0, 1, 2].reduce((s, d) => s + (rows[3 * i + d]! - means[3 * k + d]!) ** 2, 0),
      );
      squares += Math.min(...distances);
      return distances.indexOf(Math.min(...distances));
    });
    return { assignment, squares };
  };
  const { assignment, squares } = nearest(mixture.means);
  const moved = mixture.means.map((_, at) => {
    const own = Array.from(assignment.keys()).filter((i) => assignment[i] === Math.floor(at / 3));
    return own.reduce((s, i) => s + rows[3 * i + (at % 3)]!, 0) / own.length;
  });
  expect(squares - nearest(moved).squares).toBeLessThan(2e-3 * squares);
  for (let k = 0; k < 6; k++)
    expect(Math.abs(mixture.weights[k]! - assignment.filter((a) => a === k).length / 2000)).toBeLessThan(0.02);
});

test("an empty component stays where it was, with hardly a weight", () => {
  const sums = { counts: Float64Array.of(4, 0), first: Float64Array.of(8, 0), second: Float64Array.of(20, 0) };
  const before = {
    components: 2,
    width: 1,
    weights: Float64Array.of(0.5, 0.5),
    means: Float64Array.of(7, 9),
    deviations: Float64Array.of(3, 2),
  };
  const limits = { centre: Float64Array.of(10), floor: Float64Array.of(1e-9), prior: 0 };
  const after = maximised(sums, before, limits);
  expect(Array.from(after.means)).toEqual([12, 9]);
  expect(Array.from(after.deviations)).toEqual([1, 2]);
  expect(after.weights[1]).toBeCloseTo(EMPTY / 4, 12);
  // the toolkit's prior of 100 n makes weights nearly equal: (4 + 400) / 804
  expect(maximised(sums, before, { ...limits, prior: 400 }).weights[0]).toBeCloseTo(404 / 804, 8);
});

test("what cannot be fitted is said", async () => {
  const source = inMemory(gaussianRows(20, 3, 6), 3);
  const refused = (code: string, options: Partial<Parameters<typeof fitMixture>[1]>) =>
    expect(fitMixture(source, { components: 2, ...options })).rejects.toMatchObject({ code });
  for (const components of [0, 21, 1.5, Number.NaN]) await refused("E_PARAM", { components });
  await expect(fitMixture(source, { components: 21 })).rejects.toThrow(/from 1 to the 20 rows/);
  await refused("E_PARAM", { iterations: -1 });
  await refused("E_PARAM", { tolerance: Number.NaN });
  await refused("E_PARAM", { start: "best" as "random" });
  await refused("E_INPUT_SHAPE", { start: TRUTH, components: 3 });
  await refused("E_ABORTED", { signal: AbortSignal.abort() });
  await expect(fitMixture(inMemory(new Float32Array(0), 3), { components: 1 })).rejects.toMatchObject({
    code: "E_DATA_EMPTY",
  });
  for (const bad of [Number.NaN, Number.NEGATIVE_INFINITY]) {
    const rows = gaussianRows(20, 3, 6);
    rows[40] = bad;
    await expect(fitMixture(inMemory(rows, 3), { components: 2 })).rejects.toMatchObject({ code: "E_NUMERIC" });
  }
  const far = inMemory(Float64Array.from([0, 1, 2, 1e25]), 1);
  await expect(fitMixture(far, { components: 2 })).rejects.toMatchObject({ code: "E_NUMERIC" });
  await expect(fitMixture(far, { components: 2, dtype: "float64" })).resolves.toMatchObject({ empty: 0 });
});

test("a signal stops it between blocks", async () => {
  const stop = new AbortController();
  const running = fitMixture(inMemory(ROWS, 4), {
    components: 3,
    start: "random",
    tolerance: 0,
    signal: stop.signal,
    onIteration: ({ iteration }) => {
      if (iteration === 2) stop.abort();
    },
  });
  await expect(running).rejects.toMatchObject({ code: "E_ABORTED" });
});
