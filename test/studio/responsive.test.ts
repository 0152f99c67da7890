/** @file The page stays awake: tasks of its main thread while ten methods run, a picture is measured, a large run is opened; and Stop. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateVerb } from "../../cli/evaluate.ts";
import { drawScene, encodePng, readResults } from "../../src/index.ts";
import { resultsFile } from "../../src/jobs/evaluate-tables.ts";
import type { ResultRow } from "../../src/metrics/result-row.ts";
import { FIRST_VIEW } from "../../studio/state/view.ts";
import { linkOf } from "../../studio/take/link.ts";
import { printed } from "../cli/run.ts";
import { absent, shared } from "../shared.ts";
import { drawn, goTo, method, modelFiles, pictureFiles, rested, SLOW, tile, tiles, visit } from "./desk.ts";
import { openStudio, type Studio } from "./world.ts";

const scratch = mkdtempSync(join(tmpdir(), "onnxplain-awake-"));
const RUN = join(scratch, "large run");
const ROWS = 5000;

/** A small run, its rows repeated under other names of images. */
async function largeRun(): Promise<void> {
  mkdirSync(join(scratch, "pictures/thing"), { recursive: true });
  for (const seed of [3, 4, 5, 6])
    writeFileSync(join(scratch, `pictures/thing/${seed}.png`), await encodePng(drawScene(seed, { size: 96 }).image));
  const asked = ["--methods", "grad-cam,gradient,lrp", "--metrics", "scg rho=0.25,average-drop,sparseness"];
  const from = ["--model", "demo/shapes", "--data", join(scratch, "pictures"), "--threads", "1", "--quiet"];
  await printed(evaluateVerb, [...from, ...asked, "-o", RUN]);
  const rows = await readResults(RUN);
  const many = Array.from({ length: Math.ceil(ROWS / rows.length) }, (_, i) =>
    rows.map(
      (row): ResultRow => ({ ...row, image: `${i}/${row.image}`, value: row.value && row.value * (1 + i / 997) }),
    ),
  ).flat();
  for (const [name, content] of resultsFile(many)) writeFileSync(join(RUN, name), content);
  console.log(`large run: ${many.length} rows`);
  expect(many.length).toBeGreaterThanOrEqual(ROWS);
}

let studio: Studio | undefined;
beforeAll(async () => {
  await largeRun();
  studio = await openStudio({ runs: [RUN] });
}, SLOW);
afterAll(async () => {
  await studio?.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** No task of the page may be longer, in ms. */
const LIMIT = 100;

/** Begins to note tasks of the page that are longer than 50 ms. */
const listen = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration)));
    observer.observe({ type: "longtask" });
    Object.assign(globalThis, { tasks, hush: () => observer.disconnect() });
  });
const heard = (page: Page): Promise<readonly number[]> =>
  page.evaluate(async () => {
    const { tasks, hush } = globalThis as unknown as { tasks: readonly number[]; hush: () => void };
    await new Promise((done) => setTimeout(done, 300));
    hush();
    return tasks;
  });

/** An empty page in the same browser, for a few seconds: what the machine alone takes away. */
async function idle({ newPage, url }: Studio): Promise<readonly number[]> {
  const { page, close } = await newPage();
  await page.goto(`${url}icon.svg`);
  await listen(page);
  await page.waitForTimeout(5000);
  const tasks = await heard(page);
  await close();
  return tasks;
}

const words = (tasks: readonly number[]): string =>
  tasks.length === 0 ? "none over 50 ms" : `${tasks.map((t) => t.toFixed(0)).join(", ")} ms`;

/** Tasks of the page while something is done, held against the limit. */
async function awake(page: Page, what: string, act: () => Promise<void>): Promise<void> {
  await listen(page);
  const began = performance.now();
  await act();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const tasks = await heard(page);
  const still = await idle(studio as Studio);
  console.log(
    `${what}: ${seconds} s, load ${loadavg()[0]?.toFixed(1)}; long tasks: ${words(tasks)}; of an idle page: ${words(still)}`,
  );
  expect(Math.max(0, ...tasks), what).toBeLessThanOrEqual(LIMIT);
}

