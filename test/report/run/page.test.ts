/** @file The report of a run in a real Chromium: it fits a phone, asks for nothing, sorts, and can be read without its script. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runReport } from "../../../src/report/run/report.ts";
import { findChromium, launch } from "../../browser/chromium.ts";
import { METHODS, madeReport, madeRun } from "./made-run.ts";

/** 210 mm less two margins of 14 mm, in CSS pixels. */
const A4 = Math.floor((210 - 2 * 14) * (96 / 25.4));

const found = await findChromium();
if (found === undefined) console.warn("report of a run in a browser: skipped, no Chromium found (set CHROME_PATH)");

describe.skipIf(found === undefined)("the report of a run in a browser", () => {
  let browser: Browser;
  let url = "";
  beforeAll(async () => {
    const run = madeRun({ images: 20 });
    const page = await runReport(await madeReport(run, { presets: ["confidence-gain", "ground-truth"] }));
    const file = join(mkdtempSync(join(tmpdir(), "onnxplain-")), "report.html");
    writeFileSync(file, page);
    url = pathToFileURL(file).href;
    browser = await launch(found as NonNullable<typeof found>);
  });
  afterAll(() => browser?.close());

  const open = async (options: Parameters<Browser["newPage"]>[0] = {}): Promise<{ page: Page; said: string[] }> => {
    const page = await browser.newPage(options);
    const said: string[] = [];
    page.on("console", (m) => said.push(m.text()));
    page.on("pageerror", (e) => said.push(e.message));
    page.on("request", (r) => {
      if (r.url() !== url && !r.url().startsWith("data:")) said.push(r.url());
    });
    await page.goto(url);
    return { page, said };
  };
  const names = (page: Page): Promise<string[]> =>
    page.locator(".ranking").first().locator("tbody").first().locator("th").allTextContents();

  it.each([360, 1200])("loads without a complaint or a request, and fits %s pixels", async (width) => {
    const { page, said } = await open({ viewport: { width, height: 740 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(said).toEqual([]);
    await page.close();
  });
  it("fits a sheet of A4 upright, margins left free", async () => {
    const { page } = await open({ viewport: { width: A4, height: 1000 } });
    await page.emulateMedia({ media: "print" });
    const wide = await page
      .locator("table:visible")
      .evaluateAll(
        (tables, width) => tables.filter((t) => t.getBoundingClientRect().right > width).map((t) => t.className),
        A4,
      );
    expect(wide).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(A4);
    await page.close();
  });
  it("sorts by the head of a column, up and down, and keeps baselines apart", async () => {
    const { page } = await open();
    const ranked = await names(page);
    const button = page.locator(".ranking").first().getByRole("button", { name: "method", exact: true });
    await button.click();
    expect(await names(page)).toEqual([...ranked].sort((a, b) => a.localeCompare(b)));
    await button.click();
    expect(await names(page)).toEqual([...ranked].sort((a, b) => b.localeCompare(a)));
    await page.locator(".ranking").first().getByRole("button", { name: "#" }).click();
    expect(await names(page)).toEqual(ranked);
    expect(ranked).toHaveLength(Object.keys(METHODS).length);
    await page.close();
  });
  it("shows all without its script, and no button that does nothing", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    expect(await page.locator("button").count()).toBe(0);
    expect(await page.locator("table:visible").count()).toBeGreaterThan(5);
    expect(await page.locator(".plot").first().isVisible()).toBe(true);
    await page.close();
  });
  it("puts curves and labels inside their frame", async () => {
    const { page } = await open({ viewport: { width: 360, height: 740 } });
    const outside = await page.locator(".plot").evaluateAll((plots) =>
      plots.flatMap((plot) => {
        const frame = plot.getBoundingClientRect();
        return [...plot.querySelectorAll("text")]
          .map((t) => t.getBoundingClientRect())
          .filter((r) => r.left < frame.left - 1 || r.right > frame.right + 1 || r.bottom > frame.bottom + 1);
      }),
    );
    expect(outside).toEqual([]);
    await page.close();
  });
});
