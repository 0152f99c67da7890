/** @file A browser page with the behaviours loaded, and report values set into roots that are not the document. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page as Tab } from "playwright-core";
import type { Page } from "../../src/report/html/page.ts";
import { STYLE } from "../../src/report/html/style.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Where a report is shown: an element of the document, or a shadow root, as a web app would do. */
export type Host = "element" | "shadow";
export const HOSTS: readonly Host[] = ["element", "shadow"];

/** `page/behaviours.ts` as a script with the global `life`. */
export async function lifeScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ["page/behaviours.ts"],
    absWorkingDir: ROOT,
    bundle: true,
    format: "iife",
    globalName: "life",
    platform: "browser",
    target: "es2022",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

export interface Room {
  readonly tab: Tab;
  /** What the page said or asked for. */
  readonly said: string[];
}

/** An origin of its own, so that storage works; nothing is fetched from it. */
const ORIGIN = "http://room.test/";

/** Two equal reports, `#one` and `#two`; only the first is brought to life. `window.end()` ends it. */
export async function roomOf(
  browser: Browser,
  { view, host, life }: { readonly view: Page; readonly host: Host; readonly life: string },
): Promise<Room> {
  const tab = await browser.newPage({ viewport: { width: 1000, height: 900 }, reducedMotion: "reduce" });
  const said: string[] = [];
  tab.on("pageerror", (e) => said.push(e.message));
  tab.on("console", (m) => said.push(m.text()));
  await tab.route("**/*", (route) =>
    route.request().url() === ORIGIN
      ? route.fulfill({ contentType: "text/html", body: "<!doctype html><title>room</title><body>" })
      : route.abort(),
  );
  tab.on("request", (r) => {
    if (r.url() !== ORIGIN && !/^(data|blob):/.test(r.url())) said.push(r.url());
  });
  await tab.goto(ORIGIN);
  await tab.addScriptTag({ content: life });
  await tab.evaluate(enter, {
    host,
    style: `${STYLE}${view.style}`,
    markup: `<svg class="defs"><defs>${definitionsOf(view)}</defs></svg><main>${view.main.markup}</main>`,
    names: view.behaviours,
  });
  return { tab, said };
}

const definitionsOf = ({ definitions }: Page): string =>
  [definitions ?? []]
    .flat()
    .map((d) => (d as { readonly markup?: string } | undefined)?.markup ?? "")
    .join("");

interface Entered {
  readonly host: Host;
  readonly style: string;
  readonly markup: string;
  readonly names: readonly string[];
}
interface Life {
  readonly bringToLife: (root: ParentNode, names: readonly string[]) => () => void;
}

/** Runs in the browser. */
function enter({ host, style, markup, names }: Entered): void {
  const scope = globalThis as unknown as { life: Life; end: () => void; live: () => void };
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  if (host === "element") document.adoptedStyleSheets = [sheet];
  const [first] = ["one", "two"].map((id) => {
    const place = document.createElement("div");
    place.id = id;
    document.body.append(place);
    const root = host === "shadow" ? place.attachShadow({ mode: "open" }) : place;
    if (root instanceof ShadowRoot) root.adoptedStyleSheets = [sheet];
    root.innerHTML = markup;
    return root;
  });
  scope.live = () => {
    scope.end = scope.life.bringToLife(first as ParentNode, names);
  };
  scope.live();
}
