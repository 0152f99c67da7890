/** @file The report in a real Chromium: it fits a phone, asks for nothing, and gives values to the pointer and the keys. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { htmlReport, loadModel } from "../../src/index.ts";
import { findChromium, launch } from "../browser/chromium.ts";
import { dummyNet } from "../methods/nets.ts";
import { LABELS, made } from "./made.ts";

const found = await findChromium();
if (found === undefined) console.warn("report in a browser: skipped, no Chromium found (set CHROME_PATH)");

describe.skipIf(found === undefined)("the report in a browser", () => {
  let browser: Browser;
  let url = "";
  beforeAll(async () => {
    await using model = await loadModel(dummyNet, { labels: LABELS });
    const explanations = [made(), made({ method: "gradient", layer: undefined })];
    const page = await htmlReport([{ image: "a.png", explanations, failures: [] }], { model });
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
  const shown = (page: Page): Promise<string[]> => page.locator(".value").allTextContents();

  it("loads without a complaint or a request, and fits 360 pixels", async () => {
    const { page, said } = await open({ viewport: { width: 360, height: 740 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(said).toEqual([]);
    await page.close();
  });
  it("the slider sets the opacity of every map", async () => {
    const { page } = await open();
    const opacity = (): Promise<string[]> =>
      page.locator(".heat").evaluateAll((all) => all.map((e) => getComputedStyle(e).opacity));
    expect(await opacity()).toEqual(["0.85", "0.85", "0.85", "0.85"]);
    await page.locator(".slider input").fill("40");
    expect(await opacity()).toEqual(["0.4", "0.4", "0.4", "0.4"]);
    await page.close();
  });
  it("the pointer and the arrow keys read raw values, in all maps of the image at once", async () => {
    const { page } = await open();
    await page.locator(".probe").first().scrollIntoViewIfNeeded();
    const box = await page.locator(".probe").first().boundingBox();
    if (!box) throw new Error("the first map has no box");
    await page.mouse.move(box.x + 0.75 * box.width, box.y + 0.25 * box.height);
    expect(await shown(page)).toEqual(["-2 at x 1, y 0", "-2 at x 1, y 0", "0 at x 1, y 0", "0 at x 1, y 0"]);
    await page.mouse.move(0, 0);
    expect((await shown(page))[0]).toBe("strongest -2 at x 1, y 0");
    await page.locator(".probe").nth(2).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    expect((await shown(page))[2]).toBe("4 at x 1, y 1");
    await page.keyboard.press("Escape");
    expect((await shown(page))[2]).toBe("strongest 4 at x 1, y 1");
    await page.close();
  });
  it("without a script all is there but the slider; methods and picture can still be chosen", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    expect(await page.locator(".slider").isVisible()).toBe(false);
    expect(await page.locator(".map").count()).toBe(4);
    await page.locator("#show-1").uncheck();
    expect(await page.locator(".map.m1").first().isVisible()).toBe(false);
    expect(await page.locator(".map.m0").first().isVisible()).toBe(true);
    await page.close();
  });
  it("without the picture, the colours are those of the scale", async () => {
    const { page } = await open({ viewport: { width: 800, height: 900 } });
    await page.locator("#show-picture").uncheck();
    const svg = page.locator(".probe svg").first();
    const png = await svg.screenshot();
    const { default: sharp } = await import("sharp");
    const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    // the upper right value is -2, the low end of the scale: blue at 0
    const at = (Math.round(info.height / 4) * info.width + Math.round((3 * info.width) / 4)) * 3;
    const { colormapTable } = await import("../../src/image/colormap.ts");
    const blue = colormapTable("blue-red").subarray(0, 3);
    for (const c of [0, 1, 2]) expect(Math.abs((data[at + c] as number) - (blue[c] as number))).toBeLessThanOrEqual(2);
    await page.close();
  });
});
