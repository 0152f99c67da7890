import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { it } from "vitest";
import { comparePage } from "../../../src/report/representers/compare.ts";
import { confusionPage } from "../../../src/report/representers/confusion.ts";
import { debugPage } from "../../../src/report/representers/debug.ts";
import { explainPage } from "../../../src/report/representers/explain.ts";
import { fitPage } from "../../../src/report/representers/fit.ts";
import { groupPage } from "../../../src/report/representers/groups.ts";
import { sensitivityPage } from "../../../src/report/representers/sensitivity.ts";
import { simulationPage, simulationPicture } from "../../../src/report/representers/simulation.ts";
import { findChromium, launch } from "../../browser/chromium.ts";
import * as made from "./made-pages.ts";
it("shots", { timeout: 200000 }, async () => {
  const pages = {
    explain: await explainPage(made.madeExplain()),
    explainMany: await explainPage(made.madeExplain("many")),
    explainText: await explainPage(made.madeExplain("text")),
    fit: await fitPage(made.madeFit()),
    debug: await debugPage(made.madeDebug()),
    debugMany: await debugPage(made.madeDebug("many")),
    simulation: await simulationPage(made.madeSimulation()),
    compare: await comparePage(made.madeCompare()),
    confusion: await confusionPage(made.madeConfusion()),
    groups: await groupPage(made.madeGroups()),
    sensitivity: await sensitivityPage(made.madeSensitivity()),
  };
  writeFileSync("/tmp/r3shots/sim.png", await simulationPicture(made.madeSimulation()));
  const browser = await launch((await findChromium()) as never);
  const only = process.env.SHOTS?.split(",");
  for (const [name, html] of Object.entries(pages)) {
    if (only && !only.includes(name)) continue;
    const f = `/tmp/r3shots/${name}.html`;
    writeFileSync(f, html);
    console.log(name, html.length);
    for (const [w, dark] of [[1200, false], [360, true]] as const) {
      const page = await browser.newPage({ viewport: { width: w, height: 900 }, colorScheme: dark ? "dark" : "light" });
      page.on("console", (m) => console.log(name, m.text()));
      page.on("pageerror", (m) => console.log(name, m.message));
      await page.goto(pathToFileURL(f).href);
      console.log(name, w, await page.evaluate(() => document.documentElement.scrollWidth));
      await page.screenshot({ path: `/tmp/r3shots/${name}-${w}.png`, clip: { x: 0, y: 0, width: w, height: w === 360 ? 2400 : 1700 }, fullPage: true });
      await page.close();
    }
  }
  await browser.close();
});
