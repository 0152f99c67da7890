/** @file The fit of regional features: reference descents, what it finds on drawn maps, resuming, stopping, degenerate maps. */
import { describe, expect, it } from "vitest";
import { concentrationOf } from "../../src/patterns/concentration.ts";
import { productProbabilities } from "../../src/patterns/pair-probabilities.ts";
import { softmaxOf } from "../../src/patterns/position-weights.ts";
import { regionalLoss } from "../../src/patterns/regional-loss.ts";
import { fitRegions, type RegionalFitOptions } from "../../src/patterns/regional-projection.ts";
import type { RegionalState } from "../../src/patterns/regional-state.ts";
import { meanStrength } from "../../src/patterns/sample-start.ts";
import { projected } from "../../src/patterns/wide-products.ts";
import { normals } from "../../src/random.ts";
import { absent, hasShared } from "../shared.ts";
import { expectWithin, MANIFEST, patternCase } from "./golden.ts";
import { positionsFirst, someMaps } from "./some-maps.ts";

describe.skipIf(!hasShared(MANIFEST))(`regional fits of the reference set${absent(MANIFEST)}`, () => {
  it.each(["net_regional_0", "net_regional_1"])("%s: trace and Lambda", async (name) => {
    const the = patternCase(name);
    const maps = positionsFirst(the.array("f"), the.shape("f"));
    const [channels, positions] = [the.param<number>("K"), the.param<number>("HW")];
    const source = someMaps(maps, { channels, positions });
    const [samples, weights, eta] = [the.array("g"), the.array("w"), the.param<number>("eta")];
    const vectors = { width: the.shape("P")[1] as number, values: the.array("P") };
    const fit = await fitRegions(source, {
      samples,
      vectors,
      weights,
      eta,
      start: the.array("Lambda0"),
      optimizer: "descent",
      rate: the.param<number>("lr"),
      batch: source.count,
      epochs: the.param<number>("steps"),
    });
    const last = regionalLoss(
      { rows: maps, positions, weights, samples, target: productProbabilities(vectors) },
      fit.matrix,
      { concentration: concentrationOf({ dimension: 3 }), eta },
    );
    the.expectOutput(
      "trace",
      [...fit.curve, last].flatMap(({ kl, align }) => [kl + eta * align, kl, align]),
    );
    the.expectOutput("Lambda", fit.matrix);
    expect(fit.choices).toMatchObject({ importance: "given", start: "warm", optimizer: "descent", target: "product" });
  });
  it.each(["net_regional_0", "net_regional_1"])("%s: the start, up to signs of its axes", async (name) => {
    const the = patternCase(name);
    const source = someMaps(positionsFirst(the.array("f"), the.shape("f")), {
      channels: the.param("K"),
      positions: the.param("HW"),
    });
    const wanted = the.array("Lambda0");
    const { matrix } = await fitRegions(source, {
      samples: threes(source.count),
      vectors: alike(source.count),
      epochs: 0,
      turn: false,
    });
    expectWithin(`${name} start`, matrix, wanted, { atol: 1e-7, rtol: 1e-7 });
  });
});

/** g of length 3, and probabilities that tell nothing. */
const threes = (count: number): Float64Array =>
  Float64Array.from({ length: 3 * count }, (_, i) => (i % 3 === 0 ? 3 : 0));
const alike = (count: number) => ({ width: 2, values: new Float64Array(2 * count).fill(0.5) });

const [POSITIONS, CHANNELS, CLASSES] = [9, 12, 4];

