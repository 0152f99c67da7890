/** @file Who does not point or does not see: axe-core on every view, by day, by night and on a phone; the whole way by keyboard alone. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateVerb } from "../../cli/evaluate.ts";
import { drawScene, encodePng } from "../../src/index.ts";
import { printed } from "../cli/run.ts";
import { drawn, focused, goTo, objections, reach, rested, SLOW, soon, tile, tiles, visit } from "./desk.ts";
import { openStudio, type Studio } from "./world.ts";

const scratch = mkdtempSync(join(tmpdir(), "onnxplain-access-"));
let studio: Studio | undefined;
beforeAll(async () => {
  mkdirSync(join(scratch, "pictures/thing"), { recursive: true });
  for (const seed of [3, 4])
    writeFileSync(join(scratch, `pictures/thing/${seed}.png`), await encodePng(drawScene(seed, { size: 96 }).image));
  const asked = ["--methods", "grad-cam,gradient", "--metrics", "scg rho=0.25,morf", "--threads", "1", "--quiet"];
  const from = ["--model", "demo/shapes", "--data", join(scratch, "pictures")];
  await printed(evaluateVerb, [...from, ...asked, "-o", join(scratch, "run")]);
  studio = await openStudio({ runs: [join(scratch, "run")] });
}, SLOW);
afterAll(async () => {
  await studio?.close();
  rmSync(scratch, { recursive: true, force: true });
});

const LOOKS: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ["by day", { colorScheme: "light" }],
  ["by night", { colorScheme: "dark" }],
  ["on a phone", { viewport: { width: 390, height: 844 }, hasTouch: true }],
  ["on a phone by night", { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: "dark" }],
];

/** Everything that can be unfolded is. */
async function unfold(page: Page): Promise<void> {
  const folded = page.locator("main details:not([open]) > summary");
  for (let left = await folded.count(), most = 200; left > 0 && most > 0; left = await folded.count(), most--)
    await folded.first().click();
}

/** Opens a window of the page, looks at it, closes it by Escape. */
async function dialog(page: Page, button: RegExp, ready: (page: Page) => Promise<void>): Promise<readonly string[]> {
  await page.getByRole("button", { name: button }).first().click();
  await page.getByRole("dialog").waitFor();
  await ready(page);
  const found = await objections(page);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  return found;
}

describe("axe-core", () => {
  it.each(LOOKS)("objects to nothing %s", { timeout: SLOW }, async (name, options) => {
    if (!studio) return;
    await visit(
      studio,
      async ({ page }) => {
        const found: Record<string, readonly string[]> = {};
        found.explain = await objections(page);
        await page.getByRole("button", { name: "Paint and occlude" }).click();
        await unfold(page);
        await page.waitForTimeout(500);
        found["explain, all unfolded"] = await objections(page);
        found.enlarged = await dialog(page, /^Enlarge/, async () => undefined);
        found.graph = await dialog(page, /^On the graph/, (p) =>
          p
            .getByRole("dialog")
            .getByText(/^Relevance by lrp of /)
            .waitFor(),
        );
        const model = page.locator('input[type="file"][accept*=".onnx"]');
        await model.setInputFiles({ name: "no.onnx", mimeType: "", buffer: Buffer.from("this is no model") });
        await page.getByRole("alert").getByText("no.onnx").waitFor();
        found.fault = await objections(page);
        await page.getByRole("button", { name: "Dismiss" }).click();
        await goTo(page, "Measure");
        await page.locator(".measure-table").first().waitFor();
        await rested(page);
        await unfold(page);
        found.measure = await objections(page);
        await goTo(page, "Runs");
        found["runs, none open"] = await objections(page);
        await page.getByRole("button", { name: /^run/ }).first().click();
        await page.locator('article.report[aria-busy="false"]').waitFor();
        found.run = await objections(page);
        await goTo(page, "Take away");
        await page.getByRole("heading", { name: "Make it again" }).waitFor();
        found.take = await objections(page);
        const views = Object.keys(found);
        console.log(`axe-core ${name}: ${views.length} views, ${Object.values(found).flat().length} violations`);
        expect(Object.entries(found).filter(([, list]) => list.length > 0)).toEqual([]);
      },
      options,
    );
  });
});

describe("the keyboard alone", () => {
  it("opens, chooses, explains, reads, hides, takes away", { timeout: SLOW }, async ({ skip }) => {
    if (!studio) return skip("no Chromium is here");
    await visit(studio, async ({ page, faults }) => {
      const press = (key: string): Promise<void> => page.keyboard.press(key);
      const files = ["model.onnx", "config.json", "preprocessor_config.json"].map((name) => `demo/shortcut/${name}`);
      page.on("filechooser", (chooser) => void chooser.setFiles(files));
      let tabs = 0;
      const to = async (what: RegExp): Promise<void> => {
        tabs += await reach(page, what);
      };
      // the first stop leads past the desk
      await press("Tab");
      expect(await focused(page)).toMatch(/class="skip"/);

      await to(/aria-label="Open a model: /);
      await press("Enter");
      await page.locator(".desk summary .hint", { hasText: "model.onnx" }).waitFor();
      await drawn(page, "lrp");

      await to(/name="picture"/);
      await press("ArrowRight");
      await soon(() => page.locator('input[name="picture"]').nth(1).isChecked()).toBe(true);
      await drawn(page, "lrp");

      await to(/class="class-bar"/);
      await press("Tab");
      await press("Enter");
      await soon(() => page.locator("section.target").count()).toBe(2);

      await to(/type="checkbox".* gradient$/);
      await press("Space");
      await soon(() => tiles(page).count()).toBe(8);
      await drawn(page, "gradient");

      await to(/aria-controls="paint"/);
      await press("Enter");
      const share = (): Promise<string | null> => page.locator(".paint-scores .class-bar .share").first().textContent();
      await page.locator(".paint-scores .class-bar .share").first().waitFor();
      const before = await share();
      await to(/role="application"/);
      for (const key of ["+", "+", "+", "ArrowLeft", "ArrowUp", "Enter"]) await press(key);
      await soon(share).not.toBe(before);
      expect(await page.locator(".said[aria-live]").textContent()).not.toBe("");

      // maps that are made again take the keyboard's place with them
      await page.waitForTimeout(1500);
      await soon(() => tiles(page).and(page.locator(':not([data-state="done"])')).count()).toBe(0);
      await rested(page);
      await to(/class="probe/);
      await press("ArrowRight");
      await press("ArrowDown");
      const value = tile(page, "grad-cam").first().locator(".value.live");
      await value.waitFor();
      expect(await value.textContent()).toMatch(/^-?[\d.e-]+ at x \d+, y \d+$/);
      const spoken = await page.locator(".said[aria-live]").textContent();
      expect(spoken).toMatch(/ at x \d+, y \d+$/);

      await to(/href="#take"/);
      await press("Enter");
      await to(/^<button[^>]*> Picture/);
      const [download] = await Promise.all([page.waitForEvent("download"), press("Enter")]);
      expect(await download.failure()).toBeNull();
      console.log(
        `the keyboard alone: ${tabs} presses of Tab; read “${spoken}”; saved ${download.suggestedFilename()}`,
      );
      expect(faults).toEqual([]);
    });
  });
});
