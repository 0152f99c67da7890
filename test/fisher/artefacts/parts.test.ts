/** @file The parts of the artefact search against plain definitions: shares, small maps, graph, spectrum, clusters, spots. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { nearestRows, neighbourGraph, type SparseMatrix } from "../../../src/fisher/artefacts/neighbour-graph.ts";
import { placesOf, type RelevanceMap } from "../../../src/fisher/artefacts/relevance-map.ts";
import { rowClusters } from "../../../src/fisher/artefacts/row-clusters.ts";
import { smallMap } from "../../../src/fisher/artefacts/small-map.ts";
import { greatestEigenpairs } from "../../../src/fisher/artefacts/spectrum.ts";
import { densestBox } from "../../../src/fisher/artefacts/spot.ts";
import { meanCosine } from "../../../src/fisher/artefacts/suspicion.ts";
import { normals, scattered, uniforms } from "../../../src/random.ts";

const mapOf = (width: number, values: readonly number[], more: Partial<RelevanceMap> = {}): RelevanceMap => ({
  id: "m",
  width,
  height: values.length / width,
  values: Float64Array.from(values),
  ...more,
});
const points = (count: number, width: number, seed: number): readonly Float64Array[] => {
  const draw = normals(scattered(seed));
  return Array.from({ length: count }, () => Float64Array.from({ length: width }, () => draw()));
};

describe("where relevance lies", () => {
  it("border and box shares by hand", () => {
    // 4 x 4: a border of one pixel, a box of two in the middle
    const values = [1, 0, 0, -1, 0, 2, 3, 0, 0, -4, 1, 0, 2, 0, 0, 0];
    const places = placesOf(mapOf(4, values, { boxes: [{ x0: 1, y0: 1, x1: 3, y1: 2 }] }), 0.25);
    expect(places.border).toEqual({ positive: 3 / 9, absolute: 4 / 14, area: 12 / 16 });
    expect(places.outside).toEqual({ positive: 4 / 9, absolute: 9 / 14, area: 14 / 16 });
  });
  it("a box over everything leaves nothing outside, and no box says nothing", () => {
    const whole = [{ x0: -1, y0: -1, x1: 9, y1: 9 }];
    expect(placesOf(mapOf(2, [1, 1, 1, 1], { boxes: whole }), 0.1).outside).toBeUndefined();
    expect(placesOf(mapOf(2, [1, 1, 1, 1], { boxes: [] }), 0.1).outside).toBeUndefined();
  });
});

describe("a small map", () => {
  it("adds up the pixels of a cell", () => {
    expect([...smallMap(mapOf(4, [1, 2, 3, 4, 5, 6, 7, 8]), 2)]).toEqual([3, 7, 11, 15]);
  });
  it("shares a pixel among cells by area", () => {
    expect([...smallMap(mapOf(1, [8]), 2)]).toEqual([2, 2, 2, 2]);
    expect([...smallMap(mapOf(3, [1, 2, 4]), 2)]).toEqual([1, 2.5, 1, 2.5]);
  });
  it("keeps the sum for any sizes", () => {
    const draw = normals(3);
    for (const [width, height, grid] of [
      [7, 13, 20],
      [61, 45, 20],
      [20, 20, 20],
      [333, 5, 7],
    ] as const) {
      const values = Array.from({ length: width * height }, () => draw());
      const total = values.reduce((s, v) => s + v, 0);
      expect(smallMap(mapOf(width, values), grid).reduce((s, v) => s + v, 0)).toBeCloseTo(total, 9);
    }
  });
});

const dense = ({ size, starts, columns, values }: SparseMatrix): Matrix => {
  const out = Matrix.zeros(size, size);
  for (let i = 0; i < size; i++)
    for (let at = starts[i]!; at < starts[i + 1]!; at++) out.set(i, columns[at]!, values[at]!);
  return out;
};

describe("the graph", () => {
  it("has the nearest neighbours of a plain sort", () => {
    const rows = points(40, 5, 1);
    const got = nearestRows(rows, 6);
    rows.forEach((row, i) => {
      const distance = (j: number): number => row.reduce((s, v, d) => s + (v - rows[j]![d]!) ** 2, 0);
      const sorted = rows.map((_, j) => j).filter((j) => j !== i);
      sorted.sort((a, b) => distance(a) - distance(b));
      expect([...got.subarray(6 * i, 6 * i + 6)]).toEqual(sorted.slice(0, 6));
    });
  });
  it("is D^-1/2 A D^-1/2, symmetric, without loops", () => {
    const rows = points(25, 3, 2);
    const [n, k] = [25, 4];
    const nearest = nearestRows(rows, k);
    const a = Matrix.zeros(n, n);
    nearest.forEach((j, at) => {
      a.set(Math.floor(at / k), j, 1);
      a.set(j, Math.floor(at / k), 1);
    });
    const degrees = a.sum("row");
    const s = dense(neighbourGraph(rows, k));
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        expect(s.get(i, j)).toBeCloseTo(a.get(i, j) / Math.sqrt(degrees[i]! * degrees[j]!), 12);
  });
});

describe("the spectrum equals a dense decomposition", () => {
  /** Groups far from each other: eigenvalue 1 comes once for each. */
  const grouped = (groups: number, each: number): readonly Float64Array[] =>
    points(groups * each, 4, 7).map((p, i) => p.map((v, d) => (d === 0 ? v + 100 * (i % groups) : v)));
  it.each([
    ["one cloud of 150", points(150, 4, 3), 5, 11],
    ["a line of 200", points(200, 1, 4), 4, 11],
    ["4 parts", grouped(4, 40), 5, 11],
    ["30 parts, more than asked for", grouped(30, 8), 4, 11],
    ["fewer points than asked for", points(6, 2, 5), 3, 11],
    ["two points", points(2, 2, 5), 1, 11],
  ] as const)("%s", (_, rows, k, count) => {
    const graph = neighbourGraph(rows, k);
    const full = new EigenvalueDecomposition(dense(graph), { assumeSymmetric: true }).realEigenvalues;
    const expected = full.toSorted((a, b) => b - a).slice(0, count);
    const { values, vectors } = greatestEigenpairs(graph, count);
    expect(values).toHaveLength(Math.min(count, rows.length));
    values.forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i]!, 9);
    });
    const product = dense(graph);
    vectors.forEach((vector, i) => {
      const image = product.mmul(Matrix.columnVector([...vector])).to1DArray();
      image.forEach((v, at) => {
        expect(v).toBeCloseTo(values[i]! * vector[at]!, 7);
      });
      vectors.forEach((other, j) => {
        const dot = vector.reduce((s, v, at) => s + v * other[at]!, 0);
        expect(dot).toBeCloseTo(i === j ? 1 : 0, 9);
      });
    });
  });
});

