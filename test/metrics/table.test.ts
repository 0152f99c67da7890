/** @file The table of metrics: names, what each row says of itself. */
import { describe, expect, it } from "vitest";
import type { Metric } from "../../src/metrics/metric.ts";
import { findMetric, METRICS } from "../../src/metrics/table.ts";

const ALL = Object.entries<Metric>(METRICS);

describe("metrics", () => {
  it("are found by id and alias, whatever the case and the hyphens", () => {
    for (const [id, metric] of ALL)
      for (const name of [id, ...metric.aliases, id.toUpperCase().replaceAll("-", "_"), id.replaceAll("-", " ")])
        expect(findMetric(name)).toBe(metric);
  });

  it("no name stands for two", () => {
    const names = ALL.flatMap(([id, m]) => [id, ...m.aliases]).map((n) => n.toLowerCase().replaceAll(/[-_\s]/g, ""));
    expect(names.filter((n, i) => names.indexOf(n) !== i)).toEqual([]);
  });

  it("an unknown name is answered with all ids", () => {
    expect(() => findMetric("truth")).toThrow(/no metric `truth`.*scg, ccg, .*road/);
  });

  it.each(ALL)("%s says what it is", (id, metric) => {
    expect(metric.id).toBe(id);
    expect(metric.title).not.toBe("");
    expect(metric.source).not.toBe("");
    expect(metric.cost).not.toBe("");
    expect(metric.variants.length).toBeGreaterThan(0);
    expect(new Set(metric.variants.map((v) => v.id)).size).toBe(metric.variants.length);
    for (const { about, range } of metric.variants) {
      expect(about).not.toBe("");
      expect(range[0]).toBeLessThan(range[1]);
    }
  });
});
