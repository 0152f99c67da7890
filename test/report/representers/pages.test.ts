/** @file The pages on training points as text: what they say first, sums and bounds, escaping, what is absent when it does not apply. */
import { describe, expect, it } from "vitest";
import { readCsv, writeCsv } from "../../../src/formats/csv.ts";
import { rowsOf } from "../../../src/formats/table.ts";
import { decodeImage } from "../../../src/image/decode-node.ts";
import { comparePage } from "../../../src/report/representers/compare.ts";
import { confusionPage } from "../../../src/report/representers/confusion.ts";
import { debugPage, debugTable, ranksOf } from "../../../src/report/representers/debug.ts";
import { explainPage } from "../../../src/report/representers/explain.ts";
import { fitPage } from "../../../src/report/representers/fit.ts";
import { groupPage } from "../../../src/report/representers/groups.ts";
import type { ExplainedPoint } from "../../../src/report/representers/input.ts";
import { seconds, tiny } from "../../../src/report/representers/numbers.ts";
import { galleryOf, sizeOfPng } from "../../../src/report/representers/points.ts";
import { sensitivityPage } from "../../../src/report/representers/sensitivity.ts";
import { simulationPage, simulationPicture } from "../../../src/report/representers/simulation.ts";
import {
  LABELS,
  MANY,
  madeCompare,
  madeConfusion,
  madeDebug,
  madeExplain,
  madeFit,
  madeGroups,
  madeSensitivity,
  madeSimulation,
  point,
} from "./made-pages.ts";

