import { describe, expect, it } from "vitest";
import { agreementOf } from "../../src/patterns/agreement.ts";
import { concentrationOf, settledConcentration } from "../../src/patterns/concentration.ts";
import { fitSamples, type SampleFitOptions, type SampleProgress } from "../../src/patterns/sample-projection.ts";
import { startingMatrix } from "../../src/patterns/sample-start.ts";
import type { SampleState } from "../../src/patterns/sample-state.ts";
import { projected } from "../../src/patterns/wide-products.ts";
import { absent, hasShared } from "../shared.ts";
import { expectWithin, MANIFEST, patternCase } from "./golden.ts";
import { drawn } from "./sample-data.ts";

const concentration = concentrationOf({ dimension: 3 });
const code = (wanted: string) => expect.objectContaining({ code: wanted });

describe.skipIf(!hasShared(MANIFEST))(`fits of the reference set${absent(MANIFEST)}`, () => {
  it.each(["fit_gd", "fit_gd_em3", "net_fit"])("%s, every round", async (id) => {
    const golden = patternCase(id);
    const rounds = golden.param<number>("rounds");
    const states: SampleState[] = [];
    const fit = await fitSamples(samplesOf(id), {
      start: { matrix: golden.array("M0") },
      optimizer: "descent",
      rate: golden.param<number>("lr"),
      steps: golden.param<number>("gd_steps_per_round"),
      emSteps: golden.param<number>("em_steps"),
      rounds,
      patience: rounds + 1,
      onRound: ({ state }) => {
        states.push(state());
      },
    });
    expect(states.length).toBe(rounds + 1);
    const all = (pick: (s: SampleState) => readonly number[]): number[] => states.flatMap(pick);
    golden.expectOutput(
      "M",
      all((s) => s.matrix),
    );
    golden.expectOutput(
      "pi",
      all((s) => s.weights),
    );
    golden.expectOutput(
      "mu",
      all((s) => s.means),
    );
    golden.expectOutput(
      "kl",
      fit.curve.map((r) => r.kl),
    );
    golden.expectOutput(
      "kl_after_gd",
      fit.curve.slice(1).map((r) => r.klBeforeEm),
    );
    golden.expectOutput(
      "loglik_mean",
      fit.curve.map((r) => r.logLikelihood),
    );
    const kl = Array.from(golden.array("kl"));
    expect(fit.best).toBe(kl.indexOf(Math.min(...kl)));
    expect(Array.from(fit.matrix)).toEqual(states[fit.best]?.matrix);
  });

  it.each(["fit_gd", "net_fit"])("%s begins at the reference's principal directions", (id) => {
    const golden = patternCase(id);
    const { matrix } = startingMatrix("pca", { rows: samplesOf(id), dimension: 3, seed: 0 }, 3);
    expectWithin(`${id} M0`, matrix, golden.array("M0"), { atol: 1e-10, rtol: 1e-8 });
  });
});

function samplesOf(id: string) {
  const golden = patternCase(id);
  const [width, categories] = [golden.shape("F")[1] as number, golden.shape("P")[1] as number];
  return { features: Float32Array.from(golden.array("F")), width, probabilities: golden.array("P"), categories };
}

