/** @file ACE on a network that reads colours: the red squares are what makes it say red. */
import { describe, expect, test } from "vitest";
import {
  type AceAsked,
  type AceOptions,
  type Concept,
  findConcepts,
  readingOf,
} from "../../../src/regions/concepts/find.ts";
import { testGivenConcepts } from "../../../src/regions/concepts/given.ts";
import { cutOut, pictureRows } from "../../../src/regions/concepts/patches.ts";
import { conceptLayer, type Positions, rowsOf, slopeGraph } from "../../../src/regions/concepts/readout.ts";
import { nearestConcept, placeSegments, segmentsKept } from "../../../src/regions/concepts/reuse.ts";
import { BLUE, colourNet, GREEN, plain, RED, SIDE, SPEC, squareOf, squares } from "./nets.ts";

const OPTIONS = { resolutions: [6, 12], clusters: 6, restarts: 2, randomPatches: 120, fewest: 4 } as const;

const asked = (layer = "psi"): AceAsked => ({
  ...colourNet(layer),
  spec: SPEC,
  target: 0,
  pictures: squares(RED, 12),
  random: [...squares(GREEN, 15, 1), ...squares(BLUE, 15, 2), ...squares(RED, 5, 3)],
});

/** Mean excess of red over the other channels within the patches of a concept. */
function redness({ patches }: Concept): number {
  const { pictures } = asked();
  const own = patches.map(({ picture, segment }) => {
    const { data } = cutOut(pictures[picture]?.image as ReturnType<typeof squareOf>, segment);
    let sum = 0;
    for (let i = 0; i < data.length; i += 3) sum += data[i]! - (data[i + 1]! + data[i + 2]!) / 2;
    return sum / (data.length / 3);
  });
  return own.reduce((a, b) => a + b, 0) / own.length;
}

describe.each<Positions>(["mean", "kept"])("activations %s", (positions) => {
  test("the red squares are a concept with TCAV 1; nothing that is not red has it", async () => {
    const found = await findConcepts(asked(), { ...OPTIONS, positions });
    const [best] = found.concepts as [Concept];
    expect([best.tcav.mean, best.tcav.significant]).toEqual([1, true]);
    expect(redness(best)).toBeGreaterThan(60);
    expect(best.tcav.accuracy).toBeGreaterThan(0.8);
    for (const c of [...found.concepts, ...found.dropped])
      if (redness(c) < 10) expect(c.tcav.mean, `redness ${redness(c)}`).toBeLessThan(0.9);
    expect(best.patches.map((p) => p.distance)).toEqual(best.patches.map((p) => p.distance).toSorted((a, b) => a - b));
    expect(best.radius).toBe(best.patches.at(-1)?.distance);
  });
});

test("the same seed finds the same", async () => {
  const [a, b] = [await findConcepts(asked(), OPTIONS), await findConcepts(asked(), OPTIONS)];
  expect(a).toEqual(b);
});

test("slopes are the head's weights over positions, and averaged ones the same for every picture", async () => {
  const { classifier, layer, pictures } = asked();
  const rows = pictureRows(pictures.slice(0, 2), readingOf(asked()));
  const kept = await rowsOf(classifier, slopeGraph(classifier, layer, { target: 0, positions: "kept" }), rows);
  const each = 5 / (SIDE * SIDE);
  expect(kept[0]?.length).toBe(3 * SIDE * SIDE);
  kept[0]?.forEach((v, i) => {
    expect(v).toBeCloseTo(i < SIDE * SIDE ? each : 0, 9);
  });
  const mean = await rowsOf(classifier, slopeGraph(classifier, layer, { target: 0, positions: "mean" }), rows);
  for (const row of mean) expect(Array.from(row, (v) => Math.round(v * 1e6))).toEqual([Math.round(each * 1e6), 0, 0]);
  expect(() => slopeGraph(classifier, layer, { target: 3, positions: "mean" })).toThrow(/from 0 to 2/);
});

test("a layer without positions will do; an unknown one is refused", async () => {
  const found = await findConcepts(asked("pooled"), OPTIONS);
  expect(found.concepts[0]?.tcav.mean).toBe(1);
  expect(redness(found.concepts[0] as Concept)).toBeGreaterThan(60);
  const { classifier } = colourNet();
  expect(() => conceptLayer(classifier, "nothing")).toThrow(/no value or node named/);
  expect(conceptLayer(classifier)).toMatchObject({ channels: 3, width: 3 * SIDE * SIDE, axes: [2, 3] });
});

