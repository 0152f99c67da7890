/** @file Activation vectors and TCAV scores on rows whose answer is known. */
import { describe, expect, test } from "vitest";
import { normals, scattered } from "../../../src/random.ts";
import { type Cav, dot, trainCav } from "../../../src/regions/concepts/cav.ts";
import { isCommon, popularClusters } from "../../../src/regions/concepts/clusters.ts";
import { tcavScore, testConcept } from "../../../src/regions/concepts/tcav.ts";

const WIDTH = 6;

function cloud(count: number, seed: number, shift = 0): Float32Array[] {
  const draw = normals(scattered(seed));
  return Array.from({ length: count }, () =>
    Float32Array.from({ length: WIDTH }, (_, k) => draw() + (k === 2 ? shift : 0)),
  );
}
const axis = (k: number, sign = 1): Float32Array =>
  Float32Array.from({ length: WIDTH }, (_, i) => (i === k ? sign : 0));

describe("an activation vector", () => {
  test("points along the shift, has unit length, and tells held-out rows apart", () => {
    const { direction, accuracy, iterations } = trainCav(cloud(60, 1, 6), cloud(60, 2));
    expect(Math.sqrt(dot(direction, direction))).toBeCloseTo(1, 12);
    expect(direction[2]).toBeGreaterThan(0.9);
    expect(accuracy).toBeGreaterThan(0.95);
    expect(iterations).toBeGreaterThanOrEqual(6);
  });

  test("two rows, one a side: steps of the formula written out", () => {
    const [a, b] = [Float32Array.from([2, 0]), Float32Array.from([0, 1])];
    const alpha = 0.01;
    const got = trainCav([a], [b], { alpha, iterations: 1, seed: 3 });
    const byHand = (order: readonly (readonly [Float32Array, number])[]): Float64Array => {
      const w = new Float64Array(2);
      let bias = 0;
      order.forEach(([x, y], t) => {
        const rate = 1 / (alpha * (1 / (alpha * alpha ** -0.25) + t));
        const margin = y * ((w[0] as number) * (x[0] as number) + (w[1] as number) * (x[1] as number) + bias);
        for (let k = 0; k < 2; k++) w[k] = (w[k] as number) * (1 - rate * alpha);
        if (margin > 1) return;
        for (let k = 0; k < 2; k++) w[k] = (w[k] as number) + rate * y * (x[k] as number);
        bias += rate * y;
      });
      const length = Math.hypot(...w);
      return w.map((v) => v / length);
    };
    const wanted = [
      byHand([
        [a, 1],
        [b, -1],
      ]),
      byHand([
        [b, -1],
        [a, 1],
      ]),
    ];
    const off = wanted.map((w) => Math.max(...w.map((v, k) => Math.abs(v - (got.direction[k] as number)))));
    expect(Math.min(...off)).toBeLessThan(1e-12);
    expect(got.accuracy).toBeNull();
  });

  test("is the same for the same seed, and mirrored sides mirror it", () => {
    const [c, r] = [cloud(30, 1, 2), cloud(30, 2)];
    const same: Cav = trainCav(c, r, { seed: 5 });
    expect(trainCav(c, r, { seed: 5 })).toEqual(same);
    expect(trainCav(c, r, { seed: 6 }).direction).not.toEqual(same.direction);
    expect(dot(trainCav(r, c, { seed: 5 }).direction, same.direction)).toBeLessThan(-0.5);
  });

  test("rows of zeros have no direction; nothing is not a side", () => {
    const zeros = Array.from({ length: 4 }, () => new Float32Array(WIDTH));
    expect(trainCav(zeros, zeros).direction).toEqual(new Float64Array(WIDTH));
    expect(() => trainCav([], zeros)).toThrow(/both sides/);
  });
});

