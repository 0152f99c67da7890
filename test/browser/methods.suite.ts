/** @file Every method in a page on WebAssembly against Node; and every one that is one graph, compiled, in plain onnxruntime-web. */
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { compile, type Explainer, explain, loadModel, METHODS, type Method } from "../../src/index.ts";
import { unsuitability } from "../../src/methods/suitable.ts";
import { images } from "../nets.ts";
import { quickParams } from "../quick.ts";
import { ZOO } from "../zoo/zoo.ts";
import { difference } from "./difference.ts";
import { openPlain } from "./plain.ts";
import type { World } from "./world.ts";

/**
 * The first network on which a method has a meaning is taken: a smooth one where possible, because paths lead through the kinks of
 * rectifiers, where the last bit decides.
 */
const NETS = ["convnext-t", "vgg-11", "resnet-18", "vit-b"] as const;

/** Relative to the largest value: convolutions sum in another order than Node's. */
const BOUND = 1e-4;

interface Chosen {
  readonly net: string;
  readonly model: Explainer;
}

async function netFor(method: Method, models: ReadonlyMap<string, Explainer>): Promise<Chosen> {
  for (const [net, model] of models)
    if (unsuitability(method, model.classifier({ separateBatchNorm: method.separateBatchNorm })) === undefined)
      return { net, model };
  throw new Error(`${method.id} applies to none of ${NETS.join(", ")}`);
}

async function native(bytes: Uint8Array, x: ReturnType<typeof images>): Promise<readonly number[]> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const results = await session.run({ [session.inputNames[0] as string]: new ort.Tensor("float32", x.data, x.dims) });
  await session.release();
  return Array.from(results.saliency_map?.data as Float32Array, Number);
}

export function methodsSuite(world: World | undefined): void {
  describe.skipIf(!world)("every method on WebAssembly equals Node", () => {
    it("explained in a page, and compiled in plain onnxruntime-web", { timeout: 300_000 }, async () => {
      const { site, tab, browser } = world as World;
      const models = new Map<string, Explainer>();
      for (const net of NETS) {
        const bytes = (ZOO[net] as (typeof ZOO)[string]).bytes();
        site.put(`/zoo/${net}.onnx`, bytes);
        models.set(net, await loadModel(bytes));
      }
      const plainTab = await browser.newPage();
      const plain = await openPlain(plainTab, site, "wasm");
      const lines: string[] = [];
      for (const method of Object.values<Method>(METHODS)) {
        const { net, model } = await netFor(method, models);
        const { channels, height, width } = model.classifier();
        const x = images([1, channels, height, width], 7);
        const url = site.put("/zoo/x.f32", new Uint8Array(x.data.buffer));
        const params = quickParams(method);
        const want = await explain(model, x, { method: method.id, params });
        const got = await tab.evaluate((a) => window.page.explain(a), {
          model: `${site.origin}/zoo/${net}.onnx`,
          image: { dims: x.dims, url },
          options: { method: method.id, params, device: "wasm" as const },
        });
        expect(got.dims, method.id).toEqual(want.dims);
        expect(
          want.values.some((v) => v !== 0),
          `${method.id}: a map of zeros says nothing`,
        ).toBe(true);
        const inPage = difference(got.values, want.values);
        expect(inPage, `${method.id} in a page`).toBeLessThanOrEqual(BOUND);
        let line = `${method.id} ${inPage.toExponential(1)}`;
        if (typeof method.emit === "function") {
          const { bytes, inputs } = await compile(model, { method: method.id, params });
          const feed = { name: inputs[0] as string, dims: x.dims, url };
          const answer = await plain(site.put(`/zoo/${method.id}.onnx`, bytes), [feed]);
          const alone = difference(answer.saliency_map ?? [], await native(bytes, x));
          expect(alone, `${method.id} compiled`).toBeLessThanOrEqual(BOUND);
          line += ` / ${alone.toExponential(1)}`;
        }
        lines.push(line);
      }
      await tab.evaluate(() => window.page.dispose());
      await plainTab.close();
      for (const model of models.values()) await model.dispose();
      const compiled = lines.filter((l) => l.includes("/")).length;
      console.log(
        `browser: ${lines.length} methods on wasm, ${compiled} of them compiled, against Node: ${lines.join(", ")}`,
      );
    });
  });
}