/** A pattern of channels for each class at some positions, noise at all. */
function drawnMaps(count: number, seed = 1) {
  const random = normals(seed);
  const patterns = Float32Array.from({ length: CLASSES * CHANNELS }, () => random());
  const labels = Int32Array.from({ length: count }, (_, i) => i % CLASSES);
  const rows = Float32Array.from({ length: count * POSITIONS * CHANNELS }, (_, at) => {
    const [picture, r, c] = [
      Math.floor(at / (POSITIONS * CHANNELS)),
      Math.floor(at / CHANNELS) % POSITIONS,
      at % CHANNELS,
    ];
    const own = r < 4 ? (patterns[(labels[picture] as number) * CHANNELS + c] as number) : 0;
    return own + 0.3 * random();
  });
  const corners = [
    [2, 2, 2],
    [2, -2, -2],
    [-2, 2, -2],
    [-2, -2, 2],
  ];
  const samples = Float64Array.from(
    { length: 3 * count },
    (_, i) => corners[Math.floor(i / 3) % CLASSES]?.[i % 3] as number,
  );
  const values = Float64Array.from({ length: count * CLASSES }, (_, i) =>
    i % CLASSES === Math.floor(i / CLASSES) % CLASSES ? 0.91 : 0.03,
  );
  const source = someMaps(rows, { positions: POSITIONS, channels: CHANNELS });
  const options: RegionalFitOptions = { samples, vectors: { width: CLASSES, values } };
  return { rows, source, options, samples };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe("a fit", () => {
  it("brings positions of a class to where its pictures point, in mini-batches", async () => {
    const { source, options, rows, samples } = drawnMaps(60);
    const fit = await fitRegions(source, { ...options, batch: 16, epochs: 40, eta: 1 });
    expect(fit.stepsPerEpoch).toBe(4);
    expect(fit.curve).toHaveLength(160);
    expect(source.most()).toBe(60);
    const [early, late] = [fit.curve.slice(0, 4), fit.curve.slice(-4)];
    expect(mean(late.map((s) => s.kl))).toBeLessThan(0.5 * mean(early.map((s) => s.kl)));
    // 4 of 9 positions carry the class: -4/9 where those are parallel to g and noise is nowhere
    expect(mean(late.map((s) => s.align))).toBeLessThan(-0.4);
    const h = projected({ features: rows, width: CHANNELS }, fit.matrix, 3);
    let right = 0;
    for (let i = 0; i < 60; i++)
      for (let r = 0; r < 4; r++) {
        const own = h.subarray((i * POSITIONS + r) * 3, (i * POSITIONS + r + 1) * 3);
        const heights = [0, 1, 2, 3].map((c) => own.reduce((s, v, k) => s + v * (samples[c * 3 + k] as number), 0));
        if (heights.indexOf(Math.max(...heights)) === i % CLASSES) right++;
      }
    expect(right / 240).toBeGreaterThan(0.95);
  });
  it("takes no more pictures at once than a batch, once it has begun", async () => {
    const { source, options } = drawnMaps(40);
    await fitRegions(source, { ...options, start: new Float64Array(3 * CHANNELS).fill(0.1), batch: 16, epochs: 2 });
    expect(source.most()).toBe(14);
  });
  it("begins at the mean strength of the samples", async () => {
    const { source, options, rows, samples } = drawnMaps(30);
    for (const start of ["pca", "random"] as const) {
      const { matrix } = await fitRegions(source, { ...options, start, epochs: 0 });
      const found = meanStrength(projected({ features: rows, width: CHANNELS }, matrix, 3), 3);
      expect(found).toBeCloseTo(meanStrength(samples, 3), 10);
    }
  });
  it("is the same for the same seed, and another for another", async () => {
    const { source, options } = drawnMaps(30);
    const run = (seed: number) => fitRegions(source, { ...options, batch: 8, epochs: 2, seed });
    const [a, b, c] = [await run(1), await run(1), await run(2)];
    expect(a.matrix).toEqual(b.matrix);
    expect(a.matrix).not.toEqual(c.matrix);
  });
  it.each(["uniform", "norm", "learned"] as const)(
    "goes on from a state to the same numbers: %s",
    async (importance) => {
      const { source, options } = drawnMaps(30);
      const asked = { ...options, importance, batch: 8, epochs: 4 };
      let text = "";
      const whole = await fitRegions(source, {
        ...asked,
        onStep: ({ step, state }) => {
          if (step === 7) text = JSON.stringify(state());
        },
      });
      const resumed = await fitRegions(source, { ...asked, resume: JSON.parse(text) as RegionalState });
      expect(resumed.matrix).toEqual(whole.matrix);
      expect(resumed.learned).toEqual(whole.learned);
      expect(resumed.curve).toEqual(whole.curve);
      expect(resumed.choices).toEqual(whole.choices);
    },
  );
  it("learns which positions carry the class", async () => {
    const { source, options } = drawnMaps(60);
    const { learned = new Float64Array(), choices } = await fitRegions(source, {
      ...options,
      importance: "learned",
      eta: 20,
      batch: 20,
      epochs: 40,
    });
    expect(choices.importance).toBe("learned");
    expect(learned.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(Math.min(...learned.slice(0, 4))).toBeGreaterThan(Math.max(...learned.slice(4)));
  });
  it("stops on a signal with what it had done", async () => {
    const { source, options } = drawnMaps(30);
    const stop = new AbortController();
    const run = fitRegions(source, {
      ...options,
      batch: 8,
      signal: stop.signal,
      onStep: ({ step }) => {
        if (step === 3) stop.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ code: "E_ABORTED", message: expect.stringContaining("3 of 80") });
  });
  it.each<readonly [string, Partial<RegionalFitOptions>, string]>([
    ["samples of another set", { samples: new Float64Array(9) }, "E_PARAM"],
    ["no weights where they are to be given", { importance: "given" }, "E_INPUT_SHAPE"],
    ["a start of another layer", { start: new Float64Array(7) }, "E_INPUT_SHAPE"],
    ["no whole batch", { batch: 1.5 }, "E_PARAM"],
    ["weights below 0", { weights: new Float64Array(30 * POSITIONS).fill(-1) }, "E_NUMERIC"],
    ["a rate that leaves all numbers", { optimizer: "descent", rate: 1e308 }, "E_NUMERIC"],
    ["a target of no name", { target: "likeness" as "product" }, "E_PARAM"],
  ])("refuses %s", async (_, wrong, code) => {
    const { source, options } = drawnMaps(30);
    await expect(fitRegions(source, { ...options, ...wrong })).rejects.toMatchObject({ code });
  });
});

describe("a turned start", () => {
  it("points to the samples as well as any turn of it, at the same strength", async () => {
    const { source, options, rows } = drawnMaps(40);
    const weights = new Float64Array(40 * POSITIONS).fill(1 / POSITIONS);
    const concentration = concentrationOf({ dimension: 3 });
    const target = productProbabilities(options.vectors);
    const loss = (matrix: Float64Array) =>
      regionalLoss({ rows, positions: POSITIONS, weights, samples: options.samples, target }, matrix, {
        concentration,
      });
    const [plain, best] = await Promise.all(
      [false, true].map(async (turn) => (await fitRegions(source, { ...options, epochs: 0, turn })).matrix),
    );
    const [before, after] = [loss(plain as Float64Array), loss(best as Float64Array)];
    expect(after.kl).toBeCloseTo(before.kl, 10);
    expect(after.align).toBeLessThan(before.align - 0.1);
    for (const [i, k] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      for (const angle of [-0.1, 0.1]) {
        const turned = (best as Float64Array).slice();
        for (let c = 0; c < CHANNELS; c++) {
          const [a, b] = [turned[i * CHANNELS + c] as number, turned[k * CHANNELS + c] as number];
          turned[i * CHANNELS + c] = Math.cos(angle) * a - Math.sin(angle) * b;
          turned[k * CHANNELS + c] = Math.sin(angle) * a + Math.cos(angle) * b;
        }
        expect(loss(turned).align).toBeGreaterThan(after.align);
      }
  });
});

describe("degenerate maps", () => {
  const fitted = async (rows: Float32Array, positions: number, count: number) =>
    fitRegions(someMaps(rows, { positions, channels: 4 }), {
      samples: threes(count),
      vectors: alike(count),
      importance: "norm",
      epochs: 3,
      batch: 4,
    });
  it("all zero: stays where it began, without numbers that are none", async () => {
    const fit = await fitted(new Float32Array(6 * 5 * 4), 5, 6);
    expect(fit.matrix.every(Number.isFinite)).toBe(true);
    expect(fit.curve.every(({ kl, align }) => Math.abs(kl) < 1e-12 && Math.abs(align) < 1e-12)).toBe(true);
    expect(fit.notes[0]).toMatch(/vary along 0 directions/);
  });
  it("one picture: aligned, with a divergence of 0", async () => {
    const random = normals(4);
    const fit = await fitted(
      Float32Array.from({ length: 20 }, () => random()),
      5,
      1,
    );
    expect(fit.curve.map((s) => s.kl)).toEqual([0, 0, 0]);
    expect(fit.curve[2]?.align).toBeLessThan(fit.curve[0]?.align as number);
  });
  it("identical pictures: a divergence of 0", async () => {
    const random = normals(4);
    const one = Float32Array.from({ length: 20 }, () => random());
    const fit = await fitted(
      Float32Array.from({ length: 120 }, (_, i) => one[i % 20] as number),
      5,
      6,
    );
    expect(Math.max(...fit.curve.map((s) => Math.abs(s.kl)))).toBeLessThan(1e-14);
  });
  it("one position", async () => {
    const random = normals(4);
    const fit = await fitted(
      Float32Array.from({ length: 24 }, () => random()),
      1,
      6,
    );
    expect(fit.curve.every(({ kl, align }) => Number.isFinite(kl) && Number.isFinite(align))).toBe(true);
    expect(fit.curve.at(-1)?.align).toBeLessThan(1);
  });
  it("maps that are not finite are refused", async () => {
    const rows = new Float32Array(120).fill(1);
    rows[3] = Number.NaN;
    for (const start of ["pca", new Float64Array(12).fill(0.1)] as const)
      await expect(
        fitRegions(someMaps(rows, { positions: 5, channels: 4 }), { samples: threes(6), vectors: alike(6), start }),
      ).rejects.toMatchObject({ code: "E_NUMERIC" });
  });
});

it("a softmax of large logits is finite and sums to 1", () => {
  const w = softmaxOf([1000, 1000, -1000]);
  expect(Array.from(w)).toEqual([0.5, 0.5, 0]);
});
