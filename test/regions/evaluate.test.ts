/** @file Clusters, the interpretation that serves a picture, what is left of it: closed values, slow oracles, edge cases. */
import { describe, expect, it } from "vitest";
import { normals } from "../../src/random.ts";
import { classGradients, gradCamPlusPlusWeights, gradCamWeights, openScoreCam } from "../../src/regions/baselines.ts";
import {
  chosen,
  chosenForAll,
  covering,
  decisionQuality,
  type Interpretation,
  serving,
} from "../../src/regions/evaluate.ts";
import { streamedFeatures } from "../../src/regions/features.ts";
import { featureWidth } from "../../src/regions/graphs.ts";
import { kMeans, nearestCentres, nearestPlace } from "../../src/regions/k-means.ts";
import { blackened, confidenceChange, largestOf, topShare } from "../../src/regions/keep-top.ts";
import { picturesInMemory } from "../../src/regions/pictures.ts";
import { openProjector } from "../../src/regions/projections.ts";
import { rowsOf, smallNet, somePictures } from "./nets.ts";

const THREADS = { threads: 1 } as const;

describe("k-means", () => {
  const normal = normals(2);
  /** Three clouds far from one another. */
  const rows = Float32Array.from({ length: 90 * 4 }, (_, i) => normal() + 30 * Number(Math.floor(i / 4) % 3 === i % 4));
  const points = picturesInMemory(rows, 4);
  it("finds clouds from its own start, however blocks are cut", async () => {
    const found = await kMeans(points, { clusters: 3, seed: 1, block: 7, ...THREADS });
    expect(found.converged).toBe(true);
    for (let i = 3; i < 90; i++) expect(found.assignment[i]).toBe(found.assignment[i % 3]);
    expect(new Set(found.assignment).size).toBe(3);
    const whole = await kMeans(points, { clusters: 3, seed: 1, block: 90, ...THREADS });
    expect([...whole.assignment]).toEqual([...found.assignment]);
    for (let k = 0; k < 3; k++) {
      const own = Array.from(found.assignment.keys()).filter((i) => found.assignment[i] === k);
      for (let w = 0; w < 4; w++) {
        const mean = own.reduce((s, i) => s + (rows[i * 4 + w] as number), 0) / own.length;
        expect(found.centres[k * 4 + w]).toBeCloseTo(mean, 10);
      }
      expect(found.assignment[found.representatives[k] as number]).toBe(k);
    }
    let inertia = 0;
    for (let i = 0; i < 90; i++)
      for (let w = 0; w < 4; w++)
        inertia +=
          ((rows[i * 4 + w] as number) - (found.centres[(found.assignment[i] as number) * 4 + w] as number)) ** 2;
    expect(found.inertia).toBeCloseTo(inertia, 6);
    expect([...(await nearestCentres(points, found.centres, THREADS))]).toEqual([...found.assignment]);
  });
  it("needs no features that are held: streamed through the network it finds the same", async () => {
    const { classifier, layer } = smallNet();
    const projector = await openProjector(classifier, layer, { ...THREADS, batch: 7 });
    const pictures = somePictures(50);
    const streamed = streamedFeatures(projector, pictures, featureWidth(layer));
    const held = picturesInMemory((await projector.features(pictures)).psi, streamed.width);
    const options = { clusters: 4, seed: 3, block: 16, ...THREADS };
    const found = await kMeans(streamed, options);
    expect(found).toEqual(await kMeans(held, options));
    expect(found.rounds).toBeGreaterThan(1);
    await projector.dispose();
  });
  it("never gains inertia, and stops after its rounds", async () => {
    const inertias: number[] = [];
    const found = await kMeans(points, {
      clusters: 8,
      start: [0, 1, 2, 3, 4, 5, 6, 7],
      iterations: 4,
      onRound: (_, __, inertia) => inertias.push(inertia),
      ...THREADS,
    });
    expect(found.rounds).toBe(4);
    expect([...inertias, found.inertia]).toEqual([...inertias, found.inertia].toSorted((a, b) => b - a));
  });
  it("keeps the centre of an empty cluster, and gives ties to the lower number", async () => {
    const twins = picturesInMemory(Float32Array.of(1, 1, 5, 5), 1);
    const found = await kMeans(twins, { clusters: 3, start: [0, 1, 2], ...THREADS });
    expect([...found.assignment]).toEqual([0, 0, 2, 2]);
    expect([...found.centres]).toEqual([1, 1, 5]);
    expect([...found.representatives]).toEqual([0, 0, 2]);
  });
  it("starts anywhere when all points are equal", async () => {
    const found = await kMeans(picturesInMemory(new Float32Array(10).fill(2), 2), { clusters: 3, ...THREADS });
    expect(found.inertia).toBe(0);
    expect([...found.assignment]).toEqual([0, 0, 0, 0, 0]);
  });
  it("takes the lower of two places that are equally near but for rounding", () => {
    expect(nearestPlace(Float64Array.of(4, 2.00001, 2, 2))).toBe(1);
    expect(nearestPlace(Float64Array.of(4, 2.001, 2, 2))).toBe(2);
  });
  it("refuses what it cannot do", async () => {
    const code = (c: string) => ({ code: c });
    await expect(kMeans(points, { clusters: 91 })).rejects.toMatchObject(code("E_PARAM"));
    await expect(kMeans(points, { clusters: 2, start: [0] })).rejects.toMatchObject(code("E_PARAM"));
    await expect(kMeans(points, { clusters: 2, start: [0, 90] })).rejects.toMatchObject(code("E_PARAM"));
    const nan = picturesInMemory(Float32Array.of(1, Number.NaN, 2), 1);
    await expect(kMeans(nan, { clusters: 1, start: [0], ...THREADS })).rejects.toMatchObject(code("E_NUMERIC"));
    await expect(kMeans(points, { clusters: 2, signal: AbortSignal.abort() })).rejects.toMatchObject(code("E_ABORTED"));
    await expect(nearestCentres(points, new Float64Array(3))).rejects.toMatchObject(code("E_INPUT_SHAPE"));
  });
});

