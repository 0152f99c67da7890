/** @file Which layers of two frames are compared, and what is said where they, or the directions, do not match. */
import { describe, expect, test } from "vitest";
import { comparisonNotes, degreesApart } from "../../src/jobs/patterns-compared.ts";
import type { LayerFacts } from "../../src/jobs/patterns-report.ts";
import { pairedLayer } from "../../src/report/patterns/change.ts";

const layers = (...names: readonly string[]): readonly LayerFacts[] =>
  names.map((name) => ({ name, op: "Relu", size: [4, 4], channels: 8 }));

describe("pairs of layers", () => {
  test("are those of one name, else of one place where both have as many, else none", () => {
    expect(pairedLayer(layers("a", "b"), layers("b", "c", "a"), 0)).toBe(2);
    expect(pairedLayer(layers("a", "b"), layers("x", "y"), 1)).toBe(1);
    expect(pairedLayer(layers("a", "b"), layers("x", "y", "z"), 1)).toBeUndefined();
  });
});

test("C directions that are all turned by an angle are that many degrees apart", () => {
  for (const [degrees, categories] of [
    [0, 3],
    [30, 10],
    [90, 2],
    [180, 4],
  ] as const) {
    const chord = 2 * Math.sin((degrees * Math.PI) / 360);
    expect(degreesApart(Math.sqrt(categories * chord ** 2), categories)).toBeCloseTo(degrees, 6);
  }
});

describe("notes", () => {
  const before = { name: "teacher", layers: layers("a", "b", "c") };
  test("are silent where layers pair and directions lie near", () => {
    expect(comparisonNotes({ layers: layers("x", "y", "z") }, before, { residual: 0.5, categories: 10 })).toEqual([]);
    expect(comparisonNotes({ layers: layers("b") }, before, { residual: null, categories: 10 })).toEqual([]);
  });
  test("name layers without a pair, and the angle between directions", () => {
    const said = comparisonNotes({ layers: layers("a", "y") }, before, { residual: 3.0787690055, categories: 10 });
    expect(said[0]).toContain("`y`: compared with no layer of `teacher`, which has 3 layers");
    expect(said[0]).not.toContain("`a`");
    expect(said[1]).toContain("they are 58 degrees apart");
    expect(said).toHaveLength(2);
  });
});
