/** @file Two kinds of picture under one class: do regions part what the labels do not tell apart? */
import { expect, test } from "vitest";
import { synthDataSet } from "../../src/data/synth/data-set.ts";
import { close, extend } from "../../src/diff/emit.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { fittedItems } from "../../src/jobs/regions-explain.ts";
import { runRegionsFit } from "../../src/jobs/regions-fit.ts";
import { mapRegions } from "../../src/jobs/regions-map.ts";
import { itemsOf, type RegionNetwork, regionNetwork } from "../../src/jobs/regions-network.ts";
import { loadModel } from "../../src/load.ts";
import { NONE } from "../../src/regions/evaluate.ts";

const CLASSES = ["bird", "boat", "car", "cup", "fish", "flower", "house", "tree"];

/** The network of the demo, its two classes `pair` as one: class 0, whose score is the larger of theirs. */
async function merged([a, b]: readonly [number, number]): Promise<RegionNetwork> {
  const base = await loadModel("demo/shapes");
  const classifier = base.classifier();
  const g = extend(classifier.model, classifier.ops);
  const column = (i: number) => g.op("Gather", [g.value(classifier.scores), g.ints([i])], { axis: 1 });
  const rest = [...CLASSES.keys()].filter((i) => i !== a && i !== b);
  const scores = g.op("Concat", [g.op("Max", [column(a), column(b)]), ...rest.map(column)], { axis: 1 });
  const model = close(classifier.model, g, [g.alias(scores, "merged")]);
  return regionNetwork(await loadModel(writeModelBytes(model)), { preprocessing: base.preprocessing(classifier).spec });
}

/** Hubert and Arabie 1985. */
function adjustedRand(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const pairs = (n: number): number => (n * (n - 1)) / 2;
  const sum = (keys: readonly string[]): number => {
    const counts = new Map<string, number>();
    for (const k of keys) counts.set(k, (counts.get(k) ?? 0) + 1);
    return [...counts.values()].reduce((s, n) => s + pairs(n), 0);
  };
  const [inA, inB] = [Array.from(a, String), Array.from(b, String)];
  const [both, own, other] = [sum(inA.map((k, i) => `${k}:${inB[i]}`)), sum(inA), sum(inB)];
  const expected = (own * other) / pairs(a.length);
  return (both - expected) / ((own + other) / 2 - expected);
}

test("the index is 1 for the same groups, whatever they are called, and 0 for one group against two", () => {
  expect(adjustedRand([0, 0, 1, 1], [7, 7, 3, 3])).toBe(1);
  expect(adjustedRand([0, 0, 0, 0], [7, 7, 3, 3])).toBe(0);
  // table [[1,1,0],[0,1,1],[0,0,2]]: pairs 1, rows 3, columns 4, all 15
  expect(adjustedRand([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 2, 2])).toBeCloseTo((1 - 12 / 15) / (3.5 - 12 / 15), 12);
});

test("regions of the class that is cars and flowers part the cars from the flowers", { timeout: 120_000 }, async () => {
  const network = await merged([CLASSES.indexOf("car"), CLASSES.indexOf("flower")]);
  const data = synthDataSet({ count: 160, seed: 21 });
  const items = await itemsOf(data);
  const run = await runRegionsFit(network, data, {
    threads: 1,
    seed: 1,
    boundaries: 20,
    sampling: "toward-other-class",
  });
  const open = { ...run, folder: "" };
  const map = await mapRegions(
    { open, network, items: fittedItems(open, items) },
    { threads: 1, inputs: 8, k: 0, outliers: 0 },
  );
  const shown = items.map(({ label }) => label?.name as string);
  const members = [...run.fit.projections.classes.keys()].filter(
    (i) => run.fit.projections.classes[i] === 0 && ["car", "flower"].includes(shown[i] as string),
  );
  const covered = members.filter((i) => map.chosen[i] !== NONE);
  const index = (of: readonly number[]): number =>
    adjustedRand(
      of.map((i) => map.chosen[i] as number),
      of.map((i) => CLASSES.indexOf(shown[i] as string)),
    );
  console.log(
    `adjusted Rand index ${index(covered).toFixed(3)} of ${covered.length} covered, ${index(members).toFixed(3)} of all ${members.length}`,
  );
  expect(covered.length).toBeGreaterThan(members.length / 2);
  expect(index(covered)).toBeGreaterThan(0.8);
  expect(index(members)).toBeGreaterThan(0.6);
});
