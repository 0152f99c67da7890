import { writeFileSync } from "node:fs";
import { it } from "vitest";
import { runReport } from "../../../src/report/run/report.ts";
import { summaryText } from "../../../src/report/run/text.ts";
import { findChromium, launch } from "../../browser/chromium.ts";
import { madeReport, madeRun } from "./made-run.ts";

it("shoots", async () => {
  const t = performance.now();
  const run = madeRun();
  const made = await madeReport(run, { presets: ["confidence-gain", "ground-truth"] });
  const page = await runReport(made);
  console.log("made in", performance.now() - t, "bytes", page.length, "rows", run.rows.length);
  writeFileSync("/tmp/shots/report.html", page);
  writeFileSync("/tmp/shots/summary.txt", summaryText(made.summary).join("\n"));
  for (const [name, sel, o] of [
    ["desk", ".charts", { viewport: { width: 1200, height: 900 } }],
    ["dark", "#overview", { viewport: { width: 1200, height: 900 }, colorScheme: "dark" }],
    ["phone", ".charts", { viewport: { width: 360, height: 740 } }],
    ["phone2", ".metric", { viewport: { width: 360, height: 740 } }],
    ["dark2", ".charts", { viewport: { width: 800, height: 900 }, colorScheme: "dark" }],
  ] as const) {
    const browser = await launch((await findChromium())!);
    const p = await browser.newPage(o);
    await p.goto("file:///tmp/shots/report.html");
    await p.evaluate((sel) => {
      document.documentElement.style.scrollBehavior = "auto";
      document.querySelector(sel)?.scrollIntoView();
    }, sel);
    await p.screenshot({ path: `/tmp/shots/${name}-x.png` }).catch((e) => console.log(name, e.message));
    await browser.close();
  }
}, 120000);
