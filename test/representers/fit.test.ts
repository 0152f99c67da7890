/** @file Fits at their edges: dead features, equal points, one class, few points, λ of 0, missing labels; features on disk. */
import { describe, expect, test } from "vitest";
import { normals, scattered } from "../../src/random.ts";
import { ACTIVATION_NAMES } from "../../src/representers/activations.ts";
import { inMemory } from "../../src/representers/features.ts";
import { type FitOptions, fitRepresenters } from "../../src/representers/fit.ts";
import { groupSums } from "../../src/representers/groups.ts";
import { nearest } from "../../src/representers/nearest.ts";
import { query, representerValues } from "../../src/representers/query.ts";
import { fromShards, openShard, packShard, type ShardDisk } from "../../src/representers/shards.ts";
import { summedRepresenters } from "../../src/representers/sum-check.ts";

const draw = normals(scattered(3));
const WIDTH = 6;
const rowsOf = (count: number, width = WIDTH): Float32Array => Float32Array.from({ length: count * width }, draw);
const labelsOf = (count: number, classes: number): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => i % classes);
const options: FitOptions = { classes: 3, lambda: 0.01, tolerance: 1e-12 };

/** Θ = Σ α f + G / 2λ, and sums of values are logits. */
async function holds(fit: Awaited<ReturnType<typeof fitRepresenters>>, rows: Float32Array): Promise<void> {
  const features = inMemory(rows, fit.width);
  const sum = await summedRepresenters(fit, features);
  sum.forEach((v, i) => {
    expect(v + (fit.gradient[i] as number) / (2 * fit.lambda)).toBeCloseTo(fit.theta[i] as number, 9);
  });
  const [answer] = await query(fit, features, rowsOf(1, fit.width));
  for (const c of answer?.classes ?? []) expect(Math.abs(c.sum - c.logit)).toBeLessThan(c.bound + 1e-10);
}

describe("defined everywhere", () => {
  test("a dead feature has no weight, a point without features no say but in the bias", async () => {
    const rows = rowsOf(30);
    for (let i = 0; i < 30; i++) rows[i * WIDTH + 2] = 0;
    rows.fill(0, 0, WIDTH);
    const fit = await fitRepresenters(
      { features: inMemory(rows, WIDTH), labels: labelsOf(30, 3) },
      { ...options, bias: false },
    );
    for (let j = 0; j < 3; j++) expect(fit.theta[j * WIDTH + 2]).toBe(0);
    const values = await representerValues(fit, inMemory(rows, WIDTH), rowsOf(1), { target: 0 });
    expect(Math.abs(values[0] as number)).toBe(0);
    await holds(fit, rows);
  });

  test("equal points have equal alpha, and doubling all points changes nothing but its scale", async () => {
    const rows = rowsOf(20);
    const twice = Float32Array.from([...rows, ...rows]);
    const labels = labelsOf(20, 3);
    const one = await fitRepresenters({ features: inMemory(rows, WIDTH), labels }, options);
    const two = await fitRepresenters(
      { features: inMemory(twice, WIDTH), labels: Int32Array.from([...labels, ...labels]) },
      options,
    );
    two.theta.forEach((v, i) => {
      expect(v).toBeCloseTo(one.theta[i] as number, 9);
    });
    one.alpha.forEach((v, i) => {
      expect(two.alpha[i]).toBeCloseTo(v / 2, 9);
      expect(two.alpha[i + one.alpha.length]).toBe(two.alpha[i]);
    });
  });

  test("one class alone, and a single class in all", async () => {
    const rows = rowsOf(10);
    const features = inMemory(rows, WIDTH);
    const fit = await fitRepresenters({ features, labels: new Int32Array(10) }, options);
    expect(fit.stationarity.reached).toBe(true);
    await holds(fit, rows);
    const single = await fitRepresenters({ features, labels: new Int32Array(10) }, { ...options, classes: 1 });
    expect([...single.theta]).toEqual(Array(WIDTH + 1).fill(0));
    expect(single.stationarity).toEqual({ max: 0, relative: 0, reached: true });
  });

  test("fewer points than features", async () => {
    const rows = rowsOf(4, 40);
    const fit = await fitRepresenters({ features: inMemory(rows, 40), labels: labelsOf(4, 3) }, options);
    expect(fit.stationarity.reached).toBe(true);
    await holds(fit, rows);
  });

  test.each(ACTIVATION_NAMES)("labels and given scores under %s, by both solvers", async (activation) => {
    const rows = rowsOf(40);
    const features = inMemory(rows, WIDTH);
    const given = Float64Array.from({ length: 120 }, draw);
    for (const points of [
      { features, labels: labelsOf(40, 3) },
      { features, given },
    ]) {
      const fit = await fitRepresenters(points, { ...options, activation });
      expect(fit.stationarity.reached).toBe(true);
      await holds(fit, rows);
      const other = await fitRepresenters(points, { ...options, activation, solver: "lbfgs" });
      other.theta.forEach((v, i) => {
        expect(v).toBeCloseTo(fit.theta[i] as number, 7);
      });
    }
  });

  test("softmax alphas sum to 0 over classes; own labels pull up, others down", async () => {
    const labels = labelsOf(30, 3);
    const { alpha } = await fitRepresenters({ features: inMemory(rowsOf(30), WIDTH), labels }, options);
    labels.forEach((label, i) => {
      const own = alpha.subarray(i * 3, i * 3 + 3);
      expect(own.reduce((a, b) => a + b)).toBeCloseTo(0, 12);
      own.forEach((a, j) => {
        expect(j === label ? a >= 0 : a <= 0).toBe(true);
      });
    });
  });

  test("the same input gives the same bytes", async () => {
    const [rows, labels] = [rowsOf(30), labelsOf(30, 3)];
    const again = () => fitRepresenters({ features: inMemory(rows, WIDTH), labels }, options);
    expect((await again()).alpha).toEqual((await again()).alpha);
  });
});

