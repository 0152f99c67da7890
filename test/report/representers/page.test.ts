/** @file The pages on training points in a real Chromium: they fit a phone, ask for nothing, choose and correct, and read without script. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCsv } from "../../../src/formats/csv.ts";
import { rowsOf } from "../../../src/formats/table.ts";
import { comparePage } from "../../../src/report/representers/compare.ts";
import { confusionPage } from "../../../src/report/representers/confusion.ts";
import { debugPage } from "../../../src/report/representers/debug.ts";
import { explainPage } from "../../../src/report/representers/explain.ts";
import { fitPage } from "../../../src/report/representers/fit.ts";
import { groupPage } from "../../../src/report/representers/groups.ts";
import { sensitivityPage } from "../../../src/report/representers/sensitivity.ts";
import { simulationPage } from "../../../src/report/representers/simulation.ts";
import { findChromium, launch } from "../../browser/chromium.ts";
import {
  MANY,
  madeCompare,
  madeConfusion,
  madeDebug,
  madeExplain,
  madeFit,
  madeGroups,
  madeSensitivity,
  madeSimulation,
} from "./made-pages.ts";

/** 210 mm less two margins of 14 mm, in CSS pixels. */
const A4 = Math.floor((210 - 2 * 14) * (96 / 25.4));

const found = await findChromium();
if (found === undefined)
  console.warn("pages on training points in a browser: skipped, no Chromium found (set CHROME_PATH)");

const PAGES = {
  explain: () => explainPage(madeExplain()),
  "explain-many": () => explainPage(madeExplain("many")),
  "explain-text": () => explainPage(madeExplain("text")),
  fit: () => fitPage(madeFit()),
  debug: () => debugPage(madeDebug()),
  "debug-many": () => debugPage(madeDebug("many")),
  simulation: () => simulationPage(madeSimulation()),
  compare: () => comparePage(madeCompare()),
  confusion: () => confusionPage(madeConfusion()),
  groups: () => groupPage(madeGroups()),
  sensitivity: () => sensitivityPage(madeSensitivity()),
} as const;
type Kind = keyof typeof PAGES;
const KINDS = Object.keys(PAGES) as readonly Kind[];

