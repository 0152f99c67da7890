/** @file After one visit the studio needs nobody: the whole app, opened and explaining while no server answers. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawn, goTo, method, modelFiles, rested, SLOW, soon, WAIT } from "./desk.ts";
import { explained, openStudio, type Studio } from "./world.ts";

let studio: Studio | undefined;
beforeAll(async () => {
  studio = await openStudio();
}, SLOW);
afterAll(() => studio?.close());

describe("without a network", () => {
  it("explains the example and a model of one's own, measures, and saves", { timeout: SLOW }, async ({ skip }) => {
    if (!studio) return skip("no Chromium is here");
    const { page, close, faults } = await studio.newPage();
    page.setDefaultTimeout(WAIT);
    await page.goto(studio.url);
    await explained(page, WAIT);
    await page.getByText("is kept in this browser").waitFor();
    await soon(() => page.evaluate(async () => Boolean(await caches.match("ort/ort-wasm-simd-threaded.wasm")))).toBe(
      true,
    );
    // the page's own answers first: closing waits for none of them
    await rested(page);
    await studio.silence();
    expect(
      await fetch(studio.url).then(
        () => "answered",
        () => "nobody",
      ),
    ).toBe("nobody");
    const known = faults.length;
    await page.reload();
    await explained(page, WAIT);
    const ms = await page.evaluate(() => performance.getEntriesByName("explained")[0]?.startTime);
    console.log(`offline: the example is explained ${((ms ?? Number.NaN) / 1000).toFixed(2)} s after the reload`);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await modelFiles(page).setInputFiles(
      ["model.onnx", "config.json", "preprocessor_config.json"].map((name) => `demo/shortcut/${name}`),
    );
    await method(page, "gradient").check();
    await drawn(page, "gradient");
    await goTo(page, "Measure");
    await page.locator(".measure-table").first().waitFor();
    await goTo(page, "Runs");
    await page.getByText("Nothing is open yet.").waitFor();
    await goTo(page, "Take away");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: /^Evidence bundle/ }).click(),
    ]);
    expect(await download.failure()).toBeNull();
    // what only a server can say is missed in silence, but the browser notes it
    expect(faults.slice(known).filter((f) => !/net::ERR_|Failed to fetch/.test(f))).toEqual([]);
    await close();
  });
});
