/** @file Summaries of runs: what is counted, what is left out, who beats whom, and the same bytes twice. */
import { describe, expect, it } from "vitest";
import { pairedComparison } from "../../src/metrics/compare-runs.ts";
import type { Variant } from "../../src/metrics/metric.ts";
import type { ResultRow } from "../../src/metrics/result-row.ts";
import { seriesOf } from "../../src/metrics/series.ts";
import { type SummaryCell, summarize } from "../../src/metrics/summary.ts";
import { madeRun, variantsOf } from "../report/run/made-run.ts";

const row = (image: string, method: string, value: number | null, rest: Partial<ResultRow> = {}): ResultRow => ({
  image,
  label: 0,
  prediction: 0,
  target: 0,
  method,
  metric: "m",
  variant: "v",
  value,
  reason: value === null ? "no mask" : null,
  ...rest,
});
const directed = (better: Variant["better"]) => (): readonly Variant[] => [
  { id: "v", about: "", range: [0, 1], better },
];
const series = (method: string, values: readonly (number | null)[]): readonly ResultRow[] =>
  values.map((v, i) => row(`i${i}`, method, v));
const cellOf = (cells: readonly SummaryCell[], method: string): SummaryCell => {
  const cell = cells.find((c) => c.method === method);
  if (cell === undefined) throw new Error(`no cell of ${method}`);
  return cell;
};

describe("a summary", () => {
  it("counts values and exclusions by reason; NaN and infinity are excluded", () => {
    const rows = [
      ...series("a", [1, 2, 3, null, null]),
      row("i5", "a", Number.NaN),
      row("i6", "a", Number.POSITIVE_INFINITY),
      row("i7", "a", null, { reason: "masks do not meet" }),
    ];
    const { cells, images } = summarize(seriesOf(rows), directed("higher"));
    expect(images).toBe(8);
    expect(cells[0]).toMatchObject({
      n: 3,
      excluded: 5,
      reasons: { "masks do not meet": 1, "no mask": 2, "not a finite number": 2 },
      mean: 2,
      median: 2,
      quartiles: [1.5, 2.5],
      extremes: [1, 3],
    });
    expect(cells[0]?.error).toBeCloseTo(1 / Math.sqrt(3), 14);
  });
  it("has nulls where nothing is left, and stays JSON", () => {
    const summary = summarize(seriesOf(series("a", [null, null])), directed("higher"));
    expect(summary.cells[0]).toMatchObject({
      n: 0,
      mean: null,
      error: null,
      interval: null,
      rank: null,
      extremes: null,
    });
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
    expect(summarize(seriesOf([]), directed("higher"))).toMatchObject({ images: 0, cells: [], methods: [] });
  });
  it.each([
    ["higher", [2, 1, 1]],
    ["lower", [1, 2, 2]],
    ["neither", [null, null, null]],
  ] as const)("ranks by the mean, %s is better; equal means share a rank, baselines have none", (better, ranks) => {
    const rows = [...series("a", [1, 1]), ...series("b", [2, 2]), ...series("c", [3, 1]), ...series("random", [9, 9])];
    const { cells } = summarize(seriesOf(rows), directed(better));
    expect(["a", "b", "c"].map((m) => cellOf(cells, m).rank)).toEqual(better === "higher" ? [3, 1, 1] : ranks);
    expect(cellOf(cells, "random")).toMatchObject({ rank: null, baseline: "random" });
  });
  it("pairs with baselines by image, and leaves images out that either lacks", () => {
    const rows = [
      ...series("a", [5, 5, null, 5, 5]),
      ...series("random", [4, 6, 1, 5, null]),
      ...series("a inverted", [0, 0, 0, 0, 0]),
    ];
    const { random, inverted, edges } = cellOf(summarize(seriesOf(rows), directed("higher")).cells, "a").against;
    expect(random).toMatchObject({ pairs: 3, wins: 1, ties: 1, rate: 0.5, advantage: 0, verdict: "unknown" });
    expect(inverted).toMatchObject({ pairs: 4, wins: 4, rate: 1, advantage: 5 });
    expect(edges).toBeUndefined();
  });
  it.each(["higher", "lower"] as const)("a verdict follows the interval and the direction (%s)", (better) => {
    const up = better === "higher" ? 1 : -1;
    const wave = Array.from({ length: 40 }, (_, i) => Math.sin(i));
    const rows = [
      ...series(
        "good",
        wave.map((v) => v + up),
      ),
      ...series(
        "same",
        wave.map((v, i) => v + 0.3 * Math.cos(2.3 * i)),
      ),
      ...series(
        "bad",
        wave.map((v) => v - up),
      ),
      ...series(
        "few",
        wave.slice(0, 7).map((v) => v + up),
      ),
      ...series("edges", wave),
    ];
    const { cells } = summarize(seriesOf(rows), directed(better));
    const verdicts = ["good", "same", "bad", "few"].map((m) => cellOf(cells, m).against.edges?.verdict);
    expect(verdicts).toEqual(["beats", "level", "loses", "unknown"]);
  });
  it("of a large run is the same bytes twice, and every interval holds its mean", () => {
    const { rows } = madeRun();
    const [one, two] = [summarize(seriesOf(rows), variantsOf), summarize(seriesOf([...rows]), variantsOf)];
    expect(JSON.stringify(two)).toBe(JSON.stringify(one));
    for (const { mean, interval } of one.cells) {
      expect(interval?.[0]).toBeLessThanOrEqual(mean as number);
      expect(interval?.[1]).toBeGreaterThanOrEqual(mean as number);
    }
    expect(JSON.stringify(summarize(seriesOf(rows), variantsOf, { seed: 1 }))).not.toBe(JSON.stringify(one));
  });
});