describe("the interpretation that serves a picture", () => {
  const region = (
    label: number,
    order: readonly number[],
    values: readonly number[],
    same: number,
  ): Interpretation => ({
    label,
    order,
    values,
    same,
    other: 0,
  });
  const all = [
    region(0, [0], [1, 1], 5),
    region(1, [0, 1], [1, -1], 9),
    region(2, [1], [1, 1], 5),
    region(3, [0, 1], [-1, -1], 2),
  ];
  it("covers it and most references; the first at ties; else the cluster's", () => {
    expect(covering(all, [1, 1])).toEqual([0, 2]);
    expect(chosen(all, [1, 1])).toBe(0);
    expect(chosen(all, [2, -2])).toBe(1);
    expect(chosen(all, [-3, 0])).toBe(3);
    expect(chosen(all.slice(0, 2), [-1, 1])).toBe(-1);
    expect([...serving(Int32Array.of(1, -1, 0), [3, 2, 1])]).toEqual([1, 2, 0]);
  });
  it("covers no fewer pictures with more interpretations; one without boundaries covers all", () => {
    const values = Float64Array.from([1, 1, 1, -1, -1, 1, -1, -1]);
    const pictures = { count: 4, boundaries: 2, values, classes: new Int32Array(4) };
    const shares = [1, 2, 3, 4].map((v) => {
      const some = all.slice(0, v);
      return decisionQuality(some, chosenForAll(some, pictures), pictures).coverage;
    });
    expect(shares).toEqual([0.5, 0.5, 0.75, 1]);
    expect(chosen([region(0, [], [], 1)], [-1, -1])).toBe(0);
  });
  it("is right or wrong by the label and by the network's class", () => {
    const covered = Int32Array.of(0, 1, -1, 1);
    const truth = { classes: [0, 0, 2, 1], labels: [0, 1, 1, 1] };
    expect(decisionQuality(all, covered, truth)).toEqual({ labels: 1, model: 2 / 3, coverage: 0.75 });
    expect(decisionQuality(all, covered, { classes: truth.classes }).labels).toBeUndefined();
    expect(decisionQuality(all, Int32Array.of(-1), { classes: [0] })).toEqual({
      labels: undefined,
      model: undefined,
      coverage: 0,
    });
    expect(() => decisionQuality(all, covered, { classes: [1] })).toThrow(
      expect.objectContaining({ code: "E_INPUT_SHAPE" }),
    );
    expect(() => decisionQuality(all, new Int32Array(0), { classes: [] })).toThrow(
      expect.objectContaining({ code: "E_DATA_EMPTY" }),
    );
  });
});

