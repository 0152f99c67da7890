/** @file From references to an interpretation: fit, region, heat maps, other sampling; what is asked of the network on the way. */
import { describe, expect, it } from "vitest";
import { placesIn } from "../../src/regions/bits.ts";
import { boundariesOf, normalOf } from "../../src/regions/boundary.ts";
import { covers } from "../../src/regions/cover.ts";
import { fitRegions, fitToward } from "../../src/regions/fit.ts";
import { channelMeans, heatMap, minMax, rawMap } from "../../src/regions/heat-map.ts";
import { type Pictures, picturesInMemory } from "../../src/regions/pictures.ts";
import { isPositive, openProjector, valuesOf } from "../../src/regions/projections.ts";
import { openRegions, representativeness } from "../../src/regions/region.ts";
import { PIXELS, rowsOf, SIDE, smallNet, somePictures } from "./nets.ts";

const THREADS = { threads: 1 } as const;
const SIZE = { width: SIDE, height: SIDE } as const;
const picture = (rows: Float32Array, i: number): Float32Array => rows.subarray(i * PIXELS, (i + 1) * PIXELS);

/** How many pictures were read, by the sizes of blocks. */
function counted(pictures: Pictures): Pictures & { readonly read: () => number } {
  let read = 0;
  return {
    ...pictures,
    read: () => read,
    at: async (places) => {
      const rows = await rowsOf(pictures);
      return Float32Array.from(Array.from(places).flatMap((i) => Array.from(picture(rows, i))));
    },
    blocks: async function* (size) {
      for await (const block of pictures.blocks(size)) {
        expect(block.count).toBeLessThanOrEqual(size);
        read += block.count;
        yield block;
      }
    },
  };
}

describe("a fit", () => {
  it("reads the references once, and gives regions that hold their picture", async () => {
    const { classifier, layer } = smallNet();
    const references = counted(somePictures(120));
    const done: number[] = [];
    const fit = await fitRegions(classifier, layer, references, {
      ...THREADS,
      boundaries: 20,
      seed: 4,
      batch: 16,
      onProgress: (n) => done.push(n),
    });
    expect(references.read()).toBe(120);
    expect(done.at(-1)).toBe(120);
    expect(new Set(fit.projections.classes).size).toBe(3);
    expect(fit.boundaries.count).toBe(20);
    expect(fit.notes).toEqual([]);
    const rows = await rowsOf(references);
    const own = await boundariesOf(
      classifier,
      layer,
      picturesInMemory(picture(rows, fit.sampled[3] as number), PIXELS),
    );
    expect([...normalOf(fit.boundaries, 3)]).toEqual([...own.normals]);
    const reader = await openRegions(classifier, layer, fit, THREADS);
    for (let i = 0; i < 20; i++) {
      const region = await reader.region(picture(rows, i));
      expect(region.label).toBe(fit.projections.classes[i]);
      expect(placesIn(region.covered)).toContain(i);
      expect(representativeness(region)).toBe(placesIn(region.covered).length);
      for (const r of placesIn(region.covered))
        expect(covers(region.order, region.values, valuesOf(fit.projections, r))).toBe(true);
      expect(region.weights.length).toBe(region.order.length);
      const map = heatMap(region.psi, region.weights, { layer, size: SIZE });
      expect(Math.max(...map)).toBeLessThanOrEqual(1);
      expect(Math.min(...map)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...map)).toBeGreaterThan(0);
    }
    await reader.dispose();
  });
  it("is the same from the same seed", async () => {
    const { classifier, layer } = smallNet();
    const of = (seed: number) => fitRegions(classifier, layer, somePictures(40), { ...THREADS, boundaries: 5, seed });
    const [a, b, c] = [await of(1), await of(1), await of(2)];
    expect(b).toEqual(a);
    expect([...c.sampled]).not.toEqual([...a.sampled]);
  });
  it("takes all references where more boundaries are wanted than there are", async () => {
    const { classifier, layer } = smallNet();
    const fit = await fitRegions(classifier, layer, somePictures(6), { ...THREADS, boundaries: 50 });
    expect([...fit.sampled].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });
  it("is refused without references or boundaries", async () => {
    const { classifier, layer } = smallNet();
    await expect(fitRegions(classifier, layer, somePictures(0))).rejects.toMatchObject({ code: "E_DATA_EMPTY" });
    await expect(fitRegions(classifier, layer, somePictures(3), { boundaries: 0 })).rejects.toMatchObject({
      code: "E_PARAM",
    });
  });
});

