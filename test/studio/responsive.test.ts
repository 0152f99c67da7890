/** @file The page stays awake: tasks of its main thread while ten methods run, a picture is measured, a large run is opened; and Stop. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { basename, join } from "node:path";
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
/** Shorter tasks are not listed, in ms. */
const LONG = 50;

/** A task of the page's main thread: how long it held the thread, and how long a processor worked at it. */
interface Task {
  readonly wall: number;
  readonly busy: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds; `tdur` is processor time. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Long tasks of the main threads of all pages while something is done. */
async function tasksWhile({ browser }: Studio, act: () => Promise<unknown>): Promise<readonly Task[]> {
  await browser.startTracing(undefined, { categories: ["toplevel", "__metadata"] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString("utf8")) as {
    readonly traceEvents: readonly TraceEvent[];
  };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const pages = new Set(
    traceEvents.filter((e) => e.name === "thread_name" && e.args?.name === "CrRendererMain").map(threadOf),
  );
  expect(pages.size).toBeGreaterThan(0);
  const tasks = traceEvents.filter((e) => e.ph === "X" && /RunTask$/.test(e.name) && pages.has(threadOf(e)));
  expect(tasks.length).toBeGreaterThan(10);
  return tasks
    .map(({ dur = 0, tdur = dur }) => ({ wall: dur / 1000, busy: tdur / 1000 }))
    .filter((t) => t.wall > LONG)
    .sort((a, b) => b.wall - a.wall);
}

const words = (tasks: readonly Task[]): string =>
  tasks.length === 0
    ? `none over ${LONG} ms`
    : tasks.map((t) => `${t.wall.toFixed(0)} ms (${t.busy.toFixed(0)} at work)`).join(", ");

/**
 * Tasks of the page while something is done, held against the limit. Where more work waits than there are processors, a task is
 * also held up by other programs: there the limit is on the time that a processor worked at it.
 */
async function awake(what: string, act: () => Promise<void>): Promise<void> {
  const began = performance.now();
  const tasks = await tasksWhile(studio as Studio, act);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const [load = 0] = loadavg();
  console.log(`${what}: ${seconds} s, load ${load.toFixed(1)}; long tasks of the page: ${words(tasks)}`);
  const crowded = load > availableParallelism() + 1;
  for (const { wall, busy } of tasks) expect(crowded ? busy : wall, what).toBeLessThanOrEqual(LIMIT);
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
        await awake("ten methods on SqueezeNet 1.1, from opening the file to the last map", async () => {
          await modelFiles(page).setInputFiles(shared("models/squeezenet1.1/model.onnx"));
          await page.getByText("224 × 224, 3 channels").waitFor();
          await pictureFiles(page).setInputFiles(shared(PHOTO));
          await page.getByRole("radio", { name: new RegExp(basename(PHOTO)) }).waitFor();
          for (const { method: id } of TEN) await drawn(page, id);
        });
        expect(await tiles(page).and(page.locator('[data-state="done"]')).count()).toBe(10);
        await rested(page);
        await awake("measuring on SqueezeNet 1.1", async () => {
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

describe("the measure", () => {
  it("sees a task that is too long, and that it was work", { timeout: SLOW }, async ({ skip }) => {
    if (!studio) return skip("no Chromium is here");
    await visit(studio, async ({ page }) => {
      await rested(page);
      const tasks = await tasksWhile(studio as Studio, async () => {
        await page.evaluate(async () => {
          const task = (ms: number): Promise<void> =>
            new Promise((done) =>
              setTimeout(() => {
                for (const until = performance.now() + ms; performance.now() < until; );
                done();
              }),
            );
          for (let i = 0; i < 20; i++) await task(1);
          await task(300);
        });
      });
      expect(
        tasks.filter(({ wall, busy }) => wall > 290 && busy > 30),
        words(tasks),
      ).not.toEqual([]);
    });
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
      await awake(`opening a run of ${ROWS} rows`, async () => {
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
