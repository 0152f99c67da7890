import { it } from "vitest";
import { shared } from "../shared.ts";
import { goTo, rested } from "./desk.ts";
import { drop, settled } from "./measure-page.ts";
import { explained, openStudio } from "./world.ts";
it("x", async () => {
  const studio = (await openStudio())!;
  const { page } = await studio.newPage();
  page.setDefaultTimeout(200000);
  await page.goto(studio.url);
  await explained(page);
  await drop(page, shared("models/mobilenetv2-1.0-224"));
  await page.getByText("224 × 224, 3 channels").waitFor();
  await drop(page, shared("images/imagenet-sample/n01558993_robin.jpg"));
  await page.getByRole("radio", { name: /robin/ }).waitFor();
  await rested(page);
  await studio.browser.startTracing(page, { categories: ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "v8.gc","__metadata"] });
  await goTo(page, "Measure");
  await settled(page, 200000);
  await page.getByRole("button", { name: "5 %, black", exact: true }).click();
  await settled(page, 200000);
  await page.getByRole("button", { name: "Draw curves" }).click();
  await page.waitForTimeout(40000);
  await page.locator(".work").getByRole("button", { name: "Stop" }).click();
  await settled(page, 200000);
  const t = JSON.parse((await studio.browser.stopTracing()).toString()) as { traceEvents: { name: string; ph: string; ts: number; dur?: number; tdur?: number; pid: number; tid: number; args: { name?: string } }[] };
  const e = t.traceEvents;
  const mains = new Set(e.filter((x) => x.name === "thread_name" && x.args.name === "CrRendererMain").map((x) => `${x.pid}/${x.tid}`));
  const main = e.filter((x) => x.ph === "X" && mains.has(`${x.pid}/${x.tid}`));
  const out: string[] = [];
  for (const r of main.filter((x) => /RunTask/.test(x.name) && (x.dur ?? 0) > 50000)) {
    const inside = main.filter((x) => x !== r && x.pid === r.pid && x.tid === r.tid && x.ts >= r.ts && x.ts <= r.ts + r.dur! && (x.dur ?? 0) > 5000);
    out.push(`${r.name} ${Math.round(r.dur! / 1000)} cpu ${Math.round((r.tdur ?? -1000) / 1000)}: ${inside.map((x) => `${x.name} ${Math.round(x.dur! / 1000)}/${Math.round((x.tdur ?? -1000) / 1000)}`).slice(0, 12).join(", ")}`);
  }
  console.log(out.join("\n"));
  await studio.close();
}, 400000);
