/** @file Keeping an app in a real browser: threads under the studio's policy, use without a network, new versions, plain hosts. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Hono } from "hono";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { build, type Plugin } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { files, type Listening, listen } from "../../src/serve/site.ts";
import { serveStudio, writeStudio } from "../../src/serve/studio.ts";
import { ORT_FILES } from "../../src/serve/studio-files.ts";
import { STUDIO_HEADERS } from "../../src/serve/studio-headers.ts";
import { offline } from "../../studio/offline-plugin.ts";
import { findChromium, launch } from "../browser/chromium.ts";
import type { Kept } from "./kept/main.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "onnxplain-kept-"));
const app = join(scratch, "app");
const found = await findChromium();

const ALIASES = { "#ort": "ort-web", "#decode": "../image/decode-web", "#files": "../jobs/files-web" } as const;

/** The small app with one word changed. */
const built = (version: string, into: string): Promise<unknown> =>
  build({
    root: at("./kept"),
    base: "./",
    configFile: false,
    logLevel: "error",
    publicDir: at("../../studio/public"),
    resolve: {
      alias: Object.fromEntries(Object.entries(ALIASES).map(([k, v]) => [k, at(`../../src/runtime/${v}.ts`)])),
    },
    plugins: [reworded(version), offline()],
    worker: { format: "es" },
    build: {
      outDir: into,
      emptyOutDir: true,
      target: "es2022",
      assetsInlineLimit: 0,
      rollupOptions: { input: [at("./kept/index.html"), at("./kept/study/index.html")] },
    },
  });

const reworded = (version: string): Plugin => ({
  name: "reworded",
  enforce: "pre",
  transform: (code, id) => (id.endsWith("late.ts") ? code.replace('"late"', `"late ${version}"`) : undefined),
  transformIndexHtml: (html) => html.replace(">first<", `>${version}<`),
});

interface Told {
  readonly files: readonly string[];
  readonly runtime: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly version: string;
}

/** What the build told the service worker. */
const told = (folder: string): Told => {
  const text = readFileSync(join(folder, "service-worker.js"), "utf8");
  const start = text.indexOf('{"version"');
  for (let end = text.indexOf("}}", start) + 2; end > 1; end = text.indexOf("}", end) + 1)
    try {
      return JSON.parse(text.slice(start, end)) as Told;
    } catch {}
  throw new Error("the service worker was told nothing");
};

beforeAll(async () => {
  await built("first", app);
}, 120_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the build", () => {
  test("tells the service worker the app's own files, and no others", () => {
    const { files: names, runtime, headers } = told(app);
    expect(names).toContain("");
    expect(names).toContain("icon-512.png");
    expect(names).toContain("manifest.webmanifest");
    expect(names.filter((n) => n.startsWith("study/") || n === "service-worker.js" || n.endsWith(".map"))).toEqual([]);
    const assets = readdirSync(join(app, "assets")).map((n) => `assets/${n}`);
    const page = readFileSync(join(app, "study/index.html"), "utf8");
    const studyOnly = assets.filter((n) => page.includes(n.slice("assets/".length)) && !names.includes(n));
    expect(studyOnly.length).toBe(1);
    expect(assets.filter((n) => !names.includes(n))).toEqual(studyOnly);
    expect([runtime, headers]).toEqual([ORT_FILES.map((n) => `ort/${n}`), STUDIO_HEADERS]);
  });

  test("is another version when one word is", async () => {
    const [same, other] = [join(scratch, "same"), join(scratch, "other")];
    await built("first", same);
    await built("second", other);
    expect(told(same).version).toBe(told(app).version);
    expect(told(other).version).not.toBe(told(app).version);
  }, 120_000);
});