const PHOTO = "images/imagenet-sample/n01558993_robin.jpg";
const TEN = [
  { method: "occlusion", params: { sliding_window_shapes: [3, 64, 64], strides: [3, 32, 32] } },
  { method: "rise", params: { n_masks: 60 } },
  { method: "integrated-gradients", params: { n_steps: 20 } },
  ...["lrp", "gradient", "grad-cam", "layer-cam", "guided-backprop", "deep-lift", "excitation-backprop"].map((id) => ({
    method: id,
    params: {},
  })),
];
const why = absent("models") || absent("images");

describe.skipIf(why !== "")(`SqueezeNet 1.1${why}`, () => {
  it("runs ten methods at once, and is measured, and the page stays awake", {
    timeout: 2 * SLOW,
    retry: 2,
  }, async () => {
    if (!studio) return;
    const fragment = `#${linkOf({ ...FIRST_VIEW, methods: TEN })}`;
    await visit(
      studio,
      async ({ page, faults }) => {
        await rested(page);
        await awake(page, "ten methods on SqueezeNet 1.1, from opening the file to the last map", async () => {
          await modelFiles(page).setInputFiles(shared("models/squeezenet1.1/model.onnx"));
          await page.getByText("224 × 224, 3 channels").waitFor();
          await pictureFiles(page).setInputFiles(shared(PHOTO));
          await page.getByRole("radio", { name: new RegExp(basename(PHOTO)) }).waitFor();
          for (const { method: id } of TEN) await drawn(page, id);
        });
        expect(await tiles(page).and(page.locator('[data-state="done"]')).count()).toBe(10);
        await rested(page);
        await awake(page, "measuring on SqueezeNet 1.1", async () => {
          await goTo(page, "Measure");
          await page.locator(".measure-table").first().waitFor();
          await page.waitForTimeout(5000);
        });
        expect(faults).toEqual([]);
      },
      { fragment },
    );
  });
});

describe("the example", () => {
  it("opens a large run, and the page stays awake", { timeout: SLOW, retry: 2 }, async ({ skip }) => {
    if (!studio) return skip("no Chromium is here");
    await visit(studio, async ({ page }) => {
      await rested(page);
      await goTo(page, "Runs");
      const run = page.getByRole("button", { name: /^large run/ }).first();
      await run.waitFor();
      await awake(page, `opening a run of ${ROWS} rows`, async () => {
        await run.click();
        await page.locator('article.report[aria-busy="false"]').waitFor();
        await page.waitForTimeout(1000);
      });
    });
  });

  it("stops within three seconds, and explains the next", { timeout: SLOW }, async ({ skip }) => {
    if (!studio) return skip("no Chromium is here");
    await visit(studio, async ({ page }) => {
      await rested(page);
      await method(page, "rise").check();
      await page
        .locator(".method", { has: method(page, "rise") })
        .locator("summary")
        .click();
      await page.getByLabel(/^n_masks/).fill("200000");
      await page.getByLabel(/^n_masks/).press("Tab");
      await page.locator(".work", { hasText: "rise" }).waitFor();
      await page.waitForTimeout(1000);
      const ms = await page.evaluate(async () => {
        const began = performance.now();
        const row = [...document.querySelectorAll(".work")].find((w) => w.textContent?.includes("rise"));
        row?.querySelector("button")?.click();
        while (row?.isConnected) await new Promise((done) => setTimeout(done, 20));
        return performance.now() - began;
      });
      console.log(`stopped ${(ms / 1000).toFixed(2)} s after the click`);
      expect(ms).toBeLessThan(3000);
      await tile(page, "rise").getByText("Stopped.").waitFor();
      await method(page, "gradient").check();
      await drawn(page, "gradient");
    });
  });
});
