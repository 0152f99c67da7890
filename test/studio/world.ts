/** @file The studio as a visitor meets it: built, served with its own rules, opened in a real Chromium. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { build } from "vite";
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
  readonly close: () => Promise<void>;
}

/** Undefined, with a word on the log, where there is no Chromium. */
export async function openStudio(): Promise<Studio | undefined> {
  const found = await findChromium();
  if (found === undefined) {
    console.log("skipped: no Chromium is here");
    return undefined;
  }
  const site = await served(await builtStudio());
  const browser = await launch(found);
  return {
    browser,
    url: site.url,
    newPage: async (options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      return { page, ...watched(page, site.url), close: () => context.close() };
    },
    close: async () => {
      await browser.close();
      await site.close();
    },
  };
}

function watched(page: Page, url: string): Pick<StudioTab, "faults" | "foreign"> {
  const faults: string[] = [];
  const foreign: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (m) => m.type() === "error" && faults.push(m.text()));
  page.on("response", (r) => r.status() >= 400 && faults.push(`${r.status()} ${r.url()}`));
  page.on("request", (r) => {
    if (!r.url().startsWith(url) && !/^(blob:|data:)/.test(r.url())) foreign.push(r.url());
  });
  return { faults, foreign };
}

/** Sources that the build depends on. */
const SOURCES = ["studio", "src", "page", "package-lock.json"] as const;

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
  await build({
    configFile: at("studio/vite.config.ts"),
    root: at("studio"),
    logLevel: "error",
    build: { outDir: own, emptyOutDir: true },
  });
  await cp(at("demo"), join(own, "demo"), { recursive: true });
  await rename(own, folder).catch(() => rm(own, { recursive: true, force: true }));
  return folder;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};

/** Where a path of the site lies: the runtime's files beside the app, as a release has them. */
function fileOf(folder: string, path: string): string | undefined {
  const runtime = at("node_modules/onnxruntime-web/dist");
  const [root, rest] = path.startsWith("/ort/") ? [runtime, path.slice(4)] : [folder, path];
  const file = normalize(join(root, rest.endsWith("/") ? `${rest}index.html` : rest));
  return file.startsWith(root + sep) ? file : undefined;
}

async function served(folder: string): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    const file = fileOf(folder, path);
    const bytes = file === undefined ? undefined : await readFile(file).catch(() => undefined);
    response.writeHead(bytes ? 200 : 404, {
      "content-type": TYPES[extname(file ?? "")] ?? "application/octet-stream",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    response.end(bytes);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** The example is open and its first maps are drawn. */
export const explained = (page: Page, timeout = 40_000): Promise<unknown> =>
  page.waitForFunction(() => performance.getEntriesByName("explained").length > 0, undefined, { timeout });
