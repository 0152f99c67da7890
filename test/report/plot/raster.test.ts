/** @file Plots as pixels: lines where their values are, one blot for one value, room that plots share. */
import { describe, expect, it } from "vitest";
import type { Canvas } from "../../../src/image/canvas.ts";
import { marginsFor, type RasterPlot, rasterPlot } from "../../../src/report/plot/raster.ts";

const SIZE = { width: 400, height: 200 };
const BLUE = [10, 90, 160];
const plotOf = (values: readonly number[], at?: readonly number[]): RasterPlot => ({
  title: "t",
  what: "w",
  xLabel: "x",
  xEnd: 10,
  lines: [{ label: "a", style: "c0", values, at }],
});
/** Rows of full colour in one column, inside the axes. */
const rowsOf = ({ data, width, height }: Canvas, column: number): readonly number[] =>
  Array.from({ length: height }, (_, row) => row).filter((row) =>
    BLUE.every((v, c) => data[(row * width + column) * 3 + c] === v),
  );

describe("a plot as pixels", () => {
  it("goes straight from point to point", () => {
    const plot = plotOf([0, 1]);
    const { left, right } = marginsFor([plot]);
    const canvas = rasterPlot(plot, SIZE);
    // The axes end at 3 and 4 heights of a letter (14 pixels) from top and bottom.
    const [top, bottom] = [42, SIZE.height - 56];
    for (const share of [0.25, 0.5, 0.75]) {
      const column = Math.round(left + share * (SIZE.width - right - left));
      const rows = rowsOf(canvas, column);
      const middle = rows.reduce((s, r) => s + r + 0.5, 0) / rows.length;
      expect(Math.abs(middle - (bottom - share * (bottom - top)))).toBeLessThan(1);
    }
  });
  it("places values where they belong on the x axis", () => {
    const plot = plotOf([0, 1], [5, 10]);
    const { left, right } = marginsFor([plot]);
    const canvas = rasterPlot(plot, SIZE);
    const columnAt = (x: number): number => Math.round(left + (x / 10) * (SIZE.width - right - left));
    expect(rowsOf(canvas, columnAt(4))).toEqual([]);
    expect(rowsOf(canvas, columnAt(6)).length).toBeGreaterThan(0);
  });
  it("shows a single value as a dot, and survives none", () => {
    const dot = rasterPlot(plotOf([3], [5]), SIZE);
    const inked = Array.from({ length: SIZE.width - 100 }, (_, c) => c).filter((c) => rowsOf(dot, c).length > 0);
    expect(inked.length).toBeGreaterThan(0);
    expect(inked.length).toBeLessThan(6);
    expect(rasterPlot(plotOf([]), SIZE).width).toBe(400);
  });
  it("shares the largest margins", () => {
    const plots = [plotOf([0, 1]), plotOf([0, 0.001])];
    const both = marginsFor(plots);
    expect(both.left).toBe(Math.max(...plots.map((p) => marginsFor([p]).left)));
  });
});
