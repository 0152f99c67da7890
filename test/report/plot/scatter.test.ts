/** @file Dots: where they stand, which are drawn once, what is left out; bars to either side of 0. */
import { describe, expect, it } from "vitest";
import { barDomain, signedBar } from "../../../src/report/plot/bars.ts";
import { INNER } from "../../../src/report/plot/frame.ts";
import { scatterPlot } from "../../../src/report/plot/scatter.ts";

const placesOf = (markup: string, style: string): readonly (readonly [number, number])[] => {
  const [, d = ""] = markup.match(new RegExp(`class="dots ${style}" d="([^"]*)"`)) ?? [];
  return [...d.matchAll(/M([\d.]+) ([\d.]+)h0/g)].map((m) => [Number(m[1]), Number(m[2])] as const);
};
const plot = (x: readonly number[], y: readonly number[], diagonal = false): string =>
  scatterPlot({ dots: [{ label: "a", style: "c0", x, y }], what: "w", xLabel: "x", yLabel: "y", diagonal }).markup;

describe("a scatter plot", () => {
  it("puts the ends of both axes into the corners", () => {
    const { left, top, width, height } = INNER;
    expect(placesOf(plot([0, 1], [0, 10]), "c0")).toEqual([
      [left, top + height],
      [left + width, top],
    ]);
  });
  it("draws dots on each other once, and every lonely one", () => {
    const x = Array.from({ length: 10_000 }, (_, i) => (i === 77 ? 1 : 0.5 + (i % 3) * 1e-5));
    expect(placesOf(plot(x, x), "c0").length).toBeLessThanOrEqual(3);
    expect(placesOf(plot(x, x), "c0").length).toBeGreaterThanOrEqual(2);
  });
  it("shares the ends of the axes where the line of equality is drawn", () => {
    const markup = plot([0, 1], [0.4, 0.6], true);
    const [, y] = placesOf(markup, "c0")[0] as readonly [number, number];
    expect(y).toBeCloseTo(INNER.top + 0.6 * INNER.height, 1);
    expect(markup).toContain('class="reference"');
  });
  it("leaves out what is not finite, and stands empty", () => {
    expect(placesOf(plot([0, Number.NaN, 1], [0, 1, Number.POSITIVE_INFINITY]), "c0")).toHaveLength(1);
    expect(plot([], [])).not.toContain("NaN");
  });
});

describe("a bar to either side", () => {
  const d = (markup: string, style: string): string | undefined =>
    markup.match(new RegExp(`class="${style}" d="([^"]*)"`))?.[1];
  it("shares one scale, with 0 on it", () => {
    const bars = [
      { positive: 3, negative: -1 },
      { positive: 0.5, negative: 0 },
    ];
    const domain = barDomain(bars);
    expect(domain).toEqual({ low: -1, high: 3 });
    const { markup } = signedBar({ positive: 3, negative: -1, what: "w" }, domain);
    expect([d(markup, "against"), d(markup, "for"), d(markup, "sum")]).toEqual([
      "M0 4H25V20H0Z",
      "M25 4H100V20H25Z",
      "M75 1V23",
    ]);
    expect(d(signedBar({ positive: 0.5, negative: 0, what: "w" }, domain).markup, "against")).toBeUndefined();
  });
  it("of nothing but zeros has a scale all the same", () => {
    expect(
      signedBar({ positive: 0, negative: 0, what: "w" }, barDomain([{ positive: 0, negative: 0 }])).markup,
    ).not.toContain("NaN");
  });
});