describe("on another picture", () => {
  test("segments on the square belong to the red concept, the ground's do not; outliers are left out", async () => {
    const a = asked();
    const { concepts } = await findConcepts(a, OPTIONS);
    const image = squareOf(RED, 9001);
    const placed = await placeSegments(a, { id: "new", image }, concepts, OPTIONS);
    expect(placed.length).toBeGreaterThan(0);
    expect(placed.map((p) => p.importance)).toEqual(placed.map((p) => p.importance).toSorted((x, y) => y - x));
    for (const p of placed) expect(p.distance).toBeLessThanOrEqual(concepts[p.concept]?.radius as number);
    const mask = segmentsKept(placed, { share: 0.1, size: SIDE * SIDE });
    const red = Array.from(mask.keys()).filter(
      (i) => mask[i] === 1 && (image.data[3 * i] as number) > 150 && (image.data[3 * i + 1] as number) < 60,
    );
    const kept = mask.reduce((sum, v) => sum + v, 0);
    expect(kept).toBeGreaterThan(0.1 * SIDE * SIDE);
    expect(red.length / kept).toBeGreaterThan(0.7);
    expect(await placeSegments(a, { id: "new", image }, [], OPTIONS)).toEqual([]);
  });

  test("nearest centre within its radius; pixels beyond the share", () => {
    const concept = (at: number, radius: number) => ({ centre: Float64Array.of(at, 0), radius, tcav: { mean: at } });
    const concepts = [concept(0, 1), concept(4, 0.5)];
    expect(nearestConcept([0.5, 0], concepts)).toEqual({ concept: 0, distance: 0.5, importance: 0 });
    expect(nearestConcept([3, 0], concepts)).toBeUndefined();
    const labels = Int32Array.of(0, 0, 1, 1, 2, 2, 2, 2, 2, 2);
    const box = { left: 0, top: 0, width: 10, height: 1 };
    const placed = [0, 1, 2].map((label) => ({ segment: { labels, label, resolution: 0, area: 2, box } }));
    expect(Array.from(segmentsKept(placed, { share: 0.2, size: 10 }))).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
    expect(Array.from(segmentsKept(placed.slice(0, 1), { share: 0.5, size: 10 }))).toEqual([
      1, 1, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    expect(segmentsKept([], { share: 0.2, size: 3 })).toEqual(new Uint8Array(3));
  });
});

describe("too little", () => {
  test.each<[string, Partial<AceAsked>, AceOptions, RegExp]>([
    ["no pictures of the class", { pictures: [] }, {}, /got 0 and 35/],
    ["no random pictures", { random: [] }, {}, /got 12 and 0/],
    ["nothing but small segments", {}, { smallest: 1 }, /gave 0 patches/],
    ["no start", {}, { restarts: 0 }, /restarts/],
  ])("%s", async (_, part, options, message) => {
    await expect(findConcepts({ ...asked(), ...part }, { ...OPTIONS, ...options })).rejects.toThrow(message);
  });

  test("one picture: fewer clusters, nothing common, said so", async () => {
    const found = await findConcepts(
      { ...asked(), pictures: squares(RED, 1) },
      { ...OPTIONS, resolutions: [3], fewest: 20 },
    );
    expect(found.clusters).toBeLessThanOrEqual(found.patches);
    expect([found.concepts, found.dropped]).toEqual([[], []]);
    expect(found.notes.join()).toMatch(/No cluster is large and common enough/);
  });

  test("pictures of one grey: equal patches, and a score that is level before the ReLU, which is told", async () => {
    const pictures = Array.from({ length: 4 }, (_, i) => ({ id: `${i}`, image: plain([90, 90, 90]) }));
    const found = await findConcepts({ ...asked("raw"), pictures }, { ...OPTIONS, fewest: 0, clusters: 2 });
    const all = [...found.concepts, ...found.dropped];
    expect(all.map((c) => [c.tcav.mean, c.tcav.p, c.tcav.significant])).toEqual(all.map(() => [0, 1, false]));
    expect(found.patches).toBeGreaterThan(0);
    expect(found.notes.join()).toMatch(/The score of 4 of 4 pictures has no slope/);
  });

  test("clusters of one patch may be concepts", async () => {
    const a = { ...asked(), pictures: squares(RED, 2) };
    const found = await findConcepts(a, { ...OPTIONS, resolutions: [3], clusters: 100, fewest: 0 });
    expect(found.clusters).toBe(found.patches);
    const all = [...found.concepts, ...found.dropped];
    // equal patches cannot be parted, so a centre may stand for two
    expect(all.map((c) => [c.radius < 1e-6, c.tcav.examples])).toEqual(all.map((c) => [true, c.size]));
    expect(all.filter((c) => c.size === 1).length).toBeGreaterThan(2);
  });
});

describe("concepts that are given", () => {
  const given = {
    ...asked(),
    random: [
      ...squares(GREEN, 12, 4),
      ...squares(BLUE, 12, 5),
      ...squares([150, 150, 150], 12, 6),
      ...squares(RED, 4, 8),
    ],
    concepts: [
      { name: "red", pictures: squares(RED, 10, 7) },
      { name: "green", pictures: squares(GREEN, 10, 9) },
    ],
  };

  test("red raises red, green does not", async () => {
    const [red, green] = await testGivenConcepts(given, { positions: "mean" });
    expect([red?.name, red?.tcav.mean, red?.tcav.significant]).toEqual(["red", 1, true]);
    expect(green?.tcav.mean).toBeLessThan(0.5);
    const whole = await testGivenConcepts(given);
    expect(whole[0]?.tcav.mean).toBe(1);
  });

  test("what is missing is named", async () => {
    const empty = [{ name: "stripes", pictures: [] }];
    await expect(testGivenConcepts({ ...given, concepts: empty })).rejects.toThrow(/pictures of stripes/);
    await expect(testGivenConcepts({ ...given, concepts: [] })).rejects.toThrow(/any concept/);
    await expect(testGivenConcepts({ ...given, random: [] })).rejects.toThrow(/random pictures/);
    const twice = [...given.concepts, ...given.concepts];
    await expect(testGivenConcepts({ ...given, concepts: twice })).rejects.toThrow(/Two concepts are called `red`/);
  });
});