describe("what is left of a picture", () => {
  it("has exactly so many pixels, the first at ties", () => {
    expect([...largestOf([1, 3, 3, 2, 3], 2)]).toEqual([0, 1, 1, 0, 0]);
    expect([...topShare(new Float64Array(10), 0.2)]).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    for (const [n, k] of [
      [4096, 819],
      [49, 10],
      [36, 7],
    ] as const)
      expect(topShare(new Float64Array(n), 0.2).reduce((a, b) => a + b, 0)).toBe(k);
    expect(() => topShare([1], 1.1)).toThrow(expect.objectContaining({ code: "E_PARAM" }));
  });
  it("is black elsewhere, in either layout", () => {
    const planes = Float32Array.of(1, 2, 3, 4);
    expect([...blackened(planes, [1, 0], { layout: "nchw", black: [-8, -9] })]).toEqual([1, -8, 3, -9]);
    expect([...blackened(planes, [1, 0], { layout: "nhwc", black: [-8, -9] })]).toEqual([1, 2, -8, -9]);
    expect([...planes]).toEqual([1, 2, 3, 4]);
  });
  it("has the drop and increase of the closed example (SPEC 4.5), and none when all is kept", () => {
    const { drop, increase } = confidenceChange([0.9, 0.8, 0.5, 0.99], [0.45, 0.85, 0.5, 0]);
    expect(drop).toBeCloseTo(0.375, 12);
    expect(increase).toBe(0.25);
    expect(confidenceChange([0.3, 0.7], [0.3, 0.7])).toEqual({ drop: 0, increase: 0 });
    expect(confidenceChange([0], [0.5])).toEqual({ drop: 0, increase: 1 });
    expect(() => confidenceChange([1], [])).toThrow(expect.objectContaining({ code: "E_INPUT_SHAPE" }));
    expect(() => confidenceChange([], [])).toThrow(expect.objectContaining({ code: "E_DATA_EMPTY" }));
  });
});

describe("baselines", () => {
  it("have the weights of the closed example (SPEC 4.7)", () => {
    const { layer } = smallNet();
    const one = { ...layer, channels: 1, grid: [2, 2] as const };
    const given = { psi: Float32Array.of(1, 2, 0, 3), gradient: Float32Array.of(0.5, -1, 0, 2), label: 0 };
    expect(gradCamWeights(given, one)[0]).toBeCloseTo(0.375, 12);
    expect(gradCamPlusPlusWeights(given, one)[0]).toBeCloseTo(0.242857142857, 10);
    const singular = { ...given, psi: Float32Array.of(-1, -2, 0, -1) };
    expect(gradCamPlusPlusWeights(singular, one)[0]).toBeCloseTo(2 / (2 - 8), 12);
  });
  it("weigh channels by scores behind them; a constant channel has no weight", async () => {
    const { classifier, layer } = smallNet();
    const pictures = somePictures(2);
    const rows = await rowsOf(pictures);
    const [first] = await classGradients(classifier, layer, pictures, THREADS);
    if (first === undefined) throw new Error("no gradient");
    const psi = first.psi.slice();
    psi.fill(3, 36, 72);
    const scoreCam = await openScoreCam(classifier, layer, { ...THREADS, batch: 2 });
    const { original, softmax } = await scoreCam.weights(rows.subarray(0, pictures.width), { psi, label: first.label });
    await scoreCam.dispose();
    expect([original[1], softmax[1]]).toEqual([0, 0]);
    expect(softmax.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(original.every((w) => w >= 0 && w <= 1)).toBe(true);
  });
});
