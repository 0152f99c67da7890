/** @file examples/browser as a visitor uses it: choose files, press the button, see the overlay. */
import { describe, expect, it } from "vitest";
import {
  DEMO_LABELS,
  DEMO_PREPROCESSING,
  demoModelBytes,
  drawScene,
  encodePng,
  explain,
  loadModel,
} from "../../src/index.ts";
import type { World } from "./world.ts";

const OCTETS = "application/octet-stream";

export function exampleSuite(world: World | undefined): void {
  describe.skipIf(!world)("examples/browser", () => {
    it("draws the overlay, uploads nothing, and finds the runtime's files beside its script", {
      timeout: 60_000,
    }, async () => {
      const { browser, site } = world as World;
      const tab = await browser.newPage();
      const sent: string[] = [];
      tab.on("request", (r) => {
        if (r.method() !== "GET" || !r.url().startsWith(site.origin)) sent.push(`${r.method()} ${r.url()}`);
      });
      await tab.goto(`${site.origin}/examples/browser/index.html`);
      const drawn = drawScene(3).image;
      const scene = { name: "scene.png", mimeType: "image/png", buffer: Buffer.from(await encodePng(drawn)) };
      await tab.setInputFiles("#image", scene);
      const explained = async (): Promise<string> => {
        await tab.click("button");
        await tab.waitForFunction(() => /in \d+ ms|E_/.test(document.querySelector("#message")?.textContent ?? ""));
        return (await tab.textContent("#message")) ?? "";
      };
      const demo = await loadModel(demoModelBytes(), { labels: DEMO_LABELS, preprocessing: DEMO_PREPROCESSING });
      const { target } = await explain(demo, drawn, { method: "grad-cam" });
      await demo.dispose();
      expect(await explained()).toMatch(new RegExp(`^${DEMO_LABELS[target]}, score \\d`));
      const colors = await tab.evaluate(() => {
        const canvas = document.querySelector("canvas") as HTMLCanvasElement;
        const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        return new Set(Array.from(data)).size;
      });
      expect(colors).toBeGreaterThan(100);
      await tab.setInputFiles("#model", { name: "own.onnx", mimeType: OCTETS, buffer: Buffer.from(demoModelBytes()) });
      await tab.selectOption("#method", "gradient");
      expect(await explained()).toMatch(/^class \d+, score/);
      await tab.setInputFiles("#model", { name: "bad.onnx", mimeType: OCTETS, buffer: Buffer.from("no model") });
      expect(await explained()).toMatch(/^E_MODEL_READ: /);
      expect(sent).toEqual([]);
      await tab.close();
    });
  });
}
