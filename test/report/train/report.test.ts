/** @file The page of a training: what it says first, every table, escaping, and what is absent when it does not apply. */
import { describe, expect, it } from "vitest";
import { duration, trainingReport } from "../../../src/report/train/report.ts";
import { madeMultiLabel, madeTraining, madeWide } from "./made-training.ts";

const text = (page: string): string =>
  page
    .replace(/<style>.*?<\/style>|<script>.*?<\/script>/gs, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");

describe("the report of a training", () => {
  it("says first how good the network is", async () => {
    const said = text(await trainingReport(madeTraining()));
    expect(said).toMatch(/66\.2 % accuracy on 1,000 pictures of the test split\./);
    expect(said).toContain("8 min 12 s");
    expect(said).toContain("174,970");
    expect(said.indexOf("66.2 %")).toBeLessThan(said.indexOf("Curves"));
  });
  it("holds settings, curves, results, classes, confusions, checkpoints, skipped pictures and the command", async () => {
    const report = madeTraining();
    const page = await trainingReport(report);
    const said = text(page);
    for (const [name, value] of report.facts.settings) expect(said).toContain(`${name} ${value}`);
    expect(page.match(/<svg class="plot"/g)).toHaveLength(3);
    expect(said).toContain("top-3 accuracy");
    expect(page.match(/<table class="matrix">.*?<\/table>/s)?.[0].match(/<td class="[^"]*right">/g)).toHaveLength(10);
    for (const { path } of report.checkpoints) expect(said).toContain(path);
    expect(said).toContain("cat/0113.jpg");
    expect(page).toContain("dog/&lt;b&gt;.jpg");
    expect(said).toContain(report.facts.command as string);
  });
  it("shows the matrix as it was counted", async () => {
    const report = madeTraining();
    const page = await trainingReport(report);
    const matrix = page.match(/<table class="matrix">.*?<\/table>/s)?.[0] as string;
    const cells = [...matrix.matchAll(/<td class="[^"]+">(\d+)<\/td>/g)].map((m) => Number(m[1]));
    expect(report.classes?.kind === "single" && [...report.classes.tally.confusion]).toEqual(cells);
  });
  it("shows AP and thresholds of several labels a picture, and why a class has none", async () => {
    const page = await trainingReport(madeMultiLabel());
    const said = text(page);
    for (const head of ["AP, 11 points", "AP, all points", "threshold", "equal error rate"])
      expect(said).toContain(head);
    expect(said).toMatch(/label 20 no positive among 300 samples 0 – – – –/);
    expect(said).toContain("Stopped early. Validation mAP had not risen");
    expect(page).not.toContain('class="matrix"');
    expect(page).not.toContain('id="skipped"');
  });
  it("folds many classes and lists their commonest confusions", async () => {
    const page = await trainingReport(madeWide());
    expect(page).toContain("<summary>100 classes</summary>");
    expect(text(page)).toContain("The commonest confusions of");
    expect(page).not.toContain('class="matrix"');
  });
  it("says what went wrong where a training diverged", async () => {
    const end = { kind: "diverged", message: "Loss is NaN at step 213, first in conv2." } as const;
    const page = await trainingReport(madeTraining({ end, results: [], classes: undefined, steps: [], epochs: [] }));
    expect(page).toContain('class="verdict bad"');
    expect(text(page)).toContain("The training diverged. Loss is NaN at step 213, first in conv2.");
    expect(page).not.toContain('id="curves"');
    expect(page).not.toContain('id="results"');
  });
  it("asks for nothing from outside and holds no inline style", async () => {
    const page = await trainingReport(madeTraining());
    expect(page).toMatch(/content="default-src &#39;none&#39;|content="default-src 'none'/);
    expect(page.replace(/<svg[^>]*>/g, "")).not.toMatch(/https?:\/\/|<link|<img|\sstyle="/);
    expect(page.length).toBeLessThan(80_000);
  });
  it("spells times", () => {
    expect([2.345, 61, 3599.6, 7500].map(duration)).toEqual(["2.35 s", "1 min 1 s", "1 h 0 min", "2 h 5 min"]);
  });
});
