/** @file One browser, one site, one page with the library: what the browser's tests share. */
import type { Browser, Page as Tab } from "playwright-core";
import { type FoundBrowser, findChromium, launch } from "./chromium.ts";
import { openSite, type Site } from "./site.ts";

export const ENTRY = "test/browser/page.ts";
export const EXAMPLE = "examples/browser/main.ts";

export interface World {
  readonly found: FoundBrowser;
  readonly browser: Browser;
  readonly site: Site;
  /** With the library on `window.page`, and the runtime's files under `/ort/`. */
  readonly tab: Tab;
  /** Does the browser offer a WebGPU adapter? */
  readonly gpu: boolean;
  /** What the page threw, and no test caught. */
  readonly faults: readonly string[];
  readonly close: () => Promise<void>;
}

/** Undefined, with a printed reason, where there is no browser. */
export async function openWorld(): Promise<World | undefined> {
  const found = await findChromium();
  if (found === undefined) {
    console.log("browser: skipped; no Chromium on PATH or in CHROME_PATH, and no @sparticuz/chromium");
    return undefined;
  }
  const [browser, site] = await Promise.all([launch(found), openSite([ENTRY, EXAMPLE])]);
  const faults: string[] = [];
  const tab = await openTab(browser, site, faults);
  await tab.evaluate(() => window.page.configure({ wasmPaths: "/ort/" }));
  const gpu = await tab.evaluate(() => window.page.hasWebgpu());
  console.log(`browser: ${browser.version()} at ${found.path}, found by ${found.by}`);
  if (!gpu) console.log(`browser: WebGPU tests skipped; ${found.path} offers no adapter`);
  const close = async (): Promise<void> => {
    await browser.close();
    await site.close();
  };
  return { found, browser, site, tab, gpu, faults, close };
}

/** A fresh page with the library, not configured. */
export async function openTab(browser: Browser, site: Site, faults: string[] = []): Promise<Tab> {
  const tab = await browser.newPage();
  tab.on("pageerror", (error) => faults.push(error.message));
  await tab.goto(`${site.origin}/page.html`);
  await tab.waitForFunction(() => "page" in window);
  return tab;
}
