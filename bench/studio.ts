/**
 * @file `npm run build && node dist/bench/studio.js [VISITS]`: the studio's first visit. Bytes of its code, and the time to the first maps
 * with a cold cache, each visit in a browser of its own; the server's and the browser's work fall on the same cores.
 */
import { availableParallelism, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { serveStudio } from "../src/serve/studio.ts";
import { codeSizes, SIZE_LIMIT, totalOf } from "./studio-size.ts";

const VISITS = Number(process.argv[2] ?? 5);
/** Seconds. */
const LIMIT = 5;
const APP = fileURLToPath(new URL("../../dist/studio/", import.meta.url));
const { CHROME_PATH } = process.env;

const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
const files = await codeSizes(APP);
const total = totalOf(files);
for (const { name, plain, gzip, brotli } of files.slice(0, 12))
  console.log(`${name}: ${kB(plain)}, gzip ${kB(gzip)}, brotli ${kB(brotli)}`);
console.log(
  `all ${files.length} files: ${kB(total.plain)}, gzip ${kB(total.gzip)}, brotli ${kB(total.brotli)}; limit ${kB(SIZE_LIMIT)}`,
);

const site = await serveStudio({ port: 0, app: APP });
const times: number[] = [];
for (let i = 0; i < VISITS; i++) {
  const browser = await chromium.launch(CHROME_PATH ? { executablePath: CHROME_PATH } : { channel: "chromium" });
  const page = await browser.newPage();
  await page.goto(site.url);
  await page.waitForFunction(() => performance.getEntriesByName("explained").length > 0, undefined, {
    timeout: 60_000,
  });
  const ms = await page.evaluate(() => performance.getEntriesByName("explained")[0]?.startTime ?? Number.NaN);
  times.push(ms / 1000);
  console.log(`visit ${i + 1}: three maps after ${(ms / 1000).toFixed(2)} s, load ${loadavg()[0]?.toFixed(1)}`);
  await browser.close();
}
await site.close();
const least = Math.min(...times);
const typical = times.toSorted((a, b) => a - b)[times.length >> 1] as number;
console.log(
  `${availableParallelism()} cores, cold cache, ${VISITS} visits: least ${least.toFixed(2)} s, median ${typical.toFixed(2)} s; limit ${LIMIT} s`,
);
if (least > LIMIT || total.brotli > SIZE_LIMIT) process.exitCode = 1;
