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

/** `CHROME_PATH`, else a known name in the folders of `PATH`, else the package's own; undefined without any. */
export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<FoundBrowser | undefined> {
  const { CHROME_PATH, PATH = "" } = env;
  if (CHROME_PATH) {
    if (!existsSync(CHROME_PATH)) throw new Error(`CHROME_PATH is \`${CHROME_PATH}\`, where nothing is.`);
    return { path: CHROME_PATH, by: "CHROME_PATH" };
  }
  for (const folder of PATH.split(delimiter).filter(Boolean)) {
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
  // Makes the package unpack the shared libraries that a bare machine lacks as well; none of this touches this process.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= "20.x";
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

/** Starts it, with a profile of its own. */
export const launch = ({ path }: FoundBrowser, more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath: path, headless: true, args: [...ARGS, ...more] });
