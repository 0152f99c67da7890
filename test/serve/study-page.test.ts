/** @file The study's pages in a real Chromium: two participants through both parts, the administrator, a server that goes and comes back. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServedStudy } from "../../src/serve/study-options.ts";
import { serveStudy } from "../../src/serve/study-server.ts";
import { readStudyRecords } from "../../src/serve/study-store.ts";
import { orderOf } from "../../src/study/orders.ts";
import studioConfig from "../../studio/vite.config.ts";
import { findChromium, launch } from "../browser/chromium.ts";
import { type SmallStudy, smallStudy } from "./small-study.ts";

const pageOf = (name: string): string => fileURLToPath(new URL(`../../studio/study/${name}`, import.meta.url));

/** A folder for pictures of the pages, to look at; none by default. */
const LOOK = process.env.STUDY_SHOTS;

const chromium = await findChromium();
let small: SmallStudy;
let app: string;
let at: ServedStudy;
let browser: Browser;
beforeAll(async () => {
  if (!chromium) return;
  app = mkdtempSync(join(tmpdir(), "onnxplain-study-app-"));
  await build({
    ...studioConfig,
    configFile: false,
    logLevel: "error",
    build: {
      ...studioConfig.build,
      outDir: app,
      copyPublicDir: false,
      rollupOptions: { input: ["index.html", "admin.html"].map(pageOf) },
    },
  });
  small = await smallStudy({ questions: 4, participants: 4 });
  at = await serveStudy(small.folder, { port: 0, app });
  browser = await launch(chromium);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await at?.close();
});

interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page complained of: refused scripts and styles, faults. Failed connections are what some tests are about. */
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

async function tab({ phone = false, dark = false } = {}): Promise<Tab> {
  const context = await browser.newContext({
    viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 860 },
    colorScheme: dark ? "dark" : "light",
    hasTouch: phone,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (m) => {
    if (m.type() === "error" && !/Failed to load resource/.test(m.text())) complaints.push(m.text());
  });
  page.on("pageerror", (e) => complaints.push(String(e)));
  page.on("request", (r) => requests.push(r.url()));
  return { page, context, complaints, requests };
}

async function look(page: Page, name: string): Promise<void> {
  if (LOOK) await page.screenshot({ path: join(LOOK, `${name}.png`), fullPage: true });
}

