/** @file The Measure view as a visitor uses it: the numbers of `evaluate`, step by step, by mouse, keyboard and phone. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explain } from "../../src/explain.ts";
import { writeNpy } from "../../src/formats/npy.ts";
import { decodeImage } from "../../src/image/decode-node.ts";
import { loadModel } from "../../src/load.ts";
import { figure } from "../../studio/measure/names.ts";
import { absent, readShared, shared } from "../shared.ts";
import { goTo, rested } from "./desk.ts";
import { drawn, drop, inNode, opened, type ShownCell, settled, tableOf } from "./measure-page.ts";
import { explained, openStudio, type Studio } from "./world.ts";

const METHODS = ["grad-cam", "integrated-gradients", "lrp"];
const PICTURE = 3;
const GAIN = "rho=0.05 base=zero";
/** What single and double precision kernels of two platforms may differ by. */
const NEAR = 1e-3;

const model = await loadModel("demo/shapes/");

const picture = await drawn(PICTURE);
const nodeOf = (metrics: readonly string[], agreements: readonly (readonly string[])[] = []) =>
  inNode(model, picture, { methods: METHODS, metrics, agreements });

let studio: Studio | undefined;
beforeAll(async () => {
  studio = await openStudio();
}, 180_000);
afterAll(() => studio?.close());

/** The fourth picture, a mask of 5 %, a black base image: masks have to grow. */
async function grown(page: Page): Promise<void> {
  await page.locator(".strip input").nth(PICTURE).check();
  await page.getByLabel("Mask: the most important").fill("5");
  await page.getByRole("combobox", { name: /^Base image/ }).selectOption("zero");
  await settled(page);
}

const shots = process.env.ONNXPLAIN_SHOTS;
async function shot(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  await mkdir(shots, { recursive: true });
  await writeFile(`${shots}/${name}.png`, await page.screenshot({ fullPage: true }));
}

/** What is shown equals the row, to the digits shown. */
function same(
  shown: ShownCell | undefined,
  row: { readonly value: number | null; readonly reason: string | null } | undefined,
) {
  expect(row).toBeDefined();
  if (row?.value === null || row === undefined) expect(shown?.text).toBe(row?.reason);
  else {
    expect(Math.abs((shown?.value ?? Number.NaN) - row.value)).toBeLessThan(NEAR * Math.max(1, Math.abs(row.value)));
    expect(shown?.text).toBe(figure(shown?.value ?? Number.NaN));
  }
}

const AXE = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(await AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };
    };
    const { violations: found } = await axe.run();
    return found.map(
      (v) =>
        `${v.id}: ${v.nodes
          .map((n) => `${n.html} ${n.failureSummary ?? ""}`)
          .slice(0, 3)
          .join(" | ")}`,
    );
  });
}

describe("the numbers of evaluate in Node", () => {
  it("are there to compare with: masks grow, and some number is not left out", async () => {
    const { rows, tallies } = await nodeOf([`scg ${GAIN}`, `ccg ${GAIN}`]);
    expect(rows.some((r) => r.value !== null && r.metric.startsWith("ccg"))).toBe(true);
    expect(tallies.some((t) => t.count === "dilations_zero" && t.value > 0)).toBe(true);
  });
});

