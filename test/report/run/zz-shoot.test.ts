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
  const browser = await launch((await findChromium())!);
  for (const [name, o] of [["desk", { viewport: { width: 1200, height: 1500 } }], ["phone", { viewport: { width: 360, height: 1500 }, deviceScaleFactor: 2 }], ["dark", { viewport: { width: 1200, height: 1500 }, colorScheme: "dark" }]] as const) {
    const p = await browser.newPage(o);
    const said: string[] = [];
    p.on("console", (m) => said.push(m.text())); p.on("pageerror", (e) => said.push(e.message));
    await p.goto("file:///tmp/shots/report.html");
    console.log(name, said, await p.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]));
    const h = await p.evaluate(() => document.documentElement.scrollHeight);
    const step = o.viewport.height;
    for (let i = 0; i * step < Math.min(h, 6 * step); i++) {
      await p.evaluate((y) => { document.documentElement.style.scrollBehavior = "auto"; scrollTo(0, y); }, i * step);
      await p.screenshot({ path: `/tmp/shots/${name}-${i}.png` });
    }
    if (name === "desk") await p.pdf({ path: "/tmp/shots/print.pdf", format: "A4", printBackground: true });
    await p.close();
  }
  await browser.close();
}, 120000);
