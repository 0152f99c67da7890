/** @file The report of a training in a real Chromium: it fits a phone, asks for nothing, sorts, reads without its script. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trainingReport } from "../../../src/report/train/report.ts";
import { findChromium, launch } from "../../browser/chromium.ts";
import { madeMultiLabel, madeTraining, madeWide } from "./made-training.ts";

const found = await findChromium();
if (found === undefined)
  console.warn("report of a training in a browser: skipped, no Chromium found (set CHROME_PATH)");

const MADE = { single: madeTraining(), multi: madeMultiLabel(), wide: madeWide() } as const;
type Kind = keyof typeof MADE;

describe.skipIf(found === undefined)("the report of a training in a browser", () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), "onnxplain-"));
  const fileOf = (kind: Kind): string => join(folder, `${kind}.html`);
  beforeAll(async () => {
    for (const kind of Object.keys(MADE) as Kind[]) writeFileSync(fileOf(kind), await trainingReport(MADE[kind]));
    browser = await launch(found as NonNullable<typeof found>);
  });
  afterAll(() => browser?.close());

  const open = async (
    kind: Kind,
    options: Parameters<Browser["newPage"]>[0] = {},
  ): Promise<{ page: Page; said: string[] }> => {
    const url = pathToFileURL(fileOf(kind)).href;
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

  it.each([
    ["single", 360],
    ["single", 1200],
    ["multi", 360],
    ["wide", 360],
  ] as const)("%s loads without a complaint or a request, and fits %i pixels", async (kind, width) => {
    const { page, said } = await open(kind, { viewport: { width, height: 740 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(said).toEqual([]);
    await page.close();
  });
  it("sorts classes by any column", async () => {
    const { page } = await open("multi");
    await page.locator(".classes").getByRole("button", { name: "AP, 11 points" }).click();
    const values = await page.locator(".classes tbody tr td:nth-child(3)").allTextContents();
    const numbers = values.slice(0, -1).map(Number.parseFloat);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(values.at(-1)).toBe("–");
    await page.close();
  });
  it("shows all without its script", async () => {
    const { page } = await open("single", { javaScriptEnabled: false });
    expect(await page.locator("button").count()).toBe(0);
    expect(await page.locator("table:visible").count()).toBe(4);
    expect(await page.locator(".plot").first().isVisible()).toBe(true);
    await page.close();
  });
  it("reads in the dark: light text, shaded cells with enough contrast", async () => {
    const { page } = await open("single", { colorScheme: "dark" });
    const [text, paper] = await page.evaluate(() => {
      const { color, backgroundColor } = getComputedStyle(document.body);
      return [color, backgroundColor].map((c) => (c.match(/\d+/g) as string[]).slice(0, 3).map(Number));
    });
    const sum = (c: number[] | undefined): number => (c as number[]).reduce((s, v) => s + v, 0);
    expect(sum(text) - sum(paper)).toBeGreaterThan(500);
    await page.close();
  });
});