/** Nothing that axe-core finds, and nothing wider than the window. */
async function sound(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`);
  });
  expect(found).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
}

const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name });
const saved = (page: Page) => page.getByRole("status").filter({ hasText: "Saved" });

async function enter(page: Page, code: string): Promise<void> {
  await page.goto(at.url);
  await page.getByLabel("Code").fill(code.toLowerCase());
  await page.getByRole("button", { name: "Begin" }).click();
}

describe.skipIf(!chromium)(`pages${chromium ? "" : " (skipped: no Chromium is here)"}`, () => {
  test("the whole study by keyboard alone; desktop, light", { timeout: 120_000 }, async () => {
    const { page, complaints, requests, context } = await tab();
    const [code = ""] = small.codes;
    await page.goto(at.url);
    await heading(page, "Your code").waitFor();
    await sound(page);
    await look(page, "code-desktop");
    await page.getByLabel("Code").focus();
    await page.keyboard.type("AAAA AAAA AAAA");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "no such code" }).waitFor();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(code);
    await page.keyboard.press("Enter");
    await heading(page, "Before you begin").waitFor();
    expect(page.url()).toBe(at.url);
    await sound(page);
    await look(page, "consent-desktop");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await heading(page, "How it works").waitFor();
    await look(page, "tutorial-desktop");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    for (let i = 1; i <= 4; i++) {
      await heading(page, `Question ${i} of 4`).waitFor();
      await page.waitForFunction(() => [...document.images].every((m) => m.complete && m.naturalWidth > 0));
      expect(await page.getByRole("button", { name: /Show|Zoom/ }).count()).toBe(0);
      expect(await page.getByText("It is right for 80\u00a0% of such pictures.").count()).toBe(1);
      if (i === 1) await sound(page);
      await page.keyboard.press(String(i));
      expect(
        await page
          .getByRole("radio")
          .nth(i - 1)
          .isChecked(),
      ).toBe(true);
      if (i === 2) await look(page, "part-a-desktop");
      await page.keyboard.press("Enter");
    }
    await heading(page, "Half-time").waitFor();
    await sound(page);
    await look(page, "pause-desktop");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    for (let i = 1; i <= 4; i++) {
      await heading(page, `Question ${i} of 4`).waitFor();
      if (i === 1) {
        await page.getByRole("button", { name: "Show similar images" }).press("Enter");
        await page.getByRole("heading", { name: "Similar images" }).waitFor();
        const map = page.getByRole("button", { name: "Show heat map" });
        if ((await map.count()) > 0) {
          await map.press("Space");
          await page.getByAltText("The picture in question, under its heat map").waitFor();
        }
        const frame = page.getByRole("group", { name: /^Picture/ });
        await frame.focus();
        for (const key of ["+", "+", "ArrowLeft", "-", "-", "+"]) await page.keyboard.press(key);
        await page.getByText("150\u00a0%").waitFor();
        await page.waitForFunction(() => [...document.images].every((m) => m.complete && m.naturalWidth > 0));
        expect(await page.getByText("The computer says: <b>ring</b>").count()).toBe(1);
        await sound(page);
        await look(page, "part-b-desktop");
      }
      await page.keyboard.press("5");
      await page.keyboard.press("Enter");
    }
    await heading(page, "Thank you").waitFor();
    await page.getByText("not right for 80\u00a0% of these pictures, but for 97\u00a0%").waitFor();
    await sound(page);
    await look(page, "thanks-desktop");
    expect(complaints).toEqual([]);
    expect(requests.filter((r) => !r.startsWith(at.url))).toEqual([]);
    expect(requests.filter((r) => r.includes(code))).toEqual([]);
    await context.close();
  });

  test("a phone in the dark: the server goes, the tab is closed, and everything is there again", {
    timeout: 120_000,
  }, async () => {
    const one = await tab({ phone: true, dark: true });
    const { page, context } = one;
    const [, code = ""] = small.codes;
    await enter(page, code);
    await look(page, "consent-phone-dark");
    await page.getByRole("button", { name: "I agree to take part" }).click();
    await page.getByRole("button", { name: "Begin part A" }).click();
    await heading(page, "Question 1 of 4").waitFor();
    await page.waitForFunction(() => [...document.images].every((m) => m.complete && m.naturalWidth > 0));
    await sound(page);
    await look(page, "part-a-phone-dark");
    await page.getByText("Maybe ring").click();
    const { port } = at;
    await at.close();
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("No connection. Your answer is kept and will be sent.").waitFor();
    await look(page, "offline-phone-dark");
    await page.close();
    at = await serveStudy(small.folder, { port, app });
    const back = await context.newPage();
    back.setDefaultTimeout(20_000);
    await back.goto(at.url);
    await heading(back, "Question 2 of 4").waitFor();
    await saved(back).waitFor();
    for (let i = 2; i <= 4; i++) {
      await heading(back, `Question ${i} of 4`).waitFor();
      await back.getByText("Not sure").click();
      await back.getByRole("button", { name: /^Confirm/ }).click();
    }
    await back.getByRole("button", { name: "Begin part B" }).click();
    await heading(back, "Question 1 of 4").waitFor();
    await back.getByRole("button", { name: "Show similar images" }).click();
    await back.getByRole("heading", { name: "Similar images" }).waitFor();
    await back.getByRole("button", { name: "Zoom in" }).click();
    await back.waitForFunction(() => [...document.images].every((m) => m.complete && m.naturalWidth > 0));
    await sound(back);
    const answers = await back.getByRole("group", { name: "What does the picture show?" }).boundingBox();
    expect(answers && answers.y > 0 && answers.y + answers.height < 844).toBe(true);
    const strip = await back.getByRole("region", { name: "Similar images" }).getByRole("img").first().boundingBox();
    expect(strip && answers && strip.y > 0 && strip.y + strip.height < answers.y).toBe(true);
    await look(back, "part-b-phone-dark");
    await back.reload();
    await heading(back, "Question 1 of 4").waitFor();
    await back.getByRole("button", { name: "Leave" }).click();
    await heading(back, "Your code").waitFor();
    await look(back, "code-phone-dark");
    await context.close();
  });

  test("the administrator's page", { timeout: 120_000 }, async () => {
    const { page, context, complaints } = await tab();
    await page.goto(`${at.url}admin`);
    await page.getByLabel("Token").fill("wrong");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByRole("alert").filter({ hasText: "not the administrator's token" }).waitFor();
    await sound(page);
    await look(page, "admin-door-desktop");
    await page.getByLabel("Token").fill(small.token);
    await page.getByRole("button", { name: "Open" }).click();
    await heading(page, "Participants").waitFor();
    await sound(page);
    await look(page, "admin-desktop");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Answers (CSV)" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("answers.csv");
    await page.getByLabel("More codes").fill("2");
    await page.getByRole("button", { name: "Make" }).click();
    await page.getByRole("heading", { name: "New codes" }).waitFor();
    await page.getByRole("button", { name: `Remove ${small.codes[3]}` }).click();
    await look(page, "admin-remove-desktop");
    await page.getByRole("button", { name: "Remove code and all answers for good" }).click();
    await page.getByText(small.codes[3] ?? "").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Close the study" }).click();
    await page.getByText("Closed to participants").waitFor();
    const late = await tab({ phone: true });
    await enter(late.page, small.codes[2] ?? "");
    await heading(late.page, "The study is closed at the moment").waitFor();
    await sound(late.page);
    await page.getByRole("button", { name: "Open the study again" }).click();
    await page.getByText("Open to participants").waitFor();
    await late.page.getByRole("button", { name: "Look again" }).click();
    await heading(late.page, "Before you begin").waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: "dark" });
    await sound(page);
    await look(page, "admin-phone-dark");
    expect([complaints, late.complaints]).toEqual([[], []]);
    await Promise.all([context.close(), late.context.close()]);
  });

  test("what the pages did is what is recorded", async () => {
    await at.close();
    const { participants, answers, actions } = await readStudyRecords(small.folder);
    const [one = "", two = ""] = small.codes;
    const levels = (code: string, part: string) =>
      answers.filter((a) => a.code === code && a.part === part).map((a) => a.level);
    expect([levels(one, "A"), levels(one, "B")]).toEqual([
      [-2, -1, 0, 1],
      [2, 2, 2, 2],
    ]);
    expect([levels(two, "A"), levels(two, "B")]).toEqual([[1, 0, 0, 0], []]);
    expect(answers.filter((a) => a.code === one && a.part === "A").map((a) => a.question)).toEqual(
      orderOf(small.study, one, "A"),
    );
    const [first = ""] = orderOf(small.study, one, "B");
    const heat = small.study.questions.find((q) => q.id === first)?.heatMap ? ["heat-map"] : [];
    expect(actions.filter((a) => a.code === one).map((a) => a.action)).toEqual(["similar", ...heat, "zoom", "zoom"]);
    expect(actions.filter((a) => a.code === two).map((a) => a.action)).toEqual(["similar", "zoom"]);
    expect(answers.every((a) => a.took_ms > 0 && a.took_ms < 60_000)).toBe(true);
    expect(participants.map((p) => [p.code, p.finished_at !== null])).toEqual([
      [one, true],
      [two, false],
      [small.codes[2], false],
    ]);
  });
});

test("the pages are among those that are built", () => {
  const { input } = studioConfig.build?.rollupOptions ?? {};
  expect(input).toEqual(expect.arrayContaining([pageOf("index.html"), pageOf("admin.html")]));
});
