/** @file Tables of a run in the terminal. */
import { describe, expect, it } from "vitest";
import { pairedComparison } from "../../../src/metrics/compare-runs.ts";
import { seriesOf } from "../../../src/metrics/series.ts";
import { summarize } from "../../../src/metrics/summary.ts";
import { comparisonText, summaryText, textTable, wrapped } from "../../../src/report/run/text.ts";
import { madeRun, variantsOf } from "./made-run.ts";

describe("a table", () => {
  it("aligns its columns", () => {
    expect(
      textTable({
        head: ["name", "a", "bb"],
        rows: [
          ["long name", "1", "2"],
          ["x", "10"],
        ],
      }),
    ).toEqual(["name        a  bb", "-----------------", "long name   1   2", "x          10"]);
  });
  it("goes on below where it is too wide, with the names again", () => {
    const lines = textTable({ head: ["n", "first", "second"], rows: [["x", "1", "2"]] }, 10);
    expect(lines).toEqual(["n  first", "--------", "x      1", "", "n  second", "---------", "x       2"]);
  });
  it("gives the terminal no control characters", () => {
    expect(textTable({ head: ["n"], rows: [["\u001b[31mred\u0007"]] })[2]).toBe("\ufffd[31mred\ufffd");
  });
});

describe("a run in the terminal", () => {
  const lines = summaryText(summarize(seriesOf(madeRun({ images: 20 }).rows), variantsOf));
  it("fits 100 columns", () => expect(lines.filter((l) => l.length > 100)).toEqual([]));
  it("ends with what does not beat a baseline", () => {
    expect(lines.join("\n")).toMatch(/\n! gradient does not beat an edge detector on relevance-mass/);
  });
  it("keeps a table whole by printing fewer decimals", () => {
    const { rows } = madeRun({ images: 20, metrics: ["relevance-mass"], methods: { "integrated-gradients": 0.6 } });
    const tiny = rows.map((r) => ({ ...r, value: r.value === null ? null : 12 + r.value / 1e4 }));
    const table = summaryText(summarize(seriesOf(tiny), variantsOf)).slice(1);
    const end = table.indexOf("");
    expect(table[0]).toMatch(/^method .*>edges$/);
    expect(table.slice(2, end).every((l) => /^\S.* 12\.\d{3,} ± 0\.\d{3,} /.test(l))).toBe(true);
    expect(table.slice(0, end).filter((l) => l.startsWith("method"))).toHaveLength(1);
    expect(table[end + 1]).toMatch(/^relevance-mass, absolute/);
  });
  it("warns without baselines", () => {
    const bare = summaryText(summarize(seriesOf(madeRun({ images: 9, baselines: false }).rows), variantsOf));
    expect(bare.at(-1)).toMatch(/^No baselines in this run/);
  });
  it("of nothing is nothing", () => expect(summaryText(summarize(seriesOf([]), variantsOf))).toEqual([]));
  it("compares runs in 100 columns", () => {
    const [a, b] = [madeRun({ images: 10 }), madeRun({ images: 12, seed: 8 })];
    const compared = comparisonText(pairedComparison(a.rows, b.rows));
    expect(compared.filter((l) => l.length > 100)).toEqual([]);
    expect(compared.length).toBeGreaterThan(50);
  });
  it("wraps words, also those that are longer than a line", () => {
    expect(wrapped("one two three", 8)).toEqual(["one two", "  three"]);
    expect(wrapped("abcdefghij", 4).every((l) => l.length <= 4)).toBe(true);
  });
});