describe("the Measure view", () => {
  it("shows SCG, CCG, dilations and agreement as the command line gives them, and grows the masks step by step", async ({
    skip,
  }) => {
    if (!studio) return skip();
    const { page, faults, foreign, close } = await opened(studio);
    await grown(page);
    const ticks = page.locator(".ticks-row").first().locator("input");
    await ticks.nth(0).check();
    await ticks.nth(2).check();
    await settled(page);
    const { rows, tallies } = await nodeOf([`scg ${GAIN}`, `ccg ${GAIN}`], [["grad-cam", "lrp"]]);
    const table = await tableOf(page, "Confidence gain");
    expect(Object.keys(table)).toEqual([...METHODS, "grad-cam+lrp"]);
    for (const [name, cells] of Object.entries(table)) {
      const row = (metric: string) =>
        rows.find((r) => r.method === name && r.metric === metric && r.variant === "zero");
      same(cells.SCG, row(`scg ${GAIN}`));
      same(cells.CCG, row(`ccg ${GAIN}`));
      const dilations = tallies.find((t) => t.method === name && t.count === "dilations_zero")?.value;
      expect(cells.dilations?.value).toBe(dilations);
    }
    const last = Math.max(...tallies.filter((t) => t.count === "dilations_zero").map((t) => t.value));
    await page.getByRole("button", { name: "One dilation more" }).click();
    await page.locator(".player output", { hasText: `1 of ${last}` }).waitFor();
    await page.getByRole("button", { name: "Play" }).click();
    await page.locator(".player output", { hasText: `${last} of ${last}` }).waitFor({ timeout: 40_000 });
    await shot(page, "growth");
    expect(faults).toEqual([]);
    expect(foreign).toEqual([]);
    await close();
  });

  it("draws curves as answers arrive, sorts single numbers, and says which command line gives them", async ({
    skip,
  }) => {
    if (!studio) return skip();
    const { page, faults, close } = await opened(studio);
    await grown(page);
    await page.getByRole("button", { name: "Draw curves" }).click();
    await page.locator(".charts .measure-plot").first().waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Draw again" }).waitFor({ timeout: 60_000 });
    const sums = await nodeOf(["insertion", "deletion", "morf", "average-drop", "average-increase", "sparseness"]);
    const row = (method: string, metric: string, variant: string) =>
      sums.rows.find((r) => r.method === method && r.metric === metric && r.variant === variant);
    for (const [title, metric, variants] of [
      ["Insertion", "insertion", ["auc"]],
      ["Deletion", "deletion", ["auc"]],
      ["Region perturbation, most relevant first", "morf", ["aopc", "auc"]],
    ] as const) {
      const table = await tableOf(page, title);
      for (const method of METHODS)
        for (const variant of variants) same(table[method]?.[variant], row(method, metric, variant));
    }
    await page.getByRole("button", { name: "Measure", exact: true }).click();
    await page.getByRole("button", { name: "Measure again" }).waitFor({ timeout: 60_000 });
    const table = await tableOf(page, "maps of one picture");
    for (const method of METHODS) {
      same(table[method]?.["average-drop, weighted"], row(method, "average-drop", "weighted"));
      same(table[method]?.["sparseness, absolute"], row(method, "sparseness", "absolute"));
    }
    await page.getByRole("button", { name: "sparseness, absolute" }).click();
    const order = await page
      .locator(".measure-table", { hasText: "maps of one picture" })
      .locator("tbody tr")
      .evaluateAll((all) => all.map((r) => Number((r as HTMLTableRowElement).cells[4]?.dataset.v)));
    expect(order).toEqual([...order].sort((a, b) => b - a));
    const command = await page.locator(".copyable pre").innerText();
    expect(command).toContain("onnxplain evaluate");
    expect(command).toContain(`scg ${GAIN},ccg ${GAIN},insertion,deletion,morf`);
    await shot(page, "curves");
    expect(await violations(page)).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  });

  it("takes a heat map of one's own and says what is wrong with a broken one", async ({ skip }) => {
    if (!studio) return skip();
    const { page, close } = await opened(studio);
    await grown(page);
    const map = await explain(model, picture.image, { method: "grad-cam" });
    const buffer = Buffer.from(writeNpy({ dims: map.dims, data: map.values }));
    const input = page.locator("input[type=file][accept='.npy']");
    await input.setInputFiles({ name: "<b>mine</b>.npy", mimeType: "application/octet-stream", buffer });
    await page.locator(".chips", { hasText: "<b>mine</b>.npy" }).waitFor();
    await settled(page);
    const table = await tableOf(page, "Confidence gain");
    const [theirs, ours] = [table["grad-cam"], table["<b>mine</b>.npy"]];
    expect(ours?.SCG?.text).toBe(theirs?.SCG?.text);
    expect(ours?.CCG?.text).toBe(theirs?.CCG?.text);
    await input.setInputFiles({ name: "broken.npy", mimeType: "application/octet-stream", buffer: Buffer.from("no") });
    await page.locator(".fault", { hasText: "broken.npy" }).waitFor();
    await close();
  });

  it("works by keyboard alone", async ({ skip }) => {
    if (!studio) return skip();
    const { page, close } = await opened(studio);
    await page
      .getByRole("radio")
      .nth(PICTURE - 1)
      .check();
    await page.keyboard.press("ArrowRight");
    await settled(page);
    expect(await page.getByRole("radio").nth(PICTURE).isChecked()).toBe(true);
    await page.getByRole("combobox", { name: /^Base image/ }).focus();
    await page.keyboard.press("b");
    await page.keyboard.press("End");
    await page.getByLabel("Mask: the most important").focus();
    await page.keyboard.press("Home");
    for (let i = 1; i < 5; i++) await page.keyboard.press("ArrowRight");
    await settled(page);
    expect(await page.getByRole("combobox", { name: /^Base image/ }).inputValue()).toBe("zero");
    await page.locator(".player input[type=range]").focus();
    await page.keyboard.press("ArrowRight");
    await page.locator(".player output", { hasText: /^1 of/ }).waitFor();
    await page.getByRole("button", { name: "Draw curves" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Draw again" }).waitFor({ timeout: 60_000 });
    await close();
  });

  it("stops when told to, keeps what was told, and goes on afterwards", async ({ skip }) => {
    if (!studio) return skip();
    const { page, faults, close } = await opened(studio);
    for (const name of ["pixel-flipping", "selectivity", "irof", "lerf"])
      await page.locator(".ticks-row label", { hasText: name }).locator("input").check();
    await page.getByRole("button", { name: "Draw curves" }).click();
    const working = page.locator(".work", { hasText: "Drawing curves" });
    await working.getByRole("button", { name: "Stop" }).click({ timeout: 30_000 });
    await working.waitFor({ state: "detached", timeout: 2000 });
    const draw = page.getByRole("button", { name: "Draw curves" });
    await draw.waitFor();
    for (const name of ["insertion", "deletion", "morf", "lerf", "selectivity", "irof"])
      await page.locator(".ticks-row label", { hasText: name }).locator("input").uncheck();
    await draw.click();
    await page.getByRole("button", { name: "Draw again" }).waitFor({ timeout: 60_000 });
    expect(Object.keys(await tableOf(page, "Pixel flipping"))).toEqual(METHODS);
    expect(faults).toEqual([]);
    await close();
  });

  it("fits a phone in the dark, and has no violations there", async ({ skip }) => {
    if (!studio) return skip();
    const { page, close } = await opened(studio, { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
    await grown(page);
    await page.getByLabel(/Beside maps/).check();
    await settled(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    const small = await page
      .locator(".measure button, .measure select, .measure summary")
      .evaluateAll((all) =>
        all
          .filter((e) => e.getClientRects().length > 0 && e.getBoundingClientRect().height < 43.5)
          .map((e) => e.outerHTML.slice(0, 120)),
      );
    expect(small).toEqual([]);
    await shot(page, "phone");
    expect(await violations(page)).toEqual([]);
    await close();
  });
});

const PHOTO = "images/imagenet-sample/n01558993_robin.jpg";
const NETWORKS = ["squeezenet1.1", "mobilenetv2-1.0-224"] as const;
const why = [...NETWORKS.map((name) => `models/${name}/model.onnx`), PHOTO].map(absent).find((text) => text !== "") ?? "";
const CURVES = ["insertion", "deletion", "morf"] as const;

/** The network and the photograph, in the Measure view, with tasks of the page's thread over 50 ms counted from there on. */
async function photographed(network: (typeof NETWORKS)[number], options: Parameters<Studio["newPage"]>[0] = {}) {
  const tab = await (studio as Studio).newPage(options);
  const { page } = tab;
  page.setDefaultTimeout(200_000);
  await page.goto((studio as Studio).url);
  await explained(page);
  await drop(page, shared(`models/${network}`));
  await page.getByText("224 × 224, 3 channels").waitFor();
  await drop(page, shared(PHOTO));
  await page.getByRole("radio", { name: new RegExp(basename(PHOTO)) }).waitFor();
  await rested(page);
  await page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(globalThis, { longTasks: seen });
    new PerformanceObserver((list) => seen.push(...list.getEntries().map((e) => e.duration))).observe({
      type: "longtask",
    });
  });
  await goTo(page, "Measure");
  return tab;
}
const longTasks = (page: Page): Promise<readonly number[]> =>
  page.evaluate(() => (globalThis as unknown as { longTasks: readonly number[] }).longTasks.map(Math.round));

describe.skipIf(why !== "")(`real networks and a photograph${why}`, () => {
  it.each(NETWORKS)("%s: gain, curves and table as in Node, and the page stays free", { timeout: 600_000 }, async (network) => {
    if (!studio) return;
    const took: Record<string, number> = {};
    const timed = async (what: string, job: () => Promise<unknown>): Promise<void> => {
      const began = performance.now();
      await job();
      took[what] = Math.round(performance.now() - began) / 1000;
    };
    const { page, faults, foreign, close } = await photographed(network);
    await timed("gain 25 %, blur", () => settled(page, 200_000));
    const paper = await tableOf(page, "Confidence gain");
    await timed("gain 5 %, black", async () => {
      await page.getByLabel("Mask: the most important").fill("5");
      await page.getByRole("combobox", { name: /^Base image/ }).selectOption("zero");
      await settled(page, 200_000);
    });
    const small = await tableOf(page, "Confidence gain");
    await timed("curves", async () => {
      await page.getByRole("button", { name: "Draw curves" }).click();
      await page.getByRole("button", { name: "Draw again" }).waitFor();
    });
    await timed("numbers", async () => {
      await page.getByRole("button", { name: "Measure", exact: true }).click();
      await page.getByRole("button", { name: "Measure again" }).waitFor();
    });
    const long = await longTasks(page);
    console.log(`${network}: seconds ${JSON.stringify(took)}; tasks over 50 ms on the page: ${long.join(", ") || "none"}`);
    const own = await loadModel(shared(`models/${network}`));
    const image = await decodeImage(readShared(PHOTO), PHOTO);
    const gains = ["scg", "ccg", `scg ${GAIN}`, `ccg ${GAIN}`];
    const began = performance.now();
    const { rows, tallies } = await inNode(
      own,
      { id: basename(PHOTO), image },
      { methods: METHODS, metrics: [...gains, ...CURVES, "average-drop", "average-increase", "average-gain", "sparseness"] },
    );
    console.log(`Node ${(performance.now() - began) / 1000} s`);
    for (const m of METHODS) {
      for (const r of rows.filter((r) => r.method === m)) {
        const g = r.metric.includes("rho") ? small : paper;
        let cell: ShownCell | undefined;
        if (/^scg/.test(r.metric)) cell = (r.variant === (r.metric.includes("rho") ? "zero" : "blur")) ? g[m]?.SCG : undefined;
        else if (/^ccg/.test(r.metric)) cell = (r.variant === (r.metric.includes("rho") ? "zero" : "blur")) ? g[m]?.CCG : undefined;
        else if (CURVES.includes(r.metric as never)) {
          const t = await tableOf(page, { insertion: "Insertion", deletion: "Deletion", morf: "Region perturbation, most relevant first" }[r.metric]!);
          cell = t[m]?.[r.variant];
        } else cell = (await tableOf(page, "maps of one picture"))[m]?.[`${r.metric}, ${r.variant}`];
        if (cell) console.log(m, r.metric, r.variant, cell.text, cell.value, r.value ?? r.reason, cell.value !== undefined && r.value !== null ? Math.abs(cell.value - r.value) / Math.abs(r.value) : "");
      }
      console.log(m, "dilations", paper[m]?.dilations?.text, small[m]?.dilations?.text, "area", small[m]?.area?.value, JSON.stringify(tallies.filter((t) => t.method === m && /ccg/.test(t.metric)).map((t) => [t.metric, t.count, t.value])));
    }
    await shot(page, `${network}`);
    expect(faults).toEqual([]);
    expect(foreign).toEqual([]);
    await close();
  });
});