describe("clusters of rows", () => {
  it("are those there are, whatever the seed", () => {
    const draw = normals(9);
    const rows = Array.from({ length: 60 }, (_, i) => Float64Array.of(10 * (i % 3) + 0.1 * draw(), 0.1 * draw()));
    for (let seed = 0; seed < 5; seed++)
      expect([...rowClusters(rows, 3, seed).assignment]).toEqual(rows.map((_, i) => i % 3));
  });
  it("are no more than there are different rows", () => {
    const rows = Array.from({ length: 8 }, (_, i) => Float64Array.of(i % 2));
    expect([...rowClusters(rows, 5).assignment]).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
    expect(rowClusters(rows, 5).inertia).toBe(0);
  });
});

describe("spots", () => {
  it("the densest box equals a search of all boxes", () => {
    const draw = uniforms(11);
    const grid = 6;
    for (let round = 0; round < 20; round++) {
      const map = Float64Array.from({ length: grid * grid }, () => draw() ** 4);
      const mean = map.reduce((s, v) => s + v, 0) / map.length;
      let most = 0;
      const sum = (x0: number, y0: number, x1: number, y1: number): number => {
        let s = 0;
        for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) s += map[y * grid + x]! - mean;
        return s;
      };
      for (let y0 = 0; y0 < grid; y0++)
        for (let y1 = y0 + 1; y1 <= grid; y1++)
          for (let x0 = 0; x0 < grid; x0++)
            for (let x1 = x0 + 1; x1 <= grid; x1++) most = Math.max(most, sum(x0, y0, x1, y1));
      const { x0, y0, x1, y1 } = densestBox(map, grid) ?? { x0: 0, y0: 0, x1: 0, y1: 0 };
      const cells = [x0, y0, x1, y1].map((v) => Math.round(v * grid)) as [number, number, number, number];
      expect(sum(...cells)).toBeCloseTo(most, 9);
    }
  });
  it("the mean cosine equals all pairs", () => {
    const maps = points(7, 5, 12).map((m) => m.map(Math.abs));
    const cosine = (a: Float64Array, b: Float64Array): number =>
      a.reduce((s, v, i) => s + v * b[i]!, 0) / (Math.hypot(...a) * Math.hypot(...b));
    const pairs = maps.flatMap((a, i) => maps.slice(i + 1).map((b) => cosine(a, b)));
    expect(meanCosine(maps)).toBeCloseTo(pairs.reduce((s, v) => s + v, 0) / pairs.length, 12);
    expect(meanCosine([Float64Array.of(1, 0), Float64Array.of(0, 0), Float64Array.of(1, 0)])).toBeCloseTo(1 / 3, 12);
  });
});