describe("TCAV", () => {
  const random = cloud(300, 7);

  test("score: the share of slopes that rise; level ones do not", () => {
    const slopes = [axis(2), axis(2, -1), new Float32Array(WIDTH), axis(2, 3)];
    expect(tcavScore(slopes, Float64Array.from(axis(2)))).toBe(0.5);
  });

  test("a concept that the score rises along has 1, one that it falls along 0, both significant", () => {
    const concept = cloud(40, 3, 5);
    const up = testConcept({ concept, random, slopes: [axis(2), axis(2, 2)] });
    expect([up.mean, up.deviation, up.significant, up.examples]).toEqual([1, 0, true, 40]);
    expect(up.accuracy).toBeGreaterThan(0.9);
    expect(up.scores.length).toBe(20);
    const down = testConcept({ concept, random, slopes: [axis(2, -1)] });
    expect([down.mean, down.significant]).toEqual([0, true]);
  });

  test("most random concepts are dropped, as often as the test says within what it leaves out", () => {
    const slopes = Array.from({ length: 10 }, (_, i) => cloud(1, 500 + i)[0] as Float32Array);
    const kept = Array.from({ length: 20 }, (_, i) => testConcept({ concept: cloud(20, 100 + i), random, slopes }));
    expect(kept.filter((t) => t.significant).length).toBeLessThanOrEqual(6);
    expect(kept.filter((t) => t.p > 0.05).length).toBeGreaterThanOrEqual(10);
  });

  test("is deterministic by seed; a shared counterpart is another test", () => {
    const asked = { concept: cloud(20, 9, 0.5), random, slopes: [axis(2), axis(1)] };
    expect(testConcept(asked, { seed: 4 })).toEqual(testConcept(asked, { seed: 4 }));
    const shared = testConcept(asked, { seed: 4, counterpart: "shared" });
    expect(shared.counterparts).not.toEqual(testConcept(asked, { seed: 4 }).counterparts);
  });

  test("one example is a concept; few random rows limit how many count", () => {
    const one = testConcept({ concept: cloud(1, 3, 9), random, slopes: [axis(2)] });
    expect([one.examples, one.accuracy]).toEqual([1, null]);
    expect(one.mean).toBeGreaterThan(0.8);
    expect(testConcept({ concept: cloud(30, 3, 9), random: random.slice(0, 9), slopes: [axis(2)] }).examples).toBe(4);
  });

  test("what is missing is refused", () => {
    const concept = cloud(3, 1);
    expect(() => testConcept({ concept, random, slopes: [] })).toThrow(/got 0, 3 and 300/);
    expect(() => testConcept({ concept: [], random, slopes: [axis(1)] })).toThrow(/got 1, 0/);
    expect(() => testConcept({ concept, random: random.slice(0, 1), slopes: [axis(1)] })).toThrow(/two random/);
    expect(() => testConcept({ concept, random, slopes: [axis(1)] }, { randomSets: 1 })).toThrow(/from 2 up/);
  });
});

describe("clusters", () => {
  test.each([
    [{ size: 10, pictures: 6 }, 100, true],
    [{ size: 10, pictures: 5 }, 100, false],
    [{ size: 30, pictures: 11 }, 40, true],
    [{ size: 30, pictures: 10 }, 40, false],
    [{ size: 40, pictures: 10 }, 30, false],
    [{ size: 100, pictures: 21 }, 40, true],
    [{ size: 100, pictures: 20 }, 40, false],
    [{ size: 300, pictures: 30 }, 40, false],
  ])("%o of %i pictures: common %s", (cluster, all, want) => {
    expect(isCommon(cluster, all)).toBe(want);
  });

  test("small and one-picture clusters are left out, the farthest members too", () => {
    const assignment = [0, 0, 0, 0, 1, 1, 1, 2];
    const distances = [4, 1, 3, 1, 1, 1, 1, 0];
    const pictureOf = [0, 1, 2, 3, 0, 0, 0, 1];
    const asked = { assignment, distances, pictureOf, centres: 4, all: 4 };
    expect(popularClusters(asked, { fewest: 2, most: 3 })).toEqual([
      { centre: 0, size: 4, pictures: 4, members: [1, 3, 2] },
      // three patches of one picture of four: more than a quarter as many, not more than a quarter of all
    ]);
    expect(popularClusters(asked, { fewest: 0 }).map((c) => c.centre)).toEqual([0, 2]);
  });
});