describe("two runs compared", () => {
  // stats.ttest_rel(B, A) and stats.wilcoxon(B, A, method="exact") of SciPy 1.17.1
  const A = [0.62, 0.48, 0.91, 0.33, 0.75, 0.58, 0.66, 0.29, 0.84, 0.51, 0.47, 0.7];
  const B = [0.71, 0.46, 0.95, 0.41, 0.73, 0.69, 0.72, 0.45, 0.83, 0.64, 0.52, 0.77];
  it("pairs by image whatever the order, second less first", () => {
    const { cells } = pairedComparison(series("a", A), [...series("a", B)].reverse());
    expect(cells).toHaveLength(1);
    expect(cells[0]).toMatchObject({ pairs: 12, retargeted: 0, unpaired: {} });
    expect(cells[0]?.difference).toBeCloseTo(0.06166666666666667, 12);
    expect(cells[0]?.error).toBeCloseTo(0.01673470958966737, 12);
    expect(cells[0]?.t?.t).toBeCloseTo(3.6849558898077293, 10);
    expect(cells[0]?.t?.p).toBeCloseTo(0.003594624906487305, 10);
    expect(cells[0]?.adjusted).toBe(cells[0]?.wilcoxon?.p);
  });
  it("says why rows stand alone, and how often the class differs", () => {
    const first = [...series("a", [1, 2, null, null, 3]), row("x", "a", 1), row("y", "gone", 1)];
    const second = [...series("a", [2, null, 3, null, 4]), row("z", "a", 1)].map((r) => ({
      ...r,
      target: r.image === "i4" ? 1 : 0,
    }));
    const { cells } = pairedComparison(first, second);
    expect(cells[0]).toMatchObject({
      pairs: 2,
      retargeted: 1,
      unpaired: {
        "no value in either run": 1,
        "no value in the first run: no mask": 1,
        "no value in the second run: no mask": 1,
        "only in the first run": 1,
        "only in the second run": 1,
      },
    });
    expect(cells[1]).toMatchObject({
      method: "gone",
      pairs: 0,
      difference: null,
      t: null,
      wilcoxon: null,
      adjusted: null,
    });
    expect(JSON.parse(JSON.stringify(cells))).toEqual(cells);
  });
  it("of a run with itself finds nothing", () => {
    const { rows } = madeRun({ images: 20 });
    for (const cell of pairedComparison(rows, rows).cells)
      expect(cell).toMatchObject({ difference: 0, t: { t: null, p: 1 }, wilcoxon: null });
  });
});
