/** @file Pairs: the wanted share of one class, every sample once the first, the same for the same seed and epoch. */
import { expect, it } from "vitest";
import { OnnxplainError } from "../../src/errors.ts";
import type { Batch } from "../../src/train/batch.ts";
import { arraySamples } from "../../src/train/feeding/arrays.ts";
import { type PairOptions, pairedFeed } from "../../src/train/pairs.ts";

/** Sample i is the number i, of class `classOf(i)`. */
function samplesOf(count: number, classes: number, classOf: (i: number) => number) {
  const targets = new Float32Array(count * classes);
  for (let i = 0; i < count; i++) targets[i * classes + classOf(i)] = 1;
  return arraySamples({ images: Float32Array.from({ length: count }, (_, i) => i), dims: [1], targets, classes });
}
async function gathered(batches: AsyncIterable<Batch>): Promise<readonly Batch[]> {
  const out: Batch[] = [];
  for await (const batch of batches) out.push(batch);
  return out;
}
const pairsOf = (batches: readonly Batch[]): readonly (readonly [number, number])[] =>
  batches.flatMap(({ images, count }) =>
    Array.from({ length: count / 2 }, (_, i) => [images[i] as number, images[i + count / 2] as number] as const),
  );
const sixPlaces = samplesOf(18, 6, (i) => i % 6);

it("makes half of the pairs of one class, in every batch, of two different pictures; every sample is once the first", async () => {
  const feed = pairedFeed(sixPlaces, { seed: 5 });
  expect([feed.count, feed.classes, feed.dims]).toEqual([36, 6, [1]]);
  for (const epoch of [0, 1, 2]) {
    const batches = await gathered(feed.epoch(epoch, 12));
    expect(batches.map((b) => b.count)).toEqual([12, 12, 12]);
    for (const batch of batches) expect(pairsOf([batch]).filter(([a, b]) => a % 6 === b % 6).length).toBe(3);
    const pairs = pairsOf(batches);
    expect(pairs.map(([a]) => a).sort((a, b) => a - b)).toEqual(Array.from({ length: 18 }, (_, i) => i));
    for (const [a, b] of pairs) expect(a).not.toBe(b);
    for (const { images, targets, count } of batches)
      for (let i = 0; i < count; i++) expect(targets[i * 6 + ((images[i] as number) % 6)]).toBe(1);
  }
});

it("is the same for the same seed and epoch, whatever came before", async () => {
  const feed = pairedFeed(sixPlaces, { seed: 5 });
  const run = await gathered(feed.epoch(3, 6));
  await gathered(feed.epoch(1, 6));
  expect(await gathered(feed.epoch(3, 6))).toEqual(run);
  expect(await gathered(pairedFeed(sixPlaces, { seed: 5 }).epoch(3, 6))).toEqual(run);
  expect(await gathered(feed.epoch(4, 6))).not.toEqual(run);
  expect(await gathered(pairedFeed(sixPlaces, { seed: 6 }).epoch(3, 6))).not.toEqual(run);
});

it("draws the second from all others equally often", async () => {
  const count = 9;
  const feed = pairedFeed(
    samplesOf(count, 3, (i) => i % 3),
    { seed: 2 },
  );
  const together = new Map<string, number>();
  for (let epoch = 0; epoch < 1200; epoch++)
    for (const [a, b] of pairsOf(await gathered(feed.epoch(epoch, 2 * count))))
      together.set(`${a},${b}`, (together.get(`${a},${b}`) ?? 0) + 1);
  expect(together.size).toBe(count * (count - 1));
  // four of nine pairs of an epoch are of one class: 1200 * 4 / 18 and 1200 * 5 / 54
  for (const [pair, n] of together) {
    const [a, b] = pair.split(",").map(Number) as [number, number];
    const mean = a % 3 === b % 3 ? (1200 * 4) / 18 : (1200 * 5) / 54;
    expect(Math.abs(n - mean)).toBeLessThan(5 * Math.sqrt(mean));
  }
});

it("takes any share, and pairs a class of one picture with itself", async () => {
  const shares = async (same: number) => {
    const pairs = pairsOf(await gathered(pairedFeed(sixPlaces, { same }).epoch(0, 36)));
    return pairs.filter(([a, b]) => a % 6 === b % 6).length / pairs.length;
  };
  expect([await shares(0), await shares(1 / 3), await shares(1)]).toEqual([0, 1 / 3, 1]);
  const lone = samplesOf(4, 2, (i) => (i === 0 ? 1 : 0));
  const pairs = pairsOf(await gathered(pairedFeed(lone, { same: 1 }).epoch(0, 8)));
  expect(pairs.find(([a]) => a === 0)).toEqual([0, 0]);
});

it("gives single pictures in order", async () => {
  const batches = await gathered(pairedFeed(sixPlaces).inOrder(12));
  expect(batches.map((b) => Array.from(b.images))).toEqual([
    Array.from({ length: 12 }, (_, i) => i),
    Array.from({ length: 6 }, (_, i) => 12 + i),
  ]);
});

it("refuses what cannot be paired", async () => {
  const codeOf = async (run: () => unknown): Promise<string> => {
    try {
      await run();
    } catch (error) {
      if (error instanceof OnnxplainError) return error.code;
      throw error;
    }
    return "none";
  };
  const several = arraySamples({
    images: new Float32Array(2),
    dims: [1],
    targets: Float32Array.of(1, 1, 0, 1),
    classes: 2,
  });
  const paired = (options: PairOptions, samples = sixPlaces) => codeOf(() => pairedFeed(samples, options));
  const one = samplesOf(3, 2, () => 1);
  expect([
    await paired({ same: 1.5 }),
    await paired({ same: Number.NaN }),
    await paired({}, several),
    await paired({}, one),
    await paired({ same: 1 }, one),
    await codeOf(() => pairedFeed(sixPlaces).epoch(0, 5)),
    await codeOf(() => pairedFeed(sixPlaces).epoch(0, 0)),
  ]).toEqual(["E_PARAM", "E_PARAM", "E_PARAM", "E_DATA_CLASSES", "none", "E_PARAM", "E_PARAM"]);
});