describe("a fit of sample features", () => {
  it("tells what the network tells, by default options, and grows strength with confidence", async () => {
    const [sure, unsure] = await Promise.all(
      [12, 3].map(async (sharpness) => {
        const samples = drawn({ sharpness });
        const fit = await fitSamples(samples, { rate: 0.01 });
        return { fit, ...agreementOf({ ...samples, ...fit, concentration }) };
      }),
    );
    expect(sure?.agreement).toBeGreaterThanOrEqual(0.95);
    expect(sure?.fit.curve[sure.fit.best]?.kl).toBeLessThan(0.5 * (sure?.fit.curve[0]?.kl as number));
    expect(sure?.strength).toBeGreaterThan(unsure?.strength as number);
  });

  it("records what it did: choices with their defaults, curves, the best round's values", async () => {
    const samples = drawn();
    const fit = await fitSamples(samples, { rounds: 15, patience: 20 });
    expect(fit.choices).toEqual({
      dimension: 3,
      concentration: settledConcentration({ dimension: 3 }),
      start: "pca",
      strength: 3,
      optimizer: "adam",
      rate: 1e-3,
      steps: 10,
      emSteps: 1,
      mStep: "mixture",
      rounds: 15,
      batch: "all",
      seed: 0,
      tolerance: 1e-4,
      patience: 20,
    });
    expect(fit.curve.length).toBe(16);
    expect(fit.converged).toBe(false);
    const least = Math.min(...fit.curve.map((r) => r.kl));
    expect(fit.curve[fit.best]?.kl).toBe(least);
    const again = await fitSamples(samples, { start: fit, rounds: 0 });
    expect(again.curve[0]?.kl).toBeCloseTo(least, 12);
    expect(again.choices.start).toBe("warm");
    expect(again.points).toEqual(projected(samples, fit.matrix, 3));
    expect(fit.directions.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    for (const { kl } of fit.curve) expect(kl).toBeGreaterThanOrEqual(0);
  });

  it("raises the likelihood by EM while M rests", async () => {
    const { curve } = await fitSamples(drawn(), { steps: 0, rounds: 20, patience: 30 });
    for (let t = 1; t < curve.length; t++)
      expect(curve[t]?.logLikelihood).toBeGreaterThanOrEqual((curve[t - 1]?.logLikelihood as number) - 1e-9);
  });

  it("with the network's M step: weights are the mean of P, directions its weighted sums", async () => {
    const samples = drawn();
    let state: SampleState | undefined;
    const { choices } = await fitSamples(samples, {
      mStep: "network",
      steps: 0,
      rounds: 1,
      patience: 5,
      onRound: (progress) => {
        state = progress.state();
      },
    });
    const points = projected(samples, Float64Array.from(state?.matrix ?? []), 3);
    for (let y = 0; y < 4; y++) {
      const sum = [0, 0, 0];
      let mass = 0;
      for (let i = 0; i < 120; i++) {
        const g = points.subarray(3 * i, 3 * i + 3);
        const share = samples.probabilities[4 * i + y] as number;
        mass += share / 120;
        for (let k = 0; k < 3; k++) sum[k]! += (share * concentration.at(Math.hypot(...g)) * g[k]!) / Math.hypot(...g);
      }
      expect(state?.weights[y]).toBeCloseTo(mass, 12);
      for (let k = 0; k < 3; k++) expect(state?.means[3 * y + k]).toBeCloseTo(sum[k]! / Math.hypot(...sum), 12);
    }
    expect(choices.mStep).toBe("network");
  });

  it("is the same in a space that is turned", async () => {
    const samples = drawn();
    const { matrix } = startingMatrix("pca", { rows: samples, dimension: 3, seed: 0 }, 3);
    // x -> y -> z -> x
    const { width } = samples;
    const turned = Float64Array.from([...matrix.slice(width), ...matrix.slice(0, width)]);
    const of = (start: Float64Array) =>
      fitSamples(samples, { start: { matrix: start }, optimizer: "descent", rounds: 12, patience: 20 });
    const [one, other] = await Promise.all([of(matrix), of(turned)]);
    one.curve.forEach((r, t) => {
      expect(r.kl).toBeCloseTo(other.curve[t]?.kl as number, 10);
      expect(r.logLikelihood).toBeCloseTo(other.curve[t]?.logLikelihood as number, 10);
    });
  });

  it.each<[string, SampleFitOptions]>([
    ["Adam, all samples", {}],
    ["Adam, batches", { batch: 32 }],
    ["descent, batches that do not divide", { optimizer: "descent", batch: 50, start: "random" }],
  ])("goes on from a state that was written and read, to the same numbers: %s", async (_, options) => {
    const samples = drawn();
    const both = { ...options, patience: 50, seed: 4 };
    const whole = await fitSamples(samples, { ...both, rounds: 9 });
    let kept = "";
    await fitSamples(samples, {
      ...both,
      rounds: 4,
      onRound: ({ state }) => {
        kept = JSON.stringify(state());
      },
    });
    const rounds: number[] = [];
    const rest = await fitSamples(samples, {
      ...both,
      rounds: 9,
      resume: JSON.parse(kept) as SampleState,
      onRound: ({ round }) => {
        rounds.push(round);
      },
    });
    expect(rounds).toEqual([5, 6, 7, 8, 9]);
    expect(rest).toEqual(whole);
  });

  it("gives the same numbers for the same seed, others for another", async () => {
    const options = { start: "random", batch: 16, rounds: 3 } as const;
    const [a, b, c] = await Promise.all([1, 1, 2].map((seed) => fitSamples(drawn(), { ...options, seed })));
    expect(a).toEqual(b);
    expect(a?.curve).not.toEqual(c?.curve);
  });

  it("starts warm from the fit before: near its end, and with its directions", async () => {
    const before = await fitSamples(drawn(), { rate: 0.01, rounds: 60 });
    const next = drawn({ noise: 0.45 });
    const warm = await fitSamples(next, { start: before, rounds: 1 });
    const cold = await fitSamples(next, { rounds: 1 });
    expect(warm.curve[0]?.kl).toBeLessThan(0.6 * (cold.curve[0]?.kl as number));
    // the start is not written to
    expect(before.points).toEqual(projected(drawn(), before.matrix, 3));
  });

  it("ends when the best divergence has not fallen for `patience` rounds, and keeps the best round", async () => {
    const samples = drawn();
    // M rests, and so does the divergence after EM has settled
    const still = await fitSamples(samples, { steps: 0, emSteps: 0, patience: 5 });
    expect(still.curve.length).toBe(6);
    expect(still).toMatchObject({ converged: true, best: 0 });
    const { curve, best, converged } = await fitSamples(samples, { rate: 0.05, rounds: 400 });
    expect(converged).toBe(true);
    expect(curve.length).toBeLessThan(401);
    const least = (to: number) => Math.min(...curve.slice(0, to).map((r) => r.kl));
    expect(least(curve.length - 10) - least(curve.length)).toBeLessThanOrEqual(1e-4 * least(curve.length - 10));
    expect(least(curve.length - 11) - least(curve.length - 1)).toBeGreaterThan(1e-4 * least(curve.length - 11));
    expect(curve[best]?.kl).toBe(least(curve.length));
  });

  it("reports every round and stops on a signal", async () => {
    const stop = new AbortController();
    const seen: SampleProgress[] = [];
    const running = fitSamples(drawn(), {
      signal: stop.signal,
      onRound: (progress) => {
        seen.push(progress);
        if (progress.round === 3) stop.abort(new Error("enough"));
      },
    });
    await expect(running).rejects.toEqual(code("E_ABORTED"));
    await expect(running).rejects.toMatchObject({ cause: new Error("enough") });
    expect(seen.map(({ round, rounds }) => [round, rounds])).toEqual([0, 1, 2, 3].map((r) => [r, 200]));
  });
});

describe("samples that are special", () => {
  const few = { rounds: 5, patience: 10 };
  const finite = (fit: Awaited<ReturnType<typeof fitSamples>>): void => {
    for (const values of [fit.matrix, fit.points, fit.directions.means, fit.directions.weights])
      expect(values.every(Number.isFinite)).toBe(true);
    for (const y of Array(fit.directions.categories).keys()) {
      const mean = fit.directions.means.subarray(y * fit.directions.dimension, (y + 1) * fit.directions.dimension);
      expect(Math.hypot(...mean)).toBeCloseTo(1, 12);
    }
  };

  it("zero features: posteriors stay pi, whose divergence from P is all there is", async () => {
    const { width, probabilities, categories } = drawn();
    const fit = await fitSamples({ features: new Float32Array(120 * width), width, probabilities, categories }, few);
    finite(fit);
    expect(fit.points.every((v) => v === 0)).toBe(true);
    expect(fit.notes.join()).toMatch(/All features are 0/);
    const kl = probabilities.reduce((s, p) => s + (p > 0 ? (p * Math.log(p * categories)) / 120 : 0), 0);
    expect(fit.curve[0]?.kl).toBeCloseTo(kl, 10);
  });

  it("some zero features among others", async () => {
    const samples = drawn();
    samples.features.fill(0, 0, 3 * samples.width);
    const fit = await fitSamples(samples, few);
    finite(fit);
    expect(Array.from(fit.points.subarray(0, 9))).toEqual(Array(9).fill(0));
  });

  it("one category: nothing to tell, and it ends", async () => {
    const { features, width } = drawn();
    const fit = await fitSamples({ features, width, probabilities: new Float64Array(120).fill(1), categories: 1 });
    finite(fit);
    expect(fit).toMatchObject({ converged: true, best: 0 });
    expect(fit.curve.every(({ kl }) => kl === 0)).toBe(true);
    expect(fit.notes.join()).toMatch(/one category/);
  });

  it("more categories than 2^d: runs, and says that they crowd", async () => {
    const fit = await fitSamples(drawn({ categories: 9, count: 200 }), { ...few, dimension: 2 });
    finite(fit);
    expect(fit.notes.join()).toMatch(/9 categories are more than 2\^2/);
    expect((await fitSamples(drawn(), { rounds: 0 })).notes).toEqual([]);
  });

  it("samples that are all the same", async () => {
    const { features, width, probabilities, categories } = drawn({ count: 1 });
    const many = new Float32Array(12 * width);
    const same = new Float64Array(12 * categories);
    for (let i = 0; i < 12; i++) {
      many.set(features, i * width);
      same.set(probabilities, i * categories);
    }
    const fit = await fitSamples({ features: many, width, probabilities: same, categories }, few);
    finite(fit);
    expect(fit.notes.join()).toMatch(/All 12 samples have the same features/);
    expect(fit.notes.join()).toMatch(/vary along 0 directions/);
    // all directions are one, no category is told from another, and pi stays uniform
    const kl = probabilities.reduce((sum, p) => sum + p * Math.log(p * categories), 0);
    for (const round of fit.curve) expect(round.kl).toBeCloseTo(kl, 10);
  });

  it("one sample", async () => {
    finite(await fitSamples(drawn({ count: 1 }), few));
  });

  it("fewer features than dimensions", async () => {
    const fit = await fitSamples(drawn({ width: 2, noise: 0.05 }), few);
    finite(fit);
    expect(fit.notes.join()).toMatch(/fewer than the 3 of the space/);
  });

  it("a category that no sample belongs to", async () => {
    const samples = drawn();
    for (let i = 0; i < 120; i++) {
      const row = samples.probabilities.subarray(4 * i, 4 * i + 4);
      row[0]! += row[3]!;
      row[3] = 0;
    }
    finite(await fitSamples(samples, few));
  });

  it("features a million times as large or small", async () => {
    for (const scale of [1e6, 1e-6]) {
      const samples = drawn();
      samples.features.forEach((f, at) => {
        samples.features[at] = f * scale;
      });
      finite(await fitSamples(samples, { ...few, rate: 1e-3 / scale }));
    }
  });
});

describe("bad input", () => {
  const samples = drawn();
  it.each<[string, string, Partial<typeof samples>, SampleFitOptions]>([
    [
      "E_NUMERIC",
      "features that are not numbers",
      { features: samples.features.map((f, at) => (at === 77 ? Number.NaN : f)) },
      {},
    ],
    [
      "E_NUMERIC",
      "infinite features",
      { features: samples.features.map((f, at) => (at === 3 ? Number.POSITIVE_INFINITY : f)) },
      {},
    ],
    [
      "E_NUMERIC",
      "probabilities that are not numbers",
      { probabilities: samples.probabilities.map(() => Number.NaN) },
      {},
    ],
    ["E_PARAM", "rows that do not sum to 1", { probabilities: samples.probabilities.map((p) => p * 0.99) }, {}],
    [
      "E_PARAM",
      "negative probabilities",
      { probabilities: samples.probabilities.map((p, at) => (at === 0 ? p - 2 : at === 1 ? p + 2 : p)) },
      {},
    ],
    ["E_INPUT_SHAPE", "probabilities of fewer samples", { probabilities: samples.probabilities.subarray(4) }, {}],
    ["E_INPUT_SHAPE", "features of half a row", { features: samples.features.subarray(1) }, {}],
    ["E_DATA_EMPTY", "no samples", { features: new Float32Array(0), probabilities: new Float64Array(0) }, {}],
    ["E_PARAM", "one dimension", {}, { dimension: 1 }],
    ["E_PARAM", "a concentration of other dimensions", {}, { dimension: 2, concentration }],
    ["E_PARAM", "an unknown start", {}, { start: "centre" as "pca" }],
    ["E_PARAM", "an unknown optimiser", {}, { optimizer: "sgd" as "adam" }],
    ["E_PARAM", "an unknown M step", {}, { mStep: "both" as "mixture" }],
    ["E_PARAM", "a batch of none", {}, { batch: 0 }],
    ["E_PARAM", "half a round", {}, { rounds: 0.5 }],
    ["E_PARAM", "a negative rate", {}, { rate: -1 }],
    ["E_PARAM", "no strength", {}, { strength: 0 }],
    ["E_INPUT_SHAPE", "a start of other features", {}, { start: { matrix: new Float64Array(9) } }],
    ["E_NUMERIC", "a start that is not finite", {}, { start: { matrix: new Float64Array(60).fill(Number.NaN) } }],
  ])("%s: %s", async (wanted, _, other, options) => {
    await expect(fitSamples({ ...samples, ...other }, options)).rejects.toEqual(code(wanted));
  });

  it("E_INPUT_SHAPE: the state of another fit", async () => {
    let state: SampleState | undefined;
    await fitSamples(samples, {
      rounds: 0,
      onRound: (progress) => {
        state = progress.state();
      },
    });
    expect(state).toBeDefined();
    for (const options of [{ dimension: 2 }, { optimizer: "descent" } as const])
      await expect(fitSamples(samples, { ...options, resume: state })).rejects.toEqual(code("E_INPUT_SHAPE"));
  });

  it("E_NUMERIC: a rate that throws the fit out of range, with what to do", async () => {
    const running = fitSamples(samples, { optimizer: "descent", rate: 1e300, rounds: 5 });
    await expect(running).rejects.toEqual(code("E_NUMERIC"));
    await expect(running).rejects.toThrow(/rate/);
  });
});
