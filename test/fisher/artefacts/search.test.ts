/** @file The artefact search: planted marks are found as clusters of their own, maps without a mark are not suspected. */
import { describe, expect, it } from "vitest";
import type { RelevanceMap } from "../../../src/fisher/artefacts/relevance-map.ts";
import { type ArtefactSearch, searchArtefacts } from "../../../src/fisher/artefacts/search.ts";
import { adjustedRand, type MadeOptions, madeMaps } from "./made-maps.ts";

/** 1 for members of the first cluster, if it is suspicious. */
const found = ({ clusters, assignment }: ArtefactSearch): readonly number[] =>
  Array.from(assignment, (cluster) => (cluster === 0 && clusters[0]?.suspicious ? 1 : 0));
const flat = (id: string, value: number, side = 30): RelevanceMap => ({
  id,
  width: side,
  height: side,
  values: new Float32Array(side * side).fill(value),
});

describe("a mark in a corner", () => {
  const cases: readonly (readonly [string, MadeOptions])[] = [
    ["30 % of 60 clean maps, half their relevance", { count: 60, share: 0.3, strength: 0.5, noise: 0.1 }],
    ["30 % of 200 clean maps, a third of it", { count: 200, share: 0.3, strength: 0.3, noise: 0.1 }],
    ["30 % of 200 noisy maps, a sixth of it", { count: 200, share: 0.3, strength: 0.15, noise: 0.6 }],
    ["10 % of 200 clean maps", { count: 200, share: 0.1, strength: 0.3, noise: 0.1 }],
    ["90 % of 200 clean maps", { count: 200, share: 0.9, strength: 0.3, noise: 0.1 }],
    ["90 % of 200 noisy maps", { count: 200, share: 0.9, strength: 0.3, noise: 0.6 }],
  ];
  it.each(cases)("is a cluster of its own: %s", (_, options) => {
    for (const seed of [1, 2, 3]) {
      const { maps, marked } = madeMaps({ ...options, seed });
      const search = searchArtefacts(maps);
      expect(adjustedRand(found(search), marked)).toBeGreaterThanOrEqual(0.9);
      expect(search.clusters.filter((c) => c.suspicious)).toHaveLength(1);
    }
  });
  it("is shown where it is", () => {
    const { maps } = madeMaps({ count: 100, share: 0.3, strength: 0.5, noise: 0.1 });
    const [first, ...rest] = searchArtefacts(maps).clusters;
    expect(first?.box).toEqual({ x0: 0, y0: 0.85, x1: 0.2, y1: 1 });
    expect(first?.share).toBe(0.3);
    expect(first?.border).toBeGreaterThan(0.45);
    expect(first?.centroid.x).toBeLessThan(0.4);
    expect(first?.centroid.y).toBeGreaterThan(0.6);
    for (const { border } of rest) expect(border).toBeLessThan(0.2);
  });
  it("within the picture is found by the boxes, and only by them", () => {
    const options = { count: 100, share: 0.3, strength: 0.4, noise: 0.1, at: [0.12, 0.75] } as const;
    const { maps, marked } = madeMaps({ ...options, boxes: true });
    const search = searchArtefacts(maps);
    expect(adjustedRand(found(search), marked)).toBeGreaterThanOrEqual(0.9);
    expect(search.clusters[0]?.outside).toBeGreaterThan(0.5);
    expect(search.notes).not.toContain("no boxes are known: a cluster is suspicious at the border alone");
    const blind = searchArtefacts(madeMaps(options).maps);
    expect(blind.clusters.filter((c) => c.suspicious)).toEqual([]);
    expect(blind.notes).toContain("no boxes are known: a cluster is suspicious at the border alone");
  });
  it("is named with every other one, where there are two", () => {
    const one = madeMaps({ count: 60, share: 0.3, strength: 0.4, noise: 0.1, seed: 1 });
    const other = madeMaps({ count: 60, share: 0.3, strength: 0.4, noise: 0.1, seed: 2, at: [0.82, 0.03] });
    const { clusters } = searchArtefacts([...one.maps, ...other.maps]);
    const suspects = clusters.filter((c) => c.suspicious);
    expect(suspects.map((c) => c.members.length)).toEqual([18, 18]);
    expect(suspects.map((c) => c.members.every((i) => [...one.marked, ...other.marked][i] === 1))).toEqual([
      true,
      true,
    ]);
  });
});

describe("maps without a mark", () => {
  it.each([0.1, 0.6, 2])("are not suspected, noise %f", (noise) => {
    for (const seed of [1, 2, 3])
      for (const boxes of [false, true]) {
        const { clusters } = searchArtefacts(madeMaps({ count: 80, share: 0, strength: 0.5, noise, boxes, seed }).maps);
        expect(clusters.filter((c) => c.suspicious)).toEqual([]);
      }
  });
  it("of noise alone are one cluster", () => {
    const { maps } = madeMaps({ count: 80, share: 0, strength: 0.5, noise: 50 });
    const { clusters } = searchArtefacts(maps);
    expect(clusters).toHaveLength(1);
    expect(clusters[0]?.score).toBeLessThan(0.3);
  });
});

