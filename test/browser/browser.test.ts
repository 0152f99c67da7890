/** @file The library in a real browser, on WebAssembly and WebGPU, against Node. `BROWSER_OPS=first` runs one case an op on WebGPU. */
import { afterAll, describe, expect, it } from "vitest";
import { type Explainer, explain, loadModel } from "../../src/index.ts";
import { absent } from "../shared.ts";
import { compiledSuite } from "./compiled.suite.ts";
import { decodeSuite } from "./decode.suite.ts";
import { difference } from "./difference.ts";
import { exampleSuite } from "./example.suite.ts";
import { fisherSuite } from "./fisher.suite.ts";
import { methodsSuite } from "./methods.suite.ts";
import { demoNetwork, goldenNetworks, type Network, realNetworks } from "./networks.ts";
import { opsSuite } from "./ops.suite.ts";
import type { PageAsk } from "./page.ts";
import { openTab, openWorld, type World } from "./world.ts";

const DEVICES = ["wasm", "webgpu"] as const;
const opened = await openWorld();
const world = opened as World;
const networks = opened
  ? [await demoNetwork(world.site), ...goldenNetworks(world.site), ...(await realNetworks(world.site))]
  : [];
const demo = networks[0] as Network;
/** The quickest on WebGPU. */
const quick = networks.find((n) => n.name === "e_mobilenet") ?? demo;

const models = new Map<string, Promise<Explainer>>();
const inNode = ({ path }: Network): Promise<Explainer> => {
  const model = models.get(path) ?? loadModel(path);
  models.set(path, model);
  return model;
};

afterAll(async () => {
  for (const model of models.values()) await (await model).dispose();
  await opened?.close();
});

/**
 * Largest difference allowed, relative to the largest value. A real network has rectifiers whose input is 0 but for rounding at some
 * step of a path; there a perturbation of the input by 2e-7 changes integrated gradients by 2e-3 on one and the same device.
 */
const bound = (network: Network, method: string): number =>
  network.name === "mcunet" && method === "integrated-gradients" ? 2e-2 : 1e-4;

const lines: string[] = [];

describe.skipIf(!opened)("explanations in a page equal Node's", () => {
  it("says what is not here", () => {
    expect(networks.length).toBeGreaterThan(0);
    for (const path of ["golden", "models"])
      if (absent(path)) console.log(`browser: networks of ${path}${absent(path)}`);
  });

  for (const device of DEVICES) {
    describe.skipIf(device === "webgpu" && !opened?.gpu)(device, () => {
      it.each(networks.map((n) => [n.name, n] as const))("%s", { timeout: 120_000 }, async (_, network) => {
        const model = await inNode(network);
        for (const { method, params } of network.asks[device]) {
          const options = { method, device, batch: device === "webgpu" ? 1 : 16, ...(params ? { params } : {}) };
          const ask: PageAsk = { model: network.url, image: network.pageImage, options };
          const got = await world.tab.evaluate((a) => window.page.explain(a), ask);
          const want = await explain(model, network.image, { method, params });
          const [map, scores] = [
            difference(got.values, want.values),
            difference(got.scores[0] ?? [], want.scores[0] ?? []),
          ];
          lines.push(
            `${device} ${network.name} ${method}: map ${map.toExponential(1)}, scores ${scores.toExponential(1)}, ${got.ms.toFixed(0)} ms`,
          );
          expect(got.device).toBe(device);
          expect(
            want.values.some((v) => v !== 0),
            `${method}: a map of zeros says nothing`,
          ).toBe(true);
          expect(got.dims).toEqual(want.dims);
          expect([got.target, got.label]).toEqual([want.target, model.labels?.[want.target]]);
          expect(scores, `${method}: scores`).toBeLessThanOrEqual(1e-4);
          expect(map, `${method}: map`).toBeLessThanOrEqual(bound(network, method));
        }
        await world.tab.evaluate(() => window.page.dispose());
      });

      it("answers several questions at once, and after its sessions were closed", { timeout: 60_000 }, async () => {
        const ask = (method: string): PageAsk => ({
          model: quick.url,
          image: quick.pageImage,
          options: { method, device },
        });
        const asks = [ask("grad-cam"), ask("hires-cam"), ask("grad-cam")];
        const answers = await world.tab.evaluate((a) => window.page.explainTogether(a), asks);
        for (const [i, { options }] of asks.entries()) {
          const want = await explain(await inNode(quick), quick.image, { method: options.method });
          expect(difference(answers[i]?.values ?? [], want.values)).toBeLessThanOrEqual(1e-4);
        }
        await world.tab.evaluate(() => window.page.dispose());
        const again = await world.tab.evaluate((a) => window.page.explain(a), ask("grad-cam"));
        expect(again.values).toEqual(answers[0]?.values);
      });
    });
  }

  afterAll(() =>
    console.log(["browser: largest differences from Node, relative to the largest value", ...lines].join("\n  ")),
  );
});

