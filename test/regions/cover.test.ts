/** @file The greedy cover: the closed example, what must hold of every cover, brute force, edge cases, its time. */
import { describe, expect, it } from "vitest";
import { uniforms } from "../../src/random.ts";
import { has, ones, placesIn, setOf, sizeOf } from "../../src/regions/bits.ts";
import { type Cover, cover, covers, type Placed, type References } from "../../src/regions/cover.ts";
import { distance, rankedCovered } from "../../src/regions/distance.ts";
import { type Projections, sidesOf, valuesOf } from "../../src/regions/projections.ts";

interface Made {
  readonly references: References;
  readonly projections: Projections;
}

/** References from their values at each boundary. */
function made(rows: readonly (readonly number[])[], classes: readonly number[]): Made {
  const projections: Projections = {
    count: rows.length,
    boundaries: rows[0]?.length ?? 0,
    values: Float64Array.from(rows.flat()),
    classes: Int32Array.from(classes),
  };
  return { projections, references: { sides: sidesOf(projections), classes } };
}

/** Random values around a slope of the class, so that boundaries tell something. */
function random(
  seed: number,
  { n, q, classes = 3 }: { readonly n: number; readonly q: number; readonly classes?: number },
) {
  const draw = uniforms(seed);
  const own = Array.from({ length: n }, () => Math.floor(draw() * classes));
  const slope = Array.from({ length: classes * q }, () => draw() - 0.5);
  const rows = own.map((c) => Array.from({ length: q }, (_, h) => draw() - 0.5 + (slope[c * q + h] as number)));
  return { ...made(rows, own), rows, own, x: { values: rows[0] as number[], label: own[0] as number } };
}

const side = (v: number | undefined): boolean => (v as number) > 0;
/** Covered references, one by one. */
const slowly = (rows: readonly (readonly number[])[], x: Placed, order: readonly number[]): readonly number[] =>
  rows.flatMap((r, i) => (order.every((h) => side(r[h]) === side(x.values[h])) ? [i] : []));

/** Algorithm 1 as it stands, with sets and quotients; the numerator counts all removed references. */
function literally(rows: readonly (readonly number[])[], own: readonly number[], x: Placed): readonly number[] {
  const others = (p: readonly number[]): number => slowly(rows, x, p).filter((i) => own[i] !== x.label).length;
  const all = Array.from({ length: rows[0]?.length ?? 0 }, (_, h) => h);
  const delta = others(all);
  const p: number[] = [];
  while (others(p) > delta) {
    const ratios = all
      .filter((h) => !p.includes(h))
      .map((h) => {
        const below = others(p) - others([...p, h]);
        return { h, below, ratio: (slowly(rows, x, p).length - slowly(rows, x, [...p, h]).length) / below };
      })
      .filter(({ below }) => below > 0)
      .sort((a, b) => a.ratio - b.ratio || b.below - a.below || a.h - b.h);
    p.push(ratios[0]?.h as number);
  }
  return p;
}

describe("bits", () => {
  it("count, hold and list places across words", () => {
    const set = setOf(70, (i) => i % 7 === 0 || i === 31 || i === 63);
    expect([...placesIn(set)]).toEqual([0, 7, 14, 21, 28, 31, 35, 42, 49, 56, 63]);
    expect(sizeOf(set)).toBe(11);
    expect([has(set, 31), has(set, 32), has(set, 63)]).toEqual([true, false, true]);
    expect([0, 1, 0xffff_ffff, 0x8000_0000, -1].map(ones)).toEqual([0, 1, 32, 1, 32]);
  });
});