test.each([
  ["lambda of 0", { lambda: 0 }, {}, "E_PARAM", "lambda is 0"],
  ["lambda below 0", { lambda: -1 }, {}, "E_PARAM", "lambda is -1"],
  ["no labels at all", {}, { labels: undefined }, "E_DATA_CLASSES", "neither labels nor scores"],
  ["a missing label", {}, { labels: Int32Array.of(0, -1) }, "E_DATA_CLASSES", "1 of 2 points have no label"],
  ["a label beyond", {}, { labels: Int32Array.of(0, 7) }, "E_TARGET_RANGE", "labelled 7"],
  ["too few labels", {}, { labels: Int32Array.of(0) }, "E_INPUT_SHAPE", "expected 2"],
  [
    "labels asked for",
    { objective: "labels" },
    { labels: undefined, given: new Float32Array(6) },
    "E_DATA_CLASSES",
    "take `given`",
  ],
  [
    "no points",
    {},
    { features: inMemory(new Float32Array(), 2), labels: new Int32Array() },
    "E_DATA_EMPTY",
    "0 points",
  ],
  [
    "a feature that is not finite",
    {},
    { features: inMemory(Float32Array.of(1, Number.NaN), 1) },
    "E_NUMERIC",
    "not finite",
  ],
  [
    "a given score that is not finite",
    {},
    { labels: undefined, given: new Float32Array(6).fill(Number.NaN) },
    "E_NUMERIC",
    "not finite",
  ],
] as const)("%s is explained", async (_, changed, points, code, words) => {
  const base = { features: inMemory(Float32Array.of(1, 2), 1), labels: Int32Array.of(0, 1) };
  const run = fitRepresenters({ ...base, ...points }, { ...options, ...changed });
  await expect(run).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
});

