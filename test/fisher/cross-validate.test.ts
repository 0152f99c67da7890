/** @file The choice of C: folds that are even in every class, a table that can be recomputed, edges. */
import { describe, expect, it } from "vitest";
import { OnnxplainError } from "../../src/errors.ts";
import {
  crossValidate,
  DEFAULT_COSTS,
  scoresOf,
  stratifiedFolds,
  TOOLKIT_COSTS,
} from "../../src/fisher/cross-validate.ts";
import { trainSvm } from "../../src/fisher/svm.ts";
import { normals, uniforms } from "../../src/random.ts";
import { averagePrecision } from "../../src/train/average-precision.ts";

const [n, classes, width] = [120, 3, 8];
const chance = uniforms(6);
/** Several labels a sample, one class rare. */
const targets = Float64Array.from({ length: n * classes }, (_, i) => Number(chance() < [0.4, 0.25, 0.06][i % 3]!));
const normal = normals(2);
const rows = Float64Array.from({ length: n * width }, (_, at) => {
  const [i, d] = [Math.floor(at / width), at % width];
  return normal() + (d < classes ? 1.5 * targets[i * classes + d]! : 0);
});
const gram = Float64Array.from({ length: n * n }, (_, at) => {
  const [i, j] = [Math.floor(at / n), at % n];
  let sum = 0;
  for (let d = 0; d < width; d++) sum += rows[i * width + d]! * rows[j * width + d]!;
  return sum / width;
});
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof OnnxplainError) return error.code;
    throw error;
  }
  return "none";
};

it("the toolkit's grid is 1.6, 1.8, … 7.8", () => {
  expect([TOOLKIT_COSTS.length, TOOLKIT_COSTS[0], TOOLKIT_COSTS[1], TOOLKIT_COSTS[31]]).toEqual([32, 1.6, 1.8, 7.8]);
});

describe("folds", () => {
  it("hold as many of each class as can be, and as many samples", () => {
    const folds = stratifiedFolds(targets, classes, { folds: 5, seed: 3 });
    const count = (keep: (i: number) => boolean): number[] =>
      [0, 1, 2, 3, 4].map((f) => folds.filter((v, i) => v === f && keep(i)).length);
    for (let c = 0; c < classes; c++) {
      const each = count((i) => targets[i * classes + c]! > 0);
      expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(2);
    }
    const rare = count((i) => targets[i * classes + 2]! > 0);
    expect(Math.max(...rare) - Math.min(...rare)).toBeLessThanOrEqual(1);
    const sizes = count(() => true);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    expect(stratifiedFolds(targets, classes, { folds: 5, seed: 3 })).toEqual(folds);
    expect(stratifiedFolds(targets, classes, { folds: 5, seed: 4 })).not.toEqual(folds);
  });
});

describe("the table", () => {
  const costs = [3, 0.01, 0.3];
  // strictly convex: every order of steps ends at the same scores, so that no two change places
  const found = crossValidate(
    gram,
    { targets, classes },
    { costs, folds: 4, seed: 1, tolerance: 1e-13, loss: "squared-hinge" },
  );
  it("is what machines on rows of their own say, fold by fold", () => {
    expect(found.table.map((r) => r.cost)).toEqual([0.01, 0.3, 3]);
    for (const row of found.table) {
      expect(row.unconverged).toBe(0);
      const means = [0, 1, 2, 3].map((fold) => {
        const kept = [...found.folds.keys()].filter((i) => found.folds[i] !== fold);
        const held = [...found.folds.keys()].filter((i) => found.folds[i] === fold);
        const inner = Float64Array.from(kept.flatMap((i) => kept.map((j) => gram[i * n + j]!)));
        const outer = Float64Array.from(held.flatMap((i) => kept.map((j) => gram[i * n + j]!)));
        const of = [0, 1, 2].flatMap((c) => {
          const column = (list: number[]): number[] => list.map((i) => targets[i * classes + c]!);
          const machine = trainSvm(inner, column(kept), {
            cost: row.cost,
            tolerance: 1e-13,
            loss: "squared-hinge",
            seed: 77,
          });
          return averagePrecision(scoresOf(machine, outer), column(held)).elevenPoint ?? [];
        });
        return of.reduce((s, v) => s + v, 0) / of.length;
      });
      for (const [k, m] of means.entries()) expect(row.folds[k]).toBeCloseTo(m, 9);
      expect(row.meanAp).toBeCloseTo(means.reduce((s, v) => s + v, 0) / 4, 9);
    }
  });
  it("names the best, of equals the lowest", () => {
    const best = Math.max(...found.table.map((r) => r.meanAp as number));
    expect(found.table.find((r) => r.cost === found.cost)?.meanAp).toBe(best);
    // parted by far at every cost: all means are 1
    const y = Float64Array.from({ length: 20 }, (_, i) => i % 2);
    const parted = Float64Array.from({ length: 400 }, (_, at) => (y[Math.floor(at / 20)]! === y[at % 20]! ? 1 : -1));
    const easy = crossValidate(parted, { targets: y, classes: 1 }, { folds: 2 });
    expect(easy.table.map((r) => r.meanAp)).toEqual(DEFAULT_COSTS.map(() => 1));
    expect(easy.cost).toBe(0.1);
    expect([easy.notes, found.notes]).toEqual([[expect.stringContaining("[R]")], []]);
  });
});

describe("edges", () => {
  it("more folds than samples, and nothing positive", () => {
    const few = crossValidate(Float64Array.of(1, 0, 0, 1), { targets: new Float64Array(2), classes: 1 });
    expect([few.cost, few.table[0]?.meanAp, few.notes.length]).toEqual([0.1, null, 3]);
    expect([...few.folds].sort()).toEqual([0, 1]);
  });
  it("refuses what it cannot do, and stops when told", () => {
    const run = (options: object) => codeOf(() => crossValidate(gram, { targets, classes }, options));
    expect([run({ folds: 1 }), run({ costs: [] }), run({ costs: [1, 0] })]).toEqual(["E_PARAM", "E_PARAM", "E_PARAM"]);
    expect(codeOf(() => crossValidate(Float64Array.of(1), { targets: Float64Array.of(1), classes: 1 }))).toBe(
      "E_DATA_EMPTY",
    );
    const reason = new Error("enough");
    expect(() => crossValidate(gram, { targets, classes }, { signal: AbortSignal.abort(reason) })).toThrow(reason);
  });
});