describe("the cover", () => {
  it("is the closed example's (SPEC 4.2)", () => {
    const sides = ["111", "110", "101", "011", "001", "000", "100"].map((s) => Array.from(s, (b) => Number(b) * 2 - 1));
    const { references } = made(sides, [0, 0, 0, 1, 1, 1, 1]);
    const found = cover(references, { values: [1, 1, 1], label: 0 });
    expect(found.order).toEqual([0, 1]);
    expect([...placesIn(found.covered)]).toEqual([0, 1]);
    expect([found.tau, found.same, found.other]).toEqual([0, 2, 0]);
    expect(found.removed).toEqual([
      { same: 0, other: 3 },
      { same: 1, other: 1 },
    ]);
  });
  it("is what the algorithm taken literally gives, over 60 random instances", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { references, rows, own, x } = random(seed, { n: 45, q: 9 });
      expect(cover(references, x).order, `seed ${seed}`).toEqual(literally(rows, own, x));
    }
  });
  it("covers its own picture, keeps to delta, says what it removes, and is pruned without loss", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const { references, rows, own, x } = random(seed, { n: 70, q: 12 });
      const found = cover(references, x);
      expect(has(found.covered, 0)).toBe(true);
      expect(covers(found.order, x.values, x.values)).toBe(true);
      expect(found.other).toBeLessThanOrEqual(found.delta);
      expect(found.met).toBe(true);
      expect([...placesIn(found.covered)]).toEqual(slowly(rows, x, found.order));
      const same = own.filter((c) => c === x.label).length;
      expect(found.removed.reduce((s, r) => s + r.same, 0)).toBe(same - found.same);
      expect(found.removed.reduce((s, r) => s + r.other, 0)).toBe(70 - same - found.other);
      const fewer = cover(references, x, { prune: true });
      expect([fewer.same, fewer.other]).toEqual([found.same, found.other]);
      expect(found.order).toEqual(expect.arrayContaining([...fewer.order]));
      for (const h of fewer.order) {
        const without = slowly(
          rows,
          x,
          fewer.order.filter((o) => o !== h),
        );
        expect(without.length).toBeGreaterThan(fewer.same + fewer.other);
      }
    }
  });
  it("removes monotonically and submodularly (brute force over all sets of 5 boundaries)", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { rows, own, x } = random(seed, { n: 24, q: 5 });
      const setsOf = Array.from({ length: 32 }, (_, s) => [0, 1, 2, 3, 4].filter((h) => (s >> h) & 1));
      for (const counted of [(_: number) => true, (i: number) => own[i] !== x.label]) {
        const removed = setsOf.map((p) => rows.length - slowly(rows, x, p).filter(counted).length);
        for (let a = 0; a < 32; a++)
          for (let b = 0; b < 32; b++) {
            if ((a & b) !== a) continue;
            expect(removed[b]).toBeGreaterThanOrEqual(removed[a] as number);
            for (let h = 0; h < 5; h++) {
              if ((b >> h) & 1) continue;
              const gain = (s: number): number => (removed[s | (1 << h)] as number) - (removed[s] as number);
              expect(gain(a)).toBeGreaterThanOrEqual(gain(b));
            }
          }
      }
    }
  });
  it("depends on sides alone: a flipped boundary changes nothing", () => {
    const { references, rows, own, x } = random(5, { n: 60, q: 8 });
    const turned = rows.map((r) => r.map((v, h) => (h % 3 === 0 ? -v : v)));
    const found = cover(made(turned, own).references, { values: turned[0] as number[], label: x.label });
    expect(found).toEqual(cover(references, x));
  });
  it("is empty where no reference is of another class", () => {
    const { references } = made([[1], [-1], [1]], [2, 2, 2]);
    const found = cover(references, { values: [1], label: 2 });
    expect(found).toMatchObject({ order: [], removed: [], tau: 0, same: 3, other: 0, met: true });
  });
  it("is empty where boundaries tell nothing apart, and tau says so", () => {
    const { references } = made([[1], [1], [1]], [0, 1, 1]);
    expect(cover(references, { values: [1], label: 0 })).toMatchObject({ order: [], tau: 2, same: 1, other: 2 });
  });
  it("leaves tau references of other classes where all boundaries together leave them, and more where asked to", () => {
    const { references } = made(
      [
        [1, 1],
        [1, 1],
        [-1, 1],
        [1, -1],
        [1, -1],
      ],
      [0, 1, 1, 1, 1],
    );
    const x = { values: [1, 1], label: 0 };
    expect(cover(references, x)).toMatchObject({ order: [1, 0], tau: 1, delta: 1, other: 1, met: true });
    expect(cover(references, x, { delta: 2 })).toMatchObject({ order: [1], other: 2, met: true });
    expect(cover(references, x, { delta: 0 })).toMatchObject({ order: [1, 0], other: 1, met: false });
    expect(cover(references, x, { candidates: [0] })).toMatchObject({ order: [0], tau: 3, other: 3 });
  });
  it("takes one of equal boundaries, the first", () => {
    const { references } = made(
      [
        [1, 1, 1],
        [-1, -1, -1],
      ],
      [0, 1],
    );
    expect(cover(references, { values: [1, 1, 1], label: 0 }).order).toEqual([0]);
  });
  it("counts a value of exactly 0 as negative, of the picture and of references", () => {
    const { references } = made([[0], [-1], [1e-300]], [0, 1, 1]);
    const found = cover(references, { values: [0], label: 0 });
    expect(found).toMatchObject({ order: [0], tau: 1, same: 1, other: 1 });
    expect([...placesIn(found.covered)]).toEqual([0, 1]);
  });
  it("knows a picture of a class that no reference has", () => {
    const { references } = made([[1], [-1]], [0, 1]);
    expect(cover(references, { values: [1], label: 9 })).toMatchObject({ tau: 1, same: 0, other: 1, order: [0] });
  });
  it("refuses a delta below 0 and boundaries that are not there", () => {
    const { references } = made([[1], [-1]], [0, 1]);
    for (const options of [{ delta: -1 }, { delta: Number.NaN }, { candidates: [1] }, { candidates: [0.5] }])
      expect(() => cover(references, { values: [1], label: 0 }, options)).toThrow(
        expect.objectContaining({ code: "E_PARAM" }),
      );
  });
  it("takes a few milliseconds of 5,000 references and 50 boundaries", () => {
    const { references, projections } = random(3, { n: 5000, q: 50, classes: 10 });
    const times = Array.from({ length: 60 }, (_, i) => {
      const x = { values: valuesOf(projections, i), label: projections.classes[i] as number };
      const began = performance.now();
      const found: Cover = cover(references, x);
      expect(found.met).toBe(true);
      return performance.now() - began;
    }).sort((a, b) => a - b);
    const median = times[30] as number;
    console.log(
      `cover of 5,000 references, 50 boundaries: ${times[0]?.toFixed(2)} ms least, ${median.toFixed(2)} ms median`,
    );
    expect(times[0]).toBeLessThan(5);
  });
});