describe("queries", () => {
  test("rank all values, ties in the order of the training set", async () => {
    const rows = rowsOf(50);
    rows.copyWithin(WIDTH * 20, WIDTH * 10, WIDTH * 11);
    const labels = labelsOf(50, 3);
    labels[20] = labels[10] as number;
    const features = inMemory(rows, WIDTH);
    const fit = await fitRepresenters({ features, labels }, options);
    const tests = rowsOf(5);
    const many = await query(fit, features, tests, { top: 50 });
    for (const [t, { classes }] of many.entries()) {
      const [alone] = await query(fit, features, tests.subarray(t * WIDTH, (t + 1) * WIDTH), { top: 4 });
      for (const { target, positive, negative } of classes) {
        const test = tests.subarray(t * WIDTH, (t + 1) * WIDTH);
        const values = await representerValues(fit, features, test, { target });
        const order = Array.from(values.keys()).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
        expect(positive.map((p) => p.index)).toEqual(order);
        for (const p of positive) expect(p.alpha * p.similarity).toBeCloseTo(p.value, 12);
        expect(negative[0]?.value).toBe(Math.min(...negative.map((p) => p.value)));
        expect(alone?.classes[target]?.positive.map((p) => p.index)).toEqual(order.slice(0, 4));
      }
    }
  });

  test("groups share out the whole score", async () => {
    const rows = rowsOf(30);
    const features = inMemory(rows, WIDTH);
    const fit = await fitRepresenters({ features, labels: labelsOf(30, 3) }, options);
    const test = rowsOf(1);
    const values = await representerValues(fit, features, test, { target: 1 });
    const sums = groupSums(
      values,
      Array.from(labelsOf(30, 3), (l) => `class ${l}`),
    );
    const [answer] = await query(fit, features, test, { targets: [1] });
    expect(sums.map((g) => [g.name, g.points])).toEqual([
      ["class 0", 10],
      ["class 1", 10],
      ["class 2", 10],
    ]);
    expect(sums.reduce((s, g) => s + g.positive + g.negative, 0)).toBeCloseTo(answer?.classes[0]?.sum as number, 10);
  });

  test("neighbours by Euclid", async () => {
    const [found] = await nearest(inMemory(Float32Array.of(0, 0, 3, 4, 1, 0), 2), Float32Array.of(0, 0), 2);
    expect(found).toEqual([
      { index: 0, distance: 0 },
      { index: 2, distance: 1 },
    ]);
  });

  test.each([
    [{ targets: [3] }, rowsOf(1), "E_TARGET_RANGE"],
    [{ top: -1 }, rowsOf(1), "E_PARAM"],
    [{}, rowsOf(1, 5), "E_INPUT_SHAPE"],
    [{}, new Float32Array(WIDTH).fill(Number.NaN), "E_NUMERIC"],
  ] as const)("refuse what makes no sense: %o", async (asked, test, code) => {
    const features = inMemory(rowsOf(9), WIDTH);
    const fit = await fitRepresenters({ features, labels: labelsOf(9, 3) }, options);
    await expect(query(fit, features, test, { ...asked })).rejects.toMatchObject({ code });
  });
});

describe("shards", () => {
  const files = new Map<string, Uint8Array>();
  const disk: ShardDisk = {
    size: async (at) => (files.get(at) as Uint8Array).length,
    readInto: async (at, start, target) =>
      target.set((files.get(at) as Uint8Array).subarray(start, start + target.length)),
  };
  const put = (at: string, rows: Float32Array, first: number): void => {
    const count = rows.length / WIDTH;
    const ids = Array.from({ length: count }, (_, i) => `p${first + i}`);
    files.set(
      at,
      packShard({
        features: rows,
        width: WIDTH,
        labels: new Int32Array(count).fill(first),
        ids,
        about: { last: "true" },
      }),
    );
  };

  test("give the rows they were made of, whatever the size of blocks; a fit on them is the fit in memory", async () => {
    const rows = rowsOf(25);
    put("a", rows.slice(0, 10 * WIDTH), 0);
    put("b", rows.slice(10 * WIDTH, 17 * WIDTH), 10);
    put("c", rows.slice(17 * WIDTH), 17);
    const shards = await Promise.all(["a", "b", "c"].map((at) => openShard(at, disk)));
    expect(shards.flatMap((s) => s.ids)).toEqual(Array.from({ length: 25 }, (_, i) => `p${i}`));
    expect(shards[1]?.about).toEqual({ last: "true" });
    const source = fromShards(shards, disk);
    for (const size of [undefined, 1, 4, 100]) {
      const got: number[] = [];
      for await (const { first, rows: own } of source.blocks(size)) {
        expect(first * WIDTH).toBe(got.length);
        got.push(...own);
      }
      expect(got).toEqual([...rows]);
    }
    const labels = labelsOf(25, 3);
    const [disked, memory] = await Promise.all(
      [source, inMemory(rows, WIDTH)].map((features) => fitRepresenters({ features, labels }, options)),
    );
    disked?.theta.forEach((v, i) => {
      expect(v).toBeCloseTo(memory?.theta[i] as number, 11);
    });
  });

  test("a damaged shard is refused", async () => {
    put("d", rowsOf(3), 0);
    files.set("d", (files.get("d") as Uint8Array).slice(0, -4));
    await expect(openShard("d", disk)).rejects.toMatchObject({ code: "E_FILE" });
    files.set("e", new Uint8Array(4));
    await expect(openShard("e", disk)).rejects.toMatchObject({ code: "E_FILE" });
  });
});
