import { readdirSync } from "node:fs";
import axe from "axe-core";
import { test } from "vitest";
import { serveStudio } from "../../src/index.ts";
import { findChromium, launch } from "../browser/chromium.ts";
const RUNS = "/tmp/b3/runs";
test("tour", async () => {
  const app = "/tmp/b3/dist";
  const only = process.env.ONLY?.split(",");
  const names = readdirSync(RUNS).filter((n) => !/\.|colours|squares|scenes|things/.test(n) && (!only || only.includes(n)));
  const site = await serveStudio({ port: 0, app, runs: names.map((n) => `${RUNS}/${n}`), onFault: (e) => console.log("fault", e) });
  const browser = await launch((await findChromium()) as never);
  const looks = (process.env.LOOKS ?? "desk").split(",");
  const sizes: Record<string, object> = { desk: { viewport: { width: 1280, height: 900 } }, dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }, phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 } };
  for (const look of looks) {
    const page = await (await browser.newContext(sizes[look] as never)).newPage();
    page.on("console", (m) => m.type() === "error" && console.log("console", m.text()));
    page.on("pageerror", (e) => console.log("pageerror", e.message));
    await page.goto(`${site.url}#runs`);
    await page.waitForTimeout(6000);
    await page.screenshot({ path: `/tmp/b3/shots/list-${look}.png` });
    await page.addScriptTag({ content: "" }).catch(() => undefined);
    await page.evaluate(axe.source);
    for (const name of names) {
      await page.evaluate(() => { const w = window as never as { long: number[] }; w.long = []; new PerformanceObserver((l) => { for (const e of l.getEntries()) w.long.push(Math.round(e.duration)); }).observe({ type: "longtask" }); });
      await page.locator(".run", { has: page.locator("strong").getByText(name, { exact: true }) }).first().click();
      await page.locator('.report[aria-busy="false"]').waitFor({ timeout: 60000 }).catch(() => console.log("never", name));
      await page.waitForTimeout(700);
      const long0 = await page.evaluate(() => (window as never as { long: number[] }).long.splice(0));
      const found = await page.evaluate(async () => { const { violations } = await (globalThis as never as { axe: typeof axe }).axe.run(); return violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 140)).join(" | ")}`); });
      const small = await page.evaluate(() => { const root = document.querySelector(".report-main")?.shadowRoot; return [...new Set([...(root?.querySelectorAll("button,select,summary,input,nav a,.views label,.choose label") ?? [])].filter((e) => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && r.height < 43.5 && (e as HTMLInputElement).type !== "radio" && (e as HTMLInputElement).type !== "checkbox"; }).map((e) => `${e.tagName}.${e.className}#${e.id} ${Math.round(e.getBoundingClientRect().height)}`))].slice(0, 12); });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      const long = await page.evaluate(() => (window as never as { long: number[] }).long.filter((d) => d > 50));
      console.log(look, name, "| axe", JSON.stringify(found), look === "phone" ? `small ${JSON.stringify(small)}` : "", "| wide", wide, "| tasks", JSON.stringify([...new Set(long0)]));
      const file = `/tmp/b3/shots/${name.replaceAll(" ", "-")}-${look}.png`;
      await page.screenshot({ path: file, fullPage: true, scale: "css" });
    }
    await page.context().close();
  }
  await browser.close();
  await site.close();
}, 600_000);