describe("the search", () => {
  const { maps } = madeMaps({ count: 50, share: 0.3, strength: 0.3, noise: 0.3 });
  it("gives the same for the same seed, and the same clusters for another order", () => {
    const search = searchArtefacts(maps, { seed: 4 });
    expect(searchArtefacts(maps, { seed: 4 })).toEqual(search);
    const turned = searchArtefacts(maps.toReversed());
    expect(adjustedRand(turned.assignment.toReversed(), search.assignment)).toBe(1);
  });
  it("does not depend on the scale of a map", () => {
    const scaled = maps.map((m, i) => ({ ...m, values: m.values.map((v) => v * 2 ** (i % 7)) as Float32Array }));
    expect(searchArtefacts(scaled).assignment).toEqual(searchArtefacts(maps).assignment);
  });
  it("counts every map once, and has eigenvalues from 0 up", () => {
    const { clusters, assignment, eigenvalues } = searchArtefacts(maps);
    expect(clusters.flatMap((c) => c.members).sort((a, b) => a - b)).toEqual(maps.map((_, i) => i));
    clusters.forEach((c, at) => {
      for (const i of c.members) expect(assignment[i]).toBe(at);
    });
    expect(eigenvalues).toHaveLength(11);
    expect(eigenvalues[0]).toBeCloseTo(0, 9);
    expect([...eigenvalues].every((v, i) => i === 0 || v >= eigenvalues[i - 1]!)).toBe(true);
  });
  it("takes a number of clusters", () => {
    const clean = madeMaps({ count: 50, share: 0, strength: 0.3, noise: 0.3 }).maps;
    expect(searchArtefacts(clean, { clusters: 3 }).clusters).toHaveLength(3);
    expect(searchArtefacts(clean.slice(0, 2), { clusters: 5 }).clusters.length).toBeLessThanOrEqual(2);
  });
});

describe("bounds of the search", () => {
  it("one map is one cluster that nothing can be said of", () => {
    const { maps } = madeMaps({ count: 1, share: 1, strength: 0.9, noise: 0.1 });
    const { clusters, eigenvalues } = searchArtefacts(maps);
    expect(clusters).toHaveLength(1);
    expect(clusters[0]).toMatchObject({ members: [0], share: 1, constancy: 0, score: 0, suspicious: false });
    expect(eigenvalues).toEqual(new Float64Array(1));
  });
  it("identical maps are one cluster", () => {
    const { maps } = madeMaps({ count: 1, share: 1, strength: 0.9, noise: 0.1 });
    const same = Array.from({ length: 40 }, (_, i) => ({ ...(maps[0] as RelevanceMap), id: String(i) }));
    const { clusters } = searchArtefacts(same);
    expect(clusters).toHaveLength(1);
    expect(clusters[0]?.constancy).toBeCloseTo(1, 9);
    expect(clusters[0]?.suspicious).toBe(true);
  });
  it("even maps are one cluster without a place", () => {
    const { clusters } = searchArtefacts(Array.from({ length: 12 }, (_, i) => flat(String(i), 1 + i)));
    expect(clusters).toHaveLength(1);
    expect(clusters[0]).toMatchObject({ suspicious: false, box: undefined });
    expect(clusters[0]?.score).toBeLessThan(1e-3);
    expect(clusters[0]?.centroid.x).toBeCloseTo(0.5, 9);
  });
  it("two and three maps have clusters", () => {
    const { maps } = madeMaps({ count: 3, share: 0, strength: 0.9, noise: 0.1 });
    for (const count of [2, 3])
      expect(searchArtefacts(maps.slice(0, count)).clusters.flatMap((c) => c.members)).toHaveLength(count);
  });
  it("maps of zeros belong to none", () => {
    const { maps } = madeMaps({ count: 20, share: 0.3, strength: 0.5, noise: 0.1 });
    const search = searchArtefacts([flat("a", 0), ...maps, flat("b", 0, 9)]);
    expect([search.assignment[0], search.assignment[21]]).toEqual([-1, -1]);
    expect(search.notes).toContain("2 of 22 maps are zero in every cell and belong to no cluster");
    expect(search.places[0]?.border).toMatchObject({ positive: undefined, absolute: undefined });
    const none = searchArtefacts([flat("a", 0), flat("b", 0)]);
    expect(none).toMatchObject({ clusters: [], constancy: 0 });
    expect(none.notes).toContain("2 of 2 maps are zero in every cell and belong to no cluster");
  });
  it("maps below zero have no positive relevance, and are no suspects", () => {
    const { clusters } = searchArtefacts(Array.from({ length: 6 }, (_, i) => flat(String(i), -1)));
    expect(clusters[0]).toMatchObject({ concentration: 0, border: undefined, suspicious: false });
  });
  it("maps of one pixel, and maps finer and coarser than the grid", () => {
    const { clusters } = searchArtefacts([flat("a", 1, 1), flat("b", 1, 7), flat("c", 1, 20), flat("d", 1, 61)]);
    expect(clusters).toHaveLength(1);
  });
  it.each([Number.NaN, Number.POSITIVE_INFINITY])("a map with %f is refused by name", (value) => {
    const { maps } = madeMaps({ count: 3, share: 0, strength: 0.5, noise: 0.1 });
    const bad = flat("the bad one", 1);
    bad.values[31] = value;
    expect(() => searchArtefacts([...maps, bad])).toThrow(
      expect.objectContaining({
        code: "E_NUMERIC",
        message: expect.stringContaining(`The map of \`the bad one\` holds ${value} at x 1, y 1`),
      }),
    );
  });
  it("no maps, maps of another size than stated, and options that are none are refused", () => {
    const code = (f: () => unknown): unknown => {
      try {
        return f();
      } catch (error) {
        return (error as { readonly code?: unknown }).code;
      }
    };
    const one = [flat("a", 1)];
    expect(code(() => searchArtefacts([]))).toBe("E_DATA_EMPTY");
    expect(code(() => searchArtefacts([{ ...flat("a", 1), width: 29 }]))).toBe("E_INPUT_SHAPE");
    for (const options of [
      { strip: 0 },
      { strip: 0.6 },
      { grid: 1 },
      { neighbours: 0 },
      { clusters: 1.5 },
      { most: 0 },
    ])
      expect(code(() => searchArtefacts(one, options))).toBe("E_PARAM");
  });
});
