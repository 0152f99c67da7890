/** @file Axes, labels and strips: where things are drawn. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linePlot } from "../../../src/report/plot/lines.ts";
import { outside, strip, stripDomain } from "../../../src/report/plot/strip.ts";
import { apart, niceDomain, ticks } from "../../../src/report/plot/ticks.ts";

describe("an axis", () => {
  it.each([
    [0, 1, [0, 0.5, 1]],
    [-0.3, 0.41, [-0.4, -0.2, 0, 0.2, 0.4, 0.6]],
    [0, 431, [0, 200, 400, 600]],
    [3, 3, [1, 2, 3, 4, 5]],
    [0, 0, [-1, -0.5, 0, 0.5, 1]],
  ] as const)("from %d to %d", (low, high, wanted) => {
    expect(ticks(niceDomain({ low, high }))).toEqual(wanted);
  });
  it("holds its values and has a few ticks, whatever they are", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        (low, width) => {
          const domain = niceDomain({ low, high: low + width });
          const slack = 1e-6 * (domain.high - domain.low);
          expect(domain.low).toBeLessThanOrEqual(low + slack);
          expect(domain.high).toBeGreaterThanOrEqual(low + width - slack);
          const count = ticks(domain).length;
          expect(count).toBeGreaterThanOrEqual(2);
          expect(count).toBeLessThanOrEqual(8);
        },
      ),
    );
  });
});

describe("labels", () => {
  it("stay where there is room and share the way where there is not", () => {
    expect(apart([10, 50], 12, 100)).toEqual([10, 50]);
    expect(apart([50, 50], 12, 100)).toEqual([44, 56]);
    expect(apart([0, 0, 0], 12, 100)).toEqual([0, 12, 24]);
    expect(apart([99, 98], 12, 100)).toEqual([100, 88]);
  });
  it("never overlap, never leave the plot, never change their order", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 8 }), (wanted) => {
        const placed = apart(wanted, 12, 100);
        const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] as number) - (wanted[b] as number));
        const along = order.map((i) => placed[i] as number);
        expect(along[0]).toBeGreaterThanOrEqual(-1e-6);
        expect(along.at(-1)).toBeLessThanOrEqual(100 + 1e-6);
        for (let i = 1; i < along.length; i++)
          expect((along[i] as number) - (along[i - 1] as number)).toBeGreaterThan(12 - 1e-6);
      }),
    );
  });
});

describe("a line plot", () => {
  const draw = (values: readonly number[]): string =>
    linePlot({
      lines: [{ label: "<a>", values, errors: values.map(() => 0.1), style: "c0" }],
      what: "w",
      xLabel: "step",
      xEnd: 1,
    }).markup;
  it("runs from the left to the right of its frame", () => {
    expect(draw([0, 1])).toMatch(/class="line c0" d="M38 [\d.]+L258 [\d.]+"/);
  });
  it("escapes labels", () => expect(draw([0, 1])).toContain("&lt;a&gt;"));
  it("of one value or none is no accident", () => {
    for (const values of [[], [0.5]]) expect(draw(values)).not.toMatch(/NaN|Infinity/);
  });
});

describe("a strip", () => {
  it("leaves far values beyond the axis and counts them", () => {
    const values = Float64Array.from([...Array.from({ length: 99 }, (_, i) => i / 99), 431]);
    const domain = stripDomain([values]);
    expect(domain?.high).toBeLessThanOrEqual(1);
    expect(outside(values, domain as NonNullable<typeof domain>)).toBe(1);
  });
  it("has no axis without values, and a whole one of a constant", () => {
    expect(stripDomain([new Float64Array()])).toBeUndefined();
    const domain = stripDomain([Float64Array.of(2, 2)]);
    expect(domain).toEqual({ low: 1, high: 3, step: 0.5 });
    const drawn = strip(
      { values: Float64Array.of(2, 2), mean: 2, interval: [2, 2], what: "w" },
      domain as NonNullable<typeof domain>,
    );
    expect(drawn.markup).toContain('class="mean" d="M50 12h0"');
  });
});
