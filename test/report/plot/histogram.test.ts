/** @file Histograms: every value in one bin, zeros apart, round ends. */
import { describe, expect, it } from "vitest";
import { decadeBins, equalBins, histogramPlot } from "../../../src/report/plot/histogram.ts";

const sum = (counts: readonly number[]): number => counts.reduce((s, n) => s + n, 0);

describe("bins of equal width", () => {
  it("hold every value once, the largest in the last", () => {
    const { counts, marks, left } = equalBins([0, 0.1, 0.1, 0.25, 1], 10);
    expect(counts).toEqual([1, 2, 1, 0, 0, 0, 0, 0, 0, 1]);
    expect(marks.map((m) => m.text)).toEqual(["0", "0.2", "0.4", "0.6", "0.8", "1"]);
    expect(marks.at(-1)?.value).toBeCloseTo(10, 9);
    expect(left).toBe(0);
  });
  it("leave out what is not finite, and stand alone values", () => {
    expect(equalBins([Number.NaN, 3, Number.POSITIVE_INFINITY])).toMatchObject({ left: 2 });
    expect(sum(equalBins([3, 3, 3]).counts)).toBe(3);
    expect(sum(equalBins([]).counts)).toBe(0);
  });
});

describe("bins of decades", () => {
  it("count exact zeros apart from the smallest numbers", () => {
    const { counts, zeros, marks } = decadeBins([0, 0, -0, 5e-324, 1e-100, -1e-5]);
    expect(zeros).toBe(true);
    expect(counts[0]).toBe(3);
    expect(sum(counts)).toBe(6);
    expect(counts.length).toBeLessThanOrEqual(27);
    expect(marks[0]).toEqual({ value: 0.5, text: "0" });
  });
  it("begin at round powers: 1 lies in the bin that begins with it", () => {
    const { counts, marks } = decadeBins([1e-12, 1, 10, 1e11]);
    const first = marks[1] as { value: number; text: string };
    expect(first.text).toMatch(/^1e−\d+$/);
    expect(counts.filter((n) => n > 0)).toEqual([1, 1, 1, 1]);
  });
  it("part a single decade", () => {
    const { counts, marks } = decadeBins([0.3, 0.5, 0.7, 1.5]);
    expect(counts.filter((n) => n > 0).length).toBe(4);
    expect(marks.every((m) => !m.text.includes("NaN"))).toBe(true);
  });
  it("say so where all are zero, or nothing is there", () => {
    expect(decadeBins([0, 0]).counts).toEqual([2]);
    expect(decadeBins([]).counts).toEqual([0]);
    expect(decadeBins([Number.NaN, 0]).left).toBe(1);
  });
});

it("a bar for each bin that holds something, as tall as its count", () => {
  const histogram = equalBins([0, 0.1, 0.1, 0.25, 1], 10);
  const { markup } = histogramPlot({ histogram, what: "counts", xLabel: "x", yLabel: "n", style: "c0" });
  const bars = [...markup.matchAll(/class="bar c0" d="M[\d.]+ ([\d.]+)V([\d.]+)H/g)].map(
    (m) => Number(m[1]) - Number(m[2]),
  );
  expect(bars).toHaveLength(4);
  expect((bars[1] as number) / (bars[0] as number)).toBeCloseTo(2, 1);
  expect(markup).toContain('aria-label="counts"');
  expect(markup).not.toContain("NaN");
});
