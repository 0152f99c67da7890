/** @file The report of a run: what it says first, what it escapes, and what it does with too little or too much. */
import { describe, expect, it } from "vitest";
import { seriesOf } from "../../../src/metrics/series.ts";
import { summarize } from "../../../src/metrics/summary.ts";
import { meanCurves } from "../../../src/report/run/curves.ts";
import { extremesOf } from "../../../src/report/run/extremes.ts";
import { byMethod, findingsOf, PLAIN } from "../../../src/report/run/findings.ts";
import { blocksOf, PRESET_TABLES, shareOf } from "../../../src/report/run/presets.ts";
import { runReport } from "../../../src/report/run/report.ts";
import { FACTS, METHODS, madeReport, madeRun, variantsOf } from "./made-run.ts";

const page = async (
  options: Parameters<typeof madeRun>[0] = {},
  rest: Parameters<typeof madeReport>[1] = {},
): Promise<string> => runReport(await madeReport(madeRun(options), rest));
const headline = (text: string): string => /class="headline">([^<]*)</.exec(text)?.[1] ?? "";
/** What must not stand in a page, leaving out its script. */
const oddWords = (text: string): RegExpExecArray | null =>
  /NaN|Infinity|undefined|>null<|\[object/.exec(text.replace(/<script>[\s\S]*<\/script>/, ""));
const few = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries(names.map((n) => [n, METHODS[n] ?? 0.5]));

describe("findings", () => {
  const summary = summarize(seriesOf(madeRun().rows), variantsOf);
  const findings = findingsOf(summary);
  it("name the methods that do not beat a baseline, and no other", () => {
    expect(findings.methods).toEqual(Object.keys(METHODS));
    const failing = byMethod(findings, summary).filter((f) => PLAIN.includes(f.baseline));
    expect([...new Set(failing.map((f) => f.method))]).toEqual(["gradient", "smoothgrad"]);
    expect(findings.sound).toEqual(Object.keys(METHODS).filter((m) => m !== "gradient" && m !== "smoothgrad"));
    for (const { method, baseline, metrics } of failing)
      for (const { metric, variants } of metrics) {
        const cells = summary.cells.filter((c) => c.method === method && c.metric === metric);
        const lost = cells.filter((c) => c.against[baseline]?.verdict !== "beats").map((c) => c.variant);
        expect(variants).toEqual(lost.length === cells.length ? [] : lost);
      }
  });
  it("leave out metrics without a direction", () => {
    expect(findings.findings.some((f) => f.metric === "sparseness")).toBe(false);
  });
});

describe("the page", () => {
  it("says first which methods are no better than a random map or an edge detector", async () => {
    const text = await page();
    expect(headline(text)).toMatch(
      /^6 of 8 methods beat both a random map and an edge detector on every metric: grad-cam, /,
    );
    expect(text.indexOf("does not beat <strong>an edge detector</strong>")).toBeLessThan(text.indexOf('id="run"'));
    expect(text).toContain("The file ends after 312 of 4,096 bytes.");
    expect(text).toContain("the base image beats the image");
  });
  it("asks for nothing from outside and allows nothing inline but what it names by hash", async () => {
    const text = await page({ images: 12 });
    expect(text).toMatch(/default-src &#39;none&#39;|default-src 'none'/);
    expect(text).not.toMatch(/\s(src|href)="(?!data:|#)/);
    expect(text).not.toMatch(/\sstyle="/);
    expect(text).not.toMatch(/\son\w+="/);
  });
  it("escapes whatever names hold", async () => {
    const evil = `<script>alert("1")</script>`;
    const rows = madeRun({ images: 10, methods: { [evil]: 0.5, good: 0.6 } }).rows.map((r) => ({
      ...r,
      image: `${evil}${r.image}`,
      reason: r.reason && evil,
    }));
    const made = await madeReport({ rows, curves: [] }, { pictures: [] });
    const text = await runReport({
      ...made,
      facts: { ...made.facts, model: evil, data: evil, command: evil, settings: [[evil, evil]], notes: [evil] },
      failures: [{ image: evil, method: evil, code: "E_FILE", message: evil }],
    });
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(text).toContain("&lt;script&gt;alert(&quot;1&quot;)");
  });
  it("has something to say of an empty run", async () => {
    expect(headline(await page({ images: 0 }))).toBe("Nothing was measured.");
  });
  it("says so when everything was excluded", async () => {
    const text = await page({ images: 10, excluded: true });
    expect(headline(text)).toMatch(/^No measurement gave a value/);
    expect(text).toContain("everything is left out");
    expect(oddWords(text)).toBeNull();
  });
  it("warns when no baseline was measured", async () => {
    expect(headline(await page({ baselines: false }))).toMatch(/^No baseline was measured/);
  });
  it("does not judge by a handful of images", async () => {
    expect(headline(await page({ images: 5 }))).toBe(
      "There are too few images to tell whether any method beats both a random map and an edge detector.",
    );
  });
  it("speaks of one method as of one", async () => {
    expect(headline(await page({ methods: few(["grad-cam"]), metrics: ["relevance-mass"] }))).toBe(
      "grad-cam beats both a random map and an edge detector on every metric.",
    );
    expect(headline(await page({ methods: few(["gradient"]), metrics: ["relevance-mass"] }))).toBe(
      "gradient does not beat both a random map and an edge detector on every metric.",
    );
  });
  it("holds 40 methods: six in colour, the others faint", async () => {
    const methods = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`method-${i}`, i / 50]));
    const text = await page({ images: 12, methods, metrics: ["relevance-mass", "deletion"] }, { pictures: [] });
    expect(text.match(/class="line faint"/g)).toHaveLength(34);
    expect(text.match(/class="line c\d"/g)).toHaveLength(6);
    expect(text).toContain("The 34 methods ranked lower are grey.");
    expect(oddWords(text)).toBeNull();
  });
  it("is the same bytes twice", async () => expect(await page({ images: 9 })).toBe(await page({ images: 9 })));
});

describe("tables of the papers", () => {
  const summary = summarize(seriesOf(madeRun().rows), variantsOf);
  const preset = (id: string): (typeof PRESET_TABLES)[number] => PRESET_TABLES.find((p) => p.id === id) as never;
  it("confidence gain: blocks of rho, SCG and CCG by base image", () => {
    const blocks = blocksOf(preset("confidence-gain"), summary.cells);
    expect(blocks.map((b) => b.title)).toEqual(["rho 25 %", "rho 5 %"]);
    for (const { groups } of blocks)
      expect(groups.map((g) => [g.head, ...g.columns.map((c) => c.head)])).toEqual([
        ["SCG", "blur", "zero"],
        ["CCG", "blur", "zero"],
      ]);
  });
  it.each([
    ["scg rho=0.25", "blur", 25],
    ["scg", "blur rho 5 %", 5],
    ["scg", "blur-25", 25],
    ["scg", "zero", undefined],
    ["scg rho=1", "zero", 100],
  ] as const)("the share of `%s` `%s` is %s", (metric, variant, wanted) => {
    expect(shareOf(metric, variant)).toBe(wanted);
  });
  it("prints 100 times the mean, the best in bold, median and trimmed mean below", async () => {
    const made = await madeReport(madeRun(), { presets: ["confidence-gain"], pictures: [] });
    const text = await runReport(made);
    const table = text.slice(text.indexOf('id="preset-confidence-gain"'), text.indexOf('id="overview"'));
    const best = made.summary.cells.find((c) => c.metric === "scg rho=0.25" && c.variant === "blur" && c.rank === 1);
    expect(table).toContain(
      `best" data-v="${best?.mean}">${(100 * (best?.mean ?? 0)).toFixed(1)}<span class="pm"> ± ${(100 * (best?.error ?? 0)).toFixed(1)}</span><span class="not">${(100 * (best?.median ?? 0)).toFixed(1)} · ${(100 * (best?.trimmed ?? 0)).toFixed(1)} · ${best?.n}</span>`,
    );
  });
  it("average drop has its methods across, and what was not measured has no table", async () => {
    const rows = madeRun({ images: 10, metrics: ["deletion"] }).rows.map((r) => ({
      ...r,
      metric: "average-drop",
      variant: "top20",
    }));
    const facts = { ...(FACTS[4] as (typeof FACTS)[number]), id: "average-drop", title: "Average drop" };
    const variants = [{ id: "top20", about: "", range: [0, 1] as const, better: "lower" as const }];
    const made = await madeReport({ rows, curves: [] }, { presets: ["average-drop", "morf"], pictures: [] });
    const text = await runReport({
      ...made,
      summary: summarize(seriesOf(rows), () => variants),
      metricOf: () => facts,
    });
    const table = text.slice(text.indexOf('id="preset-average-drop"'), text.indexOf('id="overview"'));
    // eight methods fill one part, the baselines stand in the next: two rows of heads and one of values in each
    expect(table.match(/<table/g)).toHaveLength(2);
    expect(table.match(/<tr>/g)).toHaveLength(6);
    expect(table).toContain(`colspan="8" class="group">methods</th>`);
    expect(table).toContain(`colspan="3" class="group">baselines</th>`);
    for (const method of Object.keys(METHODS)) expect(table).toContain(`class="n wrap">${method}</th>`);
    expect(text).not.toContain('id="preset-morf"');
  });
});

describe("what is best", () => {
  it("is bold only where not all are equal", async () => {
    const { rows } = madeRun({ images: 10, methods: few(["grad-cam", "gradient"]), metrics: ["scg rho=0.25"] });
    const level = rows.map((r) => ({ ...r, value: r.value === null || r.variant === "zero" ? r.value : 0 }));
    const made = await madeReport({ rows: level, curves: [] }, { presets: ["confidence-gain"], pictures: [] });
    const text = await runReport(made);
    const table = text.slice(text.indexOf('id="preset-confidence-gain"'), text.indexOf('id="overview"'));
    expect(table.match(/ best" data-v="0"/g)).toBeNull();
    expect(table.match(/ best" data-v=/g)).toHaveLength(1);
  });
});

describe("curves and images", () => {
  const curve = (image: string, values: readonly number[]) => ({ image, method: "a", metric: "m", curve: "c", values });
  it("means and standard errors step by step, whatever the lengths", () => {
    const [mean] = meanCurves([curve("1", [1, 2]), curve("2", [3, Number.NaN, 5])]);
    expect(mean).toMatchObject({ images: 2, means: [2, 2, 5], errors: [1, 0, 0] });
  });
  it("best and worst follow the direction, and images that some method lacks stand aside", () => {
    const { rows } = madeRun({ images: 30 });
    const summary = summarize(seriesOf(rows), variantsOf);
    const extremes = extremesOf(rows, summary);
    expect(extremes).toMatchObject({ metric: "relevance-mass", variant: "positive" });
    const values = [...(extremes?.best ?? []), ...[...(extremes?.worst ?? [])].reverse()].map((e) => e.value);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(values).toHaveLength(6);
    for (const { image } of extremes?.best ?? [])
      expect(
        rows.filter((r) => r.image === image && r.variant === "positive" && r.method in METHODS && r.value === null),
      ).toEqual([]);
  });
});
