/** @file Behaviours in a real Chromium, in roots that are not the document: an element, a shadow root. Only their own root comes to life. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel, reportView } from "../../src/index.ts";
import { BEHAVIOUR_NAMES } from "../../src/report/html/behaviours.ts";
import type { Page } from "../../src/report/html/page.ts";
import { patternsView } from "../../src/report/patterns/page.ts";
import { debugView } from "../../src/report/representers/debug.ts";
import { explainView } from "../../src/report/representers/explain.ts";
import { findChromium, launch } from "../browser/chromium.ts";
import { dummyNet } from "../methods/nets.ts";
import { LABELS, made } from "../report/made.ts";
import { madePatterns } from "../report/patterns/made.ts";
import { madeDebug, madeExplain } from "../report/representers/made-pages.ts";
import { HOSTS, type Host, lifeScript, type Room, roomOf } from "./room.ts";

const found = await findChromium();
if (found === undefined) console.warn("behaviours in a browser: skipped, no Chromium found (set CHROME_PATH)");

it("every behaviour that pages name is one that the table holds", async () => {
  const life = await lifeScript();
  for (const name of BEHAVIOUR_NAMES) expect(life).toMatch(new RegExp(`(^|\\W)"?${name}"?: `, "m"));
});

describe.skipIf(found === undefined)("behaviours in a root", () => {
  let browser: Browser;
  let life = "";
  beforeAll(async () => {
    [browser, life] = await Promise.all([launch(found as NonNullable<typeof found>), lifeScript()]);
  });
  afterAll(() => browser?.close());
  const enter = (view: Page, host: Host): Promise<Room> => roomOf(browser, { view, host, life });

  describe.each(HOSTS)("%s", (host) => {
    it("reads values under the pointer and sets the opacity of its own maps", async () => {
      await using model = await loadModel(dummyNet, { labels: LABELS });
      const explanations = [made(), made({ method: "gradient", layer: undefined })];
      const { tab, said } = await enter(
        await reportView([{ image: "a.png", explanations, failures: [] }], { model }),
        host,
      );
      await tab.locator("#one .probe").first().focus();
      await tab.keyboard.press("ArrowRight");
      expect(await tab.locator("#one .value.live").count()).toBe(4);
      expect(await tab.locator("#one .value").first().textContent()).toMatch(/^-?[\d.]+ at x 1, y 1$/);
      expect(await tab.locator("#two .value.live").count()).toBe(0);
      await tab.locator("#one .slider input").fill("40");
      const opacity = (id: string): Promise<string> =>
        tab
          .locator(`#${id} .heat`)
          .first()
          .evaluate((e) => getComputedStyle(e).opacity);
      expect([await opacity("one"), await opacity("two")]).toEqual(["0.4", "0.85"]);
      expect(await tab.locator("#two .slider").isVisible()).toBe(false);
      await tab.locator("#one #show-1").uncheck();
      expect(await tab.locator("#one .map.m1").first().isVisible()).toBe(false);
      expect(said).toEqual([]);
      await tab.close();
    });

    it("shows one class at a time, by slider, list, buttons and words", async () => {
      const { tab, said } = await enter(explainView(madeExplain("many")), host);
      const box = tab.locator("#one .class-sheets").first();
      const name = (): Promise<string | null> => box.locator(".class-sheet:visible h3").textContent();
      const picked = (): Promise<string | null> => box.locator("select option:checked").textContent();
      const [slider, count] = [box.locator("input[type=range]"), await box.locator(".class-sheet").count()];
      const names = await box.locator(".class-sheet h3").allTextContents();
      expect(await name()).toBe(names[0]);
      await slider.fill("3");
      expect([await name(), await box.locator(".class-sheet:visible").count()]).toEqual([names[3], 1]);
      expect(await picked()).toContain(names[3]);
      expect(await slider.getAttribute("aria-valuetext")).toContain(`4 of ${count}`);
      await box.locator(".after").click();
      expect(await name()).toBe(names[4]);
      await slider.focus();
      await tab.keyboard.press("Home");
      await box.locator(".before").click();
      expect(await name()).toBe(names[0]);
      await box.locator("select").selectOption(String(count - 1));
      expect([await name(), await slider.inputValue()]).toEqual([names[count - 1], String(count - 1)]);
      await box.locator(".find input").fill("NAME 29");
      const offered = await box.locator("select option").allInnerTexts();
      expect(offered.length).toBeGreaterThan(0);
      expect(offered.length).toBeLessThan(count);
      expect(offered.every((n) => n.includes("class name 29"))).toBe(true);
      expect(await name()).toContain("class name 29");
      await box.locator(".find input").fill("no such class");
      expect([await box.locator("select option").count(), await box.locator(".class-sheet:visible").count()]).toEqual([
        0, 1,
      ]);
      expect(await tab.locator("#two .class-sheet").count()).toBeGreaterThan(1);
      expect(await tab.locator("#two .steps").first().isVisible()).toBe(false);
      expect(said).toEqual([]);
      await tab.close();
    });

    it("checks off, corrects, and keeps what was done", async () => {
      const { tab, said } = await enter(debugView(madeDebug()), host);
      const item = tab.locator("#one .suspect").nth(1);
      await item.locator("select").selectOption({ index: 2 });
      expect(await item.locator(".done").isChecked()).toBe(true);
      expect(await tab.locator("#one .tools output").textContent()).toMatch(/^1 of \d+ checked, 1 correction$/);
      expect(await tab.evaluate(() => Object.values(localStorage))).toHaveLength(1);
      const [download] = await Promise.all([tab.waitForEvent("download"), tab.locator("#one .save").click()]);
      expect(download.suggestedFilename()).toBe("corrections.csv");
      expect(await tab.locator("#two .tools").isVisible()).toBe(false);
      expect(said).toEqual([]);
      await tab.close();
    });

    it("mounts the space of patterns, ends it, and mounts it again", async () => {
      const { tab, said } = await enter(await patternsView(madePatterns({ pictures: 40, pixels: 8 })), host);
      const stage = tab.locator("#one #stage");
      await tab.locator("#one #stage[data-view=space]").waitFor();
      const frame = (): Promise<string | null> => stage.getAttribute("data-frame");
      const last = Number(await frame());
      await stage.focus();
      await tab.keyboard.press("[");
      await expect.poll(frame).toBe(String(last - 1));
      expect(await tab.locator("#two [data-tool]:visible").count()).toBe(0);
      const cards = await tab.locator("#one .layer-card").count();
      const thumbnails = await tab.locator("#one .pictures canvas").count();

      await tab.evaluate(() => (globalThis as unknown as { end: () => void }).end());
      await tab.keyboard.press("[");
      await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      expect(await frame()).toBe(String(last - 1));

      await tab.evaluate(() => (globalThis as unknown as { live: () => void }).live());
      await expect.poll(frame).toBe(String(last));
      expect(await tab.locator("#one .layer-card").count()).toBe(cards);
      expect(await tab.locator("#one .pictures canvas").count()).toBe(thumbnails);
      expect(thumbnails).toBeGreaterThan(0);
      expect(said).toEqual([]);
      await tab.close();
    });
  });

  it("sorts numbers and text in its own root, rows without a number last", async () => {
    const table = `<table class="sortable"><thead><tr><th data-sort="text">name</th><th data-sort="higher">value</th></tr></thead><tbody><tr class="sub"><th>head</th><td></td></tr><tr><th>b</th><td data-v="2">2</td></tr><tr><th>c</th><td>–</td></tr><tr><th>a</th><td data-v="10">10</td></tr></tbody></table>`;
    const view: Page = {
      title: "",
      heading: "",
      lead: "",
      style: "",
      behaviours: ["sort"],
      main: { markup: table },
    };
    const { tab } = await enter(view, "element");
    const names = (id: string): Promise<string[]> => tab.locator(`#${id} tbody th`).allTextContents();
    await tab.locator("#one th button", { hasText: "value" }).click();
    expect(await names("one")).toEqual(["head", "a", "b", "c"]);
    await tab.locator("#one th button", { hasText: "value" }).click();
    expect(await names("one")).toEqual(["head", "b", "a", "c"]);
    await tab.locator("#one th button", { hasText: "name" }).click();
    expect(await names("one")).toEqual(["head", "a", "b", "c"]);
    expect(await names("two")).toEqual(["head", "b", "c", "a"]);
    await tab.close();
  });
});