describe.skipIf(found === undefined)("in a browser", () => {
  let browser: Browser;
  const open: Listening[] = [];
  beforeAll(async () => {
    if (found) browser = await launch(found);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    for (const { close } of open) await close();
  });

  const visit = async (url: string): Promise<{ context: BrowserContext; page: Page; faults: string[] }> => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("console", (m) => m.type() === "error" && faults.push(m.text()));
    page.on("pageerror", (e) => faults.push(String(e)));
    await page.goto(url);
    await started(page);
    return { context, page, faults };
  };
  const started = (page: Page): Promise<unknown> => page.waitForSelector("body[data-started]", { timeout: 30_000 });
  const answer = (page: Page): Promise<unknown> =>
    page.evaluate(() => (window as unknown as { kept: Kept }).kept.answer());
  const news = (page: Page): Promise<readonly string[]> =>
    page.evaluate(() => (window as unknown as { kept: Kept }).kept.news());
  const late = (page: Page): Promise<string> => page.evaluate(() => (window as unknown as { kept: Kept }).kept.late());
  const version = (page: Page): Promise<string | null> => page.textContent("#version");
  const keeps = (page: Page, name: string): Promise<unknown> =>
    expect
      .poll(() => page.evaluate(async (n) => (await caches.match(n)) !== undefined, name), { timeout: 30_000 })
      .toBe(true);
  /** Versions of the app that are kept, and whether another is on its way. */
  const kept = (page: Page): Promise<unknown> =>
    page.evaluate(async () => {
      const { installing, waiting } = (await navigator.serviceWorker.getRegistration()) ?? {};
      return [(await caches.keys()).filter((key) => key.includes(" app ")).length, Boolean(installing ?? waiting)];
    });

  test("served here: threads under the strict policy, then everything without a network", async () => {
    const served = await serveStudio({ port: 0, app });
    const { context, page, faults } = await visit(served.url);
    expect(await answer(page)).toEqual({
      isolated: true,
      threads: ["/ort/ort-wasm-simd-threaded.mjs"],
      finite: true,
      count: expect.any(Number),
    });
    expect(await news(page)).toEqual(["ready"]);
    await keeps(page, "ort/ort-wasm-simd-threaded.wasm");
    expect(faults).toEqual([]);
    await served.close();
    await page.reload();
    await started(page);
    expect(await answer(page)).toMatchObject({
      isolated: true,
      threads: [expect.stringMatching(/mjs$/)],
      finite: true,
    });
    expect(await late(page)).toBe("late first");
    expect(
      await page.evaluate(() =>
        fetch("runs.json").then(
          () => "answered",
          () => "no network",
        ),
      ),
    ).toBe("no network");
    await context.close();
  }, 120_000);

  test("a plain host that sets no headers: threads from the second load on", async () => {
    const folder = join(scratch, "plain");
    await writeStudio(folder, { app });
    const plain = new Hono();
    plain.get("/deep/path/*", files(folder, { under: "/deep/path/" }));
    const served = await listen(plain, { port: 0 });
    open.push(served);
    const { context, page, faults } = await visit(`${served.url}deep/path/`);
    expect(await answer(page)).toMatchObject({ isolated: false, threads: [], finite: true });
    expect(await news(page)).toEqual(["ready", "threads"]);
    await page.reload();
    await started(page);
    expect(await answer(page)).toMatchObject({
      isolated: true,
      threads: [expect.stringMatching(/mjs$/)],
      finite: true,
    });
    expect(await news(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);

  test("a new version is there at the next visit, and an open page of the old one stays whole", async () => {
    const changing = join(scratch, "changing");
    cpSync(app, changing, { recursive: true });
    const served = await serveStudio({ port: 0, app: changing });
    open.push(served);
    const { context, page, faults } = await visit(served.url);
    expect(await version(page)).toBe("first");
    await built("second", changing);
    const next = await context.newPage();
    await next.goto(served.url);
    await started(next);
    expect(await version(next)).toBe("second");
    await expect.poll(() => kept(next), { timeout: 30_000 }).toEqual([2, false]);
    expect([await late(page), await late(next)]).toEqual(["late first", "late second"]);
    await served.close();
    await next.reload();
    await started(next);
    expect(await version(next)).toBe("second");
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);

  test("what another program serves on the same port later is not covered up", async () => {
    const served = await serveStudio({ port: 0, app });
    const { context, page } = await visit(served.url);
    await keeps(page, "./");
    await served.close();
    const other = new Hono();
    other.get("/", (c) => c.html("<p id=version>other</p>"));
    open.push(await listen(other, { port: served.port }));
    await page.goto(served.url);
    expect(await version(page)).toBe("other");
    await context.close();
  }, 120_000);
});