const text = (page: string): string =>
  page
    .replace(/<style>.*?<\/style>|<script>.*?<\/script>/gs, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
const count = (page: string, what: string | RegExp): number => page.split(what).length - 1;

describe.each([
  ["explain", () => explainPage(madeExplain())],
  ["explain, hundreds of classes", () => explainPage(madeExplain("many"))],
  ["explain, texts", () => explainPage(madeExplain("text"))],
  ["fit", () => fitPage(madeFit())],
  ["debug", () => debugPage(madeDebug())],
  ["simulation", () => simulationPage(madeSimulation())],
  ["compare", () => comparePage(madeCompare())],
  ["confusion", () => confusionPage(madeConfusion())],
  ["groups", () => groupPage(madeGroups())],
  ["sensitivity", () => sensitivityPage(madeSensitivity())],
])("the page of %s", (_, make) => {
  it("asks for nothing from outside, holds no inline style, and says how it was made", async () => {
    const page = await make();
    expect(page).toContain("default-src 'none'");
    expect(page.replace(/<script>.*?<\/script>|data:image\/png;base64,[\w+/=]+/gs, "")).not.toMatch(
      /https?:\/\/|<link|\sstyle="|undefined|NaN|\[object/,
    );
    expect(text(page)).toContain("layer /avgpool/GlobalAveragePool_output_0");
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((m) => m[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("the page of explain", () => {
  it("prints logit, sum, difference and bound of every class", async () => {
    const made = madeExplain();
    const said = text(await explainPage(made));
    for (const { classes } of made.items)
      for (const c of classes) {
        expect(said).toContain(
          `${LABELS[c.index]} ${c.logit.toFixed(4).replace("-", "−")} ${c.sum.toFixed(4).replace("-", "−")} ${tiny(Math.abs(c.sum - c.logit))} 4.1e−10`,
        );
      }
    expect(said).toContain("The values of all training points add up to the logit");
  });
  it("warns where a sum misses its logit by more than the bound", async () => {
    const made = madeExplain();
    const [first, ...rest] = made.items as readonly [ExplainedPoint, ...ExplainedPoint[]];
    const classes = first.classes.map((c, i) => (i === 4 ? { ...c, sum: c.sum + 1e-3 } : c));
    const page = await explainPage({ ...made, items: [{ ...first, classes }, ...rest] });
    expect(text(page)).toContain("For 1 class the sum differs from the logit by more than the bound");
    expect(count(page, 'class="check off"')).toBe(2);
  });
  it("shows for each class excitatory, inhibitory, influential and near points", async () => {
    const page = await explainPage(madeExplain());
    for (const title of ["Excitatory", "Inhibitory", "Influence, helpful", "Influence, harmful", "Nearest neighbours"])
      expect(count(page, `<h4>${title} `)).toBe(20);
    expect(count(page, '<li class="point">')).toBe(2 * 10 * 25);
  });
  it("holds each picture once", async () => {
    const page = await explainPage(madeExplain("many"));
    const pictures = [...page.matchAll(/<image id="(t\d+)"/g)].map((m) => m[1]);
    expect(new Set(pictures).size).toBe(pictures.length);
    expect(pictures.length).toBeLessThanOrEqual(40);
    expect(count(page, '<use href="#t')).toBeGreaterThan(3000);
    expect(page.length).toBeLessThan(6e6);
  });
  it("escapes names of files", async () => {
    const page = await explainPage(madeExplain());
    expect(page).toContain("test/&lt;i&gt;photo&lt;/i&gt; of a very long name");
    expect(page).not.toContain("<i>photo");
  });
  it("marks unknown words and folds long texts", async () => {
    const page = await explainPage(madeExplain("text"));
    expect(page).toContain('<span class="unknown">&lt;unk&gt;</span>');
    expect(page).toMatch(/<summary>all \d+ words<\/summary>/);
    expect(page).not.toContain("<defs>");
  });
});

describe("the page of a fit", () => {
  it("says first how exact the sums are", async () => {
    const said = text(await fitPage(madeFit()));
    expect(said).toContain("sums of representer values differ from the logits by at most 6.3e−10");
    expect(said).toContain("held-out 1,000 0.9997851 9.17e−4 99.84 %");
  });
  it("says when it is not stationary, or when sums are off", async () => {
    const s = madeFit().stationarity;
    const stopped = await fitPage(
      madeFit({ stationarity: { ...s, converged: false, relative: 2e-3, reason: "500 iterations" } }),
    );
    expect(stopped).toContain('class="verdict bad"');
    expect(text(stopped)).toContain(
      "not stationary : it stopped (500 iterations) at 2.0e−3, above the tolerance 1.0e−8",
    );
    const off = await fitPage(madeFit({ sumCheck: { bound: 1e-9, residual: 0.1, points: 10 } }));
    expect(text(off)).toContain("more than the bound allows");
  });
  it("draws a scatter plot and residuals for each split, and the solver's way down", async () => {
    expect(count(await fitPage(madeFit()), '<svg class="plot"')).toBe(5);
    expect(count(await fitPage(madeFit({ steps: undefined, agreement: [] })), '<svg class="plot"')).toBe(0);
  });
});

describe("the list of suspects", () => {
  it("stands in the order of the first criterion, with the place by each", async () => {
    const made = madeDebug();
    const page = await debugPage(made);
    const alphas = [...page.matchAll(/data-values="([\d.e-]+) /g)].map((m) => Number(m[1]));
    expect(alphas).toEqual(made.suspects.map((s) => s.values[0] as number).sort((a, b) => b - a));
    expect(
      ranksOf(
        [{ values: [1] }, { values: [3] }, { values: [1] }].map((s, position) => ({ ...s, position, point: point(0) })),
        0,
      ),
    ).toEqual([2, 1, 3]);
  });
  it("keeps long lists of classes in one place", async () => {
    const page = await debugPage(madeDebug("many"));
    expect(count(page, "<option")).toBeLessThan(3 * 200 + 4);
    expect(count(page, "diamondback rattlesnake, Crotalus adamanteus&quot;")).toBeLessThan(MANY.length);
  });
  it("is a table as well, that CSV gives back", () => {
    const made = madeDebug();
    const rows = rowsOf(readCsv(writeCsv(debugTable(made))));
    expect(rows).toHaveLength(48);
    expect(Object.keys(rows[0] as object)).toEqual([
      "position",
      "id",
      "label",
      "corrected",
      "alpha",
      "self-influence",
      "loss",
      "predicted",
      "probability",
    ]);
    const best = [...made.suspects].sort((a, b) => (b.values[0] as number) - (a.values[0] as number))[0];
    expect(rows[0]).toMatchObject({
      position: String(best?.position),
      id: best?.point.id,
      label: LABELS[best?.point.label as number],
      corrected: "",
    });
    expect(rows.filter((r) => r.label === "")).toHaveLength(1);
  });
});

describe("the page of a simulation", () => {
  it("says what the best order mends, beside chance", async () => {
    const said = text(await simulationPage(madeSimulation()));
    expect(said).toMatch(
      /in the order of self-influence \(s²\) mends 44\.4 % ± 0\.\d % of the flipped labels, by chance 39\.7 %/,
    );
    expect(said).toContain("With every label right: accuracy 81.2 % ± 0.4 %");
  });
  it("does not claim what the bands do not bear", async () => {
    const made = madeSimulation();
    const wide = made.curves.map((c) => ({ ...c, fixed: { ...c.fixed, deviation: c.fixed.mean.map(() => 0.1) } }));
    const page = await simulationPage(madeSimulation({ curves: wide }));
    expect(page).toContain('class="verdict bad"');
    expect(text(page)).toContain("these splits do not tell them apart");
  });
  it("draws two plots with bands; of one split, none", async () => {
    const page = await simulationPage(madeSimulation());
    expect(count(page, '<svg class="plot"')).toBe(2);
    expect(count(page, 'class="band ')).toBe(6);
    expect(count(await simulationPage(madeSimulation({ splits: 1 })), 'class="band ')).toBe(0);
  });
  it("is a picture as well, with ink in the colours of its lines", async () => {
    const { width, height, data, channels } = await decodeImage(await simulationPicture(madeSimulation()));
    expect([width, height]).toEqual([960, 736]);
    const found = new Map<string, number>();
    for (let i = 0; i < data.length; i += channels) {
      const key = [...data.subarray(i, i + 3)].join(",");
      found.set(key, (found.get(key) ?? 0) + 1);
    }
    for (const color of ["10,90,160", "194,65,12", "122,127,136"]) expect(found.get(color)).toBeGreaterThan(300);
    const none = await decodeImage(await simulationPicture(madeSimulation({ curves: [] })));
    expect([none.width, none.height]).toEqual([960, 48]);
  });
});

describe("the other pages", () => {
  it("compare: times with their factor, correlations, zeros counted", async () => {
    const made = madeCompare();
    const said = text(await comparePage(made));
    expect(said).toContain("influence, conjugate gradient damping 0.01 0 267 ms ± 20 ms 861 50");
    expect(said).toContain("deer 100 – 0.66");
    const zeros = Array.from(made.stability[1]?.largest ?? []).filter((v) => v === 0).length;
    expect(said).toContain(`${zeros} test points of 1,000`);
  });
  it("confusion: how many, and what they share", async () => {
    const said = text(await confusionPage(madeConfusion()));
    expect(said).toContain("12 of 181 deer are taken for horse (15 wrong in all, 8.3 %).");
    expect(said).toContain("2 training points are among the 10 most inhibitory for deer in all of them.");
    const none = await confusionPage(madeConfusion({ confused: [], inhibitory: [], wrong: 0, ofClass: 0 }));
    expect(text(none)).toContain("No deer is taken for horse.");
    expect(none).not.toContain('id="inhibitory"');
  });
  it("groups: sums add up to the logit, largest first", async () => {
    const page = await groupPage(madeGroups());
    const sums = [
      ...(page.match(/<table class="groups.*?<\/table>/s)?.[0] ?? "").matchAll(/data-v="([-\d.e]+)"><b>/g),
    ].map((m) => Number(m[1]));
    expect(sums).toHaveLength(10);
    expect(sums.map(Math.abs)).toEqual(sums.map(Math.abs).sort((a, b) => b - a));
    const { logit } = madeGroups().sums[0] as { logit: number };
    expect(sums.reduce((s, v) => s + v, 0)).toBeCloseTo(logit, 9);
    expect(page).toContain("<summary>280 more groups</summary>");
  });
  it("sensitivity: the residual, and a map beside each point", async () => {
    const made = madeSensitivity();
    const page = await sensitivityPage(made);
    expect(text(page)).toContain(
      "The maps of all 5,000 training points add up to it: largest difference 2.2e−7, 6.9e−7 of its largest value.",
    );
    expect(count(page, '<img src="data:image/png')).toBe(7);
    const off = await sensitivityPage({ ...made, residual: { absolute: 0.1, relative: 0.3 } });
    expect(off).toContain('class="check off"');
    const dead = await sensitivityPage({ ...made, total: made.total.map(() => 0), points: [] });
    expect(dead).not.toContain('id="points"');
  });
});

describe("points", () => {
  it("read the size of a PNG from its head", () => {
    const { likeness } = point(3);
    expect(likeness?.kind === "picture" && sizeOfPng(likeness.png)).toEqual({ width: 120, height: 120 });
    expect(sizeOfPng(new Uint8Array(3))).toEqual({ width: 1, height: 1 });
  });
  it("of one name with two pictures are told apart", () => {
    const [a, b] = [point(3), { ...point(4), id: point(3).id }];
    const gallery = galleryOf([a, b, { ...a }]);
    expect(count(gallery.definitions?.markup ?? "", "<image ")).toBe(2);
    expect(gallery.show(a, "w").markup).not.toBe(gallery.show(b, "w").markup);
  });
  it("without a likeness are called by their id", () => {
    const gallery = galleryOf([point(10)]);
    expect(gallery.definitions).toBeUndefined();
    expect(gallery.show(point(10), "a point").markup).toContain("photo_00010.png");
  });
  it("spell times and errors", () => {
    expect([3.1e-4, 0.0042, 12.4, 700].map(seconds)).toEqual(["310 µs", "4.2 ms", "12.4 s", "11.7 min"]);
    expect([0, 1.34e-10, 2.5].map(tiny)).toEqual(["0", "1.3e−10", "2.5e0"]);
  });
});
