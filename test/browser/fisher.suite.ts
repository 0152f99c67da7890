/** @file The emitted classic pipeline in a page on WebAssembly, in the library and in plain onnxruntime-web, against Node. */
import { describe, expect, it } from "vitest";
import { plainScores } from "../../src/fisher/describe.ts";
import { pipelineModel } from "../../src/fisher/pipeline-graph.ts";
import { greyOf } from "../../src/fisher/sift.ts";
import { TOOLKIT_SIFT } from "../../src/fisher/sift-settings.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { explain, loadModel } from "../../src/index.ts";
import { drawnPipeline, picture, tensorOf } from "../fisher/pictures.ts";
import { difference } from "./difference.ts";
import { openPlain } from "./plain.ts";
import type { World } from "./world.ts";

const SIZE = { width: 96, height: 96 };
const BOUND = 1e-4;

const PIPELINES = {
  "one cell": [drawnPipeline(21, { components: 8, width: 16 }), "occlusion"],
  pyramid: [drawnPipeline(22, { components: 8, width: 16, spatial: "pyramid" }), "occlusion"],
  "not quantised": [
    drawnPipeline(23, { components: 8, width: 16, sift: { ...TOOLKIT_SIFT, quantised: false } }),
    "gradient",
  ],
} as const;

export function fisherSuite(world: World | undefined): void {
  describe.skipIf(!world)("the classic pipeline on WebAssembly equals Node", () => {
    const image = picture(24, SIZE);
    const { data, dims } = tensorOf([image]);
    const x = { data: data as Float32Array, dims };

    it.each(Object.entries(PIPELINES))("%s", { timeout: 60_000 }, async (name, [pipeline, method]) => {
      const { site, tab, browser } = world as World;
      const bytes = writeModelBytes(pipelineModel(pipeline, SIZE));
      const model = site.put(`/fisher/${name.replaceAll(" ", "-")}.onnx`, bytes);
      const url = site.put("/fisher/x.f32", new Uint8Array(x.data.buffer));
      await using inNode = await loadModel(bytes);
      const params = method === "occlusion" ? { patch: 32, stride: 32 } : {};
      const want = await explain(inNode, x, { method, target: 1, params });
      const options = { method, target: 1, params, device: "wasm" as const };
      const got = await tab.evaluate((a) => window.page.explain(a), { model, image: { dims, url }, options });
      const scores = plainScores(greyOf(image), SIZE, pipeline);
      const plainTab = await browser.newPage();
      const run = await openPlain(plainTab, site, "wasm");
      const alone = await run(model, [{ name: "image", dims, url }]);
      await plainTab.close();
      await tab.evaluate(() => window.page.dispose());
      const apart = {
        node: difference(want.scores[0] as Float32Array, scores),
        page: difference(got.scores[0] as readonly number[], scores),
        alone: difference(alone.scores as readonly number[], scores),
        map: difference(got.values, want.values),
      };
      console.log(
        `browser: classic pipeline, ${name}, from the plain one: ${Object.entries(apart)
          .map(([where, d]) => `${where} ${d.toExponential(1)}`)
          .join(", ")}`,
      );
      expect(want.values.some((v) => v !== 0)).toBe(true);
      for (const [where, d] of Object.entries(apart)) expect(d, where).toBeLessThanOrEqual(BOUND);
    });
  });
}