describe("a picture whose class all references have", () => {
  it("is explained by its own boundary, and all references are covered", async () => {
    const { classifier, layer } = smallNet();
    const all = await fitRegions(classifier, layer, somePictures(60), THREADS);
    const rows = await rowsOf(somePictures(60));
    const label = all.projections.classes[0] as number;
    const alike = Array.from(all.projections.classes.keys()).filter((i) => all.projections.classes[i] === label);
    const same = picturesInMemory(Float32Array.from(alike.flatMap((i) => Array.from(picture(rows, i)))), PIXELS);
    const fit = await fitRegions(classifier, layer, same, { ...THREADS, boundaries: 5 });
    const reader = await openRegions(classifier, layer, fit, THREADS);
    const x = picture(rows, alike[0] as number);
    const region = await reader.region(x);
    expect(region).toMatchObject({ order: [], tau: 0, other: 0, same: alike.length });
    const own = await boundariesOf(classifier, layer, picturesInMemory(x, PIXELS), THREADS);
    expect(region.own).toEqual(own);
    expect([...(region.weights[0] as Float64Array)]).toEqual([...channelMeans(own.normals, layer)]);
    await reader.dispose();
  });
});

describe("boundaries of one picture toward other classes", () => {
  it("keep out every reference that they were drawn toward", async () => {
    const { classifier, layer } = smallNet();
    const references = somePictures(60);
    const { projections } = await fitRegions(classifier, layer, references, { ...THREADS, boundaries: 1 });
    const projector = await openProjector(classifier, layer, THREADS);
    const { psi } = await projector.features(picturesInMemory(picture(await rowsOf(references), 0), PIXELS));
    await projector.dispose();
    const label = projections.classes[0] as number;
    const toward = { psi, label, classes: projections.classes };
    const fit = await fitToward({ classifier, layer, references }, toward, { ...THREADS, boundaries: 10, seed: 2 });
    expect(fit.boundaries.count).toBe(10);
    expect(fit.notes).toEqual([]);
    for (const [h, place] of fit.sampled.entries()) {
      expect(projections.classes[place]).not.toBe(label);
      expect(fit.boundaries.pairs[2 * h]).toBe(label);
      expect(isPositive(fit.projections.values[h] as number)).toBe(true);
    }
    const alone = await fitToward(
      { classifier, layer, references },
      { ...toward, classes: projections.classes.map(() => label) },
      THREADS,
    );
    expect(alone.boundaries.count).toBe(0);
    expect(alone.sides.bits.length).toBe(0);
  });
});

describe("a heat map", () => {
  const { layer } = smallNet();
  const psi = Float32Array.from({ length: 180 }, (_, i) => Math.max(0, Math.sin(i)));
  it("is 0 where the raw map is constant, and where there are no weights", () => {
    expect(minMax(Float64Array.of(3, 3))).toEqual(new Float64Array(2));
    expect(heatMap(psi, [new Float64Array(5)], { layer, size: SIZE })).toEqual(new Float64Array(36));
    expect(heatMap(psi, [], { layer, size: SIZE })).toEqual(new Float64Array(36));
  });
  it("is the weighted sum of channels, without what is negative", () => {
    const raw = rawMap(psi, [1, -2, 0, 0, 0.5], layer);
    for (let p = 0; p < 36; p++) {
      const sum = (psi[p] as number) - 2 * (psi[36 + p] as number) + 0.5 * (psi[144 + p] as number);
      expect(raw[p]).toBeCloseTo(Math.max(0, sum), 12);
    }
  });
  it("reads layers whose channels come last", () => {
    const nhwc = { ...layer, layout: "nhwc" as const };
    const turned = Float32Array.from({ length: 180 }, (_, i) => psi[(i % 5) * 36 + Math.floor(i / 5)] as number);
    expect([...rawMap(turned, [1, 2, 3, 4, 5], nhwc)]).toEqual([...rawMap(psi, [1, 2, 3, 4, 5], layer)]);
    expect([...channelMeans(turned, nhwc)]).toEqual([...channelMeans(psi, layer)]);
  });
});
