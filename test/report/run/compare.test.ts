/** @file Two runs side by side as a page: what differs is said, names stay text, nothing in common is said too. */
import { expect, it } from "vitest";
import { pairedComparison } from "../../../src/metrics/compare-runs.ts";
import type { ResultRow } from "../../../src/metrics/result-row.ts";
import { comparisonView } from "../../../src/report/run/compare.ts";

const rows = (method: string, add: number, images = 12): readonly ResultRow[] =>
  Array.from({ length: images }, (_, i) => ({
    ...{ image: `${i}.png`, label: 0, prediction: 0, target: 0, method, metric: "scg", variant: "blur" },
    value: Math.sin(i) + add * (1 + i / 100),
    reason: null,
  }));
const view = (add: number, method = "grad-cam"): string =>
  comparisonView(pairedComparison(rows("grad-cam", 0), rows(method, add)), ["<b>one</b>", "two"]).main.markup;

it("says how many comparisons differ, and marks them", () => {
  expect(view(0.5)).toContain("in 1 of 1 comparison.");
  expect(view(0.5)).toMatch(/<td class="n best" data-v="0\.5\d*">\+0\.5/);
  expect(view(0)).toContain("that chance would not make too");
  expect(view(0)).not.toContain('class="n best"');
});
it("escapes the names of the runs, and says where they have nothing in common", () => {
  expect(view(0)).toContain("&lt;b&gt;one&lt;/b&gt;");
  expect(view(0, "lrp")).toContain("Compare runs of the same data");
  expect(view(0, "lrp")).not.toContain("<table");
});