describe.skipIf(found === undefined)("the pages on training points in a browser", () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), "onnxplain-"));
  beforeAll(async () => {
    for (const kind of KINDS) writeFileSync(join(folder, `${kind}.html`), await PAGES[kind]());
    browser = await launch(found as NonNullable<typeof found>);
  });
  afterAll(() => browser?.close());

  const open = async (
    kind: Kind,
    options: Parameters<Browser["newPage"]>[0] = {},
  ): Promise<{ page: Page; said: string[] }> => {
    const url = pathToFileURL(join(folder, `${kind}.html`)).href;
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
  const wide = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);

  it.each(KINDS)(
    "%s loads without a complaint or a request, and fits 360 and 1200 pixels and a sheet of A4",
    async (kind) => {
      const { page, said } = await open(kind, { viewport: { width: 360, height: 740 }, colorScheme: "dark" });
      expect(await wide(page)).toBe(360);
      await page.setViewportSize({ width: 1200, height: 740 });
      expect(await wide(page)).toBe(1200);
      await page.setViewportSize({ width: A4, height: 1000 });
      await page.emulateMedia({ media: "print" });
      expect(await wide(page)).toBe(A4);
      expect(said).toEqual([]);
      await page.close();
    },
  );
  it.each(["fit", "simulation", "compare"] as const)("%s keeps what it plots inside its frames", async (kind) => {
    const { page } = await open(kind, { viewport: { width: 360, height: 740 } });
    const outside = await page.locator(".plot").evaluateAll((plots) =>
      plots.flatMap((plot) => {
        const frame = plot.getBoundingClientRect();
        return [...plot.querySelectorAll("text, path.bar, path.dots")]
          .map((t) => t.getBoundingClientRect())
          .filter((r) => r.left < frame.left - 1 || r.right > frame.right + 1 || r.bottom > frame.bottom + 1);
      }),
    );
    expect(outside).toEqual([]);
    await page.close();
  });
  it.each(KINDS)("%s shows no button, and all it says, without its script", async (kind) => {
    const { page } = await open(kind, { javaScriptEnabled: false });
    expect(await page.locator("button:visible").count()).toBe(0);
    expect(await page.locator("section:visible").count()).toBeGreaterThan(0);
    await page.close();
  });

  describe("explain", () => {
    const sheet = (page: Page): Promise<string | null> =>
      page.locator("#point-0 .class-sheet:visible h3").textContent();
    it("shows every class without its script, those far down folded", async () => {
      const { page } = await open("explain", { javaScriptEnabled: false });
      const sheets = page.locator("#point-0 .class-sheet");
      expect(await sheets.count()).toBeGreaterThan(1);
      expect(await sheets.locator("visible=true").count()).toBe(await sheets.count());
      await page.close();
      const { page: many } = await open("explain-many", { javaScriptEnabled: false });
      expect(await many.locator(".class-sheet:visible").count()).toBe(12);
      await many.locator(".more > summary").click();
      expect(await many.locator(".class-sheet:visible").count()).toBe(MANY.length);
      await many.close();
    });
    it("goes from class to class by the arrow keys, each input by itself, and shows where the focus is", async () => {
      const { page } = await open("explain");
      expect(await sheet(page)).toBe("automobile");
      const slider = page.locator("#point-0 .steps input[type=range]");
      await slider.focus();
      await page.keyboard.press("ArrowRight");
      expect(await sheet(page)).not.toBe("automobile");
      expect(await page.locator("#point-0 .class-sheet:visible").count()).toBe(1);
      expect(await page.locator("#point-1 .class-sheet:visible h3").textContent()).toBe("automobile");
      expect(await slider.evaluate((i) => getComputedStyle(i).outlineStyle)).toBe("solid");
      await page.close();
    });
    it("finds one of hundreds of classes", async () => {
      const { page } = await open("explain-many");
      const offered = page.locator(".steps select option");
      expect(await offered.count()).toBe(MANY.length);
      await page.getByLabel("Find a class").fill("NAME 29");
      const names = await offered.allInnerTexts();
      expect(names.length).toBeGreaterThan(3);
      expect(names.every((n) => n.includes("class name 29"))).toBe(true);
      expect(await sheet(page)).toContain("class name 29");
      expect(await page.locator(".class-sheet:visible .strips").isVisible()).toBe(true);
      await page.close();
    });
    it("draws every picture that it shows", async () => {
      const { page } = await open("explain");
      const size = await page
        .locator(".class-sheet:visible svg.likeness use")
        .first()
        .evaluate((u) => (u as SVGUseElement).getBoundingClientRect().width);
      expect(size).toBeGreaterThan(50);
      expect(await page.locator(".class-sheet:visible svg.likeness").first().getAttribute("aria-label")).toMatch(
        /labelled/,
      );
      await page.close();
    });
  });

  describe("debug", () => {
    const places = (page: Page): Promise<(string | null)[]> =>
      page.locator(".suspect").evaluateAll((all) => all.map((s) => s.getAttribute("data-position")));
    it("orders by each criterion", async () => {
      const { page } = await open("debug");
      const { suspects, criteria } = madeDebug();
      for (const [c, { title }] of criteria.entries()) {
        await page.getByLabel("Order by").selectOption({ label: title });
        const wanted = [...suspects].sort((a, b) => (b.values[c] as number) - (a.values[c] as number));
        expect(await places(page)).toEqual(wanted.map((s) => String(s.position)));
        expect(await page.locator(".suspect .place").first().textContent()).toBe("#1");
      }
      await page.close();
    });
    it("gives corrections back as CSV, downloaded and copied, and keeps them over a reload", async () => {
      const { page, said } = await open("debug");
      const item = page.locator('.suspect[data-position="6"]');
      await item.locator("select").selectOption({ label: "ship" });
      expect(await item.locator(".done").isChecked()).toBe(true);
      await page.locator('.suspect[data-position="0"] .done').check();
      expect(await page.locator(".tools output").textContent()).toBe("2 of 48 checked, 1 correction");
      const saved = async (): Promise<string> => {
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          page.getByRole("button", { name: "Download CSV" }).click(),
        ]);
        expect(download.suggestedFilename()).toBe("corrections.csv");
        return readFileSync(await download.path(), "utf8");
      };
      const text = await saved();
      const wanted = [
        { position: "0", id: "train/<b>0</b> & co.png", label: "airplane", corrected: "airplane" },
        { position: "6", id: "train/some-folder/photo_00006.png", label: "frog", corrected: "ship" },
      ];
      const byPosition = (rows: readonly object[]): readonly object[] =>
        [...rows].sort(
          (a, b) => Number((a as { position: string }).position) - Number((b as { position: string }).position),
        );
      expect(byPosition(rowsOf(readCsv(text)))).toEqual(wanted);
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.getByRole("button", { name: "Copy CSV" }).click();
      await page.getByRole("button", { name: "Copied" }).waitFor();
      expect((await page.evaluate(() => navigator.clipboard.readText())).replaceAll("\r\n", "\n")).toBe(
        text.replaceAll("\r\n", "\n"),
      );
      await page.reload();
      expect(await page.locator(".tools output").textContent()).toBe("2 of 48 checked, 1 correction");
      expect(await saved()).toBe(text);
      expect(said.filter((s) => !s.startsWith("blob:"))).toEqual([]);
      await page.close();
    });
    it("fills long lists of classes when they are needed", async () => {
      const { page } = await open("debug-many");
      const last = page.locator(".suspect").last();
      expect(await last.locator("option").count()).toBeLessThan(4);
      await last.scrollIntoViewIfNeeded();
      await last.locator("select").focus();
      expect(await last.locator("option").count()).toBeGreaterThanOrEqual(MANY.length);
      await last.locator("select").selectOption({ label: MANY[299] as string });
      expect(await page.locator(".tools output").textContent()).toBe("1 of 200 checked, 1 correction");
      await page.close();
    });
  });
});
