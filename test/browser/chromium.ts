/** @file Finds a Chromium and starts it headless, with WebGPU in software. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"] as const;

/** Quiet, no profile, no phoning home; WebGPU on a software adapter where there is no GPU. */
const ARGS = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
] as const;

export interface FoundBrowser {
  readonly path: string;
  /** How it was found, for messages. */
  readonly by: "CHROME_PATH" | "PATH" | "@sparticuz/chromium";
}

/** Without `search` only `CHROME_PATH` and the package count. */
export async function findChromium({ search = process.env.PATH ?? "" } = {}): Promise<FoundBrowser | undefined> {
  const { CHROME_PATH } = process.env;
  if (CHROME_PATH) {
    if (!existsSync(CHROME_PATH)) throw new Error(`CHROME_PATH is \`${CHROME_PATH}\`, where nothing is.`);
    return { path: CHROME_PATH, by: "CHROME_PATH" };
  }
  for (const folder of search.split(delimiter).filter(Boolean)) {
    const name = NAMES.find((n) => isProgram(join(folder, n)));
    if (name) return { path: join(folder, name), by: "PATH" };
  }
  return carried();
}

/** The browser that the package carries, unpacked into the temporary folder on first use. */
async function carried(): Promise<FoundBrowser | undefined> {
  try {
    createRequire(import.meta.url).resolve("@sparticuz/chromium");
  } catch {
    return undefined;
  }
  const { default: pack } = await import("@sparticuz/chromium");
  return { path: await pack.executablePath(), by: "@sparticuz/chromium" };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A browser with a profile of its own, or undefined when this machine has none. */
export async function launch(found?: FoundBrowser): Promise<{ readonly browser: Browser; readonly found: FoundBrowser } | undefined> {
  const at = found ?? (await findChromium());
  if (at === undefined) return undefined;
  return { browser: await chromium.launch({ executablePath: at.path, headless: true, args: [...ARGS] }), found: at };
}
