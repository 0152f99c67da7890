/** @file The studio as a visitor meets it: built, served by the project's own server, opened in a real Chromium. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { build } from "vite";
import { serveStudio } from "../../src/serve/studio.ts";
import type { ServeStudioOptions } from "../../src/serve/studio-options.ts";
import { findChromium, launch } from "../browser/chromium.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** A tab of its own, and what went wrong in it. */
export interface StudioTab {
  readonly page: Page;
  /** Uncaught errors, console errors, answers of 400 and above. */
  readonly faults: readonly string[];
  /** Requests that left the page's origin. */
  readonly foreign: readonly string[];
  readonly close: () => Promise<void>;
}

export interface Studio {
  readonly browser: Browser;
  /** Ends with `/`. */
  readonly url: string;
  /** A tab with a cold cache, not yet opened: `page.goto(url)`. */
  readonly newPage: (options?: BrowserContextOptions) => Promise<StudioTab>;
  /** Nobody answers any more, as without a network. */
  readonly silence: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Undefined, with a word on the log, where there is no Chromium. */
export async function openStudio(
  options: ServeStudioOptions = {},
  flags: readonly string[] = [],
): Promise<Studio | undefined> {
  const found = await findChromium();
  if (found === undefined) {
    console.log("skipped: no Chromium is here");
    return undefined;
  }
  const site = await serveStudio({ port: 0, app: await builtStudio(), ...options });
  const browser = await launch(found, flags);
  return {
    browser,
    url: site.url,
    newPage: async (options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      return { page, ...watched(page, site.url), close: () => context.close() };
    },
    silence: () => site.close(),
    close: async () => {
      await browser.close();
      await site.close();
    },
  };
}

/** What a local server tells of its machine; a plain host has none of it. */
const OPTIONAL = ["given.json", "runs.json"] as const;

function watched(page: Page, url: string): Pick<StudioTab, "faults" | "foreign"> {
  const faults: string[] = [];
  const foreign: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  // answers of 400 and above are told with their address by the next line
  page.on("console", (m) => {
    if (m.type() === "error" && !/^Failed to load resource/.test(m.text())) faults.push(m.text());
  });
  page.on("response", (r) => {
    if (r.status() >= 400 && !OPTIONAL.some((name) => r.url() === url + name)) faults.push(`${r.status()} ${r.url()}`);
  });
  page.on("request", (r) => {
    if (!r.url().startsWith(url) && !/^(blob:|data:)/.test(r.url())) foreign.push(r.url());
  });
  return { faults, foreign };
}

/** Sources that the build depends on. */
const SOURCES = ["studio", "src", "page", "package-lock.json", "test/studio/world.ts"] as const;

function stamp(): string {
  const hash = createHash("sha256");
  const add = (path: string): void => {
    const facts = statSync(path);
    if (facts.isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(`${path} ${facts.mtimeMs} ${facts.size}\n`);
  };
  for (const source of SOURCES) if (existsSync(at(source))) add(at(source));
  return hash.digest("hex").slice(0, 16);
}

/** The folder of the built studio; built once for each state of the sources, by whichever test comes first. */
export async function builtStudio(): Promise<string> {
  const cache = at("node_modules/.cache/onnxplain-studio");
  const folder = join(cache, stamp());
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const own = await mkdtemp(join(cache, "building-"));
  // as for a release: test runners name another environment, in which JSX carries its places in the sources
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = "production";
  await build({
    configFile: at("studio/vite.config.ts"),
    root: at("studio"),
    logLevel: "error",
    build: { outDir: own, emptyOutDir: true },
  }).finally(() => {
    process.env.NODE_ENV = NODE_ENV;
  });
  await rename(own, folder).catch(() => rm(own, { recursive: true, force: true }));
  return folder;
}

/** The example is open and its first maps are drawn. */
export const explained = (page: Page, timeout = 40_000): Promise<unknown> =>
  page.waitForFunction(() => performance.getEntriesByName("explained").length > 0, undefined, { timeout });