describe("the distance", () => {
  const { references, projections, x } = random(8, { n: 50, q: 6 });
  const found = cover(references, x);
  const at = (i: number): Float64Array => valuesOf(projections, i);
  it("is 0 to itself, symmetric, and a sum over boundaries", () => {
    for (let i = 0; i < 10; i++) {
      expect(distance(found.order, at(i), at(i))).toBe(0);
      expect(distance(found.order, at(i), at(i + 1))).toBe(distance(found.order, at(i + 1), at(i)));
      const single = [0, 1, 2, 3, 4, 5].map((h) => distance([h], at(i), at(i + 1)));
      expect(distance([0, 1, 2, 3, 4, 5], at(i), at(i + 1))).toBeCloseTo(
        single.reduce((a, b) => a + b, 0),
        12,
      );
    }
    expect(distance([], at(0), at(1))).toBe(0);
  });
  it("does not change when a boundary is flipped, and is divided by lengths where they are given", () => {
    const [a, b] = [at(0), at(1)];
    const flipped = (v: Float64Array): Float64Array => v.map((n, h) => (h === 2 ? -n : n));
    expect(distance([2, 4], flipped(a), flipped(b))).toBe(distance([2, 4], a, b));
    expect(distance([2], a, b, { lengths: [1, 1, 4] })).toBe(distance([2], a, b) / 4);
  });
  it("ranks the covered references: itself first, then by distance, then by place", () => {
    const ranked = rankedCovered(found, projections, x.values);
    expect(ranked.map((r) => r.index).toSorted((p, q) => p - q)).toEqual([...placesIn(found.covered)]);
    expect(ranked[0]).toEqual({ index: 0, distance: 0 });
    for (const [i, r] of ranked.entries())
      if (i > 0) expect(r.distance).toBeGreaterThanOrEqual(ranked[i - 1]?.distance as number);
    const twins = made([[1], [2], [1], [-1]], [0, 0, 0, 1]);
    const all = cover(twins.references, { values: [1], label: 0 });
    expect(rankedCovered(all, twins.projections, [1]).map((r) => r.index)).toEqual([0, 2, 1]);
  });
});