describe.skipIf(!opened)("the runtime in a page", () => {
  it("runs threads where the page is cross-origin isolated, and refuses to change their number", {
    timeout: 60_000,
  }, async () => {
    const tab = await openTab(world.browser, world.site);
    expect(await tab.evaluate(() => window.page.isolated())).toBe(true);
    const ask: PageAsk = { model: demo.url, image: demo.pageImage, options: { method: "gradient", threads: 2 } };
    const workers = new Promise((seen) => tab.on("worker", seen));
    const got = await tab.evaluate((a) => window.page.explain(a), ask);
    await workers;
    const want = await explain(await inNode(demo), demo.image, { method: "gradient" });
    expect(difference(got.values, want.values)).toBeLessThanOrEqual(1e-4);
    const other: PageAsk = { ...ask, options: { method: "gradient", threads: 1 } };
    const failure = await tab.evaluate((a) => window.page.explainFails(a), other);
    expect(failure).toMatchObject({ ours: true, code: "E_DEVICE", message: expect.stringContaining("2 threads") });
    await tab.close();
  });

  it("runs in a worker of its own (proxy)", { timeout: 60_000 }, async () => {
    const tab = await openTab(world.browser, world.site);
    await tab.evaluate(() => window.page.configure({ wasmPaths: "/ort/", proxy: true }));
    const ask: PageAsk = { model: demo.url, image: demo.pageImage, options: { method: "grad-cam" } };
    const got = await tab.evaluate((a) => window.page.explain(a), ask);
    const want = await explain(await inNode(demo), demo.image, { method: "grad-cam" });
    expect(difference(got.values, want.values)).toBeLessThanOrEqual(1e-4);
    await tab.close();
  });

  it("says where its files belong when they are missing", { timeout: 60_000 }, async () => {
    const tab = await openTab(world.browser, world.site);
    await tab.evaluate(() => window.page.configure({ wasmPaths: "/nowhere/" }));
    const ask: PageAsk = { model: demo.url, image: demo.pageImage, options: { method: "grad-cam" } };
    const failure = await tab.evaluate((a) => window.page.explainFails(a), ask);
    expect(failure).toMatchObject({ ours: true, code: "E_DEVICE", message: expect.stringContaining("wasmPaths") });
    await tab.close();
  });
});

describe.skipIf(!opened)("errors in a page", () => {
  const ask = (over: Partial<PageAsk>): PageAsk => ({
    model: demo.url,
    image: demo.pageImage,
    options: { method: "grad-cam" },
    ...over,
  });
  it.each([
    ["E_METHOD_UNKNOWN", () => ask({ options: { method: "no-such-method" } })],
    ["E_PARAM", () => ask({ options: { method: "occlusion", params: { no_such_parameter: 1 } } })],
    ["E_TARGET_RANGE", () => ask({ options: { method: "gradient", target: 99 } })],
    ["E_DEVICE", () => ask({ options: { method: "gradient", device: "cuda" } })],
    ["E_FILE", () => ask({ model: `${world.site.origin}/nowhere/` })],
    ["E_FILE", () => ask({ image: `${world.site.origin}/nowhere.png` })],
    ["E_IMAGE_READ", () => ask({ image: world.site.put("/not-a-picture.png", "GIF89a, or so it says") })],
    ["E_MODEL_READ", () => ask({ model: world.site.put("/corrupt.onnx", "these are no protobuf bytes") })],
  ] as const)("%s", async (code, make) => {
    const failure = await world.tab.evaluate((a) => window.page.explainFails(a), make());
    expect(failure).toMatchObject({ ours: true, code });
  });

  it("E_DEVICE when settings come too late", async () => {
    expect(await world.tab.evaluate(() => window.page.configureFails())).toMatchObject({
      ours: true,
      code: "E_DEVICE",
    });
  });
});

decodeSuite(opened);
compiledSuite(opened, { networks, inNode });
methodsSuite(opened);
fisherSuite(opened);
opsSuite(opened);
exampleSuite(opened);

describe.skipIf(!opened)("the page", () => {
  it("threw nothing that no test asked for", () => expect(world.faults).toEqual([]));
});
